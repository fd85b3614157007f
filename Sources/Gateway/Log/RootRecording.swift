package import Ledger
package import Vault

/// Keeps the root log and the vault together: each round of recording leaves, under the vault's seal, where the root log
/// stood, and none begins with a root log that does not hold what the vault says.
package enum RootRecording {
  /// What the vault calls the root log.
  package static let log = ShardedLog.lease

  /// Where the root log stands, and where the vault says that it stood; a `RootFault` when the two do not agree.
  package static func standing(
    _ data: String, _ vault: Vault
  ) async throws -> (root: RootCheckpoint?, mark: LogMark?) {
    // INVARIANT: the mark is read before the root log, which may grow meanwhile and does not shrink.
    let mark = try await vault.mark(of: log)
    let key = try await vault.logSigner().verificationKey()
    let root = try await withTaskExecutorPreference(BlockingThreads.shared) {
      try ShardedLog.root(of: data, extending: mark?.note, signedBy: key)
    }
    return (root, mark)
  }

  /// Records all shards under the turn, and has the vault keep where the root log stands then.
  package static func record(
    _ shards: ShardedLog, _ turn: RootTurn, _ vault: Vault, at time: Timestamp
  ) async throws -> ShardRound {
    let mark = try await vault.mark(of: log)
    let signer = try await vault.logSigner()
    let round = try await withTaskExecutorPreference(BlockingThreads.shared) {
      try await turn.record(shards, marked: mark?.note, at: time) { try signer.key() }
    }
    if let root = round.root, root.checkpoint.size > mark?.size ?? 0 { try await vault.keep(LogMark(root)) }
    return round
  }

  /// What the shards of a data directory said last of the root log.
  package static func claims(_ data: String) throws(LedgerError) -> [RootClaim] {
    var claims: [RootClaim] = []
    for log in try ShardedLog.logs(of: data) where log.replica != nil {
      if let claim = try RootClaim.newest(in: log.data) { claims.append(claim) }
    }
    return claims
  }

  /// What is wrong with the root log by what the vault and the shards say of it; nil when nothing is.
  package static func fault(_ data: String, _ vault: Vault) async throws -> RootFault? {
    do {
      let root = try await standing(data, vault).root
      for claim in try claims(data) {
        if let fault = try ShardedLog.fault(of: root, against: claim, in: data) { return fault }
      }
      return nil
    } catch let fault as RootFault {
      return fault
    }
  }

  /// Takes the root log as it is, though it is not what the vault and the shards say: it says so itself, the vault keeps
  /// where it stands now, and the event is among those that wait for the log.
  package static func giveUp(
    _ shards: ShardedLog, _ turn: RootTurn, _ vault: Vault, by person: String, at time: Timestamp
  ) async throws {
    let mark = try await vault.mark(of: log)
    let signer = try await vault.logSigner()
    let key = try signer.verificationKey()
    let before = mark.flatMap { RootCheckpoint(note: $0.note, signedBy: key) }?.checkpoint.root
    let size = try claims(shards.data).map(\.size).reduce(mark?.size ?? 0, max)
    let people = [Pseudonym(try await vault.pseudonym(of: person))].compactMap(\.self)
    let root = try await turn.giveUpRoot(of: shards, upTo: size, before: before, by: people, at: time) {
      try signer.key()
    }
    try await vault.giveUp(for: LogMark(root), before: before, after: root.checkpoint.root, by: [person])
  }
}

extension LogMark {
  /// What the vault keeps of a checkpoint of the root log.
  init(_ root: RootCheckpoint) { self.init(log: RootRecording.log, size: root.checkpoint.size, note: root.note) }
}
