package import Ledger
package import Vault

extension ProvedLogs {
  /// The logs of a data directory as the vault's key signed them, each at least as long as the vault, and of shards the
  /// root log, says that it was.
  package static func of(_ data: String, _ vault: Vault) async throws -> ProvedLogs {
    // INVARIANT: the marks are read before the logs, which may grow meanwhile and do not shrink.
    let own = try await vault.mark(of: LogMarking.log)
    let root = try await vault.mark(of: RootRecording.log)
    let key = try await vault.logSigner().verificationKey()
    return try await withTaskExecutorPreference(BlockingThreads.shared) {
      try ProvedLogs(of: data, signedBy: key, marks: Marks(own: own?.note, root: root?.rootMark))
    }
  }
}
