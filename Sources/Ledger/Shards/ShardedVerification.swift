/// What the check of a sharded log found.
package struct ShardedVerification: Hashable, Sendable {
  /// A shard as it was found.
  package struct Shard: Hashable, Sendable {
    /// Whose it is.
    package let replica: ReplicaName
    /// How many entries it has.
    package let entries: UInt64
    /// How many of them the root log covers.
    package let recorded: UInt64
    /// How many checkpoints of it the root log has, since it was given up if it was.
    package let checkpoints: Int
    /// How two people gave it up, each time: what was recorded before the last holds no more.
    package let givenUp: [ShardGivenUp]
    /// What the root log has forgotten of that, by what the vault knows; nil when nothing, or nobody was asked.
    package let forgotten: ForgottenGivingUp?

    /// How many entries could still be cut off without the root log's showing it.
    package var uncovered: UInt64 { entries - min(recorded, entries) }
  }

  /// An event of the vault that is in the shards more than once: it was handed over again after a crash.
  package struct Repetition: Hashable, Sendable {
    /// The id of the event.
    package let id: RequestID
    /// The shard and the entry that have it once more.
    package let replica: ReplicaName
    /// The entry of that shard.
    package let index: UInt64
  }

  /// What else the root log is held against, beside the shards.
  package struct Witnesses: Hashable, Sendable {
    /// Checkpoints of it that were kept elsewhere, which its key signed.
    package var older: [Checkpoint] = []
    /// What the vault keeps of it; whether it is under the vault's seal only the vault can say.
    package var mark: RootMark?
    /// How many times the vault knows each shard to have been given up; nil when it was not asked.
    package var shards: [ReplicaName: RootEpoch]?

    package init(older: [Checkpoint] = [], mark: RootMark? = nil, shards: [ReplicaName: RootEpoch]? = nil) {
      (self.older, self.mark, self.shards) = (older, mark, shards)
    }
  }

  /// How many entries the root log has.
  package internal(set) var rootEntries: UInt64 = 0
  /// The shards, by name.
  package internal(set) var shards: [Shard] = []
  /// How many times shards, the vault and older checkpoints say where the root log stood.
  package internal(set) var rootWitnesses = 0
  /// Up to which size what was said of the root log was given up, in an entry of its own; nil when it never was.
  package internal(set) var givenUp: UInt64?
  /// The epoch of the root log: how many were given up before it.
  package internal(set) var epoch = RootEpoch.first
  /// The last epoch that the root log, a shard or the vault names.
  package internal(set) var knownEpoch = RootEpoch.first
  /// The largest size that a shard or the vault names of the last epoch that one of them does.
  package internal(set) var knownSize: UInt64 = 0
  /// What is in the shards more than once, though it happened once.
  package internal(set) var repetitions: [Repetition] = []
  /// Everything that is wrong.
  package internal(set) var faults: [ShardFault] = []

  /// Whether everything is as it was recorded.
  package var isWhole: Bool { faults.isEmpty }

  /// What is damaged in the root log itself; nil when nothing is.
  package var rootDamage: ShardFault? {
    faults.first { fault in
      guard fault.replica == nil, case .damaged = fault.code else { return false }
      return true
    }
  }

  /// What is wrong with the root log that ends when it is given up.
  package var contradictions: [ShardFault] { faults.filter(\.code.endsWhenGivenUp) }
}

extension ShardedLog {
  /// Checks every byte of the root log and of the shards, and each recorded checkpoint against its shard: that the
  /// shard's key signed it, and that the shard still begins with those entries.
  ///
  /// What the entries of the shards and `witnesses` say of the root log is held against it.
  ///
  /// `keys` are the keys of shards that somebody else has kept; for others, and for the root log where `rootKey` is
  /// nil, those of the directories are taken: who can replace a whole directory can replace its key.
  package static func verify(
    data: String, rootKey: VerifierKey? = nil, keys: [ReplicaName: VerifierKey] = [:],
    witnesses: ShardedVerification.Witnesses = ShardedVerification.Witnesses()
  ) throws(LedgerError) -> ShardedVerification {
    var audit = ShardedAudit(ShardFolders(data: data), keys)
    try audit.checkRoot(rootKey, witnesses)
    for replica in try audit.replicas() { try audit.checkShard(replica) }
    try audit.checkClaims()
    return audit.verification
  }
}
