package import Ledger
package import Vault

extension ProvedLogs {
  /// The logs of a data directory as the vault's key signed them, each at least as long as the vault, and of shards the
  /// root log, says that it was.
  package static func of(_ data: String, _ vault: Vault) async throws -> ProvedLogs {
    // INVARIANT: the marks are read before the logs, which may grow meanwhile and do not shrink.
    let marks = ProvedLogs.Marks(try await vault.marks())
    let key = try await vault.logSigner().verificationKey()
    return try await withTaskExecutorPreference(BlockingThreads.shared) {
      try ProvedLogs(of: data, signedBy: key, marks: marks)
    }
  }
}

extension ProvedLogs {
  /// The shards of a data directory that are not what the vault, and the root log, say of them, and why; throws where
  /// another log is not, or the shard of commands, which says that a backup was made.
  package static func unprovedShards(_ data: String, _ vault: Vault) async throws -> [ReplicaName: UnprovedLog] {
    let marks = ProvedLogs.Marks(try await vault.marks())
    let key = try await vault.logSigner().verificationKey()
    let found = try await withTaskExecutorPreference(BlockingThreads.shared) {
      try unprovedShards(of: data, signedBy: key, marks: marks)
    }
    var unproved: [ReplicaName: UnprovedLog] = [:]
    for log in found {
      guard case .shard(let replica) = log.place, replica != ShardSettings.commands else { throw log }
      unproved[replica] = log
    }
    return unproved
  }
}

extension ProvedLogs.Marks {
  /// What the vault says of the logs, in its words.
  package init(_ marks: [LogMark]) {
    var shards: [ReplicaName: ProvedLogs.ShardMark] = [:]
    for mark in marks {
      guard let replica = LogMarking.replica(of: mark.log) else { continue }
      shards[replica] = ProvedLogs.ShardMark(note: mark.note, epoch: RootEpoch(mark.epoch))
    }
    self.init(
      own: marks.first { $0.log == LogMarking.log }?.note,
      root: marks.first { $0.log == RootRecording.log }?.rootMark, shards: shards)
  }
}
