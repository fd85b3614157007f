/// Seals texts so that the holder of the key and the text can compute the same ciphertext again.
///
/// A log entry names what was sent by the hash of its ciphertext: without the key the hash tells nothing about the
/// text, not even whether a guess is right; with the key and the text it proves what was sent.
///
/// ## Construction
/// Two keys come from the master key by HKDF-SHA256. The nonce of a text is the first 12 bytes of
/// `HMAC-SHA256(nonce key, length of the context in 8 bytes ‖ context ‖ text)`, after the synthetic initialisation
/// vectors of Rogaway and Shrimpton (EUROCRYPT 2006). The text is sealed by AES-256-GCM under that nonce, with the
/// context as associated data. A sealed text is nonce ‖ ciphertext ‖ tag.
///
/// ## What it does not give
/// - Equal texts in equal contexts have equal ciphertexts. Contexts here name one request and one direction.
/// - Different texts share a nonce once in 2^96 pairs: under one key, seal at most 2^32 texts (then a shared nonce
///   anywhere has a chance below 2^-32). A shared nonce would reveal the exclusive or of two texts.
/// - AES-GCM does not commit to its key: somebody who chooses both keys can make one ciphertext that opens under
///   either. Whoever is to be bound by the hash must not choose the key.
package final class SealingKey: Sendable {
  private let encryption: SecretBytes
  private let nonces: KeyedHash

  /// The sealing key that a 32-byte master key gives.
  package init(master: borrowing SecretBytes) throws(CipherError) {
    guard master.count == 32 else { throw CipherError(code: .invalidKey) }
    encryption = master.derived(for: "cordon seal v1 aes-256-gcm")
    nonces = KeyedHash(key: master.derived(for: "cordon seal v1 nonce"))
  }

  /// The text sealed for `context`: nonce, ciphertext and tag.
  package func seal(_ text: Span<UInt8>, context: [UInt8]) throws(CipherError) -> [UInt8] {
    guard text.count <= GCM.longest else { throw CipherError(code: .tooLong) }
    var sealed: [UInt8] = []
    try GCM.seal(text, key: encryption, nonce: nonce(of: text, context), context: context, into: &sealed)
    return sealed
  }

  /// The text that was sealed for `context`.
  package func open(_ sealed: Span<UInt8>, context: [UInt8]) throws(CipherError) -> [UInt8] {
    try GCM.open(sealed, key: encryption, context: context)
  }

  /// The SHA-256 digest of the text sealed for `context`.
  package func digestOfSealed(_ text: Span<UInt8>, context: [UInt8]) throws(CipherError) -> Digest {
    let sealed = try seal(text, context: context)
    return Digest(hashing: sealed.span)
  }

  private func nonce(of text: Span<UInt8>, _ context: [UInt8]) -> SIMD2<UInt64> {
    var message = nonces.begin()
    message.update(length: context.count)
    message.update(context.span)
    message.update(text)
    return unsafe message.finish().withBytes { unsafe $0.loadUnaligned(as: SIMD2<UInt64>.self) }
  }
}
