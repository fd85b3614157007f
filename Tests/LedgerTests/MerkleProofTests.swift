import Ciphers
import Ledger
import TestKit
import Testing

/// Inclusion and consistency proofs (RFC 6962, RFC 9162), whole and with every kind of damage.
struct MerkleProofTests {
  @Test func `proves every leaf of every size to 300, and nothing that was changed`() {
    var tree = MerkleReference(numbered: 300)
    for size in 1...300 {
      for index in 0..<size { checkInclusion(of: index, in: size, &tree) }
    }
  }

  @Test func `proves every beginning of every size to 300, and nothing that was changed`() {
    var tree = MerkleReference(numbered: 300)
    for size in 1...300 {
      for old in 1...size { checkConsistency(from: old, to: size, &tree) }
    }
  }

  @Test func `proves leaves and beginnings of random sizes to a million, and nothing that was changed`() {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    var tree = MerkleReference(numbered: 1 << 20)
    for _ in 0..<200 {
      let size = Int.random(in: 1...1 << 20, using: &generator)
      checkInclusion(of: Int.random(in: 0..<size, using: &generator), in: size, &tree)
      checkConsistency(from: Int.random(in: 1...size, using: &generator), to: size, &tree)
    }
  }

  @Test func `takes every log for an extension of the empty one, by an empty proof only`() {
    let root = MerkleTree.leaf([1].span)
    func proves(_ old: Digest, _ proof: [Digest]) -> Bool {
      MerkleProof.proves(0, root: old, isBeginningOf: 1, root: root, by: proof)
    }
    #expect(proves(MerkleTree.emptyRoot, []))
    #expect(!proves(MerkleTree.emptyRoot, [root]))
    #expect(!proves(root, []))
  }

  private func checkInclusion(of index: Int, in size: Int, _ tree: inout MerkleReference) {
    let root = tree.root(0..<size)
    let leaf = tree.leaves[index]
    let path = MerkleProof.inclusion(of: UInt64(index), in: UInt64(size))
    let proof = tree.roots(path)
    func proves(_ leaf: Digest, _ index: Int, _ size: Int, _ root: Digest, _ proof: [Digest]) -> Bool {
      MerkleProof.proves(leaf, at: UInt64(index), inTreeOf: UInt64(size), root: root, by: proof)
    }
    let right = proves(leaf, index, size, root, proof)
    var wrong = damaged(proof).contains { proves(leaf, index, size, root, $0) }
    wrong = wrong || proves(flipped(leaf), index, size, root, proof) || proves(leaf, index, size, flipped(root), proof)
    for other in [index - 1, index + 1, index ^ 1, size - 1 - index, size] where other != index && other >= 0 {
      wrong = wrong || proves(leaf, other, size, root, proof)
    }
    // A proof says how large the tree is only by its shape; the rest is for the signed checkpoint to say.
    for other in [size - 1, size + 1, 2 * size] where other > 0 {
      wrong = wrong || (proves(leaf, index, other, root, proof) && !hasShape(path, of: index, in: other))
    }
    if !right || wrong { Issue.record("leaf \(index) of \(size)") }
  }

  private func hasShape(_ path: [Range<UInt64>], of index: Int, in size: Int) -> Bool {
    guard index < size else { return false }
    let other = MerkleProof.inclusion(of: UInt64(index), in: UInt64(size))
    return other.map { $0.lowerBound > index } == path.map { $0.lowerBound > index }
  }

  private func checkConsistency(from old: Int, to size: Int, _ tree: inout MerkleReference) {
    let (oldRoot, root) = (tree.root(0..<old), tree.root(0..<size))
    let proof = tree.roots(MerkleProof.consistency(from: UInt64(old), to: UInt64(size)))
    func proves(_ old: Int, _ oldRoot: Digest, _ size: Int, _ root: Digest, _ proof: [Digest]) -> Bool {
      MerkleProof.proves(UInt64(old), root: oldRoot, isBeginningOf: UInt64(size), root: root, by: proof)
    }
    let right = proves(old, oldRoot, size, root, proof)
    var wrong = damaged(proof).contains { proves(old, oldRoot, size, root, $0) }
    wrong =
      wrong || proves(old, flipped(oldRoot), size, root, proof) || proves(old, oldRoot, size, flipped(root), proof)
    wrong = wrong || proves(size + 1, oldRoot, size, root, proof)
    if old < size {
      wrong = wrong || proves(old, root, size, oldRoot, proof) || proves(size, oldRoot, size, root, proof)
    }
    if !right || wrong { Issue.record("\(old) of \(size)") }
  }

  /// The proof with each node flipped, each pair of neighbours swapped, each node dropped, and one added everywhere.
  private func damaged(_ proof: [Digest]) -> [[Digest]] {
    var all: [[Digest]] = []
    let stranger = MerkleTree.leaf([0xEE].span)
    for place in proof.indices {
      var changed = proof
      changed[place] = flipped(proof[place])
      all.append(changed)
      changed = proof
      changed.remove(at: place)
      all.append(changed)
      guard place > 0, proof[place] != proof[place - 1] else { continue }
      changed = proof
      changed.swapAt(place, place - 1)
      all.append(changed)
    }
    for place in 0...proof.count {
      var changed = proof
      changed.insert(stranger, at: place)
      all.append(changed)
    }
    return all
  }

  private func flipped(_ digest: Digest) -> Digest {
    var bytes = digest.bytes
    bytes[7] ^= 0x10
    return Digest(bytes.span) ?? digest
  }
}
