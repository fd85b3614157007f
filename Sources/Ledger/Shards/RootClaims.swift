import Ciphers

/// What the shards, the vault and older checkpoints say of the root log, each of which it has to bear out.
struct RootClaims {
  private struct Claim {
    let size: UInt64
    /// Nil in an entry from before there were epochs; what the vault and whoever kept a checkpoint say is about the root
    /// log that is there, whatever was given up.
    let epoch: RootEpoch?
    /// Nil when what is said cannot be read.
    let root: Digest?
    let witness: ShardFault.RootWitness
  }

  private var claims: [Claim] = []
  private var waiting: ArraySlice<Claim> = []
  private var contradicted: Set<Witness> = []

  /// A witness, however often it speaks: its first contradiction says it all.
  private enum Witness: Hashable {
    case vault, checkpoint
    case shard(ReplicaName)
  }

  /// How many there are.
  var count: Int { claims.count }

  /// The last epoch that one of them names.
  var newestEpoch: RootEpoch { claims.compactMap(\.epoch).max() ?? .first }

  /// The largest size that the vault or a shard names of the last epoch that any of them does.
  var largestSize: UInt64 {
    let newest = newestEpoch
    return claims.filter { $0.witness != .checkpoint && $0.epoch ?? .first == newest }.map(\.size).max() ?? 0
  }

  mutating func add(_ claim: RootClaim, of replica: ReplicaName) {
    claims.append(
      Claim(size: claim.size, epoch: claim.epoch, root: claim.root, witness: .shard(replica, entry: claim.index)))
  }

  mutating func add(_ witnesses: ShardedVerification.Witnesses) {
    claims += witnesses.older.map { Claim(size: $0.size, epoch: nil, root: $0.root, witness: .checkpoint) }
    guard let mark = witnesses.mark else { return }
    // Who signed it is seen where there is a root log: see `add(mark:signedBy:)`.
    let said = SignedNote(parsing: mark.note).flatMap { Checkpoint(text: $0.text) }
    claims.append(Claim(size: said?.size ?? 0, epoch: mark.epoch, root: said?.root, witness: .vault))
  }

  /// Lets go of what the vault says where the root log's key did not sign it: it is a fault whatever it says.
  mutating func add(mark: RootMark?, signedBy key: VerifierKey) {
    guard let mark, Checkpoint(note: mark.note, signedBy: key) == nil else { return }
    claims.removeAll { $0.witness == .vault }
    claims.append(Claim(size: 0, epoch: mark.epoch, root: nil, witness: .vault))
  }

  /// Begins to hold a root log against them: what is wrong about the epoch that each is about.
  ///
  /// What shards say of an epoch that was given up holds no more.
  mutating func begin(_ standing: RootStanding) -> [ShardFault.Code] {
    var faults: [ShardFault.Code] = []
    var held: [Claim] = []
    for claim in claims {
      switch claim.witness {
      case .checkpoint: held.append(claim)
      case .vault:
        held.append(claim)
        if let known = claim.epoch, known < standing.epoch {
          faults.append(.rootUnfinished(known: known, found: standing.epoch))
        } else if let known = claim.epoch, known > standing.epoch, isFirst(claim) {
          faults.append(.rootPast(known: known, found: standing.epoch, by: .vault))
        }
      case .shard:
        switch standing.relation(of: claim.epoch, size: claim.size) {
        case .past: continue
        case .present: held.append(claim)
        case .later:
          guard isFirst(claim) else { continue }
          faults.append(.rootPast(known: claim.epoch ?? .first, found: standing.epoch, by: claim.witness))
        }
      }
    }
    waiting = held.sorted { $0.size < $1.size }[...]
    return faults
  }

  /// What is wrong about those of the size of this tree.
  mutating func follow(_ tree: Frontier) -> [ShardFault.Code] {
    var faults: [ShardFault.Code] = []
    while let claim = waiting.first, claim.size == tree.size {
      waiting.removeFirst()
      guard claim.root != tree.root, isFirst(claim) else { continue }
      faults.append(claim.root == nil ? .doctoredMark : .rootForked(size: claim.size, by: claim.witness))
    }
    return faults
  }

  /// What is wrong about those that are left when the root log has ended.
  mutating func rest(after size: UInt64) -> [ShardFault.Code] {
    var faults: [ShardFault.Code] = []
    // The largest of each witness says how much is gone.
    for claim in waiting.reversed() where isFirst(claim) {
      faults.append(.rootCut(had: claim.size, found: size, by: claim.witness))
    }
    waiting = []
    return faults.reversed()
  }

  private mutating func isFirst(_ claim: Claim) -> Bool {
    switch claim.witness {
    case .vault: contradicted.insert(.vault).inserted
    case .checkpoint: contradicted.insert(.checkpoint).inserted
    case .shard(let replica, _): contradicted.insert(.shard(replica)).inserted
    }
  }
}
