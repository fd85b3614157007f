internal import Crypto

extension SecretBytes {
  /// A key for one purpose, derived from this one by HKDF-SHA256 (RFC 5869).
  ///
  /// Keys derived for different purposes are independent: each use has a purpose of its own, and no key has two uses.
  ///
  /// - Precondition: `count` is at most 8160.
  package func derived(for purpose: [UInt8], salt: [UInt8] = [], count: Int = 32) -> SecretBytes {
    precondition(count <= 255 * 32, "HKDF-SHA256 gives at most 8160 bytes")
    return SecretBytes(
      HKDF<SHA256>.deriveKey(inputKeyMaterial: key, salt: salt, info: purpose, outputByteCount: count))
  }

  /// A key for one purpose, derived from this one by HKDF-SHA256 (RFC 5869).
  package func derived(for purpose: String) -> SecretBytes { derived(for: Array(purpose.utf8)) }
}
