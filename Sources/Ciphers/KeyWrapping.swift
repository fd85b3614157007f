import Bytes
internal import Crypto
internal import CryptoExtras

/// Encrypts keys under other keys: AES key wrap of RFC 3394 and, for secrets of any length, RFC 5649.
///
/// Both are deterministic and authenticated: equal keys have equal wrapped forms under one key, and a wrapped key that
/// was changed is refused. They need no nonce, so that there is none to repeat (NIST SP 800-38F).
package enum KeyWrapping {
  /// How many bytes longer a key is when wrapped by RFC 3394.
  package static let overhead = 8

  /// The key wrapped by RFC 3394.
  ///
  /// - Throws: `invalidKey` unless the key has 16 bytes or more in eights and the wrapping key 16, 24 or 32.
  package static func wrap(
    _ key: borrowing SecretBytes, under wrapping: borrowing SecretBytes
  ) throws(CipherError) -> [UInt8] {
    guard key.count >= 16, key.count.isMultiple(of: 8), isAESKey(wrapping) else { throw CipherError(code: .invalidKey) }
    do {
      return try Array(AES.KeyWrap.wrap(key.key, using: wrapping.key))
    } catch {
      throw CipherError(code: .invalidKey)
    }
  }

  /// The key that RFC 3394 wrapped.
  package static func unwrap(
    _ wrapped: Span<UInt8>, under wrapping: borrowing SecretBytes
  ) throws(CipherError) -> SecretBytes {
    guard isAESKey(wrapping) else { throw CipherError(code: .invalidKey) }
    guard wrapped.count >= 24, wrapped.count.isMultiple(of: 8) else { throw CipherError(code: .notAuthentic) }
    do {
      let wrapping = wrapping.key
      return SecretBytes(
        try unsafe wrapped.withUnsafeBufferPointer {
          try unsafe AES.KeyWrap.unwrap(UnsafeRawBufferPointer($0), using: wrapping)
        })
    } catch {
      throw CipherError(code: .notAuthentic)
    }
  }

  static func isAESKey(_ key: borrowing SecretBytes) -> Bool { [16, 24, 32].contains(key.count) }
}
