import Ciphers

/// The bytes of an entry and their hash in the Merkle tree.
struct Leaf: Hashable, Sendable {
  let bytes: [UInt8]
  let hash: Digest

  /// The leaf of these bytes.
  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    hash = MerkleTree.leaf(bytes.span)
  }
}
