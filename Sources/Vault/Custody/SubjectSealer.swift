package import Ciphers

/// The key of a subject as the rest of the house has it: it seals and names, and opens nothing.
package struct SubjectSealer: ~Copyable, Sendable {
  /// The whole key, for the vault alone.
  let key: SubjectKey
  fileprivate let tag: Digest

  init(_ key: consuming SubjectKey, tag: Digest) {
    self.key = key
    self.tag = tag
  }

  /// The text sealed for `context`.
  ///
  /// - Precondition: `generator` is cryptographically secure, but in tests.
  package func seal(
    _ text: Span<UInt8>, context: [UInt8], using generator: inout some RandomNumberGenerator
  ) throws(CipherError) -> SealedPart {
    try key.seal(text, context: context, using: &generator)
  }
}

extension Vault {
  /// What stands for a subject in the log while its key exists, and for a tombstone afterwards.
  package static func subjectTag(_ key: borrowing SubjectSealer) -> Digest { key.tag }
}
