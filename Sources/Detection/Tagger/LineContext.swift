/// The last word on the line that names a field, and the first word of the line.
struct LineCue {
  /// The field and how far back it stands, or 0.
  private(set) var value: UInt32 = 0
  /// The hash of the first word of the line.
  private(set) var lineFirst: UInt32 = 0
  private var field: UInt32 = 0
  private var place = 0

  /// How far back a word announces anything.
  private static let reach = 12

  init(before index: Int, on page: Page) {
    var start = index
    while start > 0, index - start < 40, !page.startsLine(start) { start -= 1 }
    for each in start..<max(start, index) { step(to: each, on: page) }
  }

  mutating func step(to index: Int, on page: Page) {
    let word = page.words[index]
    if word.shape.contains(.lineStart) {
      field = 0
      lineFirst = UInt32(truncatingIfNeeded: word.hash)
    }
    let distance = index - place
    value =
      field == 0 || distance > LineCue.reach ? 0 : field | UInt32(distance < 4 ? distance : distance < 7 ? 5 : 6) << 8
    if word.field != .none {
      field = UInt32(word.field.rawValue) + 1
      place = index
    }
  }
}

/// The chunk of words without white space between that a word is part of.
struct ChunkForm {
  /// The form of its bytes.
  private(set) var pattern: UInt32 = 0
  /// Whether it has more than one word.
  private(set) var isLong = false
  private var end = -1

  /// A longer chunk, such as a base64 text, is cut.
  private static let limit = 24

  mutating func step(to index: Int, on page: Page) {
    guard index >= end else { return }
    var first = index
    while first > 0, index - first < ChunkForm.limit, page.touchesPrevious(first) { first -= 1 }
    var last = index
    while last + 1 < page.words.count, last - index < ChunkForm.limit, page.touchesPrevious(last + 1) { last += 1 }
    // Marks at the ends belong to the sentence.
    var (low, high) = (first, last)
    while low < high, page.words[low].kind == .mark { low += 1 }
    while high > low, page.words[high].kind == .mark { high -= 1 }
    isLong = high > low
    pattern = WordForm.pattern(page.bytes[page.range(from: low, through: high)].prefix(48))
    end = last + 1
  }
}
