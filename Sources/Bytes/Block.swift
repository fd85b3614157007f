/// Sixty-four bytes, as eight lanes of 64 bits.
///
/// Operations on 64-bit lanes are compiled to vector instructions; operators that take a scalar, and `any` of a mask,
/// run lane by lane and are fifty times slower.
public struct Block: Sendable {
  @usableFromInline var lanes: SIMD8<UInt64>

  @inlinable init(lanes: SIMD8<UInt64>) { self.lanes = lanes }

  /// The 64 bytes of `bytes` that begin at `offset`.
  ///
  /// - Precondition: there are 64 bytes from `offset` on.
  @inlinable public init(_ bytes: Span<UInt8>, at offset: Int) {
    precondition(offset >= 0 && offset <= bytes.count - 64, "a block is 64 bytes")
    lanes = unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: SIMD8<UInt64>.self)
  }

  /// One bit for each byte that is 0x80 or more, the first byte's bit lowest.
  @inlinable public var nonASCII: UInt64 { Block.movemask(lanes) }

  /// Whether every byte is below 0x80.
  @inlinable public var isASCII: Bool { (lanes & 0x8080_8080_8080_8080) == .zero }

  /// One bit for each ASCII digit, the first byte's bit lowest.
  @inlinable public var digits: UInt64 {
    let shifted = lanes ^ 0x3030_3030_3030_3030
    return Block.movemask(~(((shifted & 0x7F7F_7F7F_7F7F_7F7F) &+ 0x7676_7676_7676_7676) | shifted))
  }

  /// Whether any byte is an ASCII digit.
  @inlinable public var hasDigit: Bool {
    let shifted = lanes ^ 0x3030_3030_3030_3030
    let others = ((shifted & 0x7F7F_7F7F_7F7F_7F7F) &+ 0x7676_7676_7676_7676) | shifted
    return (~others & 0x8080_8080_8080_8080) != .zero
  }

  /// One bit for each byte equal to `byte`, the first byte's bit lowest.
  @inlinable public func equal(to byte: UInt8) -> UInt64 {
    let difference = lanes ^ SIMD8(repeating: UInt64(byte) &* 0x0101_0101_0101_0101)
    return Block.movemask(~(((difference & 0x7F7F_7F7F_7F7F_7F7F) &+ 0x7F7F_7F7F_7F7F_7F7F) | difference))
  }

  /// One bit for each byte equal to one of two, the first byte's bit lowest.
  @inlinable public func equal(to byte: UInt8, or other: UInt8) -> UInt64 {
    let one = lanes ^ SIMD8(repeating: UInt64(byte) &* 0x0101_0101_0101_0101)
    let two = lanes ^ SIMD8(repeating: UInt64(other) &* 0x0101_0101_0101_0101)
    let found =
      ~(((one & 0x7F7F_7F7F_7F7F_7F7F) &+ 0x7F7F_7F7F_7F7F_7F7F) | one)
      | ~(((two & 0x7F7F_7F7F_7F7F_7F7F) &+ 0x7F7F_7F7F_7F7F_7F7F) | two)
    guard (found & 0x8080_8080_8080_8080) != .zero else { return 0 }
    return Block.movemask(found)
  }

  /// The top bit of every byte, the first byte's bit lowest.
  @inlinable static func movemask(_ lanes: SIMD8<UInt64>) -> UInt64 {
    let bits = (lanes & 0x8080_8080_8080_8080) &>> 7
    let packed = (bits &* 0x0102_0408_1020_4080) &>> 56
    let low = packed[0] | packed[1] << 8 | packed[2] << 16 | packed[3] << 24
    let high = packed[4] << 32 | packed[5] << 40 | packed[6] << 48 | packed[7] << 56
    return low | high
  }
}
