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
      try ShardedLog.root(of: data, extending: mark?.rootMark, signedBy: key)
    }
    return (root, mark)
  }

  /// Records all shards under the turn, and has the vault keep where the root log stands then.
  ///
  /// A shard that the root log says was given up, and the vault does not know, is refused, unless it is the one that is
  /// being given up.
  package static func record(
    _ shards: ShardedLog, _ turn: RootTurn, _ vault: Vault,
    givingUp given: (replica: ReplicaName, epoch: RootEpoch)? = nil, at time: Timestamp
  ) async throws -> ShardRound {
    let marks = try await vault.marks()
    let mark = marks.first { $0.log == log }
    var epochs = LogMarking.epochs(marks)
    if let given { epochs[given.replica] = given.epoch }
    let known = epochs
    let signer = try await vault.logSigner()
    let round = try await withTaskExecutorPreference(BlockingThreads.shared) {
      try await turn.record(shards, marked: mark?.rootMark, knowing: known, at: time) { try signer.key() }
    }
    if let root = round.root, root.checkpoint.size > mark?.size ?? 0 {
      try await vault.keep(LogMark(root, in: round.epoch))
    }
    return round
  }

  /// In words what is wrong with the root log by what the vault says of it, and by what the shard in `shard` said last;
  /// nil when nothing is.
  package static func objection(_ data: String, shard: String, _ vault: Vault) async throws -> String? {
    do {
      let (root, mark) = try await standing(data, vault)
      let key = try await vault.logSigner().verificationKey()
      guard let claim = try RootClaim.newest(in: shard, signedBy: key) else { return nil }
      let epoch = try mark.map { RootEpoch($0.epoch) } ?? ShardedLog.epoch(of: root, in: data, signedBy: key)
      return try ShardedLog.fault(of: root, in: epoch, against: claim, in: data, signedBy: key)
        .map { "\($0), as its shard says" }
    } catch let fault as RootFault {
      return "\(fault)"
    }
  }
}

extension LogMark {
  /// What the vault keeps of a checkpoint of the root log.
  init(_ root: RootCheckpoint, in epoch: RootEpoch) {
    self.init(log: RootRecording.log, epoch: epoch.number, size: root.checkpoint.size, note: root.note)
  }

  /// What it says of the root log.
  package var rootMark: RootMark { RootMark(note: note, epoch: RootEpoch(epoch)) }
}
