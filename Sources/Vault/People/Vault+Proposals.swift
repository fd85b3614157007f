import Bytes
package import Ciphers
import GRDB
import Storage
import struct Foundation.Data

/// That two people have agreed: the only way to what takes two, and good for once.
package struct Approval: ~Copyable, Sendable {
  // INVARIANT: one reference and no more. A non-copyable value that is too large for registers, given to a function
  // that waits and throws, makes the program abort when it throws (Swift 6.3, release builds): the task's memory is
  // freed in the wrong order.
  private let agreement: Agreement

  /// The proposal's id.
  package var id: String { agreement.id }
  /// What was agreed.
  package var proposal: Proposal { agreement.proposal }
  /// The pseudonyms of the one who proposed and the one who approved.
  package var people: [String] { agreement.people }

  init(_ proposal: Proposal, people: [String]) {
    agreement = Agreement(proposal, people: people)
  }

  /// What was agreed; throws unless it is this.
  consuming func spent(on operation: Proposal.Operation, object: String? = nil) throws(VaultError) -> Agreement {
    let agreement = agreement
    guard agreement.proposal.operation == operation, object == nil || agreement.proposal.object == object else {
      throw VaultError(.proposal(.changed))
    }
    return agreement
  }
}

/// What two people have agreed to, inside the vault.
final class Agreement: Sendable {
  let id: String
  let proposal: Proposal
  let people: [String]

  init(_ proposal: Proposal, people: [String]) {
    id = proposal.id
    self.proposal = proposal
    self.people = people
  }
}

/// A proposal as it stands.
package struct ProposalState: Hashable, Sendable {
  /// Its id.
  package let id: String
  /// What is proposed.
  package let proposal: Proposal
  /// The name of the one who proposed it.
  package let proposer: String
  /// The name of the one who approved it.
  package let approver: String?
  /// When it was carried out.
  package let done: Moment?
}

extension Vault {
  /// A proposal for this vault, to be signed and submitted; to unlock `vault` is to take off the lock that is on.
  package func draft(
    _ operation: Proposal.Operation, object: String, parameters: [String: String] = [:],
    validFor milliseconds: Int64 = Moment.day
  ) -> Proposal {
    var random = SystemRandomNumberGenerator()
    var object = object
    if operation == .unlock, object == "vault", let lock = try? lockID() { object = lock }
    return Proposal(
      operation, object: object, parameters: parameters, vault: id, made: clock(), validFor: milliseconds,
      using: &random)
  }

  /// Takes in a proposal that one person has signed.
  @discardableResult
  package func submit(
    _ proposal: Proposal, by name: String, signature: Signature
  ) async throws(VaultError) -> VaultEvent {
    try await deciding(proposal.operation, name, object: proposal.id) {
      [self] (evidence, pseudonym) throws(VaultError) in
      let roster = try roster(evidence)
      let now = clock()
      guard proposal.vault == id, proposal.isPrintable else { throw VaultError(.proposal(.malformed)) }
      try Vault.checkTime(of: proposal, at: now)
      try Vault.check(signature, of: proposal, as: .proposer, by: roster[name])
      try checkObject(of: proposal)
      let event = event(.proposalMade, object: proposal.id, people: [pseudonym])
      try change(evidence) { database in
        let known = try Row.fetchOne(database, sql: "SELECT 1 FROM proposal WHERE id = ?", arguments: [proposal.id])
        guard known == nil else { throw VaultError(.proposal(.replayed)) }
        try database.execute(
          sql: "INSERT INTO proposal (id, body, proposer, signature) VALUES (?, ?, ?, ?)",
          arguments: [proposal.id, Vault.blob(proposal.bytes), name, Vault.blob(signature.bytes)])
        try keepAge(of: proposal, database)
        try put(event, evidence, database)
      }
      return event
    }
  }

