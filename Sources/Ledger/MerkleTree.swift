package import Ciphers

/// The hashes of an RFC 6962 Merkle tree (section 2.1).
package enum MerkleTree {
  /// The root of a tree without leaves.
  package static let emptyRoot = Hashing().finish()

  /// The hash of a leaf: SHA-256 of 0x00 and its bytes.
  package static func leaf(_ bytes: Span<UInt8>) -> Digest { Digest(hashing: 0x00, bytes) }

  /// The hashes of two leaves, in less time than one after the other.
  package static func leaves(_ first: Span<UInt8>, _ second: Span<UInt8>) -> (Digest, Digest) {
    Digest.pair(0x00, first, second)
  }

  /// The hash of a node: SHA-256 of 0x01 and the hashes of its children.
  package static func node(_ left: Digest, _ right: Digest) -> Digest {
    Digest(hashing: 0x01, left, right)
  }

  /// The largest power of two below `size`, at which a tree of that size is split.
  ///
  /// - Precondition: `size` is at least 2.
  static func split(_ size: UInt64) -> UInt64 { 1 << UInt64(63 - (size - 1).leadingZeroBitCount) }
}
