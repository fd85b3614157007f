package import Ciphers

// The table is another file than the outbox of the log: what will be issued is announced before, and told after.
extension TokenVault {
  /// Announces that tokens will be put into a scope: the code of what it has before.
  package func announceIssue(in scope: ScopeName) async throws(VaultError) -> Digest? {
    let evidence = try await vault.box(.evidence)
    let before = try rowsCode(of: scope, evidence)
    try tell(.tokensIssued, .intent, scope, StoredChange(from: before), evidence)
    return before
  }

  /// Tells that tokens were put into a scope, after those of `before`; nothing when there are no others.
  package func tellIssue(in scope: ScopeName, after before: Digest?) async throws(VaultError) {
    let evidence = try await vault.unlockedBox(.evidence)
    let after = try rowsCode(of: scope, evidence)
    if before != after { try tell(.tokensIssued, .done, scope, StoredChange(from: before, to: after), evidence) }
  }
}
