import Bytes
import Ciphers
import GRDB
import Storage
import struct Foundation.Data

// A value is released when, and only when, the event that says so has its entry in the log: the event goes to the
// vault's outbox, whoever has the log takes it up (`recording`), and the value is opened afterwards. Every refusal is an
// event as well.
extension TokenVault {
  /// The most bytes that a note may have.
  package static let longestNote = 2_000

  /// What `recording` does: it sees to it that the waiting events get into the log, by `Vault.takeOutbox` or by waiting
  /// for the process that has the log.
  package typealias Recording = () async throws -> Void

  /// Turns one token of a scope with the policy `single` back, for a person with the role `revealer`.
  ///
  /// - Throws: `proposal(.notYetApproved)` when the scope takes two people, or the person has turned back as many of its
  ///   tokens today as one person may; `forbidden` when the person may not,
  ///   `missing` when there is no such token, `unrecorded` when the event is not in the log.
  package func reveal(
    _ token: Token, in scope: ScopeName, for reason: RevealReason, note: String = "",
    by person: borrowing CustodianKey, recording: Recording
  ) async throws(VaultError) -> RevealedValue {
    let evidence = try await vault.box(.evidence)
    let asked = Asked(
      scope: scope, row: try row(of: scope), tokens: [token], reason: reason,
      people: [try await vault.pseudonym(of: person.name)])
    let permission = try permission(of: person, evidence)
    let refusal = refusal(of: asked, permission, takes: .single, note)
    if let refusal { throw try await refuse(asked, refusal, evidence, recording) }
    let (crosswalk, rows) = try await rows(of: asked, evidence, recording)
    let done = event(asked, note: try await seal(note, in: scope))
    let isOneOfTooMany = try vault.change(evidence) { database -> Bool in
      guard try vault.countReveal(by: done.people, in: scope, database) else { return true }
      try Outbox.put(done, evidence, database)
      return false
    }
    if isOneOfTooMany { throw try await refuse(asked, .tooMany, evidence, recording) }
    return try await release(rows, crosswalk, after: done, evidence, recording)[0]
  }

  /// Turns the tokens of a proposal back that a second person has approved: one or many, once.
  ///
  /// `person` is the one who proposed it. The proposal is spent when this returns or throws `unrecorded`.
  package func reveal(
    _ tokens: [Token], approvedBy proposalID: String, by person: borrowing CustodianKey, recording: Recording
  ) async throws(VaultError) -> [RevealedValue] {
    let evidence = try await vault.box(.evidence)
    let state = try vault.state(of: proposalID)
    guard let proposed = ProposedReveal(state.proposal) else { throw VaultError(.proposal(.malformed)) }
    let tokens = tokens.isEmpty ? proposed.token.map { [$0] } ?? [] : Array(Set(tokens))
    var asked = Asked(
      scope: proposed.scope, row: try row(of: proposed.scope), tokens: tokens, reason: proposed.reason,
      people: [try await vault.pseudonym(of: person.name)], proposal: proposalID)
    let permission = try permission(of: person, evidence)
    guard permission, state.proposer == person.name else {
      throw try await refuse(asked, .notPermitted, evidence, recording)
    }
    let people: [String]
    do throws(VaultError) {
      // INVARIANT: every signature and role is checked again here, as they are now.
      people = try await vault.approval(of: proposalID).people
      // Who proposed it may be another than the row said a moment ago.
      guard people.first == asked.people.first else { throw VaultError(.proposal(.changed)) }
      guard proposed.digest == ProposedReveal.digest(of: tokens) else { throw VaultError(.proposal(.changed)) }
    } catch {
      _ = try? await refuse(asked, .notAgreed, evidence, recording)
      throw error
    }
    asked.people = people
    if asked.row?.disposed != nil || asked.row == nil {
      throw try await refuse(asked, .unknownScope, evidence, recording)
    }
    let (crosswalk, rows) = try await rows(of: asked, evidence, recording)
    let done = event(asked, note: proposed.note)
    try vault.change(evidence) { database in
      try vault.finish(proposalID, evidence, database)
      try Outbox.put(done, evidence, database)
    }
    return try await release(rows, crosswalk, after: done, evidence, recording)
  }

  /// What a note is sealed for under the key of its scope.
  package static func noteContext(_ scope: ScopeName) -> [UInt8] { Array("cordon token note 1 \(scope)".utf8) }

  /// A note sealed under the key of a scope; nil for none.
  func seal(_ note: String, in scope: ScopeName) async throws(VaultError) -> SealedPart? {
    guard !note.isEmpty else { return nil }
    return try await TokenVault.typed {
      try await vault.withSubject(scope.subject, create: false, seals: 1) { key in
        var random = SystemRandomNumberGenerator()
        return try key.seal(Array(note.utf8).span, context: TokenVault.noteContext(scope), using: &random)
      }
    }
  }

  /// Whether the person is on the list with this key, may reveal, and does not run the log.
  func permission(of person: borrowing CustodianKey, _ evidence: SecretBox) throws(VaultError) -> Bool {
    guard let known = try vault.roster(evidence)[person.name] else { return false }
    return known.key == person.verificationKey && known.roles.contains(.revealer)
      && !known.roles.contains(.logAdministrator)
  }
}