  /// Takes in the agreement of a second person, who has signed the proposal as it was shown.
  @discardableResult
  package func approve(
    _ proposalID: String, by name: String, signature: Signature
  ) async throws(VaultError) -> VaultEvent {
    let state = try state(of: proposalID)
    return try await deciding(state.proposal.operation, name, object: proposalID) {
      [self] (evidence, pseudonym) throws(VaultError) in
      try checkOpen(state)
      guard state.approver == nil else { throw VaultError(.proposal(.replayed)) }
      let roster = try roster(evidence)
      try Vault.checkDistinct(roster[state.proposer], roster[name])
      try Vault.check(signature, of: state.proposal, as: .approver, by: roster[name])
      try checkObject(of: state.proposal)
      let event = event(.proposalApproved, object: proposalID, people: [pseudonym])
      try change(evidence) { database in
        _ = try Vault.doneProposals(evidence, database)
        try checkAge(of: state.proposal, database)
        try database.execute(
          sql: "UPDATE proposal SET approver = ?, approval = ? WHERE id = ? AND approver IS NULL",
          arguments: [name, Vault.blob(signature.bytes), proposalID])
        guard database.changesCount == 1 else { throw VaultError(.proposal(.replayed)) }
        try put(event, evidence, database)
      }
      return event
    }
  }

  /// The agreement of two people, with every signature and role checked again as they are now.
  package func approval(of proposalID: String) async throws(VaultError) -> Approval {
    let state = try state(of: proposalID)
    try checkOpen(state)
    if state.proposal.operation != .unlock { try checkUnlocked() }
    let evidence = try await unlockedBox(.evidence)
    try Vault.stored {
      try store.read { database in
        _ = try Vault.doneProposals(evidence, database)
        try Vault.checkSeal(evidence, database)
        try checkAge(of: state.proposal, database)
      }
    }
    let roster = try roster(evidence)
    let (proposed, approved) = try signatures(of: proposalID)
    guard let approver = state.approver, let approved else { throw VaultError(.proposal(.notYetApproved)) }
    try Vault.checkDistinct(roster[state.proposer], roster[approver])
    try Vault.check(proposed, of: state.proposal, as: .proposer, by: roster[state.proposer])
    try Vault.check(approved, of: state.proposal, as: .approver, by: roster[approver])
    try checkObject(of: state.proposal)
    let people = [
      try await pseudonymWhileDeciding(of: state.proposer), try await pseudonymWhileDeciding(of: approver),
    ]
    return Approval(state.proposal, people: people)
  }

  /// Every proposal, newest last.
  package func proposals() throws(VaultError) -> [ProposalState] {
    let ids = try Vault.stored {
      try store.read { try String.fetchAll($0, sql: "SELECT id FROM proposal ORDER BY rowid") }
    }
    var states: [ProposalState] = []
    for id in ids { states.append(try state(of: id)) }
    return states
  }

  /// One proposal.
  package func state(of proposalID: String) throws(VaultError) -> ProposalState {
    let row = try Vault.stored {
      try store.read { database in
        try Row.fetchOne(
          database, sql: "SELECT body, proposer, approver, done FROM proposal WHERE id = ?", arguments: [proposalID])
      }
    }
    guard let row else { throw VaultError(.proposal(.unknown)) }
    guard let proposal = Proposal([UInt8](row["body"] as Data)), proposal.id == proposalID, proposal.vault == id else {
      throw VaultError(.proposal(.changed))
    }
    return ProposalState(
      id: proposalID, proposal: proposal, proposer: row["proposer"], approver: row["approver"],
      done: (row["done"] as Int64?).map { Moment(milliseconds: $0) })
  }

  func roster(_ evidence: SecretBox) throws(VaultError) -> Roster {
    let row = try Vault.stored {
      try store.read { database in
        try Vault.checkSeal(evidence, database)
        return try Row.fetchOne(database, sql: "SELECT roster, roster_code FROM vault")
      }
    }
    guard let row else { throw VaultError(.missing) }
    let roster = try Roster([UInt8](row["roster"] as Data))
    let code = [UInt8](row["roster_code"] as Data)
    guard equalInConstantTime(Vault.rosterCode(roster, evidence).span, code.span) else {
      throw VaultError(.altered(.people))
    }
    return roster
  }

