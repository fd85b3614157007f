import Bytes

/// Bytes that are written into a text as an address (RFC 2397), so that the text no longer says what it holds.
enum EncodedBytes {
  /// Whether a `data:` URL begins the text, or `;base64,` is anywhere in it.
  static func isIn(_ text: Span<UInt8>) -> Bool {
    if beginsWithDataURL(text) { return true }
    var place = 0
    while place + 64 <= text.count {
      var semicolons = Block(text, at: place).equal(to: 0x3B)
      while semicolons != 0 {
        if matches(";base64,", text, at: place + semicolons.trailingZeroBitCount) { return true }
        semicolons &= semicolons &- 1
      }
      place += 64
    }
    while place < text.count {
      if text[place] == 0x3B, matches(";base64,", text, at: place) { return true }
      place += 1
    }
    return false
  }

  /// `data:`, a type with a slash or none, then `;` or `,`: not the word "data" before a list.
  private static func beginsWithDataURL(_ text: Span<UInt8>) -> Bool {
    guard matches("data:", text, at: 0) else { return false }
    var place = 5
    var hasSlash = false
    while place < text.count {
      switch text[place] {
      case 0x2C, 0x3B: return hasSlash || place == 5
      case 0x2F: hasSlash = true
      case 0x2B, 0x2D, 0x2E: break
      case let byte where ASCII.isAlphanumeric(byte): break
      default: return false
      }
      place += 1
    }
    return false
  }

  /// Where bytes begin in a string's body that holds them and nothing else, and whether nothing is said before them but
  /// their type; nil when it holds anything else.
  static func payload(of text: Span<UInt8>) -> (start: Int, isPlain: Bool)? {
    var start = 0
    var isPlain = true
    if matches("data:", text, at: 0) {
      var comma = 0
      while comma < text.count, text[comma] != 0x2C { comma += 1 }
      guard comma >= 12, matches(";base64,", text, at: comma - 7) else { return nil }
      start = comma + 1
      isPlain = !(5..<comma - 7).contains { text[$0] == 0x3B || text[$0] == 0x25 || text[$0] == 0x3D }
    } else if text.count < 64 {
      return nil
    }
    return areLetters(text, from: start) ? (start, isPlain) : nil
  }

  /// Whether all is base64, as JSON and addresses may write it: `\/`, line ends, `%3D`.
  private static func areLetters(_ text: Span<UInt8>, from start: Int) -> Bool {
    var place = start
    while place < text.count {
      let byte = text[place]
      if EncodedRun.isLetter(byte) || byte == 0x3D {
        place += 1
      } else if byte == 0x5C, place + 1 < text.count, [0x2F, 0x6E, 0x72].contains(text[place + 1]) {
        place += 2
      } else if byte == 0x25, place + 2 < text.count, ASCII.isHexDigit(text[place + 1]),
        ASCII.isHexDigit(text[place + 2])
      {
        place += 3
      } else {
        return false
      }
    }
    return true
  }

  private static func matches(_ word: StaticString, _ text: Span<UInt8>, at place: Int) -> Bool {
    text.spells(word, at: place, ignoringCase: true)
  }
}
