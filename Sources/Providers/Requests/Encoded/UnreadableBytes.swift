/// Bytes that hold what a reader cannot see.
enum UnreadableBytes {
  /// Whether the letters spell what begins as a file does, or a text in a coding other than UTF-8.
  static func areIn(_ letters: EncodedLetters) -> Bool {
    guard letters.bytes.count >= 24 else { return false }
    let bytes = letters.decoded(from: 0)
    return beginsAsFile(bytes) || letters.bytes.count >= 32 && isOtherText(bytes)
  }

  /// Whether the first bytes are those of a kind of file or of a compressed stream.
  private static func beginsAsFile(_ bytes: [UInt8]) -> Bool { beginnings.contains { bytes.starts(with: $0) } }

  private static let beginnings: [[UInt8]] = [
    [0x78, 0x01], [0x78, 0x9C], [0x78, 0xDA],
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
