import Bytes
internal import Crypto

/// Whom an age file is encrypted to: an X25519 public key, `age1…`.
package struct AgeRecipient: Hashable, Sendable, LosslessStringConvertible {
  static let textPart = "age"

  let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The recipient that `text` names; nil when it names none.
  package init?(_ text: String) {
    let text = Array(text.utf8)
    guard text.first == 0x61, let bytes = Bech32.decode(text, for: AgeRecipient.textPart), bytes.count == 32 else {
      return nil
    }
    self.bytes = bytes
  }

  /// The recipient as text.
  package var description: String {
    String(decoding: Bech32.encode(bytes.span, for: AgeRecipient.textPart), as: UTF8.self)
  }
}

/// What opens an age file that was encrypted to its recipient: an X25519 secret key, `AGE-SECRET-KEY-1…`.
package struct AgeIdentity: ~Copyable, Sendable {
  static let textPart = "age-secret-key-"

  let secret: SecretBytes
  /// Whom to encrypt to, so that this identity opens it.
  package let recipient: AgeRecipient

  /// A fresh identity.
  ///
  /// - Precondition: `generator` is cryptographically secure, but in tests.
  package init(using generator: inout some RandomNumberGenerator) throws(CipherError) {
    try self.init(secret: SecretBytes(count: 32, using: &generator))
  }

  /// The identity whose secret key is these 32 bytes.
  package init(secret: consuming SecretBytes) throws(CipherError) {
    recipient = try X25519.recipient(of: secret)
    self.secret = secret
  }

  /// The identity that `text` spells, in upper case.
  package init(text: String) throws(CipherError) {
    var text = Array(text.utf8)
    defer { text.wipe() }
    guard text.first == 0x41, var bytes = Bech32.decode(text, for: AgeIdentity.textPart), bytes.count == 32 else {
      throw CipherError(code: .invalidKey)
    }
    try self.init(secret: SecretBytes(taking: &bytes))
  }

  /// The identity as text, to be shown to its owner.
  package func revealingText() -> String {
    var text = secret.withBytes { Bech32.encode($0, for: AgeIdentity.textPart) }
    defer { text.wipe() }
    return String(decoding: text, as: UTF8.self).uppercased()
  }
}

/// X25519 (RFC 7748) as age uses it.
enum X25519 {
  static func recipient(of secret: borrowing SecretBytes) throws(CipherError) -> AgeRecipient {
    do {
      let key = try Curve25519.KeyAgreement.PrivateKey(rawRepresentation: secret.key)
      return AgeRecipient(Array(key.publicKey.rawRepresentation))
    } catch {
      throw CipherError(code: .invalidKey)
    }
  }

  /// The shared secret; refused when it is zero, which a point of low order makes it whatever the secret.
  static func shared(_ secret: borrowing SecretBytes, _ point: [UInt8]) throws(CipherError) -> SecretBytes {
    var shared: [UInt8]
    do {
      let key = try Curve25519.KeyAgreement.PrivateKey(rawRepresentation: secret.key)
      let point = try Curve25519.KeyAgreement.PublicKey(rawRepresentation: point)
      shared = unsafe try key.sharedSecretFromKeyAgreement(with: point).withUnsafeBytes { unsafe [UInt8]($0) }
    } catch {
      throw CipherError(code: .invalidKey)
    }
    var sum: UInt8 = 0
    for byte in shared { sum |= byte }
    guard sum != 0 else { throw CipherError(code: .malformed) }
    return SecretBytes(taking: &shared)
  }
}
