/// The checksum of iSCSI and ext4 (RFC 3720, appendix B.4): polynomial 0x1EDC6F41, reflected.
///
/// It finds accidents. That nobody changed the log on purpose is for the Merkle tree and the signatures to say.
enum CRC32C {
  /// The checksum of `bytes`.
  static func checksum(_ bytes: Span<UInt8>) -> UInt32 {
    let tables = tables.span
    var state: UInt32 = 0xFFFF_FFFF
    var index = 0
    // Sixteen bytes at a time by sixteen tables (Kounavis and Berry, ISCC 2005).
    while index + 16 <= bytes.count {
      let low = bytes.littleEndian(at: index, as: UInt64.self) ^ UInt64(state)
      let high = bytes.littleEndian(at: index + 8, as: UInt64.self)
      let first =
        tables[0xF00 | Int(low & 0xFF)] ^ tables[0xE00 | Int(low >> 8 & 0xFF)]
        ^ tables[0xD00 | Int(low >> 16 & 0xFF)] ^ tables[0xC00 | Int(low >> 24 & 0xFF)]
        ^ tables[0xB00 | Int(low >> 32 & 0xFF)] ^ tables[0xA00 | Int(low >> 40 & 0xFF)]
        ^ tables[0x900 | Int(low >> 48 & 0xFF)] ^ tables[0x800 | Int(low >> 56)]
      let second =
        tables[0x700 | Int(high & 0xFF)] ^ tables[0x600 | Int(high >> 8 & 0xFF)]
        ^ tables[0x500 | Int(high >> 16 & 0xFF)] ^ tables[0x400 | Int(high >> 24 & 0xFF)]
        ^ tables[0x300 | Int(high >> 32 & 0xFF)] ^ tables[0x200 | Int(high >> 40 & 0xFF)]
        ^ tables[0x100 | Int(high >> 48 & 0xFF)] ^ tables[Int(high >> 56)]
      state = first ^ second
      index += 16
    }
    while index < bytes.count {
      state = tables[Int(UInt8(truncatingIfNeeded: state) ^ bytes[index])] ^ state >> 8
      index += 1
    }
    return ~state
  }

  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 16 * 256)
    for byte in 0..<256 {
      var state = UInt32(byte)
      for _ in 0..<8 { state = state & 1 == 1 ? state >> 1 ^ 0x82F6_3B78 : state >> 1 }
      tables[byte] = state
    }
    for index in 256..<tables.count {
      let before = tables[index - 256]
      tables[index] = before >> 8 ^ tables[Int(before & 0xFF)]
    }
    return tables
  }()
}
