package import Ciphers
import GRDB
import Storage

/// What is done beside the vault and has to be in the log all the same.
package enum Note: Hashable, Sendable {
  /// A backup of the data was written.
  case backupMade
  /// A backup took the place of the data.
  case restoreCompleted
  /// A backup was proved, and nothing kept.
  case restoreDrilled
  /// Entries of the log went to another system.
  case logExported
  /// The key file was sealed with another passphrase.
  case keyFileSealed
  /// The registry of agreements says something else.
  case agreementsChanged
  /// What was decided about a safeguard changed.
  case safeguardDecided
  /// A vendor, a model or a use case was stopped.
  case trafficStopped
  /// What was stopped may go on.
  case trafficResumed
  /// An emergency was declared.
  case emergencyBegun
  /// The emergency is over.
  case emergencyEnded
  /// Something that the configuration grants was taken away.
  case grantRemoved
  /// What was taken away is granted again.
  case grantRestored
  /// What is granted after a restore is taken as granted.
  case grantSettled
  /// The vault was made.
  case vaultCreated
  /// The list of witnesses of the log, or what they cosigned, is another.
  case witnessesChanged
  /// What is derived from the log was derived anew.
  case logRebuilt
  /// Evidence was written for an auditor.
  case evidenceMade

  var event: VaultEvent.Name {
    switch self {
    case .backupMade: .backupMade
    case .restoreCompleted: .restoreCompleted
    case .restoreDrilled: .restoreDrilled
    case .logExported: .logExported
    case .keyFileSealed: .keyFileSealed
    case .agreementsChanged: .agreementsChanged
    case .safeguardDecided: .safeguardDecided
    case .trafficStopped: .trafficStopped
    case .trafficResumed: .trafficResumed
    case .emergencyBegun: .emergencyBegun
    case .emergencyEnded: .emergencyEnded
    case .grantRemoved: .grantRemoved
    case .grantRestored: .grantRestored
    case .grantSettled: .grantSettled
    case .vaultCreated: .vaultCreated
    case .witnessesChanged: .witnessesChanged
    case .logRebuilt: .logRebuilt
    case .evidenceMade: .evidenceMade
    }
  }
}

extension Vault {
  /// Puts an event of what was done beside the vault among those that wait for the log; `object` is the digest of the
  /// file that it was done with.
  ///
  /// It works while the kill switch is on: what a machine does that is locked belongs into the log as well.
  @discardableResult
  ///
  /// `remark` is said with it, in words that the log takes.
  package func note(
    _ note: Note, of object: Digest, by people: [String] = [], remark: String? = nil
  ) async throws(VaultError) -> VaultEvent {
    try await self.note(
      note, about: object.description, by: people, change: StoredChange(to: object), remark: remark)
  }

  /// The same of what has a name in place of a file; the name is one that the log takes.
  @discardableResult
  package func note(
    _ note: Note, about object: String, by people: [String] = [], change: StoredChange = StoredChange(),
    remark: String? = nil, approval: String? = nil
  ) async throws(VaultError) -> VaultEvent {
    let evidence = try await unlockedBox(.evidence)
    let identity = try await unlockedBox(.identity)
    var event = event(note.event, object: object, people: people.map { Vault.pseudonym(of: $0, identity) })
    (event.change, event.reason, event.approval) = (change, remark, approval)
    let noted = event
    try tell(noted, evidence)
    return noted
  }

  /// Throws unless two people have agreed that the keys leave in an escrow for these readers, and it has not been done.
  package func checkExport(_ proposalID: String, to readers: EscrowReaders) async throws(VaultError) {
    _ = try await exported(proposalID, to: readers)
  }

  /// Spends what two people agreed to: the keys leave in the escrow of this digest for these readers, which nobody has
  /// before its event is in the log.
  @discardableResult
  package func exportKeys(
    _ proposalID: String, to readers: EscrowReaders, in escrow: Digest
  ) async throws(VaultError) -> VaultEvent {
    let people = try await exported(proposalID, to: readers).people
    let evidence = try await box(.evidence)
    let event = exportEvent(escrow, people)
    guard duty == .administration else { throw VaultError(.forbidden) }
    try change(evidence) { database in
      try finish(proposalID, evidence, database)
      try Outbox.put(event, evidence, database)
    }
    return event
  }

  private func exported(_ proposalID: String, to readers: EscrowReaders) async throws(VaultError) -> Agreement {
    let agreement = try await approval(of: proposalID).spent(on: .export, object: "escrow")
    guard agreement.proposal[EscrowReaders.parameter] == readers.text else { throw VaultError(.proposal(.changed)) }
    return agreement
  }

  private func exportEvent(_ escrow: Digest, _ people: [String]) -> VaultEvent {
    var event = event(.keyExported, object: escrow.description, people: people)
    event.change = StoredChange(to: escrow)
    return event
  }
}
