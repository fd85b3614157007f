import Ciphers

/// The 64 lower-case hexadecimal digits of a digest, eight to a word, the first in the least significant byte.
struct HexadecimalDigest: Equatable {
  let words: SIMD8<UInt64>

  init(_ digest: Digest) {
    let halves = unsafe withUnsafeBytes(of: digest) { unsafe $0.loadUnaligned(as: SIMD8<UInt32>.self) }
    var words = SIMD8<UInt64>()
    for place in 0..<8 { words[place] = HexadecimalDigest.digits(UInt32(littleEndian: halves[place])) }
    self.words = words
  }

  /// The 64 bytes of `text` at `offset`, whatever they are.
  ///
  /// - Precondition: they are there.
  init(readIn text: Span<UInt8>, at offset: Int) {
    precondition(offset >= 0 && offset + 64 <= text.count, "the digits are not there")
    var words = SIMD8<UInt64>()
    for place in 0..<8 { words[place] = text.littleEndian(at: offset + place * 8, as: UInt64.self) }
    self.words = words
  }

  /// Whether these digits are in `text` at `offset`.
  func isWritten(in text: Span<UInt8>, at offset: Int) -> Bool {
    guard offset >= 0, offset + 64 <= text.count else { return false }
    return self == HexadecimalDigest(readIn: text, at: offset)
  }

  /// The eight digits of four bytes: nibbles spread to bytes, then raised to digits or letters, all eight at once.
  @inline(__always) private static func digits(_ bytes: UInt32) -> UInt64 {
    var lanes = UInt64(bytes)
    lanes = (lanes | lanes << 16) & 0x0000_FFFF_0000_FFFF
    lanes = (lanes | lanes << 8) & 0x00FF_00FF_00FF_00FF
    lanes = lanes >> 4 & 0x000F_000F_000F_000F | (lanes & 0x000F_000F_000F_000F) << 8
    let letters = (lanes &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
    return lanes &+ 0x3030_3030_3030_3030 &+ letters &* 0x27
  }
}
