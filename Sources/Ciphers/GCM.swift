import Bytes
internal import Crypto

/// AES-GCM (NIST SP 800-38D) with a nonce of 12 bytes and a tag of 16: nonce ‖ ciphertext ‖ tag.
enum GCM {
  /// SP 800-38D, section 5.2.1.1: at most 2^39 - 256 bits under one nonce.
  static let longest = 1 << 36 - 32

  static func nonce(using generator: inout some RandomNumberGenerator) -> SIMD2<UInt64> {
    SIMD2(generator.next(), generator.next())
  }

  /// Appends nonce, ciphertext and tag; the nonce is the first 12 bytes of `nonce` in the machine's order.
  static func seal(
    _ text: Span<UInt8>, key: borrowing SecretBytes, nonce: SIMD2<UInt64>, context: [UInt8],
    into output: inout [UInt8]
  ) throws(CipherError) {
    do {
      let nonce = try unsafe withUnsafeBytes(of: nonce) { bytes in
        try unsafe AES.GCM.Nonce(data: UnsafeRawBufferPointer(rebasing: bytes.prefix(12)))
      }
      let key = key.key
      let box = try unsafe text.withUnsafeBufferPointer { bytes in
        try unsafe AES.GCM.seal(UnsafeRawBufferPointer(bytes), using: key, nonce: nonce, authenticating: context)
      }
      guard let combined = box.combined else { throw CipherError(code: .invalidKey) }
      output.append(contentsOf: combined)
    } catch {
      throw CipherError(code: .invalidKey)
    }
  }

  /// The text of nonce, ciphertext and tag.
  static func open(_ sealed: Span<UInt8>, key: borrowing SecretBytes, context: [UInt8]) throws(CipherError) -> [UInt8] {
    do {
      let key = key.key
      return try unsafe sealed.withUnsafeBufferPointer { bytes in
        let box = try unsafe AES.GCM.SealedBox(combined: UnsafeRawBufferPointer(bytes))
        return try Array(AES.GCM.open(box, using: key, authenticating: context))
      }
    } catch {
      throw CipherError(code: .notAuthentic)
    }
  }
}
