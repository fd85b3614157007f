import Ciphers
import Ledger

/// A Merkle tree by the definition of RFC 6962, section 2.1, with what it has computed kept.
struct MerkleReference {
  let leaves: [Digest]
  private var known: [Range<Int>: Digest] = [:]

  init(_ leaves: [Digest]) { self.leaves = leaves }

  /// A tree of so many leaves that are all different.
  init(numbered count: Int) {
    self.init(
      (0..<count).map { number in
        let bytes = Array(String(number).utf8)
        return MerkleTree.leaf(bytes.span)
      })
  }

  mutating func root(_ range: Range<Int>) -> Digest {
    guard range.count > 1 else { return range.isEmpty ? MerkleTree.emptyRoot : leaves[range.lowerBound] }
    if let root = known[range] { return root }
    var half = 1
    while 2 * half < range.count { half *= 2 }
    let middle = range.lowerBound + half
    let root = MerkleTree.node(root(range.lowerBound..<middle), root(middle..<range.upperBound))
    known[range] = root
    return root
  }

  mutating func roots(_ path: [Range<UInt64>]) -> [Digest] {
    path.map { root(Int($0.lowerBound)..<Int($0.upperBound)) }
  }
}
