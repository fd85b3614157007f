import Bytes

/// The characters of a text one by one: as numbers in a row (`50 49 57`, `0x32, 0x31`, `\062\061`, `=32=31`), or themselves
/// with one mark between every two (`2 1 9`, `2_1_9`).
struct CharacterCodes {
  /// From how many characters on they are a text.
  private static let fewest = 7

  /// Where they stand.
  let range: Range<Int>
  /// What they can say; numbers can be read in more than one base.
  let texts: [[UInt8]]

  /// Whether they can begin with a byte.
  static func mayBegin(with byte: UInt8) -> Bool { ASCII.isAlphanumeric(byte) || byte == 0x5C || byte == 0x3D }

  /// What begins at `place`, if it is any.
  init?(_ text: Span<UInt8>, at place: Int) {
    if place > 0, ASCII.isAlphanumeric(text[place - 1]) { return nil }
    guard let found = CharacterCodes(numbersIn: text, at: place) ?? CharacterCodes(markedIn: text, at: place) else {
      return nil
    }
    self = found
  }

  /// Characters with a mark between every two.
  private init?(markedIn text: Span<UInt8>, at place: Int) {
    guard place + 2 * Self.fewest - 1 <= text.count else { return nil }
    let mark = text[place + 1]
    // A comma stands between the numbers of a list.
    switch mark {
    case 0x20, 0x0A, 0x09, 0x2E, 0x5F, 0x2D, 0x2A, 0x7C, 0x2F: break
    default: return nil
    }
    guard ASCII.isAlphanumeric(text[place]), text[place + 3] == mark, text[place + 5] == mark else { return nil }
    var said: [UInt8] = []
    var next = place
    while next < text.count, text[next] >= 0x20, text[next] < 0x7F {
      let isLast = next + 1 == text.count || text[next + 1] != mark
      // The first letter of a word that follows is none of them.
      if isLast, next + 1 < text.count, ASCII.isAlphanumeric(text[next + 1]) { break }
      said.append(text[next])
      if isLast { break }
      next += 2
    }
    guard said.count >= Self.fewest, said.count > 10 || !Self.counts(said) else { return nil }
    while said.last == 0x20 { said.removeLast() }
    (range, texts) = (place..<place + 2 * said.count - 1, [said])
  }

  /// Numbers in a row, all with the same before them and between them.
  ///
  /// It ends with the first number that makes no sense in any base, so that no text is looked at again and again.
  private init?(numbersIn text: Span<UInt8>, at place: Int) {
    let prefix = Self.prefixEnd(in: text, at: place) - place
    guard Self.hasTwo(text, at: place, behind: prefix) else { return nil }
    let longest = prefix == 1 ? 3 : 8
    var separator: Range<Int>?
    var said: [(base: Int, text: [UInt8])] = [10, 16, 8, 2].map { ($0, []) }
    var next = place
    var end = place
    while Self.isSame(place..<place + prefix, next..<next + prefix, in: text) {
      let start = next + prefix
      var digits = start
      while digits < text.count, digits - start < longest, ASCII.isHexDigit(text[digits]) { digits += 1 }
      let isWord = digits < text.count && ASCII.isAlphanumeric(text[digits])
      let between = digits..<Self.separatorEnd(in: text, from: digits)
      guard digits - start >= 2, !isWord, prefix > 0 || !between.isEmpty || digits == text.count || end > place else {
        break
      }
      let number = start..<digits
      guard said.contains(where: { Self.character(number, of: text, base: $0.base) != nil }) else { break }
      said.removeAll { Self.character(number, of: text, base: $0.base) == nil }
      for index in said.indices {
        guard let character = Self.character(number, of: text, base: said[index].base) else { continue }
        said[index].text.append(character)
      }
      end = digits
      if let separator, !Self.isSame(between, separator, in: text) { break }
      guard prefix > 0 || !between.isEmpty else { break }
      separator = separator ?? between
      next = between.upperBound
    }
    said.removeAll { $0.text.count < Self.fewest }
    guard !said.isEmpty else { return nil }
    (range, texts) = (place..<end, said.map(\.text))
  }

  /// Whether two numbers follow one another, or may: most texts are words and single numbers, and end here.
  private static func hasTwo(_ text: Span<UInt8>, at place: Int, behind prefix: Int) -> Bool {
    func begins(_ start: Int) -> Bool {
      start + 1 < text.count && ASCII.isHexDigit(text[start]) && ASCII.isHexDigit(text[start + 1])
    }
    let start = place + prefix
    guard begins(start) else { return false }
    let longest = prefix == 1 ? 3 : 8
    var end = start + 2
    while end < text.count, end - start < longest, ASCII.isHexDigit(text[end]) { end += 1 }
    guard end - start <= 3 || end - start >= 7 else { return false }
    let next = separatorEnd(in: text, from: end)
    guard next > end || prefix > 0 else { return false }
    return isSame(place..<start, next..<next + prefix, in: text) && begins(next + prefix)
  }

  /// Where the first digit stands behind `0x`, `\x`, `\` or `=`.
  private static func prefixEnd(in text: Span<UInt8>, at place: Int) -> Int {
    let hasX = place + 1 < text.count && text[place + 1] | 0x20 == 0x78
    switch text[place] {
    case 0x30 where hasX: return place + 2
    case 0x5C: return place + (hasX ? 2 : 1)
    case 0x3D: return place + 1
    default: return place
    }
  }

  private static func separatorEnd(in text: Span<UInt8>, from start: Int) -> Int {
    var end = start
    while end < text.count, end - start < 2, [0x20, 0x2C, 0x3A, 0x3B, 0x2D, 0x0A].contains(text[end]) { end += 1 }
    return end
  }

  private static func isSame(_ one: Range<Int>, _ other: Range<Int>, in text: Span<UInt8>) -> Bool {
    one.count == other.count && other.upperBound <= text.count
      && (0..<one.count).allSatisfy { text[one.lowerBound + $0] == text[other.lowerBound + $0] }
  }

  /// The character that a number is in a base; nil where it is none that is seen.
  private static func character(_ number: Range<Int>, of text: Span<UInt8>, base: Int) -> UInt8? {
    guard base == 2 ? number.count >= 7 : number.count <= 3 else { return nil }
    var value = 0
    for index in number {
      guard let digit = Character(UnicodeScalar(text[index])).hexDigitValue, digit < base else { return nil }
      value = value * base + digit
    }
    return (0x20..<0x7F).contains(value) || value == 0x0A ? UInt8(value) : nil
  }

  /// Whether characters are the digits from one on, as of a scale.
  private static func counts(_ said: [UInt8]) -> Bool {
    zip(said, said.dropFirst()).allSatisfy { $1 == $0 + 1 || $0 == 0x39 && $1 == 0x30 }
  }
}
