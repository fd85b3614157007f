package import Ciphers

/// Where an entry is in which log: what every exported record carries, so that a gap shows wherever it arrives.
package struct LogPlace: Hashable, Sendable {
  /// The name of the log.
  package let origin: String
  /// The index of the entry.
  package let index: UInt64
  /// The hash of the entry in the Merkle tree.
  package let leaf: Digest
  /// The size of the log that the checkpoint in force was signed for.
  package let checkpointSize: UInt64

  /// A place.
  package init(origin: String, index: UInt64, leaf: Digest, checkpointSize: UInt64) {
    self.origin = origin
    self.index = index
    self.leaf = leaf
    self.checkpointSize = checkpointSize
  }
}
