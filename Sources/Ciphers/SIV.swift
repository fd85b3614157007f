import Bytes
internal import Crypto
internal import CryptoExtras

/// Deterministic authenticated encryption: AES-SIV (RFC 5297).
///
/// Equal texts in equal contexts have equal ciphertexts, and nothing else is told: this is for fields that are looked
/// up by their ciphertext. There is no nonce to repeat; a context that holds one makes the encryption a random one.
package struct SIV: ~Copyable, Sendable {
  /// How many bytes longer a text is when sealed.
  package static let overhead = 16
  /// RFC 5297, section 2.4: the text is one more string, and 127 can be told apart.
  package static let mostContexts = 126

  private let authentication: SecretBytes
  private let encryption: SecretBytes

  /// AES-SIV under a key of 32, 48 or 64 bytes: half of it authenticates, half encrypts.
  package init(key: borrowing SecretBytes) throws(CipherError) {
    guard [32, 48, 64].contains(key.count) else { throw CipherError(code: .invalidKey) }
    let half = key.count / 2
    var (first, second): ([UInt8], [UInt8]) = key.withBytes {
      ([UInt8](copying: $0.extracting(..<half)), [UInt8](copying: $0.extracting(half...)))
    }
    authentication = SecretBytes(taking: &first)
    encryption = SecretBytes(taking: &second)
  }

  /// The synthetic initialisation vector and the ciphertext of `text` in these contexts.
  ///
  /// - Precondition: there are at most 126 contexts.
  package func seal(_ text: Span<UInt8>, contexts: [[UInt8]] = []) throws(CipherError) -> [UInt8] {
    let vector = try vector(of: text, contexts)
    return try vector + crypt(text, vector)
  }

  /// The text that was sealed in these contexts.
  package func open(_ sealed: Span<UInt8>, contexts: [[UInt8]] = []) throws(CipherError) -> [UInt8] {
    guard sealed.count >= SIV.overhead else { throw CipherError(code: .notAuthentic) }
    let vector = [UInt8](copying: sealed.extracting(..<SIV.overhead))
    var text = try crypt(sealed.extracting(SIV.overhead...), vector)
    let expected = try self.vector(of: text.span, contexts)
    guard equalInConstantTime(vector.span, expected.span) else {
      text.wipe()
      throw CipherError(code: .notAuthentic)
    }
    return text
  }

  /// S2V, section 2.4.
  private func vector(of text: Span<UInt8>, _ contexts: [[UInt8]]) throws(CipherError) -> [UInt8] {
    precondition(contexts.count <= SIV.mostContexts, "AES-SIV takes at most 126 contexts")
    do {
      let key = authentication.key
      func code(_ message: [UInt8]) throws -> [UInt8] {
        var code = try AES.CMAC(key: key)
        unsafe message.withUnsafeBytes { unsafe code.update(bufferPointer: $0) }
        return Array(code.finalize())
      }
      var sum = try code([UInt8](repeating: 0, count: 16))
      for context in contexts {
        SIV.double(&sum)
        SIV.add(try code(context), to: &sum, at: 0)
      }
      var last = [UInt8](copying: text)
      defer { last.wipe() }
      if last.count >= 16 {
        SIV.add(sum, to: &last, at: last.count - 16)
      } else {
        SIV.double(&sum)
        last.append(0x80)
        last.append(contentsOf: repeatElement(0, count: 16 - last.count))
        SIV.add(sum, to: &last, at: 0)
      }
      return try code(last)
    } catch {
      throw CipherError(code: .invalidKey)
    }
  }

  /// Counter mode, section 2.5: two bits of the counter are cleared, so that no 32-bit half of it ever carries.
  private func crypt(_ text: Span<UInt8>, _ vector: [UInt8]) throws(CipherError) -> [UInt8] {
    var counter = vector
    counter[8] &= 0x7F
    counter[12] &= 0x7F
    do {
      let (key, nonce) = (encryption.key, try AES._CTR.Nonce(nonceBytes: counter))
      return try unsafe text.withUnsafeBufferPointer { bytes in
        try unsafe Array(AES._CTR.encrypt(UnsafeRawBufferPointer(bytes), using: key, nonce: nonce))
      }
    } catch {
      throw CipherError(code: .invalidKey)
    }
  }

  /// Multiplies by x in GF(2^128), section 2.3.
  private static func double(_ block: inout [UInt8]) {
    let carry = block[0] >> 7
    for index in 0..<15 { block[index] = block[index] << 1 | block[index + 1] >> 7 }
    block[15] = block[15] << 1 ^ (0x87 & (0 &- carry))
  }

  private static func add(_ block: [UInt8], to bytes: inout [UInt8], at start: Int) {
    for index in 0..<16 { bytes[start + index] ^= block[index] }
  }
}