  /// Throws when what is proposed could not be carried out on this object as it stands.
  private func checkObject(of proposal: Proposal) throws(VaultError) {
    switch proposal.operation {
    case .unlock: try checkLock(proposal.object)
    case .disable:
      try checkOldVersion(proposal.object)
    case .destroy:
      try checkOldVersion(proposal.object)
      _ = try waitingDays(of: proposal)
    case .enable, .cancelDestruction, .retireTenant:
      guard Vault.tenantVersion(proposal.object) != nil else { throw VaultError(.unknownKey) }
    case .export:
      // A file for whom, both have to know.
      guard proposal.object != "escrow" || proposal[EscrowReaders.parameter] != nil else {
        throw VaultError(.proposal(.malformed))
      }
    case .addCustodian, .setRoles:
      guard let roles = Vault.roles(proposal["roles"]) else { throw VaultError(.proposal(.malformed)) }
      guard Role.mayGoTogether(roles) else { throw VaultError(.rolesConflict) }
    case .giveUpRoot:
      guard LogGivenUp.isWhole(proposal) else { throw VaultError(.proposal(.malformed)) }
    case .adoptPolicy:
      let former = proposal[PolicyAdoption.former]
      guard Digest(hexadecimal: proposal.object) != nil,
        former == PolicyAdoption.none || former.flatMap(Digest.init(hexadecimal:)) != nil
      else { throw VaultError(.proposal(.malformed)) }
    default: break
    }
  }

  /// Throws unless the text names a version of the tenant key from which nothing hangs that is needed.
  private func checkOldVersion(_ name: String) throws(VaultError) {
    try Vault.stored { try store.read { try refuseInUse(name, $0) } }
    guard Vault.tenantVersion(name) != nil else { throw VaultError(.unknownKey) }
  }

  private func checkOpen(_ state: ProposalState) throws(VaultError) {
    guard state.done == nil else { throw VaultError(.proposal(.alreadyDone)) }
    try Vault.checkTime(of: state.proposal, at: clock())
  }

  private func signatures(of proposalID: String) throws(VaultError) -> (Signature, Signature?) {
    let row = try Vault.stored {
      try store.read { database in
        try Row.fetchOne(
          database, sql: "SELECT signature, approval FROM proposal WHERE id = ?", arguments: [proposalID])
      }
    }
    guard let row, let proposed = Signature([UInt8](row["signature"] as Data).span) else {
      throw VaultError(.proposal(.badSignature))
    }
    guard let bytes = row["approval"] as Data? else { return (proposed, nil) }
    guard let approved = Signature([UInt8](bytes).span) else { throw VaultError(.proposal(.badSignature)) }
    return (proposed, approved)
  }

  private static func checkDistinct(_ first: Custodian?, _ second: Custodian?) throws(VaultError) {
    guard let first, let second else { throw VaultError(.proposal(.wrongRole)) }
    guard first.name != second.name else { throw VaultError(.proposal(.samePerson)) }
    guard first.key != second.key else { throw VaultError(.proposal(.sameKey)) }
  }

  private static func check(
    _ signature: Signature, of proposal: Proposal, as part: Proposal.Part, by person: Custodian?
  ) throws(VaultError) {
    guard let person else { throw VaultError(.proposal(.wrongRole)) }
    guard !person.roles.contains(.logAdministrator) else { throw VaultError(.proposal(.logAdministrator)) }
    guard proposal.operation.allows(person.roles, as: part) else { throw VaultError(.proposal(.wrongRole)) }
    guard person.key.accepts(signature, of: proposal.message(for: part).span) else {
      throw VaultError(.proposal(.badSignature))
    }
  }

  /// What `body` gives; a refusal is an event as well.
  private func deciding(
    _ operation: Proposal.Operation, _ name: String, object: String,
    _ body: @escaping @Sendable (SecretBox, String) throws(VaultError) -> VaultEvent
  ) async throws(VaultError) -> VaultEvent {
    if operation != .unlock { try checkUnlocked() }
    let evidence = try await unlockedBox(.evidence)
    let pseudonym = try await pseudonymWhileDeciding(of: name)
    do throws(VaultError) {
      return try body(evidence, pseudonym)
    } catch {
      let refused = event(.proposalRefused, object: object, people: [pseudonym])
      try? tell(refused, evidence)
      throw error
    }
  }

  private func pseudonymWhileDeciding(of name: String) async throws(VaultError) -> String {
    let identity = try await unlockedBox(.identity)
    return Vault.pseudonym(of: name, identity)
  }
}
