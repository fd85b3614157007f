import Bytes
internal import Crypto

/// The secret half of an Ed25519 key pair (RFC 8032).
package struct SigningKey: ~Copyable, Sendable {
  private let key: Curve25519.Signing.PrivateKey

  /// The key pair that a 32-byte seed gives.
  package init(seed: borrowing SecretBytes) throws(CipherError) {
    do {
      key = try Curve25519.Signing.PrivateKey(rawRepresentation: seed.key)
    } catch {
      throw CipherError(code: .invalidKey)
    }
  }

  /// The public half.
  package var verificationKey: VerificationKey { VerificationKey(key.publicKey) }

  /// The signature of `message`, the same each time.
  package func sign(_ message: Span<UInt8>) throws(CipherError) -> Signature {
    do {
      return Signature(unchecked: try Array(key.signature(for: [UInt8](copying: message))))
    } catch {
      throw CipherError(code: .invalidKey)
    }
  }
}

/// The public half of an Ed25519 key pair.
package struct VerificationKey: Hashable, Sendable {
  /// The 32 bytes of the key.
  package let bytes: [UInt8]
  private let key: Curve25519.Signing.PublicKey

  /// The key that these 32 bytes are.
  package init(_ bytes: Span<UInt8>) throws(CipherError) {
    do {
      self.init(try Curve25519.Signing.PublicKey(rawRepresentation: [UInt8](copying: bytes)))
    } catch {
      throw CipherError(code: .invalidKey)
    }
  }

  init(_ key: Curve25519.Signing.PublicKey) {
    self.key = key
    bytes = Array(key.rawRepresentation)
  }

  /// Whether the owner of the secret half signed `message`.
  package func accepts(_ signature: Signature, of message: Span<UInt8>) -> Bool {
    key.isValidSignature(signature.bytes, for: [UInt8](copying: message))
  }

  /// Whether two keys have the same bytes.
  package static func == (left: VerificationKey, right: VerificationKey) -> Bool { left.bytes == right.bytes }

  /// Feeds the bytes of the key to `hasher`.
  package func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}
