extension [UInt8] {
  /// Appends the bytes of `number`, the least significant first.
  mutating func append<Number: FixedWidthInteger>(littleEndian number: Number) {
    for shift in stride(from: 0, to: Number.bitWidth, by: 8) { append(UInt8(truncatingIfNeeded: number >> shift)) }
  }

  /// Overwrites the bytes from `offset` on with those of `number`, the least significant first.
  mutating func store<Number: FixedWidthInteger & BitwiseCopyable>(littleEndian number: Number, at offset: Int) {
    precondition(offset >= 0 && offset + MemoryLayout<Number>.size <= count, "the number has no place there")
    unsafe withUnsafeMutableBytes { bytes in
      unsafe bytes.storeBytes(of: number.littleEndian, toByteOffset: offset, as: Number.self)
    }
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
