package import Ciphers

/// The audit paths and consistency proofs of RFC 6962 (sections 2.1.1 and 2.1.2).
///
/// A proof is named by the subtrees whose roots it consists of; where those roots are kept is the caller's matter.
package enum MerkleProof {
  /// The subtrees, leaf side first, whose roots prove that leaf `index` is in the tree of `size` leaves.
  ///
  /// - Precondition: `index` is below `size`.
  package static func inclusion(of index: UInt64, in size: UInt64) -> [Range<UInt64>] {
    precondition(index < size, "the leaf is not in the tree")
    var path: [Range<UInt64>] = []
    var tree = 0..<size
    while tree.count > 1 {
      let middle = tree.lowerBound + MerkleTree.split(UInt64(tree.count))
      if index < middle {
        path.append(middle..<tree.upperBound)
        tree = tree.lowerBound..<middle
      } else {
        path.append(tree.lowerBound..<middle)
        tree = middle..<tree.upperBound
      }
    }
    return path.reversed()
  }

  /// The subtrees, leaf side first, whose roots prove that the tree of `size` leaves begins with that of `old` leaves.
  ///
  /// - Precondition: `old` is from 1 to `size`.
  package static func consistency(from old: UInt64, to size: UInt64) -> [Range<UInt64>] {
    precondition(old >= 1 && old <= size, "the old tree is empty or larger than the new")
    var path: [Range<UInt64>] = []
    var tree = 0..<size
    var whole = true
    while tree.upperBound != old {
      let middle = tree.lowerBound + MerkleTree.split(UInt64(tree.count))
      if old <= middle {
        path.append(middle..<tree.upperBound)
        tree = tree.lowerBound..<middle
      } else {
        path.append(tree.lowerBound..<middle)
        tree = middle..<tree.upperBound
        whole = false
      }
    }
    if !whole { path.append(tree) }
    return path.reversed()
  }

  /// Whether `proof` shows that `leaf` is the leaf `index` of the tree with this size and root.
  package static func proves(
    _ leaf: Digest, at index: UInt64, inTreeOf size: UInt64, root: Digest, by proof: [Digest]
  ) -> Bool {
    guard index < size else { return false }
    let path = inclusion(of: index, in: size)
    guard path.count == proof.count else { return false }
    var hash = leaf
    for (subtree, sibling) in zip(path, proof) {
      hash = subtree.lowerBound > index ? MerkleTree.node(hash, sibling) : MerkleTree.node(sibling, hash)
    }
    return hash == root
  }

  /// Whether `proof` shows that the tree with the new size and root begins with the tree of the old size and root.
  package static func proves(
    _ old: UInt64, root oldRoot: Digest, isBeginningOf new: UInt64, root newRoot: Digest, by proof: [Digest]
  ) -> Bool {
    guard old <= new else { return false }
    if old == 0 { return proof.isEmpty && oldRoot == MerkleTree.emptyRoot }
    let path = consistency(from: old, to: new)
    guard path.count == proof.count else { return false }
    var rest = zip(path, proof).makeIterator()
    // Where the old tree is a full subtree of the new one, its root is known and left out of the proof.
    var oldHash = oldRoot
    var newHash = oldRoot
    if !(old.nonzeroBitCount == 1), let first = rest.next() {
      oldHash = first.1
      newHash = first.1
    }
    while let (subtree, sibling) = rest.next() {
      if subtree.lowerBound >= old {
        newHash = MerkleTree.node(newHash, sibling)
      } else {
        oldHash = MerkleTree.node(sibling, oldHash)
        newHash = MerkleTree.node(sibling, newHash)
      }
    }
    return oldHash == oldRoot && newHash == newRoot
  }

  /// The root of the subtree over `leaves`.
  package static func root(of leaves: ArraySlice<Digest>) -> Digest {
    var frontier = Frontier()
    for leaf in leaves { frontier.append(leaf) }
    return frontier.root
  }
}
