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

  private static func matches(_ word: StaticString, _ text: Span<UInt8>, at place: Int) -> Bool {
    text.spells(word, at: place, ignoringCase: true)
  }
}
