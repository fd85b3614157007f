import Bytes

/// The words of a name as programs write them: `findMariaGonzalez` has three.
struct NameWords {
  /// Where they stand; what is between two is nothing.
  private(set) var ranges: [Range<Int>] = []

  init(_ name: Span<UInt8>) {
    var start = 0
    for place in name.indices.dropFirst() where NameWords.begins(name, at: place, after: start) {
      ranges.append(start..<place)
      start = place
    }
    if start < name.count { ranges.append(start..<name.count) }
  }

  /// Whether a word begins at `place`: a capital after a small letter or before one, a digit after a word, a letter after
  /// a number.
  private static func begins(_ name: Span<UInt8>, at place: Int, after start: Int) -> Bool {
    let (before, here) = (LetterKind(name[place - 1]), LetterKind(name[place]))
    switch (before, here) {
    case (.small, .capital): return true
    case (.capital, .capital): return place + 1 < name.count && LetterKind(name[place + 1]) == .small
    case (.small, .digit), (.capital, .digit): return place - start > 2
    case (.digit, .small), (.digit, .capital): return place - start > 4
    default: return false
    }
  }
}
