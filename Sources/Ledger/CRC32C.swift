import CHashing

/// The checksum of iSCSI and ext4 (RFC 3720, appendix B.4): polynomial 0x1EDC6F41, reflected.
///
/// It finds accidents. That nobody changed the log on purpose is for the Merkle tree and the signatures to say.
package enum CRC32C {
  /// How many bytes each of the stretches has that are read at one time.
  private static let stretch = Int(CRC32C_STRETCH)
  private static let isInHardware = crc32c_is_in_hardware()

  /// The checksum of `bytes`, by the processor's instructions where it has them.
  package static func checksum(_ bytes: Span<UInt8>) -> UInt32 {
    guard isInHardware else { return portable(bytes) }
    let past = past.span
    return unsafe bytes.withUnsafeBufferPointer { bytes in
      unsafe past.withUnsafeBufferPointer { past in
        unsafe crc32c_in_hardware(bytes.baseAddress, bytes.count, past.baseAddress)
      }
    }
  }

  /// The checksum of `bytes`, computed on any processor.
  package static func portable(_ bytes: Span<UInt8>) -> UInt32 {
    let tables = tables.span
    let past = past.span
    var state: UInt32 = 0xFFFF_FFFF
    var index = 0
    // Two stretches at a time, because each step waits for the one before it: the second begins from nothing, and the
    // state of the first is moved past it.
    while index + 2 * stretch <= bytes.count {
      var other: UInt32 = 0
      let end = index + stretch
      while index < end {
        state = step(state, bytes, index, tables)
        other = step(other, bytes, index + stretch, tables)
        index += 16
      }
      state =
        other ^ past[Int(state & 0xFF)] ^ past[0x100 | Int(state >> 8 & 0xFF)] ^ past[0x200 | Int(state >> 16 & 0xFF)]
        ^ past[0x300 | Int(state >> 24)]
      index += stretch
    }
    while index + 16 <= bytes.count {
      state = step(state, bytes, index, tables)
      index += 16
    }
    while index < bytes.count {
      state = tables[Int(UInt8(truncatingIfNeeded: state) ^ bytes[index])] ^ state >> 8
      index += 1
    }
    return ~state
  }

  /// Takes in sixteen bytes by sixteen tables (Kounavis and Berry, ISCC 2005).
  @inline(__always) private static func step(
    _ state: UInt32, _ bytes: Span<UInt8>, _ index: Int, _ tables: Span<UInt32>
  ) -> UInt32 {
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
    return first ^ second
  }

  // By each byte of a state: what that becomes past a stretch of zeros. States add up, so the bits are enough.
  private static let past: [UInt32] = {
    let bits = (0..<32).map { bit in
      (0..<stretch).reduce(UInt32(1) << UInt32(bit)) { state, _ in tables[Int(state & 0xFF)] ^ state >> 8 }
    }
    return (0..<4 * 256).map { place in
      (0..<8).reduce(0) { place >> $1 & 1 == 1 ? $0 ^ bits[place >> 8 * 8 + $1] : $0 }
    }
  }()

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
