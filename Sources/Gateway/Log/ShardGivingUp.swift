import Ciphers
package import Ledger
package import Vault

/// Takes a shard as it is by the agreement of two people, though it is not what the root log or the vault says of it.
///
/// First the shard says so itself, then the root log, which from there on holds it against what was taken, then the vault:
/// that it keeps where the shard stands, that the proposal is carried out, and the event for the log are one transaction.
/// When it is broken off before that, the shard is `unfinished`, and the same proposal is carried out again.
package enum ShardGivingUp {
  /// In words what the root log and what the vault keeps contradict about a shard; nil when nothing does.
  static func contradiction(
    _ replica: ReplicaName, _ data: String, _ key: VerificationKey, _ marks: ProvedLogs.Marks
  ) async throws -> String? {
    try await withTaskExecutorPreference(BlockingThreads.shared) {
      do throws(UnprovedLog) {
        try ProvedLogs.check(replica, of: data, signedBy: key, marks: marks)
        return nil
      } catch {
        // A root log that is not what it was says nothing about shards: it is put back, or given up, first.
        guard case .shard = error.place else { throw error }
        if case .ledger(let error) = error.reason, error.isOfTheSystem { throw error }
        return "\(error)"
      }
    }
  }

  /// By which proposal a shard was given up that says so itself while the root log or the vault does not: it was broken off.
  ///
  /// What is written into the shard before it goes on is nothing that two people agreed to.
  package static func brokenOff(
    _ replica: ReplicaName, _ data: String, _ vault: Vault
  ) async throws -> String? {
    let key = try await vault.logSigner().verificationKey()
    // INVARIANT: the marks are read before the logs, which may grow meanwhile and do not shrink.
    let marks = try await vault.marks()
    let known = RootEpoch(marks.first { $0.log == LogMarking.name(of: replica) }?.epoch ?? 0)
    let shard = ShardedLog.shard(of: replica, in: data)
    let last = try await withTaskExecutorPreference(BlockingThreads.shared) {
      try RootFound.lastGivingUp(of: shard, signedBy: key)
    }
    guard let last, last.epoch > known,
      try await contradiction(replica, data, key, ProvedLogs.Marks(marks)) != nil
    else { return nil }
    return last.approval
  }

  /// Does what two people agreed to about a shard, under the turn to append to the root log, and says what was wrong.
  @discardableResult
  package static func carryOut(
    _ proposalID: String, _ place: LogGivingUp.Place, _ replica: ReplicaName, _ shards: ShardedLog, _ turn: RootTurn,
    _ vault: Vault, at time: Timestamp
  ) async throws -> String {
    let agreed = try await vault.agreementToGiveUp(proposalID)
    let agreement = try LogGivingUp.agreement(agreed, place)
    let signer = try await vault.logSigner()
    let key = try signer.verificationKey()
    let marks = try await vault.marks()
    let mark = marks.first { $0.log == place.name }
    let root = marks.first { $0.log == RootRecording.log }?.rootMark
    let said = try await withTaskExecutorPreference(BlockingThreads.shared) {
      try ShardedLog.record(of: replica, in: place.data, signedBy: key, marked: root)
    }
    let hasBegun = try agreement.hasPutAside(place.folder) || said.givenUp?.approval == proposalID
    var words = try await LogGivingUp.contradiction(place, vault)
    if hasBegun, words == nil { words = "the same proposal was broken off when it was carried out" }
    guard let words else { throw RootGivingUp.Refusal.nothingWrong }
    // What was recorded since they agreed, they have not agreed to give up.
    guard said.givenUp?.approval == proposalID || agreement.isRecorded(said.recorded) else {
      throw RootGivingUp.Refusal.anotherFound
    }
    let known = max(RootEpoch(mark?.epoch ?? 0), said.givenUp?.epoch ?? .first)
    // What the root log says of this agreement already is not said again, and is held against the shard.
    let isSaid = try await isSaid(said.givenUp, proposalID, replica, place.data, key, root)
    let epoch = isSaid ? known : known.next
    let loss = loss(isSaid, said.recorded, said.givenUp, mark, key)
    let before = loss.root
    if !isSaid {
      let size = loss.size
      let taken = try await agreement.takeLog(
        in: place.folder, named: place.origin, givingUp: size, before: before, beginning: epoch, at: time
      ) { try signer.key() }
      guard taken != nil else { throw RootGivingUp.Refusal.anotherFound }
    }
    try await LogGivingUp.keepWitnesses(place, vault)
    // To read everything takes longer than a turn lasts.
    let isHeld = try await withTaskExecutorPreference(BlockingThreads.shared) { try turn.take() }
    guard isHeld else { throw ShardError.leaseEnded }
    let isGivenUp = try await turn.giveUpShard(
      replica, of: shards, by: agreement, knowing: loss.size, marked: root, beginning: epoch, at: time
    ) { try signer.key() }
    guard isGivenUp else { throw RootGivingUp.Refusal.anotherFound }
    let round = try await RootRecording.record(shards, turn, vault, givingUp: (replica, epoch), at: time)
    if let refusal = round.refused[replica] { throw refusal.error }
    let standing = try await withTaskExecutorPreference(BlockingThreads.shared) {
      try LogStanding(data: place.folder, extending: nil, signedBy: key)
    }
    guard let standing else { throw RootGivingUp.Refusal.anotherFound }
    let next = LogMark(log: place.name, epoch: epoch.number, size: standing.size, note: standing.note)
    try await vault.giveUp(agreed, for: next, before: before, after: agreement.found.takenRoot)
    return words
  }

  /// How many entries are known of the shard that is given up, and their root: as the root log recorded it, or as the vault
  /// knows it where that is more.
  private static func loss(
    _ isSaid: Bool, _ recorded: RecordedShard?, _ givenUp: ShardGivenUp?, _ mark: LogMark?, _ key: VerificationKey
  ) -> (size: UInt64, root: Digest?) {
    let said = isSaid ? (givenUp?.recorded ?? 0, givenUp?.before) : (recorded?.size ?? 0, recorded?.root)
    let marked = mark.flatMap { RootCheckpoint(note: $0.note, signedBy: key) }?.checkpoint
    guard let marked, marked.size > said.0 else { return said }
    return (marked.size, marked.root)
  }

  /// Whether the root log says of this agreement that the shard was taken, and the shard goes on from that.
  private static func isSaid(
    _ givenUp: ShardGivenUp?, _ proposalID: String, _ replica: ReplicaName, _ data: String, _ key: VerificationKey,
    _ root: RootMark?
  ) async throws -> Bool {
    guard givenUp?.approval == proposalID else { return false }
    return try await contradiction(replica, data, key, ProvedLogs.Marks(root: root)) == nil
  }
}