/// What somebody asks for.
private struct Asked {
  let scope: ScopeName
  let row: ScopeRow?
  let tokens: [Token]
  let reason: RevealReason
  var people: [String]
  var proposal: String?
}

/// The sealed value of a token.
private struct SealedValue {
  let token: Token
  let lookup: [UInt8]
  let bytes: [UInt8]

  func opened(_ crosswalk: Crosswalk) throws(StorageError) -> [UInt8] {
    try crosswalk.open(bytes, for: token, at: lookup)
  }
}

extension TokenVault {
  private func refusal(
    of asked: Asked, _ permission: Bool, takes people: RevealPolicy, _ note: String
  ) -> RevealRefusal? {
    guard permission else { return .notPermitted }
    guard let scope = asked.row, scope.disposed == nil else { return .unknownScope }
    guard scope.policy == people else { return .needsTwoPeople }
    guard !(asked.reason.needsNote && note.isEmpty), note.utf8.count <= TokenVault.longestNote else {
      return .needsNote
    }
    return nil
  }

  /// The opened key and the rows; all of them or a refusal.
  private func rows(
    of asked: Asked, _ evidence: SecretBox, _ recording: Recording
  ) async throws(VaultError) -> (Crosswalk, [SealedValue]) {
    let crosswalk: Crosswalk
    do throws(VaultError) {
      crosswalk = try await self.crosswalk(asked.scope, issuing: false)
    } catch {
      guard [.notAuthentic, .altered(.tokens)].contains(error.code) else { throw error }
      throw try await refuse(asked, .damaged, evidence, recording)
    }
    // The policy by which it was decided who may ask is the one that the key is sealed for.
    guard crosswalk.policy == asked.row?.policy else {
      throw try await refuse(asked, .damaged, evidence, recording)
    }
    let rows = try store.read { database in
      let statement = try database.cachedStatement(
        sql: "SELECT lookup, value FROM token WHERE scope = ? AND code = ? AND kind = ?")
      return try asked.tokens.compactMap { token in
        try Row.fetchOne(statement, arguments: [crosswalk.number, token.code, token.kind.description])
          .map { SealedValue(token: token, lookup: [UInt8]($0[0] as Data), bytes: [UInt8]($0[1] as Data)) }
      }
    }
    guard !rows.isEmpty, rows.count == asked.tokens.count else {
      throw try await refuse(asked, .unknownToken, evidence, recording)
    }
    // A row that does not open is found before it is said that it was released.
    guard rows.allSatisfy({ (try? $0.opened(crosswalk)) != nil }) else {
      throw try await refuse(asked, .damaged, evidence, recording)
    }
    return (crosswalk, rows)
  }

  private func release(
    _ rows: [SealedValue], _ crosswalk: Crosswalk, after event: VaultEvent, _ evidence: SecretBox,
    _ recording: Recording
  ) async throws(VaultError) -> [RevealedValue] {
    _ = try? await recording()
    let told = try Vault.stored { try vault.store.read { try Outbox.find(event.id, evidence, $0) } }
    guard told?.entry != nil else { throw VaultError(.unrecorded) }
    try vault.checkUnlocked()
    return try Vault.stored {
      try rows.map { RevealedValue(token: $0.token, spelling: try $0.opened(crosswalk)) }
    }
  }

  /// Puts the refusal among the events, and gives the error for it.
  private func refuse(
    _ asked: Asked, _ refusal: RevealRefusal, _ evidence: SecretBox, _ recording: Recording
  ) async throws(VaultError) -> VaultError {
    let refused = event(asked, refusal)
    try vault.tell(refused, evidence)
    _ = try? await recording()
    return refusal.error
  }

  private func event(_ asked: Asked, _ refusal: RevealRefusal? = nil, note: SealedPart? = nil) -> VaultEvent {
    let name: VaultEvent.Name =
      refusal != nil ? .tokenRefused : asked.tokens.count == 1 ? .tokenRevealed : .tokensRevealed
    let object =
      asked.tokens.count == 1 ? "\(asked.scope)/\(asked.tokens[0])" : asked.proposal ?? asked.scope.description
    var random = SystemRandomNumberGenerator()
    return VaultEvent(
      name, object: object, people: asked.people,
      token: TokenAct(
        scope: asked.scope, subject: asked.row?.subject, policy: asked.row?.policy, reason: asked.reason,
        refusal: refusal, kinds: Dictionary(asked.tokens.map { ($0.kind, 1) }, uniquingKeysWith: +), note: note),
      at: vault.clock(), id: Hex.encode([UInt8](randomCount: 16, using: &random)))
  }
}

extension RevealRefusal {
  fileprivate var error: VaultError {
    switch self {
    case .notPermitted: VaultError(.forbidden)
    case .needsTwoPeople: VaultError(.proposal(.notYetApproved))
    case .needsNote: VaultError(.malformed)
    case .unknownToken: VaultError(.missing)
    case .unknownScope: VaultError(.missing)
    case .notAgreed: VaultError(.proposal(.changed))
    case .damaged: VaultError(.notAuthentic)
    case .tooMany: VaultError(.proposal(.notYetApproved))
    }
  }
}
