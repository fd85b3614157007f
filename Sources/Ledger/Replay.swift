import Ciphers

/// Follows a log record by record and rebuilds its tree.
struct Replay {
  /// The tree with every entry so far.
  private(set) var tree: Frontier
  /// The state at the last seal.
  private(set) var seal: Seal

  /// Begins after `seal`.
  init(after seal: Seal) {
    self.seal = seal
    tree = seal.frontier
  }

  /// Whether entries follow the last seal.
  var isUnsealed: Bool { tree.size != seal.size }

  /// Takes in a record; the fault says why it does not belong here.
  mutating func follow(_ record: Record, _ body: Span<UInt8>) -> Fault? {
    guard record.sequence == tree.size else { return Fault(.outOfOrder(found: record.sequence), at: tree.size) }
    switch record.kind {
    case .entry:
      tree.append(MerkleTree.leaf(body))
    case .seal:
      guard let signature = Signature(body) else { return Fault(.unreadableRecord, at: tree.size) }
      seal = Seal(frontier: tree, signature: signature)
    }
    return nil
  }
}
