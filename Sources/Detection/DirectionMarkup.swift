import Bytes

/// HTML's `<bdo dir=rtl>`, behind which text is shown from right to left up to its `</bdo>`: `egdirnekcarB` is read as
/// `Brackenridge` (HTML, section 4.5.26).
///
/// It is read as the characters that do the same: an isolate with an override in it, which `DisplayOrder` turns around. Line
/// ends are blanks there, as in a browser.
enum DirectionMarkup {
  /// A tag that is longer is none.
  private static let longest = 256
  private static let isolate: [UInt8] = [0xE2, 0x81, 0xA6]
  private static let leftToRight: [UInt8] = [0xE2, 0x80, 0xAD]
  private static let rightToLeft: [UInt8] = [0xE2, 0x80, 0xAE]
  private static let end: [UInt8] = [0xE2, 0x81, 0xA9]

  /// The text with those characters, and where it came from; nil where there is no such element.
  static func replacing(in text: [UInt8]) -> (text: [UInt8], origin: TextOrigin)? {
    guard var next = tag(in: text, from: 0) else { return nil }
    var plain: [UInt8] = []
    plain.reserveCapacity(text.count)
    var origin = TextOrigin(reserving: text.count)
    /// Whether each of the open elements, one in the other, is shown from right to left.
    var open: [Bool] = []
    var place = 0
    func copy(to end: Int) {
      while place < end {
        let isBlank = open.last == true && ASCII.isNewline(text[place])
        origin.append(place)
        plain.append(isBlank ? 0x20 : text[place])
        place += 1
      }
    }
    while true {
      copy(to: next.range.lowerBound)
      let written: [UInt8]
      switch next.matter {
      case .begins(let isTurned):
        open.append(isTurned ?? open.last ?? false)
        written = isolate + (open.last == true ? rightToLeft : leftToRight)
      // What ends nothing is nothing.
      case .ends: written = open.popLast() == nil ? [] : end
      }
      for byte in written {
        origin.append(place)
        plain.append(byte)
      }
      place = next.range.upperBound
      guard let following = tag(in: text, from: place) else { break }
      next = following
    }
    copy(to: text.count)
    origin.append(text.count)
    return (plain, origin)
  }

  private enum Matter {
    /// An element in which the text is turned, or is not; nil where the tag does not say, and it is as around it.
    case begins(isTurned: Bool?)
    case ends
  }

  /// The next tag of the element.
  private static func tag(in text: [UInt8], from start: Int) -> (range: Range<Int>, matter: Matter)? {
    var start = start
    while let found = text.span.firstIndex(of: 0x3C, from: start) {
      if let (end, matter) = tag(in: text, at: found) { return (found..<end, matter) }
      start = found + 1
    }
    return nil
  }

  private static func tag(in text: [UInt8], at start: Int) -> (end: Int, matter: Matter)? {
    let isEnd = start + 1 < text.count && text[start + 1] == 0x2F
    let name = start + (isEnd ? 2 : 1)
    guard text.span.spells("bdo", at: name, ignoringCase: true) else { return nil }
    var reader = Attributes(text, from: name + 3, to: min(text.count, start + longest))
    var direction: Bool?
    var isKnown = false
    while let (name, value) = reader.next() {
      // The first of a name is the one that counts.
      guard !isKnown, name.spells("dir", ignoringCase: true) else { continue }
      isKnown = true
      if value.spells("rtl", ignoringCase: true) { direction = true }
      if value.spells("ltr", ignoringCase: true) { direction = false }
    }
    guard let end = reader.end else { return nil }
    return (end, isEnd ? .ends : .begins(isTurned: direction))
  }
}

/// The attributes of a tag, one after the other (HTML, section 13.2.5.32).
private struct Attributes {
  private let text: [UInt8]
  private let limit: Int
  private var place: Int
  /// Where the tag ends; nil where it has not been reached, or there is none.
  private(set) var end: Int?

  init(_ text: [UInt8], from start: Int, to limit: Int) {
    (self.text, self.limit, place) = (text, limit, start)
  }

  /// The next one; nil where the tag ends, or is none.
  mutating func next() -> (name: ArraySlice<UInt8>, value: ArraySlice<UInt8>)? {
    let start = place
    skip { ASCII.isSpace($0) || $0 == 0x2F }
    guard place < limit else { return nil }
    if text[place] == 0x3E {
      end = place + 1
      return nil
    }
    // A name that goes on is another element's.
    guard place > start || text[place - 1] == 0x22 || text[place - 1] == 0x27 else { return nil }
    let name = take { !ASCII.isSpace($0) && $0 != 0x2F && $0 != 0x3E && $0 != 0x3D }
    skip(ASCII.isSpace)
    guard place < limit, text[place] == 0x3D else { return name.isEmpty ? nil : (name, []) }
    place += 1
    skip(ASCII.isSpace)
    guard place < limit else { return nil }
    let quote = text[place]
    guard quote == 0x22 || quote == 0x27 else { return (name, take { !ASCII.isSpace($0) && $0 != 0x3E }) }
    place += 1
    let value = take { $0 != quote }
    guard place < limit else { return nil }
    place += 1
    return (name, value)
  }

  private mutating func skip(_ isSkipped: (UInt8) -> Bool) { _ = take(isSkipped) }

  private mutating func take(_ isTaken: (UInt8) -> Bool) -> ArraySlice<UInt8> {
    let start = place
    while place < limit, isTaken(text[place]) { place += 1 }
    return text[start..<place]
  }
}

extension ArraySlice<UInt8> {
  fileprivate func spells(_ word: StaticString, ignoringCase: Bool) -> Bool {
    count == word.utf8CodeUnitCount && span.spells(word, at: 0, ignoringCase: ignoringCase)
  }
}
