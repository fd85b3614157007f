package import Ledger
package import Vault

/// Keeps the log of a single gateway and the vault together: the vault has, under its seal, where the log stood, and none
/// is opened that does not go on from there.
///
/// Whoever cuts the log back to one of its earlier checkpoints, or takes it away, has to put back the whole of the vault's
/// file as well. Of several replicas the root log has it for the shards: see `RootRecording`.
package enum LogMarking {
  /// What the vault calls the log of a single gateway.
  package static let log = LogStanding.log

  /// Throws a `LedgerError` unless the log of a data directory goes on from where the vault says that it stood.
  @discardableResult
  package static func check(_ data: String, _ vault: Vault) async throws -> (mark: LogMark?, log: LogStanding?) {
    // INVARIANT: the mark is read before the log, which may grow meanwhile and does not shrink.
    let mark = try await vault.mark(of: log)
    let key = try await vault.logSigner().verificationKey()
    let standing = try await withTaskExecutorPreference(BlockingThreads.shared) {
      try LogStanding(data: data, extending: mark?.note, signedBy: key)
    }
    return (mark, standing)
  }

  /// Has the vault keep where the log stands, which must go on from where it stood.
  package static func keep(_ data: String, _ vault: Vault) async throws {
    let (mark, standing) = try await check(data, vault)
    guard let standing, standing.size > mark?.size ?? 0 else { return }
    try await vault.keep(LogMark(log: log, size: standing.size, note: standing.note))
  }
}
