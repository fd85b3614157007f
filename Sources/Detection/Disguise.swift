import Bytes

/// A text with its disguises taken off: what a reader, a browser or a program would make of it.
///
/// Entities of HTML (`&#74;ohn`), percent signs of addresses (`%4Aohn`), escapes of strings inside strings (`\\u004aohn`),
/// and letters of other alphabets in the midst of Latin words are read as what they stand for, and markup in the midst of
/// a word (`Jo<b>hn</b>son`) as nothing, and elements that turn text around as the characters that do, whichever stand in each other. The text itself is searched first, so that nothing
/// is lost by reading too much into it.
package struct Disguise {
  /// How many times a disguise is looked for under another.
  private static let depth = 3

  /// The text without disguises.
  package private(set) var text: [UInt8]
  /// Where it came from.
  private(set) var origin: TextOrigin

  /// The text that `text` disguises; nil when it disguises none.
  package init?(_ text: [UInt8]) {
    guard var reading = Disguise.reading(text) else { return nil }
    for _ in 1..<Disguise.depth {
      guard let next = Disguise.reading(reading.text) else { break }
      reading = (next.text, next.origin.within(reading.origin))
    }
    (self.text, origin) = reading
  }

  private static func reading(_ text: [UInt8]) -> (text: [UInt8], origin: TextOrigin)? {
    guard let turned = DirectionMarkup.replacing(in: text) else { return readingCharacters(text) }
    return readingCharacters(turned.text).map { ($0.text, $0.origin.within(turned.origin)) } ?? turned
  }

  private static func readingCharacters(_ text: [UInt8]) -> (text: [UInt8], origin: TextOrigin)? {
    guard let first = text.indices.first(where: { mayBegin(text[$0]) && read(text, at: $0) != nil }) else {
      return LookAlikes.replacing(in: text)
    }
    var plain = Array(text[..<first])
    plain.reserveCapacity(text.count)
    var origin = TextOrigin(reserving: text.count)
    for place in 0..<first { origin.append(place) }
    var place = first
    while place < text.count {
      guard mayBegin(text[place]), let (characters, length) = read(text, at: place) else {
        origin.append(place)
        plain.append(text[place])
        place += 1
        continue
      }
      for byte in characters {
        origin.append(place)
        plain.append(byte)
      }
      place += length
    }
    origin.append(text.count)
    return LookAlikes.replacing(in: plain).map { ($0.text, $0.origin.within(origin)) } ?? (plain, origin)
  }

  private static func mayBegin(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x26, 0x25, 0x5C, 0x3C, 0x2A, 0x7E: true
    default: LookAlikes.leads.contains(byte)
    }
  }

  /// What is written at `place` stands for, and how long it is; nil when it stands for itself.
  private static func read(_ text: [UInt8], at place: Int) -> ([UInt8], Int)? {
    switch text[place] {
    case 0x26: CharacterReference.read(text, at: place)
    case 0x25: percents(text, at: place)
    case 0x5C: escape(text, at: place)
    case 0x3C, 0x2A, 0x7E: InlineMarkup.length(in: text, at: place).map { ([], $0) }
    default: nil
    }
  }

  /// `%4A`, or the `%C3%A9` of one character, if it can be seen (RFC 3986, section 2.1).
  private static func percents(_ text: [UInt8], at start: Int) -> ([UInt8], Int)? {
    guard let first = percent(text, at: start) else { return nil }
    var bytes = [first]
    for next in 1..<max(1, min(4, (~first).leadingZeroBitCount)) {
      guard let byte = percent(text, at: start + 3 * next) else { return nil }
      bytes.append(byte)
    }
    guard firstInvalidUTF8(in: bytes) == nil, first >= 0x20 || first == 0x09 || first == 0x0A || first == 0x0D,
      first != 0x7F
    else { return nil }
    return (bytes, 3 * bytes.count)
  }

  private static func percent(_ text: [UInt8], at place: Int) -> UInt8? {
    guard place + 2 < text.count, text[place] == 0x25, let high = ASCII.hexDigit(text[place + 1]),
      let low = ASCII.hexDigit(text[place + 2])
    else { return nil }
    return high << 4 | low
  }

  /// `\u004a` and `\x4a` after any number of backslashes, and a line's end that is written so.
  private static func escape(_ text: [UInt8], at start: Int) -> ([UInt8], Int)? {
    // Every backslash of a run leads to the same letter: only its first looks for it.
    if start > 0, text[start - 1] == 0x5C { return nil }
    var place = start
    while place < text.count, text[place] == 0x5C { place += 1 }
    guard place < text.count else { return nil }
    switch text[place] {
    case 0x6E, 0x72, 0x74: return ([0x20], place + 1 - start)
    case 0x22, 0x27, 0x2F: return ([text[place]], place + 1 - start)
    case 0x75: return unit(text, at: place + 1, digits: 4).map { ($0, place + 5 - start) }
    case 0x78: return unit(text, at: place + 1, digits: 2).map { ($0, place + 3 - start) }
    default: return nil
    }
  }

  private static func unit(_ text: [UInt8], at place: Int, digits: Int) -> [UInt8]? {
    guard place + digits <= text.count else { return nil }
    var value: UInt32 = 0
    for byte in text[place..<place + digits] {
      guard let digit = ASCII.hexDigit(byte) else { return nil }
      value = value << 4 | UInt32(digit)
    }
    return CharacterReference.characters(value)
  }
}
