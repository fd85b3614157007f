import Bytes
internal import Crypto

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
package struct SealingKey: ~Copyable, Sendable {
  // NIST SP 800-38D, section 5.2.1.1: at most 2^39 - 256 bits under one nonce.
  private static let longest = 1 << 36 - 32

  private let encryption: SecretBytes
  private let nonces: SecretBytes

  /// The sealing key that a 32-byte master key gives.
  package init(master: borrowing SecretBytes) throws(CipherError) {
    guard master.count == 32 else { throw CipherError(code: .invalidKey) }
    encryption = master.derived(for: "cordon seal v1 aes-256-gcm")
    nonces = master.derived(for: "cordon seal v1 nonce")
  }

  /// The text sealed for `context`: nonce, ciphertext and tag.
  package func seal(_ text: Span<UInt8>, context: [UInt8]) throws(CipherError) -> [UInt8] {
    guard text.count <= SealingKey.longest else { throw CipherError(code: .tooLong) }
    do {
      let nonce = try AES.GCM.Nonce(data: syntheticNonce(text, context))
      let box = try AES.GCM.seal(
        [UInt8](copying: text), using: encryption.key, nonce: nonce, authenticating: context)
      guard let combined = box.combined else { throw CipherError(code: .invalidKey) }
      return Array(combined)
    } catch {
      throw CipherError(code: .invalidKey)
    }
  }

  /// The text that was sealed for `context`.
  package func open(_ sealed: Span<UInt8>, context: [UInt8]) throws(CipherError) -> [UInt8] {
    do {
      let box = try AES.GCM.SealedBox(combined: [UInt8](copying: sealed))
      return try Array(AES.GCM.open(box, using: encryption.key, authenticating: context))
    } catch {
      throw CipherError(code: .notAuthentic)
    }
  }

  /// The SHA-256 digest of the text sealed for `context`.
  package func digestOfSealed(_ text: Span<UInt8>, context: [UInt8]) throws(CipherError) -> Digest {
    let sealed = try seal(text, context: context)
    return Digest(hashing: sealed.span)
  }

  private func syntheticNonce(_ text: Span<UInt8>, _ context: [UInt8]) -> [UInt8] {
    var message = stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: context.count >> $0) }
    message += context
    message.append(copying: text)
    defer { message.wipe() }
    return Array(Digest(authenticating: message, key: nonces).bytes.prefix(12))
  }
}
