package import Ciphers

/// Who keeps root keys: a sealed file, a token behind PKCS#11, a transit engine, a cloud's key service.
///
/// A root key never leaves its provider: what leaves is wrapped under it. Each call that wraps carries a context that is
/// authenticated with the key, so that what was wrapped for one purpose unwraps for no other. A provider that cannot be
/// reached fails; nothing is kept to go on without it but what the vault's cache still holds.
package protocol KeyProvider: Sendable {
  /// The provider's name, as it stands in the keys that it wrapped: `local`, `pkcs11`, `transit`, `aws-kms`.
  var name: ProviderName { get }

  /// What the provider can do; what it cannot throws `unsupported`.
  var capabilities: KeyCapabilities { get }

  /// What is known about a key, never the key.
  func describe(_ key: KeyID) async throws(VaultError) -> KeyDescription

  /// A fresh 32-byte key and its wrapped form.
  func generateDataKey(under key: KeyID, context: KeyContext) async throws(VaultError) -> DataKey

  /// Wraps a secret under the newest version of a key.
  func wrap(
    _ secret: borrowing SecretBytes, under key: KeyID, context: KeyContext
  ) async throws(VaultError) -> WrappedKey

  /// The secret that was wrapped for this context, under whichever version of its key.
  func unwrap(_ wrapped: WrappedKey, context: KeyContext) async throws(VaultError) -> SecretBytes

  /// The same secret wrapped under the newest version of its key.
  func rewrap(_ wrapped: WrappedKey, context: KeyContext) async throws(VaultError) -> WrappedKey

  /// A signature of `message` by a key that is made for signing.
  func sign(_ message: [UInt8], with key: KeyID) async throws(VaultError) -> KeySignature

  /// Gives a key a new version; what older versions wrapped still unwraps.
  func rotate(_ key: KeyID) async throws(VaultError) -> KeyDescription

  /// Refuses every further use of a key until it is enabled again.
  func disable(_ key: KeyID) async throws(VaultError) -> KeyDescription

  /// Takes back `disable`.
  func enable(_ key: KeyID) async throws(VaultError) -> KeyDescription

  /// Destroys a key when the waiting period is over; until then it is not used.
  func scheduleDestruction(of key: KeyID, afterDays days: Int) async throws(VaultError) -> KeyDescription

  /// Takes back a destruction that has not happened yet; the key is left disabled.
  func cancelDestruction(of key: KeyID) async throws(VaultError) -> KeyDescription
}

extension KeyProvider {
  /// Unwraps and wraps again: for a provider that cannot do both in one step inside.
  package func rewrap(_ wrapped: WrappedKey, context: KeyContext) async throws(VaultError) -> WrappedKey {
    let secret = try await unwrap(wrapped, context: context)
    return try await wrap(secret, under: wrapped.key, context: context)
  }

  /// Makes a secret here and has it wrapped: for a provider that makes none.
  package func generateDataKey(under key: KeyID, context: KeyContext) async throws(VaultError) -> DataKey {
    var random = SystemRandomNumberGenerator()
    // In a box: a non-copyable local that lives across a call that throws makes the program abort (see `Approval`).
    let box = SecretBox(SecretBytes(count: DataKey.byteCount, using: &random))
    return DataKey(copying: box, wrapped: try await wrap(box.secret, under: key, context: context))
  }

  package func sign(_ message: [UInt8], with key: KeyID) async throws(VaultError) -> KeySignature {
    throw VaultError(.unsupported(.sign), key: key)
  }

  package func rotate(_ key: KeyID) async throws(VaultError) -> KeyDescription {
    throw VaultError(.unsupported(.rotate), key: key)
  }

  package func disable(_ key: KeyID) async throws(VaultError) -> KeyDescription {
    throw VaultError(.unsupported(.disable), key: key)
  }

  package func enable(_ key: KeyID) async throws(VaultError) -> KeyDescription {
    throw VaultError(.unsupported(.disable), key: key)
  }

  package func scheduleDestruction(of key: KeyID, afterDays days: Int) async throws(VaultError) -> KeyDescription {
    throw VaultError(.unsupported(.destroy), key: key)
  }

  package func cancelDestruction(of key: KeyID) async throws(VaultError) -> KeyDescription {
    throw VaultError(.unsupported(.destroy), key: key)
  }
}

/// A signature by a provider's key.
package struct KeySignature: Hashable, Sendable {
  /// The forms of signature that providers give.
  package enum Algorithm: String, Hashable, Sendable, CaseIterable {
    /// Ed25519 (RFC 8032): 64 bytes.
    case ed25519
    /// ECDSA over P-256 with SHA-256: r and s, 32 bytes each.
    case ecdsaP256
  }

  /// Its form.
  package let algorithm: Algorithm
  /// Its bytes.
  package let bytes: [UInt8]

  /// The signature of this form with these bytes.
  package init(algorithm: Algorithm, bytes: [UInt8]) {
    self.algorithm = algorithm
    self.bytes = bytes
  }
}
