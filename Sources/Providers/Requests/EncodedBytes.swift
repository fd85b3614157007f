import Bytes

/// Bytes that are written into a text, so that the text no longer says what it holds.
enum EncodedBytes {
  /// How many letters and digits in a row are no longer a word.
  private static let longestRun = 1024

  /// Whether a `data:` URL begins the text, `;base64,` is anywhere in it (RFC 2397), or a run of base64's alphabet
  /// that is too long to be anything else.
  static func isIn(_ text: Span<UInt8>) -> Bool {
    if beginsWithDataURL(text) || hasLongRun(text) { return true }
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

  private static func hasLongRun(_ text: Span<UInt8>) -> Bool {
    // Every such run covers a probe, and in prose the way back from a probe is one word long.
    var start = 0
    while start + longestRun <= text.count {
      var place = start + longestRun - 1
      while place >= start, isDigit64(text[place]) { place -= 1 }
      if place < start { return true }
      start = place + 1
    }
    return false
  }

  private static func isDigit64(_ byte: UInt8) -> Bool {
    ASCII.isAlphanumeric(byte) || byte == 0x2B || byte == 0x2F || byte == 0x2D || byte == 0x5F
  }

  private static func matches(_ word: StaticString, _ text: Span<UInt8>, at place: Int) -> Bool {
    text.spells(word, at: place, ignoringCase: true)
  }
}
