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
