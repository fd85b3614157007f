package import Ciphers

/// An archive that is whole and on stable storage, and has not got its name yet: what is written about it comes first.
package struct WrittenArchive: Sendable {
  /// What it holds.
  package let manifest: Manifest
  /// The SHA-256 digest of the file.
  package let digest: Digest
  private let temporary: String
  private let target: String

  init(_ manifest: Manifest, digest: Digest, at temporary: String, for target: String) {
    self.manifest = manifest
    self.digest = digest
    self.temporary = temporary
    self.target = target
  }

  /// Gives the file its name.
  package func publish() throws(BackupError) {
    guard !LocalDirectory.exists(target) else { throw BackupError(.exists) }
    try LocalDirectory.move(temporary, to: target)
  }

  /// Removes the file.
  package func discard() { LocalFile.remove(temporary) }
}
