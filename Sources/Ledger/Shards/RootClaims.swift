import Ciphers

/// What the shards, the vault and older checkpoints say of the root log, each of which it has to bear out.
struct RootClaims {
  private struct Claim {
    let size: UInt64
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

  mutating func add(_ claim: RootClaim, of replica: ReplicaName) {
    claims.append(Claim(size: claim.size, root: claim.root, witness: .shard(replica, entry: claim.index)))
  }

  mutating func add(_ witnesses: ShardedVerification.Witnesses) {
    claims += witnesses.older.map { Claim(size: $0.size, root: $0.root, witness: .checkpoint) }
    guard let mark = witnesses.mark else { return }
    // Who signed it is seen where there is a root log: see `add(mark:signedBy:)`.
    let said = SignedNote(parsing: mark).flatMap { Checkpoint(text: $0.text) }
    claims.append(Claim(size: said?.size ?? 0, root: said?.root, witness: .vault))
  }

  /// Lets go of what the vault says where the root log's key did not sign it: it is a fault whatever it says.
  mutating func add(mark: [UInt8]?, signedBy key: VerifierKey) {
    guard let mark, Checkpoint(note: mark, signedBy: key) == nil else { return }
    claims.removeAll { $0.witness == .vault }
    claims.append(Claim(size: 0, root: nil, witness: .vault))
  }

  /// Begins to hold the root log against them; what shards say of sizes up to `givenUp` was given up.
  mutating func begin(after givenUp: UInt64?) {
    let held = claims.filter { claim in
      guard let givenUp, case .shard = claim.witness else { return true }
      return claim.size > givenUp
    }
    waiting = held.sorted { $0.size < $1.size }[...]
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

/// The ids of the vault's events in the shards of one log.
struct EventIDs {
  private static let beginning = "event-"
  // Half of a random id tells it from every other.
  private var seen: Set<UInt64> = []

  /// Whether a request is an event that was there before.
  ///
  /// An announcement and what it announced have ids of their own.
  mutating func isRepeated(_ request: RequestID) -> Bool {
    let text = request.description
    guard text.hasPrefix(EventIDs.beginning),
      let number = UInt64(text.dropFirst(EventIDs.beginning.count).prefix(16), radix: 16)
    else { return false }
    return !seen.insert(number).inserted
  }
}
