package import Ledger
package import Vault

/// Keeps the logs that events of the vault are recorded in and the vault together: the vault has, under its seal, where
/// such a log stood, and none is opened that does not go on from there.
///
/// Whoever cuts the log back to one of its earlier checkpoints, or takes it away, has to put back the whole of the vault's
/// file as well. An event is noted as recorded when the vault has kept that the log has it, and not before. How long
/// shards were whenever they were recorded, the root log has as well: see `RootRecording`.
package enum LogMarking {
  /// What the vault calls the log of a single gateway.
  package static let log = LogStanding.log

  /// What the vault calls the log of a replica, or of a single gateway.
  package static func name(of replica: ReplicaName?) -> String { replica?.logName ?? log }

  /// The replica of a shard that the vault calls so; nil for other logs.
  static func replica(of name: String) -> ReplicaName? { .ofLog(name) }

  /// How many times each shard was given up, by what the vault says of the logs.
  package static func epochs(_ marks: [LogMark]) -> [ReplicaName: RootEpoch] {
    ReplicaName.epochs(of: marks.map { ($0.log, $0.epoch) })
  }

  /// Throws a `LedgerError` unless the log in a folder goes on from where the vault says that it stood.
  @discardableResult
  package static func check(
    _ folder: String, _ vault: Vault, as name: String = log
  ) async throws -> (mark: LogMark?, log: LogStanding?) {
    // INVARIANT: the mark is read before the log, which may grow meanwhile and does not shrink.
    let mark = try await vault.mark(of: name)
    // Whose entry it is, is not said with it: of several logs, or of one in the place of another, it says nothing.
    let isOnlyOne = name == log && mark?.epoch ?? 0 == 0 && !ShardedLog.isSharded(folder)
    let recorded = isOnlyOne ? try await vault.newestRecordedEntry() : nil
    let key = try await vault.logSigner().verificationKey()
    let standing = try await withTaskExecutorPreference(BlockingThreads.shared) {
      let standing = try LogStanding(data: folder, extending: mark?.note, signedBy: key)
      if let recorded { try LogStanding.check(standing, has: recorded, in: folder, signedBy: key) }
      return standing
    }
    return (mark, standing)
  }

  /// Has the vault keep where a log stands that this process writes, once its published checkpoint covers all that is known
  /// to be in it.
  ///
  /// INVARIANT: `check` was asked before it was opened, and nobody else writes it: it goes on from the mark, and nothing of
  /// it is read again.
  package static func keep(
    _ ledger: AuditLog, in folder: String, _ vault: Vault, as name: String = log
  ) async throws {
    let standing = try await ledger.standing(covering: ledger.size)
    let mark = try await vault.mark(of: name)
    let key = ledger.verifier.key
    let isPublished = try await withTaskExecutorPreference(BlockingThreads.shared) {
      try standing.isPublished(in: folder, signedBy: key)
    }
    guard isPublished, standing.size >= mark?.size ?? 0 else {
      throw LedgerError(.damaged(Fault(.truncated(signed: max(standing.size, mark?.size ?? 0)), at: 0)))
    }
    guard standing.size > mark?.size ?? 0 else { return }
    try await vault.keep(LogMark(log: name, epoch: mark?.epoch ?? 0, size: standing.size, note: standing.note))
  }
}
