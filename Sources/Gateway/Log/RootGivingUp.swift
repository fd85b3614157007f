import Ciphers
package import Ledger
package import Vault

/// Takes a root log as it is, though it is not what the vault or a shard says, by the agreement of two people; one of
/// which a byte is not as it was written is put aside, and another begun.
///
/// First the root log says so itself, then the vault: that it keeps where the new one stands, that the proposal is carried
/// out, and the event for the log are one transaction. When it is broken off between the two, the root log is `unfinished`
/// until the same proposal is carried out again.
package enum RootGivingUp {
  /// What is wrong that ends when the root log is given up.
  package struct Contradiction: Hashable, Sendable {
    /// In words.
    package let words: String
    /// In words, what is wrong with shards by the root log that is given up, as far as it can be read: nothing else says so
    /// when another is begun.
    package let shards: [ReplicaName: String]
    fileprivate let known: RootEpoch
    fileprivate let size: UInt64
  }

  /// Why the root log cannot be given up.
  package enum Refusal: Error, Hashable, Sendable {
    /// It is what the vault and the shards say.
    case nothingWrong
    /// The root log that is there is not the one that two people agreed to take.
    case anotherFound
    /// The reason is none that the log takes.
    case reason
  }

  /// What the vault and everything that the shards say contradict about the root log; nil when nothing does.
  ///
  /// It reads every byte of the root log and of the shards.
  package static func contradiction(_ data: String, _ vault: Vault) async throws -> Contradiction? {
    let mark = try await vault.mark(of: RootRecording.log)
    var fault: (any Error)?
    do {
      _ = try await RootRecording.standing(data, vault)
    } catch let found as RootFault {
      guard found.isAlteration else { throw found }
      fault = found
    }
    let verification: ShardedVerification
    do throws(LedgerError) {
      verification = try ShardedLog.verify(
        data: data, witnesses: ShardedVerification.Witnesses(mark: mark?.rootMark))
    } catch {
      // There is no root log, and nothing says that there was one.
      guard error.code == .missing, fault == nil else { throw error }
      return nil
    }
    let damage = verification.rootDamage?.description
    guard let words = fault.map({ "\($0)" }) ?? verification.contradictions.first?.description ?? damage else {
      return nil
    }
    let key = try await vault.logSigner().verificationKey()
    let unlike = await withTaskExecutorPreference(BlockingThreads.shared) {
      ProvedLogs.shardsUnlikeRootLog(of: data, signedBy: key)
    }
    return Contradiction(
      words: words, shards: shards(verification.faults, unlike), known: verification.knownEpoch,
      size: verification.knownSize)
  }

  /// What is wrong with each shard, its first fault: one that the root log says nothing of is not among them.
  private static func shards(_ faults: [ShardFault], _ unlike: [UnprovedLog]) -> [ReplicaName: String] {
    var shards: [ReplicaName: String] = [:]
    for case .shard(let replica) in unlike.map(\.place) {
      shards[replica] = unlike.first { $0.place == .shard(replica) }.map { "\($0)" }
    }
    for fault in faults {
      guard let replica = fault.replica, fault.code != .foreign, fault.code != .unverifiable else { continue }
      shards[replica] = shards[replica] ?? "\(fault)"
    }
    return shards
  }

  /// What two people have to know who give the root log up: the parameters of the proposal.
  package static func parameters(_ data: String, _ vault: Vault, reason: String) async throws -> [String: String] {
    guard Justification(reason) != nil else { throw Refusal.reason }
    guard let contradiction = try await contradiction(data, vault) else { throw Refusal.nothingWrong }
    let key = try await vault.logSigner().verificationKey()
    let found = try await withTaskExecutorPreference(BlockingThreads.shared) {
      try RootFound(logIn: ShardedLog.root(of: data), signedBy: key)
    }
    let mark = try await vault.mark(of: RootRecording.log)
    var parameters = [
      LogGivenUp.reason: reason, LogGivenUp.fault: contradiction.words, LogGivenUp.found: "\(found)",
      LogGivenUp.mark: mark?.word ?? LogGivenUp.none,
    ]
    for (replica, words) in contradiction.shards {
      parameters["\(LogGivenUp.shard)\(replica)"] = words
      parameters["\(LogGivenUp.foundShard)\(replica)"] = try await word(of: replica, data, key)
    }
    return parameters
  }

  /// The word for a shard as it is found.
  private static func word(
    of replica: ReplicaName, _ data: String, _ key: VerificationKey
  ) async throws -> String {
    try await withTaskExecutorPreference(BlockingThreads.shared) {
      "\(try RootFound(logIn: ShardedLog.shard(of: replica, in: data), signedBy: key))"
    }
  }

  /// Does what two people agreed to, and says what was wrong.
  @discardableResult
  package static func carryOut(
    _ proposalID: String, _ shards: ShardedLog, _ turn: RootTurn, _ vault: Vault, at time: Timestamp
  ) async throws -> Contradiction {
    let agreed = try await vault.agreementToGiveUp(proposalID)
    // What two people agreed to about another log, such as that it is damaged, says nothing of this one.
    guard agreed.log == RootRecording.log, let found = RootFound(agreed.found),
      let approval = ConfiguredName(proposalID)
    else { throw Refusal.anotherFound }
    guard let reason = Justification(agreed.reason) else { throw Refusal.reason }
    guard let contradiction = try await contradiction(shards.data, vault) else { throw Refusal.nothingWrong }
    let mark = try await vault.mark(of: RootRecording.log)
    let signer = try await vault.logSigner()
    let key = try signer.verificationKey()
    // Whatever the root log said of a shard that is not what it was is gone with it: two people have to have seen which,
    // and as it is. The words are for them: of a root log that is begun anew already they are others.
    for replica in contradiction.shards.keys {
      let word = try await word(of: replica, shards.data, key)
      guard agreed.found(shard: replica.description) == word else { throw Refusal.anotherFound }
    }
    let before = mark.flatMap { RootCheckpoint(note: $0.note, signedBy: key) }?.checkpoint.root
    let agreement = RootAgreement(
      approval: approval, reason: reason, people: agreed.people.compactMap { Pseudonym($0) }, found: found)
    let known = max(contradiction.known, mark.map { RootEpoch($0.epoch) } ?? .first)
    // To read everything takes longer than a turn lasts.
    let isHeld = try await withTaskExecutorPreference(BlockingThreads.shared) { try turn.take() }
    guard isHeld else { throw ShardError.leaseEnded }
    let taken = try await turn.giveUpRoot(
      of: shards, by: agreement, upTo: max(contradiction.size, mark?.size ?? 0), before: before, after: known, at: time
    ) { try signer.key() }
    guard let taken else { throw Refusal.anotherFound }
    // What was put aside has taken the file with it; the witnesses are the vault's.
    let root = ShardedLog.root(of: shards.data)
    if let kept = try await vault.witnesses(of: RootRecording.log), try !WitnessList.isStored(kept, data: root) {
      try WitnessList(parsing: kept).store(data: root)
    }
    try await vault.giveUp(agreed, for: LogMark(taken.root, in: taken.epoch), before: before, after: found.takenRoot)
    return contradiction
  }
}
