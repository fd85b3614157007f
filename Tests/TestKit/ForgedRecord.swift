/// A record of a log's segment as anybody can make one who may write to the directory: its checksum takes no key.
package enum ForgedRecord {
  /// An entry with this JSON.
  package static func entry(_ json: [UInt8], at index: UInt64) -> [UInt8] { record(1, sequence: index, json) }

  /// A record of this kind.
  package static func record(_ kind: UInt8, sequence: UInt64, _ body: [UInt8]) -> [UInt8] {
    var rest = (0..<2).map { UInt8(truncatingIfNeeded: body.count >> (8 * $0)) } + [kind, 0]
    rest += (0..<8).map { UInt8(truncatingIfNeeded: sequence >> (8 * UInt64($0))) }
    rest += body
    let checksum = checksum(rest)
    return (0..<4).map { UInt8(truncatingIfNeeded: checksum >> (8 * UInt32($0))) } + rest
  }

  /// CRC-32C (RFC 3720, appendix B.4), computed by its definition.
  package static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var state: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      state ^= UInt32(byte)
      for _ in 0..<8 { state = state & 1 == 1 ? state >> 1 ^ 0x82F6_3B78 : state >> 1 }
    }
    return ~state
  }
}
