import Bytes
package import Ciphers

/// A fresh key, in the clear and wrapped; the clear half is wiped with its owner.
package struct DataKey: ~Copyable, Sendable {
  /// How many bytes a data key has.
  package static let byteCount = 32

  /// The key.
  package let plaintext: SecretBytes
  /// The key as it may be stored.
  package let wrapped: WrappedKey

  init(copying box: SecretBox, wrapped: WrappedKey) {
    var bytes = box.secret.withBytes { Array(copying: $0) }
    self.init(plaintext: SecretBytes(taking: &bytes), wrapped: wrapped)
  }

  /// A key and its wrapped form.
  package init(plaintext: consuming SecretBytes, wrapped: WrappedKey) {
    self.plaintext = plaintext
    self.wrapped = wrapped
  }
}
