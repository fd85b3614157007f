extension [UInt8] {
  /// Appends the bytes of `number`, the least significant first.
  mutating func append<Number: FixedWidthInteger>(littleEndian number: Number) {
    for shift in stride(from: 0, to: Number.bitWidth, by: 8) { append(UInt8(truncatingIfNeeded: number >> shift)) }
  }

  /// Overwrites the bytes from `offset` on with those of `number`, the least significant first.
  mutating func store(littleEndian number: UInt32, at offset: Int) {
    for byte in 0..<4 { self[offset + byte] = UInt8(truncatingIfNeeded: number >> UInt32(8 * byte)) }
  }
}

extension Span<UInt8> {
  /// The number whose bytes begin at `offset`, the least significant first.
  ///
  /// - Precondition: the bytes are there.
  func littleEndian<Number: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as type: Number.Type) -> Number {
    precondition(offset >= 0 && offset + MemoryLayout<Number>.size <= count, "the number is not there")
    return Number(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: type))
  }
}
