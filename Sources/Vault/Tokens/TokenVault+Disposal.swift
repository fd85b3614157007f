import Ciphers
import GRDB
import Storage
import struct Foundation.Data

// What two people, retention and holds have to say about a scope, they say about the key of its crosswalk: it is a
// subject of the vault, announced and destroyed by its tag as every other (`announceShred`, `completeShred`).
extension TokenVault {
  /// Deletes the rows of every scope whose key was destroyed: the scopes.
  ///
  /// The rows open nothing any more; their number and the lengths of the values go with them. A scope whose row is not
  /// as the vault wrote it stays, and is said when the others are disposed of.
  /// Each is `told` when it is done. Where somebody reads an older state for too long the journal cannot be emptied: that
  /// is owed, and the scope is told of the next time.
  @discardableResult
  package func disposeOfShredded(
    _ told: @escaping @Sendable (ScopeName) async -> Void = { _ in }
  ) async throws(VaultError) -> [ScopeName] {
    let now = vault.clock()
    let evidence = try await vault.box(.evidence)
    try await giveCodes(evidence)
    var disposed: [ScopeName] = []
    let (rows, isWhole) = try rows()
    let waiting = Set(try await unprovedScopes())
    var isAltered = !isWhole
    for scope in rows where scope.disposed != nil {
      guard let begun = try vault.fact(scope.begun, evidence) else { continue }
      do throws(VaultError) {
        try check(scope, evidence)
      } catch {
        isAltered = true
        continue
      }
      try finish(scope, from: begun.text.flatMap { Digest(hexadecimal: $0) }, evidence)
      disposed.append(scope.name)
      await told(scope.name)
    }
    let open = rows.filter { $0.disposed == nil && !waiting.contains($0.name) }
    let reach = try await vault.beyondReach(among: Set(open.map(\.subject)))
    for scope in open {
      do throws(VaultError) {
        try check(scope, evidence)
      } catch {
        isAltered = true
        continue
      }
      guard try reach[scope.subject]?.get() == true else { continue }
      // Somebody may have been put on hold since all were asked for: few scopes come so far.
      let still = try await vault.beyondReach(among: [scope.subject])
      guard try still[scope.subject]?.get() == true else { continue }
      // The table is another file than the outbox: the announcement comes first, so that nothing goes without a word.
      let before = try rowsCode(of: scope.name, evidence)
      let begun = Fact(0, before?.description)
      if try vault.fact(scope.begun, evidence) != begun {
        let intent = event(.tokensDisposed, .intent, scope.name, StoredChange(from: before))
        try vault.change(evidence) { database in
          try Vault.set(begun, as: scope.begun, database)
          try Outbox.put(intent, evidence, database)
        }
      }
      try store.write { database in
        try database.execute(
          sql: "DELETE FROM token NOT INDEXED WHERE scope = ?", arguments: [scope.number])
        var gone = scope
        (gone.key, gone.disposed) = (nil, now)
        try TokenVault.set(gone, evidence, database)
      }
      try finish(scope, from: before, evidence)
      disposed.append(scope.name)
      await told(scope.name)
    }
    guard !isAltered else { throw VaultError(.altered(.tokens)) }
    return disposed
  }

  /// Empties the journal of what was erased, and says that a scope is disposed of.
  private func finish(_ scope: ScopeRow, from before: Digest?, _ evidence: SecretBox) throws(VaultError) {
    try store.flush()
    let after = try rowsCode(of: scope.name, evidence)
    let done = event(
      .tokensDisposed, .done, scope.name, StoredChange(from: before, to: after, by: .overwrite))
    try vault.change(evidence) { database in
      try Vault.set(nil, as: scope.begun, database)
      try Outbox.put(done, evidence, database)
    }
  }

  func tell(
    _ name: VaultEvent.Name, _ phase: VaultEvent.Phase, _ scope: ScopeName, _ change: StoredChange,
    _ evidence: SecretBox
  ) throws(VaultError) {
    try vault.tell(event(name, phase, scope, change), evidence)
  }

  private func event(
    _ name: VaultEvent.Name, _ phase: VaultEvent.Phase, _ scope: ScopeName, _ change: StoredChange
  ) -> VaultEvent {
    var event = vault.event(name, phase, object: scope.description)
    event.change = change
    return event
  }

  /// The code of a scope's row and of its tokens.
  func rowsCode(of scope: ScopeName, _ evidence: SecretBox) throws(VaultError) -> Digest? {
    try store.read { database in
      let rows = try Row.fetchAll(
        database, sql: "SELECT * FROM scope WHERE name = ?", arguments: [scope.description])
      let tokens = try Row.fetchAll(
        database,
        sql: """
          SELECT * FROM token NOT INDEXED WHERE scope = (SELECT number FROM scope WHERE name = ?) ORDER BY kind, code
          """,
        arguments: [scope.description])
      return Vault.code(of: rows + tokens, evidence)
    }
  }
}

extension ScopeRow {
  /// Under which name the vault keeps in mind that its disposal was announced and is not yet said to be done.
  fileprivate var begun: String { "token disposal \(number)" }
}
