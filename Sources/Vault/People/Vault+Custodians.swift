import Bytes
import Ciphers
import GRDB
import Storage
import struct Foundation.Data

extension Vault {
  /// The people that the vault knows.
  package func custodians() async throws(VaultError) -> [Custodian] {
    try roster(await unlockedBox(.evidence)).people
  }

  /// Takes a person in, by two others: parameters `key` (base64) and `roles` (names with commas between them).
  package func addCustodian(_ approval: consuming Approval) async throws(VaultError) -> VaultEvent {
    let approval = try approval.spent(on: .addCustodian)
    let proposal = approval.proposal
    guard let bytes = proposal["key"].flatMap({ Base64.decode($0) }), let key = try? VerificationKey(bytes.span),
      let roles = Vault.roles(proposal["roles"])
    else { throw VaultError(.proposal(.malformed)) }
    guard let person = Custodian(name: proposal.object, key: key, roles: roles) else {
      throw VaultError(.rolesConflict)
    }
    return try await changeRoster(approval, .custodianAdded) { (roster: inout Roster) throws(VaultError) in
      try roster.add(person)
    }
  }

  /// Strikes a person out, by two people.
  package func removeCustodian(_ approval: consuming Approval) async throws(VaultError) -> VaultEvent {
    let approval = try approval.spent(on: .removeCustodian)
    let name = approval.proposal.object
    return try await changeRoster(approval, .custodianRemoved) { (roster: inout Roster) throws(VaultError) in
      try roster.remove(name)
    }
  }

  /// Gives a person other roles, by two people: parameter `roles`.
  package func setRoles(_ approval: consuming Approval) async throws(VaultError) -> VaultEvent {
    let approval = try approval.spent(on: .setRoles)
    let name = approval.proposal.object
    guard let roles = Vault.roles(approval.proposal["roles"]) else { throw VaultError(.proposal(.malformed)) }
    return try await changeRoster(approval, .custodianChanged) { (roster: inout Roster) throws(VaultError) in
      try roster.setRoles(roles, of: name)
    }
  }

  private func changeRoster(
    _ approval: Agreement, _ name: VaultEvent.Name,
    _ change: @escaping @Sendable (inout Roster) throws(VaultError) -> Void
  ) async throws(VaultError) -> VaultEvent {
    try checkUnlocked()
    let evidence = try await box(.evidence)
    let old = try roster(evidence)
    var roster = old
    try change(&roster)
    let code = Vault.rosterCode(roster, evidence)
    // The log has people by pseudonym, the one who is changed as well as the two who agreed.
    let event = event(name, object: try await pseudonym(of: approval.proposal.object), people: approval.people)
    return try await carryOut(approval, event) { [roster] database, _ in
      try database.execute(
        sql: "UPDATE vault SET roster = ?, roster_code = ? WHERE roster = ?",
        arguments: [Vault.blob(roster.bytes), Vault.blob(code), Vault.blob(old.bytes)])
      guard database.changesCount == 1 else { throw VaultError(.proposal(.changed)) }
    }
  }

  static func roles(_ text: String?) -> Set<Role>? {
    guard let text else { return nil }
    let names = text.split(separator: ",").map(String.init)
    let roles = names.compactMap(Role.init(rawValue:))
    return roles.count == names.count && !roles.isEmpty ? Set(roles) : nil
  }
}
