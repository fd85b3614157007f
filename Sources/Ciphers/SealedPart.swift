import Bytes

/// Personal fields of a record, sealed under the key of the person they are about.
///
/// The digest goes into the log in place of the fields. The commitment goes with it, because AES-GCM does not commit to
/// its key: without it somebody who chooses two keys can make one ciphertext that opens under either.
package struct SealedPart: Hashable, Sendable {
  /// The form of the bytes: nonce, ciphertext and tag of AES-256-GCM follow.
  package static let version: UInt8 = 1
  /// How many bytes are there besides the ciphertext: version, nonce and tag.
  package static let overhead = 1 + 12 + 16

  /// Version 1, a nonce of 12 bytes, the ciphertext, a tag of 16 bytes.
  package let bytes: [UInt8]
  /// HMAC-SHA256 of the context and the digest under the person's commitment key.
  package let commitment: Digest
  /// The SHA-256 digest of the bytes.
  package let digest: Digest

  /// The part that was stored as these bytes beside this commitment; nil when the bytes have another form.
  package init?(bytes: [UInt8], commitment: Digest) {
    guard bytes.count >= SealedPart.overhead, bytes[0] == SealedPart.version else { return nil }
    self.init(sealed: bytes, digest: Digest(hashing: bytes.span), commitment: commitment)
  }

  init(sealed bytes: [UInt8], digest: Digest, commitment: Digest) {
    self.bytes = bytes
    self.digest = digest
    self.commitment = commitment
  }
}
