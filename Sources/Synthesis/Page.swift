/// A document while it is made: its scalars, and for each the mark that it belongs to.
///
/// Styles insert, drop and replace scalars; since each carries its mark with it, the spans stay exact.
struct Page: Sendable {
  /// What a mark says.
  struct Mark: Equatable, Sendable {
    let label: Label
    var origin: String?
    var sex: String?
  }

  /// A scalar and its mark, an index into `marks`; nil for what identifies nobody.
  struct Letter: Equatable, Sendable {
    var scalar: Unicode.Scalar
    var mark: Int32

    init(_ scalar: Unicode.Scalar, _ mark: Int32 = -1) { (self.scalar, self.mark) = (scalar, mark) }
  }

  var letters: [Letter] = []
  private(set) var marks: [Mark] = []

  /// Appends text that identifies nobody.
  mutating func write(_ text: String) {
    for scalar in text.unicodeScalars { letters.append(Letter(scalar)) }
  }

  /// Appends text with a mark of its own.
  mutating func write(_ text: String, as mark: Mark) {
    let index = Int32(marks.count)
    marks.append(mark)
    for scalar in text.unicodeScalars { letters.append(Letter(scalar, index)) }
  }

  /// Appends another page.
  mutating func write(_ other: Page) {
    let shift = Int32(marks.count)
    marks += other.marks
    letters += other.letters.map { Letter($0.scalar, $0.mark < 0 ? -1 : $0.mark + shift) }
  }

  /// Puts text that identifies nobody before everything.
  mutating func prefix(_ text: String) { letters.insert(contentsOf: text.unicodeScalars.map { Letter($0) }, at: 0) }

  /// The text and its spans: each mark from its first scalar to its last that is not white space.
  func finished() -> (text: String, spans: [Document.Span]) {
    var text = String.UnicodeScalarView()
    var spans: [Document.Span] = []
    var index = 0
    for letter in letters { text.append(letter.scalar) }
    while index < letters.count {
      let mark = letters[index].mark
      var end = index + 1
      while end < letters.count, letters[end].mark == mark { end += 1 }
      if mark >= 0 {
        var range = index..<end
        while let first = range.first, letters[first].scalar.properties.isWhitespace { range.removeFirst() }
        while let last = range.last, letters[last].scalar.properties.isWhitespace { range.removeLast() }
        let meaning = marks[Int(mark)]
        if !range.isEmpty {
          spans.append(
            Document.Span(range: range, label: meaning.label, origin: meaning.origin, sex: meaning.sex))
        }
      }
      index = end
    }
    return (String(text), spans)
  }
}
