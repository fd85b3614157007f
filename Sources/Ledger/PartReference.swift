package import Ciphers

/// What an entry says about one of its sealed parts, whose bytes lie beside it.
package struct PartReference: Hashable, Sendable {
  /// Whose part it is: the subject's tag, which tells nothing without the subject's key.
  package var subject: Digest
  /// The SHA-256 digest of the sealed bytes.
  package var digest: Digest
  /// What binds the part to the one key that opens it.
  package var commitment: Digest
  /// How many sealed bytes there are.
  package var length: Int

  /// A reference.
  package init(subject: Digest, digest: Digest, commitment: Digest, length: Int) {
    self.subject = subject
    self.digest = digest
    self.commitment = commitment
    self.length = length
  }

  /// Whether the part is too long for a record of its segment, and lies in the blob store.
  var isBlob: Bool { length > Record.longestBody }
}
