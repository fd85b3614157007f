/// The 32-bit cyclic redundancy check of ISO 3309, as zlib, gzip and AWS's event streams have it (RFC 1952, section 8).
package enum CRC32 {
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { rest, _ in rest & 1 == 1 ? rest >> 1 ^ 0xEDB8_8320 : rest >> 1 }
  }

  /// The check of some bytes.
  package static func checksum(_ bytes: Span<UInt8>) -> UInt32 {
    var rest = UInt32.max
    for index in bytes.indices { rest = rest >> 8 ^ table[Int((rest ^ UInt32(bytes[index])) & 0xFF)] }
    return ~rest
  }
}
