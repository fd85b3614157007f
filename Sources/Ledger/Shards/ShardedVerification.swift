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
    /// How many checkpoints of it the root log has.
    package let checkpoints: Int

    /// How many entries could still be cut off without the root log's showing it.
    package var uncovered: UInt64 { entries - min(recorded, entries) }
  }

  /// How many entries the root log has.
  package internal(set) var rootEntries: UInt64 = 0
  /// The shards, by name.
  package internal(set) var shards: [Shard] = []
  /// Everything that is wrong.
  package internal(set) var faults: [ShardFault] = []

  /// Whether everything is as it was recorded.
  package var isWhole: Bool { faults.isEmpty }
}

extension ShardedLog {
  /// Checks every byte of the root log and of the shards, and each recorded checkpoint against its shard: that the
  /// shard's key signed it, and that the shard still begins with those entries.
  ///
  /// `keys` are the keys of shards that somebody else has kept; for others, and for the root log where `rootKey` is
  /// nil, those of the directories are taken: who can replace a whole directory can replace its key.
  package static func verify(
    data: String, rootKey: VerifierKey? = nil, keys: [ReplicaName: VerifierKey] = [:]
  ) throws(LedgerError) -> ShardedVerification {
    var audit = ShardedAudit(ShardFolders(data: data), keys)
    try audit.checkRoot(rootKey)
    for replica in try audit.replicas() { try audit.checkShard(replica) }
    return audit.verification
  }
}
