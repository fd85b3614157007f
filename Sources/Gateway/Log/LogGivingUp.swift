import Ciphers
package import Ledger
package import Vault

/// Takes the log of a single gateway, or of a replica, as it is, though it is not what the vault says of it, by the
/// agreement of two people; one of which a byte is not as it was written is put aside, and another begun.
///
/// First the log says so itself, then the vault, as of a root log: see `RootGivingUp`. What was put aside keeps its files
/// under other names: `log.given-up-<proposal>`.
package enum LogGivingUp {
  /// The log of a place that the vault has a name for.
  package struct Place: Hashable, Sendable {
    /// What the vault calls it, which is the proposal's object.
    package let name: String
    /// Its data directory.
    package let folder: String
    /// What it is called.
    package let origin: Origin

    /// The log of this name in a data directory whose log or root log has this origin; nil where none is called so.
    ///
    /// It is none of a shard's: the root log says for ever how long a shard was, so that no restore takes a shorter one.
    package init?(_ name: String, data: String, origin: Origin) {
      guard name == LogMarking.log else { return nil }
      (self.name, folder, self.origin) = (name, data, origin)
    }
  }

  /// In words what is wrong with a log; nil when it is what the vault says, to its last byte.
  package static func contradiction(_ place: Place, _ vault: Vault) async throws -> String? {
    do {
      try await LogMarking.check(place.folder, vault, as: place.name)
    } catch let error as LedgerError {
      guard !error.isOfTheSystem else { throw error }
      return "\(error)"
    }
    let key = try await vault.logSigner().verificationKey()
    let isDamaged = try await withTaskExecutorPreference(BlockingThreads.shared) {
      try LogPutAside.isDamaged(place.folder, signedBy: key)
    }
    return isDamaged == true ? "a byte of it is not as it was written: `cordon log verify` says which" : nil
  }

  /// What two people have to know who give the log up: the parameters of the proposal.
  package static func parameters(_ place: Place, _ vault: Vault, reason: String) async throws -> [String: String] {
    guard Justification(reason) != nil else { throw RootGivingUp.Refusal.reason }
    guard let words = try await contradiction(place, vault) else { throw RootGivingUp.Refusal.nothingWrong }
    let key = try await vault.logSigner().verificationKey()
    let found = try await withTaskExecutorPreference(BlockingThreads.shared) {
      try RootFound(logIn: place.folder, signedBy: key)
    }
    let mark = try await vault.mark(of: place.name)
    return [
      LogGivenUp.reason: reason, LogGivenUp.fault: words, LogGivenUp.found: "\(found)",
      LogGivenUp.mark: mark?.word ?? LogGivenUp.none,
    ]
  }

  /// Does what two people agreed to, and says what was wrong.
  @discardableResult
  package static func carryOut(
    _ proposalID: String, _ place: Place, _ vault: Vault, at time: Timestamp
  ) async throws -> String {
    let agreed = try await vault.agreementToGiveUp(proposalID)
    guard agreed.log == place.name, let found = RootFound(agreed.found), let approval = ConfiguredName(proposalID)
    else { throw RootGivingUp.Refusal.anotherFound }
    guard let reason = Justification(agreed.reason) else { throw RootGivingUp.Refusal.reason }
    let mark = try await vault.mark(of: place.name)
    guard let words = try await contradiction(place, vault) else { throw RootGivingUp.Refusal.nothingWrong }
    let signer = try await vault.logSigner()
    let key = try signer.verificationKey()
    let before = mark.flatMap { RootCheckpoint(note: $0.note, signedBy: key) }?.checkpoint.root
    let agreement = RootAgreement(
      approval: approval, reason: reason, people: agreed.people.compactMap { Pseudonym($0) }, found: found)
    let epoch = RootEpoch(mark?.epoch ?? 0).next
    let taken = try await agreement.takeLog(
      in: place.folder, named: place.origin, givingUp: mark?.size ?? 0, before: before, beginning: epoch, at: time
    ) { try signer.key() }
    guard let taken else { throw RootGivingUp.Refusal.anotherFound }
    // What was put aside has taken the file with it; the witnesses are the vault's.
    if let kept = try await vault.witnesses(of: place.name), try !WitnessList.isStored(kept, data: place.folder) {
      try WitnessList(parsing: kept).store(data: place.folder)
    }
    let next = LogMark(log: place.name, epoch: epoch.number, size: taken.size, note: taken.note)
    try await vault.giveUp(agreed, for: next, before: before, after: found.takenRoot)
    return words
  }
}
