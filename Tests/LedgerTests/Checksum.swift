/// CRC-32C, computed by its definition.
func definedChecksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
  var state: UInt32 = 0xFFFF_FFFF
  for byte in bytes {
    state ^= UInt32(byte)
    for _ in 0..<8 { state = state & 1 == 1 ? state >> 1 ^ 0x82F6_3B78 : state >> 1 }
  }
  return ~state
}

/// Makes the checksum of a record right again.
func correctChecksum(_ record: inout [UInt8]) {
  let checksum = definedChecksum(record[4...])
  for byte in 0..<4 { record[byte] = UInt8(truncatingIfNeeded: checksum >> (8 * UInt32(byte))) }
}
