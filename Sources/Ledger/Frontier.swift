package import Ciphers

/// What has to be kept of a Merkle tree to append to it and to know its root: the roots of its full subtrees.
package struct Frontier: Hashable, Sendable {
  /// The number of leaves.
  package private(set) var size: UInt64
  /// The roots of the full subtrees, from the largest (leftmost) to the smallest: one for each bit set in `size`.
  package private(set) var roots: [Digest]

  /// The frontier of a tree without leaves.
  package init() {
    size = 0
    roots = []
  }

  /// The frontier with these roots; nil unless their number fits the size.
  package init?(size: UInt64, roots: [Digest]) {
    guard roots.count == size.nonzeroBitCount else { return nil }
    self.size = size
    self.roots = roots
  }

  /// A frontier of this size whose roots are not known: for counting on after damage, and no root of it means anything.
  static func unknown(size: UInt64) -> Frontier {
    var frontier = Frontier()
    frontier.size = size
    frontier.roots = Array(repeating: MerkleTree.emptyRoot, count: size.nonzeroBitCount)
    return frontier
  }

  /// Appends a leaf.
  package mutating func append(_ leaf: Digest) {
    var root = leaf
    // Each trailing 1 of the size is a full subtree as large as the one in hand.
    for _ in 0..<(~size).trailingZeroBitCount { root = MerkleTree.node(roots.removeLast(), root) }
    roots.append(root)
    size += 1
  }

  /// The root of the tree.
  package var root: Digest {
    guard var root = roots.last else { return MerkleTree.emptyRoot }
    for left in roots.dropLast().reversed() { root = MerkleTree.node(left, root) }
    return root
  }
}
