import Bytes
internal import Crypto
internal import CryptoExtras

// RFC 5649 in the words of its sections 3 and 4: A is the integrity check register, R the list of 64-bit blocks.
extension KeyWrapping {
  private static let alternativeInitialValue: UInt64 = 0xA659_59A6_0000_0000

  /// The secret wrapped by RFC 5649, which pads it with zeros to a multiple of eight bytes.
  ///
  /// - Throws: `invalidKey` when the secret is empty or 2^32 bytes and more, or the wrapping key has not 16, 24 or 32.
  package static func wrapPadded(
    _ secret: borrowing SecretBytes, under wrapping: borrowing SecretBytes
  ) throws(CipherError) -> [UInt8] {
    guard isAESKey(wrapping), secret.count > 0, secret.count <= UInt32.max else { throw CipherError(code: .invalidKey) }
    let padded = (secret.count + 7) / 8 * 8
    var blocks: [UInt8] = []
    blocks.reserveCapacity(padded + 8)
    append(alternativeInitialValue | UInt64(secret.count), to: &blocks)
    secret.withBytes { bytes in
      for index in bytes.indices { blocks.append(bytes[index]) }
    }
    blocks.append(contentsOf: repeatElement(0, count: padded - secret.count))
    if padded == 8 {
      try permute(&blocks, wrapping)
    } else {
      try wrapRounds(&blocks, wrapping)
    }
    return blocks
  }

  /// The secret that RFC 5649 wrapped.
  package static func unwrapPadded(
    _ wrapped: Span<UInt8>, under wrapping: borrowing SecretBytes
  ) throws(CipherError) -> SecretBytes {
    guard isAESKey(wrapping) else { throw CipherError(code: .invalidKey) }
    guard wrapped.count >= 16, wrapped.count.isMultiple(of: 8) else { throw CipherError(code: .notAuthentic) }
    var blocks = [UInt8](copying: wrapped)
    defer { blocks.wipe() }
    if blocks.count == 16 {
      try unpermute(&blocks, wrapping)
    } else {
      try unwrapRounds(&blocks, wrapping)
    }
    let register = number(blocks, at: 0)
    let count = Int(register & 0xFFFF_FFFF)
    let padded = blocks.count - 8
    guard register >> 32 == alternativeInitialValue >> 32, count <= padded, count > padded - 8 else {
      throw CipherError(code: .notAuthentic)
    }
    var padding: UInt8 = 0
    for index in 8 + count..<blocks.count { padding |= blocks[index] }
    guard padding == 0 else { throw CipherError(code: .notAuthentic) }
    var secret = Array(blocks[8..<8 + count])
    return SecretBytes(taking: &secret)
  }

  /// Section 2.2.1 of RFC 3394, on A ‖ R.
  private static func wrapRounds(_ blocks: inout [UInt8], _ key: borrowing SecretBytes) throws(CipherError) {
    let count = blocks.count / 8 - 1
    var block = Array(blocks[..<8]) + [UInt8](repeating: 0, count: 8)
    defer { block.wipe() }
    for step in 1...6 * count {
      let place = ((step - 1) % count + 1) * 8
      block.replaceSubrange(8..., with: blocks[place..<place + 8])
      try permute(&block, key)
      blocks.replaceSubrange(place..<place + 8, with: block[8...])
      mark(&block, step)
    }
    blocks.replaceSubrange(..<8, with: block[..<8])
  }

  /// Section 2.2.2 of RFC 3394, on A ‖ R.
  private static func unwrapRounds(_ blocks: inout [UInt8], _ key: borrowing SecretBytes) throws(CipherError) {
    let count = blocks.count / 8 - 1
    var block = Array(blocks[..<8]) + [UInt8](repeating: 0, count: 8)
    defer { block.wipe() }
    for step in (1...6 * count).reversed() {
      let place = ((step - 1) % count + 1) * 8
      mark(&block, step)
      block.replaceSubrange(8..., with: blocks[place..<place + 8])
      try unpermute(&block, key)
      blocks.replaceSubrange(place..<place + 8, with: block[8...])
    }
    blocks.replaceSubrange(..<8, with: block[..<8])
  }

  /// Changes A by the number of the step.
  private static func mark(_ block: inout [UInt8], _ step: Int) {
    for index in 0..<8 { block[index] ^= UInt8(truncatingIfNeeded: step >> (56 - 8 * index)) }
  }

  private static func permute(_ block: inout [UInt8], _ key: borrowing SecretBytes) throws(CipherError) {
    do { try AES.permute(&block, key: key.key) } catch { throw CipherError(code: .invalidKey) }
  }

  private static func unpermute(_ block: inout [UInt8], _ key: borrowing SecretBytes) throws(CipherError) {
    do { try AES.inversePermute(&block, key: key.key) } catch { throw CipherError(code: .invalidKey) }
  }

  private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
    for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
  }

  private static func number(_ bytes: [UInt8], at start: Int) -> UInt64 {
    bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
  }
}
