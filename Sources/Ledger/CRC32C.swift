/// The checksum of iSCSI and ext4 (RFC 3720, appendix B.4): polynomial 0x1EDC6F41, reflected.
///
/// It finds accidents. That nobody changed the log on purpose is for the Merkle tree and the signatures to say.
enum CRC32C {
  /// The checksum of `bytes`.
  static func checksum(_ bytes: Span<UInt8>) -> UInt32 {
    let tables = tables.span
    var state: UInt32 = 0xFFFF_FFFF
    var index = 0
    // Eight bytes at a time by eight tables (Kounavis and Berry, ISCC 2005).
    while index + 8 <= bytes.count {
      let word = bytes.littleEndian(at: index, as: UInt64.self) ^ UInt64(state)
      state =
        tables[0x700 | Int(word & 0xFF)] ^ tables[0x600 | Int(word >> 8 & 0xFF)]
        ^ tables[0x500 | Int(word >> 16 & 0xFF)] ^ tables[0x400 | Int(word >> 24 & 0xFF)]
        ^ tables[0x300 | Int(word >> 32 & 0xFF)] ^ tables[0x200 | Int(word >> 40 & 0xFF)]
        ^ tables[0x100 | Int(word >> 48 & 0xFF)] ^ tables[Int(word >> 56)]
      index += 8
    }
    while index < bytes.count {
      state = tables[Int(UInt8(truncatingIfNeeded: state) ^ bytes[index])] ^ state >> 8
      index += 1
    }
    return ~state
  }

  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
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
