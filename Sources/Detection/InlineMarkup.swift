import Bytes

/// Markup in the midst of a word or a number, which a reader does not see: tags of HTML that change only how letters look
/// (`Brac<i>ken</i>ridge`), comments, and the double stars and tildes of Markdown (`Brac**ken**ridge`).
///
/// Tags that end a word or a line, and those of XML, are none: `<given>Ann</given><family>Lee</family>` is two words.
enum InlineMarkup {
  /// A tag or comment that is longer is none.
  private static let longest = 256

  /// The elements whose text goes on in the line (HTML, section 4.5), as far as they say nothing by themselves.
  private static let elements: Set<[UInt8]> = Set(
    [
      "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "del", "em", "font", "i", "ins", "kbd", "mark", "nobr",
      "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var", "wbr",
    ].map { Array($0.utf8) })

  /// How long the markup at `start` is, with what follows it at once, where it stands in the midst of what is written
  /// without a space, beside a letter or a digit; nil where there is none.
  static func length(in text: [UInt8], at start: Int) -> Int? {
    // Markup after markup was looked at with the first of the run.
    guard start > 0, isWritten(text[start - 1]) else { return nil }
    var end = start
    while let next = piece(in: text, at: end) { end = next }
    guard end > start, end < text.count, isWritten(text[end]), isOfAWord(text[start - 1]) || isOfAWord(text[end]) else {
      return nil
    }
    return end - start
  }

  /// Whether a byte is of what is written without a space: of a word, or of what joins the parts of a number or an address.
  private static func isWritten(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x27, 0x2B, 0x2D, 0x2E, 0x2F, 0x3A, 0x40, 0x5F: true
    default: isOfAWord(byte)
    }
  }

  private static func isOfAWord(_ byte: UInt8) -> Bool { byte >= 0x80 || ASCII.isLetter(byte) || ASCII.isDigit(byte) }

  /// Where a tag, a comment, or a sign of emphasis ends that begins at `start`.
  private static func piece(in text: [UInt8], at start: Int) -> Int? {
    guard start < text.count else { return nil }
    switch text[start] {
    case 0x3C: return text[start...].starts(with: "<!--".utf8) ? comment(in: text, at: start) : tag(in: text, at: start)
    case 0x2A, 0x7E:
      let end = text[start...].prefix(4).prefix { $0 == text[start] }.endIndex
      // One star multiplies; one tilde is about, and four of either are a line.
      guard end - start == 2 || text[start] == 0x2A && end - start == 3 else { return nil }
      return isPaired(text, start..<end) ? end : nil
    default: return nil
    }
  }

  /// Whether the next such signs of the line are as many, or those before: emphasis begins and ends alike, and the stars
  /// that part the elements of X12 do not.
  private static func isPaired(_ text: [UInt8], _ run: Range<Int>) -> Bool {
    let sign = text[run.lowerBound]
    let after = text[run.upperBound..<min(text.count, run.upperBound + longest)].prefix { $0 != 0x0A }
    if let next = after.firstIndex(of: sign) {
      return after[next...].prefix { $0 == sign }.count == run.count
    }
    let before = text[max(0, run.lowerBound - longest)..<run.lowerBound]
    guard let last = before.lastIndex(of: sign) else { return false }
    return before[...last].reversed().prefix { $0 == sign }.count == run.count
  }

  private static func comment(in text: [UInt8], at start: Int) -> Int? {
    let end = min(text.count, start + longest)
    var place = start + 4
    while place + 2 < end {
      if text[place] == 0x2D, text[place + 1] == 0x2D, text[place + 2] == 0x3E { return place + 3 }
      place += 1
    }
    return nil
  }

  private static func tag(in text: [UInt8], at start: Int) -> Int? {
    let end = min(text.count, start + longest)
    var place = start + 1
    if place < end, text[place] == 0x2F { place += 1 }
    let name = text[place..<end].prefix { ASCII.isLetter($0) }
    guard elements.contains(name.map { $0 | 0x20 }) else { return nil }
    place = name.endIndex
    guard place < end, [0x3E, 0x2F, 0x20, 0x09, 0x0A, 0x0C, 0x0D].contains(text[place]) else { return nil }
    var quote: UInt8?
    while place < end {
      switch (text[place], quote) {
      case (0x3E, nil): return place + 1
      case (0x3C, nil): return nil
      case (0x22, nil), (0x27, nil): quote = text[place]
      case (let byte, let open?) where byte == open: quote = nil
      default: break
      }
      place += 1
    }
    return nil
  }
}
