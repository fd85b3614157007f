package import Ciphers
import GRDB
import Storage
import struct Foundation.Data

/// That two people have adopted a set of policies.
package struct PolicyAdoption: Hashable, Sendable {
  /// The hash of the set.
  package let digest: Digest
  /// The proposal by which they agreed.
  package let proposalID: String

  /// The parameter of a proposal that says by its hash which set is in force until then.
  package static let former = "instead_of"
  /// What that says when there is none.
  package static let none = "none"

  /// The adoption of a set.
  package init(digest: Digest, proposalID: String) {
    self.digest = digest
    self.proposalID = proposalID
  }
}

extension Vault {
  /// Has a set of policies in force from now on, by two people; the object is its hash.
  ///
  /// They have agreed to it instead of the one that they knew: `changed` when another is in force by now.
  package func adoptPolicies(_ approval: consuming Approval) async throws(VaultError) -> VaultEvent {
    let approval = try approval.spent(on: .adoptPolicy)
    guard let digest = Digest(hexadecimal: approval.proposal.object) else { throw VaultError(.proposal(.malformed)) }
    var event = event(.policyAdopted, object: approval.id, people: approval.people)
    event.change = StoredChange(from: try await adoptedPolicies()?.digest, to: digest)
    event.approval = approval.id
    let (id, agreed) = (approval.id, approval.proposal[PolicyAdoption.former])
    return try await carryOut(approval, event) { database, evidence in
      let former = try Vault.adoption(evidence, database, before: id)?.digest
      guard agreed == former?.description ?? PolicyAdoption.none else { throw VaultError(.proposal(.changed)) }
    }
  }

  /// The set of policies that two people have adopted last; nil when they never have.
  ///
  /// It stands among the proposals that were carried out, which are under a code of the vault: to put an older one in its
  /// place takes an older copy of the whole vault.
  package func adoptedPolicies() async throws(VaultError) -> PolicyAdoption? {
    let evidence = try await unlockedBox(.evidence)
    return try Vault.stored {
      try store.read { database in
        try Vault.checkSeal(evidence, database)
        return try Vault.adoption(evidence, database)
      }
    }
  }

  /// The last adoption of those that were carried out; with `before`, of those before that one.
  private static func adoption(
    _ evidence: SecretBox, _ database: Database, before: String? = nil
  ) throws -> PolicyAdoption? {
    for done in try doneProposals(evidence, database).reversed() where done.id != before {
      let body = try Data.fetchOne(database, sql: "SELECT body FROM proposal WHERE id = ?", arguments: [done.id])
      guard let proposal = body.flatMap({ Proposal([UInt8]($0)) }), proposal.id == done.id else {
        throw VaultError(.altered(.proposals))
      }
      guard proposal.operation == .adoptPolicy else { continue }
      guard let digest = Digest(hexadecimal: proposal.object) else { throw VaultError(.altered(.proposals)) }
      return PolicyAdoption(digest: digest, proposalID: done.id)
    }
    return nil
  }
}
