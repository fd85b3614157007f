import Bytes
import Ciphers
import GRDB
import Storage

/// What a proposal to turn tokens back says.
///
/// Its object is `tokens/<scope>`. The parameters are `reason`, `count`, `kinds` (`MRN=1,NAME=2`), `digest` (SHA-256 of
/// the tokens, sorted, a line each), `token` when it is one, and `note`, sealed under the key of the scope.
package struct ProposedReveal: Hashable, Sendable {
  /// Of which scope.
  package let scope: ScopeName
  /// Why.
  package let reason: RevealReason
  /// How many.
  package let count: Int
  /// How many of each kind.
  package let kinds: String
  /// The token, when it is one.
  package let token: Token?
  let digest: String
  let note: SealedPart?

  /// What a proposal says; nil when it is none of this.
  package init?(_ proposal: Proposal) {
    guard proposal.operation == .revealMany, proposal.object.hasPrefix("tokens/"),
      let scope = ScopeName(String(proposal.object.dropFirst("tokens/".count))),
      let reason = proposal["reason"].flatMap(RevealReason.init(rawValue:)),
      let count = proposal["count"].flatMap(Int.init), count > 0, let kinds = proposal["kinds"],
      let digest = proposal["digest"]
    else { return nil }
    self.scope = scope
    self.reason = reason
    self.count = count
    self.kinds = kinds
    self.digest = digest
    token = proposal["token"].flatMap { Token($0) }
    note = proposal["note"].flatMap(SealedPart.init(text:))
    guard (proposal["token"] == nil) == (token == nil), (proposal["note"] == nil) == (note == nil) else { return nil }
  }

  static func digest(of tokens: [Token]) -> String {
    let lines = Array(tokens.map { "\($0)\n" }.sorted().joined().utf8)
    return Digest(hashing: lines.span).description
  }
}

extension TokenVault {
  /// Proposes that tokens of a scope be turned back, by a person with the role `revealer`: the proposal's id.
  ///
  /// A second person, a revealer or an auditor, approves it as any proposal; then `reveal` gives the values, once.
  package func proposeReveal(
    of tokens: [Token], in scope: ScopeName, for reason: RevealReason, note: String = "",
    validFor milliseconds: Int64 = Moment.day, by person: borrowing CustodianKey
  ) async throws(VaultError) -> String {
    let evidence = try await vault.box(.evidence)
    guard try permission(of: person, evidence) else { throw VaultError(.forbidden) }
    let tokens = Set(tokens)
    guard !tokens.isEmpty, !(reason.needsNote && note.isEmpty), note.utf8.count <= TokenVault.longestNote else {
      throw VaultError(.proposal(.malformed))
    }
    try check(tokens, in: scope)
    let kinds = Dictionary(tokens.map { ($0.kind, 1) }, uniquingKeysWith: +).sorted { $0.key < $1.key }
    var parameters = [
      "reason": reason.rawValue, "count": String(tokens.count), "digest": ProposedReveal.digest(of: Array(tokens)),
      "kinds": kinds.map { "\($0.key)=\($0.value)" }.joined(separator: ","),
    ]
    if tokens.count == 1 { parameters["token"] = tokens.first?.description }
    if let sealed = try await seal(note, in: scope) { parameters["note"] = sealed.text }
    let proposal = vault.draft(
      .revealMany, object: "tokens/\(scope)", parameters: parameters, validFor: milliseconds)
    try await vault.submit(proposal, by: person.name, signature: try person.sign(proposal, as: .proposer))
    return proposal.id
  }

  /// The words to the reason of a proposal, for a person who may approve it; empty when there are none.
  package func note(of proposalID: String, by person: borrowing CustodianKey) async throws(VaultError) -> String {
    let evidence = try await vault.box(.evidence)
    let state = try vault.state(of: proposalID)
    guard let proposed = ProposedReveal(state.proposal) else { throw VaultError(.proposal(.malformed)) }
    guard let known = try vault.roster(evidence)[person.name], known.key == person.verificationKey,
      state.proposal.operation.allows(known.roles, as: .approver)
    else { throw VaultError(.forbidden) }
    guard let note = proposed.note else { return "" }
    let scope = proposed.scope
    return try await TokenVault.typed {
      try await vault.withSubjectKey(scope.subject, create: false, seals: 0) { key in
        String(decoding: try key.open(note, context: TokenVault.noteContext(scope)), as: UTF8.self)
      }
    }
  }

  private func check(_ tokens: Set<Token>, in scope: ScopeName) throws(VaultError) {
    guard let row = try row(of: scope) else { throw VaultError(.missing) }
    guard row.disposed == nil else { throw VaultError(.shredded) }
    let found = try store.read { database in
      let statement = try database.cachedStatement(
        sql: "SELECT EXISTS (SELECT 1 FROM token WHERE scope = ? AND code = ? AND kind = ?)")
      return try tokens.allSatisfy { token in
        try Bool.fetchOne(statement, arguments: [row.number, token.code, token.kind.description]) == true
      }
    }
    guard found else { throw VaultError(.missing) }
  }
}
