import TestKit

/// CRC-32C, computed by its definition.
func definedChecksum(_ bytes: some Sequence<UInt8>) -> UInt32 { ForgedRecord.checksum(bytes) }

/// Makes the checksum of a record right again.
func correctChecksum(_ record: inout [UInt8]) {
  let checksum = definedChecksum(record[4...])
  for byte in 0..<4 { record[byte] = UInt8(truncatingIfNeeded: checksum >> (8 * UInt32(byte))) }
}
