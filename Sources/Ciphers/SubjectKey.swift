import Bytes
internal import Crypto

/// What is derived from the secret of one subject: a patient or a member of the workforce.
///
/// Destroy the secret and everything that was sealed under it is unreadable, every tag meaningless, for good.
///
/// ## Construction
/// Three keys come from the secret by HKDF-SHA256 under three labels. Fields are sealed by AES-256-GCM under a random
/// nonce, with the context as associated data. The commitment is
/// `HMAC-SHA256(commitment key, length of the context ‖ context ‖ SHA-256(sealed bytes))`, lengths in eight bytes. A tag
/// is `HMAC-SHA256(tag key, length of the field's name ‖ name ‖ value)`.
///
/// ## What it does not give
/// - Nonces are random: under one key, seal at most 2^32 parts (NIST SP 800-38D, section 8.3).
/// - Equal values of one field of one subject have equal tags; that is what tags are for.
package struct SubjectKey: ~Copyable, Sendable {
  /// How many bytes the secret has.
  package static let secretByteCount = 32

  private let encryption: SecretBytes
  private let commitments: KeyedHash
  private let tags: KeyedHash

  /// The keys that a secret of 32 bytes gives.
  package init(secret: borrowing SecretBytes) throws(CipherError) {
    guard secret.count == SubjectKey.secretByteCount else { throw CipherError(code: .invalidKey) }
    let keys = DerivedKeys(from: secret)
    encryption = keys.key(for: "cordon subject v1 aes-256-gcm")
    commitments = KeyedHash(key: keys.key(for: "cordon subject v1 commitment"))
    tags = KeyedHash(key: keys.key(for: "cordon subject v1 tag"))
  }

  /// The text sealed for `context`.
  ///
  /// - Precondition: `generator` is cryptographically secure, but in tests.
  package func seal(
    _ text: Span<UInt8>, context: [UInt8], using generator: inout some RandomNumberGenerator
  ) throws(CipherError) -> SealedPart {
    guard text.count <= GCM.longest else { throw CipherError(code: .tooLong) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(SealedPart.overhead + text.count)
    bytes.append(SealedPart.version)
    try GCM.seal(text, key: encryption, nonce: GCM.nonce(using: &generator), context: context, into: &bytes)
    let digest = Digest(hashing: bytes.span)
    return SealedPart(sealed: bytes, digest: digest, commitment: commitment(to: digest, context))
  }

  /// The text that was sealed for `context`.
  package func open(_ part: SealedPart, context: [UInt8]) throws(CipherError) -> [UInt8] {
    guard commitment(to: part.digest, context).equalsInConstantTime(part.commitment) else {
      throw CipherError(code: .notAuthentic)
    }
    return try GCM.open(part.bytes.span.extracting(1...), key: encryption, context: context)
  }

  /// What the value of a field is searched by.
  package func tag(_ field: String, _ value: Span<UInt8>) -> Digest {
    let name = Array(field.utf8)
    var message = tags.begin()
    message.update(length: name.count)
    message.update(name.span)
    message.update(value)
    return message.finish()
  }

  private func commitment(to digest: Digest, _ context: [UInt8]) -> Digest {
    var message = commitments.begin()
    message.update(length: context.count)
    message.update(context.span)
    message.update(digest)
    return message.finish()
  }
}
