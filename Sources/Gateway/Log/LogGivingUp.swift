import Ciphers
package import Ledger
package import Vault

/// Takes the log of a single gateway, or a shard, as it is, though it is not what the vault or the root log says of it, by
/// the agreement of two people; one of which a byte is not as it was written is put aside, and another begun.
///
/// First the log says so itself, then, of a shard, the root log (see `ShardGivingUp`), then the vault, as of a root log:
/// see `RootGivingUp`. What was put aside keeps its files under other names: `log.given-up-<proposal>`.
package enum LogGivingUp {
  /// The log of a place that the vault has a name for.
  package struct Place: Hashable, Sendable {
    /// What the vault calls it, which is the proposal's object.
    package let name: String
    /// Its data directory.
    package let folder: String
    /// What it is called.
    package let origin: Origin
    /// Whose shard it is; nil for the log of a single gateway.
    package let replica: ReplicaName?
    /// The data directory that it belongs to.
    package let data: String

    /// The log of this name in a data directory whose log or root log has this origin; nil where none is called so.
    package init?(_ name: String, data: String, origin: Origin) {
      (self.name, self.data) = (name, data)
      if let replica = LogMarking.replica(of: name), ShardedLog.isSharded(data) {
        (self.replica, folder) = (replica, ShardedLog.shard(of: replica, in: data))
        self.origin = .shard(of: origin, replica)
      } else {
        guard name == LogMarking.log else { return nil }
        (replica, folder, self.origin) = (nil, data, origin)
      }
    }

    /// The name that a shard has to have under `key`; nil for the log of a single gateway, which keeps its own.
    func name(under key: VerificationKey) -> String? { replica == nil ? nil : origin.verifier(of: key)?.name }
  }

  /// In words what is wrong with a log; nil when it is what the vault, and of a shard the root log, says, to its last byte.
  package static func contradiction(_ place: Place, _ vault: Vault) async throws -> String? {
    let key = try await vault.logSigner().verificationKey()
    if let replica = place.replica {
      // INVARIANT: the marks are read before the logs, which may grow meanwhile and do not shrink.
      let marks = ProvedLogs.Marks(try await vault.marks())
      if let words = try await ShardGivingUp.contradiction(replica, place.data, key, marks) { return words }
    } else {
      do {
        try await LogMarking.check(place.folder, vault, as: place.name)
      } catch let error as LedgerError {
        guard !error.isOfTheSystem else { throw error }
        return "\(error)"
      }
    }
    let isDamaged = try await withTaskExecutorPreference(BlockingThreads.shared) {
      try LogPutAside.isDamaged(place.folder, signedBy: key, named: place.name(under: key))
    }
    let command = place.replica == nil ? "cordon log verify" : "cordon log verify --root"
    return isDamaged == true ? "a byte of it is not as it was written: `\(command)` says which" : nil
  }

  /// What two people have to know who give the log up: the parameters of the proposal.
  package static func parameters(_ place: Place, _ vault: Vault, reason: String) async throws -> [String: String] {
    guard Justification(reason) != nil else { throw RootGivingUp.Refusal.reason }
    guard let words = try await contradiction(place, vault) else { throw RootGivingUp.Refusal.nothingWrong }
    let key = try await vault.logSigner().verificationKey()
    let found = try await withTaskExecutorPreference(BlockingThreads.shared) {
      try RootFound(logIn: place.folder, signedBy: key, named: place.name(under: key))
    }
    let mark = try await vault.mark(of: place.name)
    var parameters = [
      LogGivenUp.reason: reason, LogGivenUp.fault: words, LogGivenUp.found: "\(found)",
      LogGivenUp.mark: mark?.word ?? LogGivenUp.none,
    ]
    if let replica = place.replica {
      let root = try await vault.mark(of: RootRecording.log)?.rootMark
      let recorded = try await withTaskExecutorPreference(BlockingThreads.shared) {
        RootFound(try ShardedLog.record(of: replica, in: place.data, signedBy: key, marked: root).recorded)
      }
      parameters[LogGivenUp.recorded] = "\(recorded)"
      if let mark, mark.size > recorded.size { parameters[LogGivenUp.known] = "\(mark.size)" }
    }
    return parameters
  }

  /// What two people agreed to about a log.
  static func agreement(_ agreed: LogGivenUp, _ place: Place) throws -> RootAgreement {
    guard agreed.log == place.name, let found = RootFound(agreed.found),
      let approval = ConfiguredName(agreed.proposalID)
    else { throw RootGivingUp.Refusal.anotherFound }
    guard let reason = Justification(agreed.reason) else { throw RootGivingUp.Refusal.reason }
    return RootAgreement(
      approval: approval, reason: reason, people: agreed.people.compactMap { Pseudonym($0) }, found: found,
      recorded: agreed.recorded)
  }

  /// Puts the witnesses of a log where what was put aside has taken the file with it: they are the vault's.
  static func keepWitnesses(_ place: Place, _ vault: Vault) async throws {
    guard let kept = try await vault.witnesses(of: place.name), try !WitnessList.isStored(kept, data: place.folder)
    else { return }
    try WitnessList(parsing: kept).store(data: place.folder)
  }

  /// Does what two people agreed to about the log of a single gateway, and says what was wrong.
  @discardableResult
  package static func carryOut(
    _ proposalID: String, _ place: Place, _ vault: Vault, at time: Timestamp
  ) async throws -> String {
    let agreed = try await vault.agreementToGiveUp(proposalID)
    let agreement = try agreement(agreed, place)
    let mark = try await vault.mark(of: place.name)
    guard let words = try await contradiction(place, vault) else { throw RootGivingUp.Refusal.nothingWrong }
    let signer = try await vault.logSigner()
    let key = try signer.verificationKey()
    let before = mark.flatMap { RootCheckpoint(note: $0.note, signedBy: key) }?.checkpoint.root
    let epoch = RootEpoch(mark?.epoch ?? 0).next
    let taken = try await agreement.takeLog(
      in: place.folder, named: place.origin, givingUp: mark?.size ?? 0, before: before, beginning: epoch, at: time
    ) { try signer.key() }
    guard let taken else { throw RootGivingUp.Refusal.anotherFound }
    try await keepWitnesses(place, vault)
    let next = LogMark(log: place.name, epoch: epoch.number, size: taken.size, note: taken.note)
    try await vault.giveUp(agreed, for: next, before: before, after: agreement.found.takenRoot)
    return words
  }
}
