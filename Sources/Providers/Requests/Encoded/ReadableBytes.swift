import Bytes

/// Bytes that say something to a reader: well-formed UTF-8 without control characters.
enum ReadableBytes {
  /// Whether all of `bytes` are such a text, and enough of them are letters, digits and spaces.
  static func areAll(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= 6, stretches(of: bytes) == [0..<bytes.count] else { return false }
    let spoken = bytes.count { ASCII.isAlphanumeric($0) || $0 == 0x20 || $0 >= 0x80 }
    return bytes.count < 12 ? spoken * 4 >= bytes.count * 3 : spoken * 2 >= bytes.count
  }

  /// The stretches of `bytes` that are such a text, in order.
  static func stretches(of bytes: [UInt8]) -> [Range<Int>] {
    var stretches: [Range<Int>] = []
    var start = 0
    var place = 0
    while place < bytes.count {
      let length = length(ofCharacterAt: place, in: bytes)
      if length == 0 {
        if place > start { stretches.append(start..<place) }
        place += 1
        start = place
      } else {
        place += length
      }
    }
    if place > start { stretches.append(start..<place) }
    return stretches
  }

  /// How many bytes the character at `place` has; 0 when none stands there, or one that nobody sees.
  private static func length(ofCharacterAt place: Int, in bytes: [UInt8]) -> Int {
    let lead = bytes[place]
    if lead < 0x80 { return lead >= 0x20 && lead != 0x7F || lead == 0x09 || lead == 0x0A || lead == 0x0D ? 1 : 0 }
    guard lead >= 0xC2, lead < 0xF5 else { return 0 }
    let length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
    guard place + length <= bytes.count else { return 0 }
    if lead == 0xC2, bytes[place + 1] < 0xA0 { return 0 }
    return firstInvalidUTF8(in: Array(bytes[place..<place + length])) == nil ? length : 0
  }
}

/// Bytes that hold what a reader cannot see.
enum UnreadableBytes {
  /// Whether the letters spell what begins as a file does, or a text in a coding other than UTF-8.
  static func areIn(_ letters: EncodedLetters) -> Bool {
    guard letters.bytes.count >= 32 else { return false }
    let bytes = letters.decoded(from: 0)
    return beginsAsFile(bytes) || isOtherText(bytes)
  }

  /// Whether the first bytes are those of a kind of file or of a compressed stream.
  private static func beginsAsFile(_ bytes: [UInt8]) -> Bool { beginnings.contains { bytes.starts(with: $0) } }

  private static let beginnings: [[UInt8]] = [
    [0x1F, 0x8B, 0x08], [0x89, 0x50, 0x4E, 0x47], [0xFF, 0xD8, 0xFF], Array("%PDF-".utf8), [0x50, 0x4B, 0x03, 0x04],
    Array("GIF8".utf8), [0x49, 0x49, 0x2A, 0x00], [0x4D, 0x4D, 0x00, 0x2A], Array("RIFF".utf8), Array("OggS".utf8),
    Array("ID3".utf8) + [0x03, 0x00], Array("ID3".utf8) + [0x04, 0x00], [0x37, 0x7A, 0xBC, 0xAF],
    [0xD0, 0xCF, 0x11, 0xE0], Array("BZh91AY".utf8), [0xFD, 0x37, 0x7A, 0x58, 0x5A], [0x28, 0xB5, 0x2F, 0xFD],
    Array("SQLite format 3".utf8), Array("{\\rtf".utf8),
  ]

  /// Text in UTF-16, every other byte of which is zero, or in a coding of one byte for each letter.
  private static func isOtherText(_ bytes: [UInt8]) -> Bool {
    var zeros = [0, 0]
    var readable = 0
    for (place, byte) in bytes.enumerated() {
      if byte == 0 { zeros[place % 2] += 1 }
      if byte >= 0x20 && byte < 0x7F || byte == 0x09 || byte == 0x0A || byte == 0x0D { readable += 1 }
    }
    let half = bytes.count / 2
    if zeros.contains(where: { $0 * 10 >= half * 8 }), readable * 10 >= half * 8 { return true }
    return readable * 100 >= bytes.count * 85
  }
}
