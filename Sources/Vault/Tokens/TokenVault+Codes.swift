import Bytes
import Ciphers
import GRDB
import Storage
import struct Foundation.Data

// The row of a scope has a code of the vault: whose key it hangs from, and whether it was disposed of, is not for those
// to say who can write to the file. What its tokens stand for is sealed for the token and the look-up together.
//
// A table from before that gets both once, which the vault keeps in mind under its seal; afterwards a row without a code
// is one that the vault did not write. A scope whose key cannot be had then keeps no other from its code: what its row said
// is kept in mind, and that very row gets its code when the key opens it.
extension TokenVault {
  private static let coded = "token codes"
  private static let uncoded = "token uncoded "

  /// Gives the scopes of a table from before there were codes theirs.
  ///
  /// A scope that can be opened is proved by that: its key opens under the subject, the name and the policy of its row
  /// alone. Of one whose key is destroyed nothing is left that could prove it.
  func giveCodes(_ evidence: SecretBox) async throws(VaultError) {
    let open = try uncodedRows(evidence)
    guard let open else { return }
    var waiting: [ScopeRow] = []
    for row in open {
      if try await isProved(row) { try set(row, evidence) } else { waiting.append(row) }
    }
    let facts = waiting.map { (TokenVault.uncoded + String($0.number), Fact(0, saying($0, evidence))) }
    try vault.change(evidence) { database in
      try database.execute(
        sql: "DELETE FROM fact WHERE substr(name, 1, ?1) = ?2",
        arguments: [TokenVault.uncoded.count, TokenVault.uncoded])
      for (name, fact) in facts { try Vault.set(fact, as: name, database) }
      try Vault.set(Fact(facts.isEmpty ? 1 : 0), as: TokenVault.coded, database)
    }
  }

  /// The scopes from before that have no code yet, because their keys could not be had.
  package func unprovedScopes() async throws(VaultError) -> [ScopeName] {
    let evidence = try await vault.box(.evidence)
    try await giveCodes(evidence)
    return try uncodedRows(evidence)?.map(\.name) ?? []
  }

  /// The rows that may still get a code; nil when none does.
  private func uncodedRows(_ evidence: SecretBox) throws(VaultError) -> [ScopeRow]? {
    let known: (isBegun: Bool, isDone: Bool, said: [String: String]) = try Vault.stored {
      try vault.store.read { database in
        try Vault.checkSeal(evidence, database)
        let state = try Vault.fact(TokenVault.coded, database)
        var said: [String: String] = [:]
        for row in try Row.fetchAll(
          database, sql: "SELECT name, text FROM fact WHERE substr(name, 1, ?1) = ?2",
          arguments: [TokenVault.uncoded.count, TokenVault.uncoded])
        {
          said[row["name"]] = row["text"]
        }
        return (state != nil, state?.number == 1, said)
      }
    }
    guard !known.isDone else { return nil }
    return try rows().rows.filter { row in
      row.code == nil
        && (!known.isBegun || known.said[TokenVault.uncoded + String(row.number)] == saying(row, evidence))
    }
  }

  /// What stands for all that a row says.
  private func saying(_ row: ScopeRow, _ evidence: SecretBox) -> String {
    Vault.code(of: row.text.bytes, evidence).description
  }

  /// Whether a row from before is proved, or never can be; false when that shows another time.
  private func isProved(_ row: ScopeRow) async throws(VaultError) -> Bool {
    do throws(VaultError) {
      guard row.disposed == nil else { return true }
      var secret = try await secret(of: row)
      secret.wipe()
      return true
    } catch {
      switch error.code {
      case .unknownSubject, .keyDestroyed:
        return try await vault.beyondReach(among: [row.subject])[row.subject]?.get() ?? false
      // Not the key that it was sealed under, a key that is not here or is not used now, or a destruction that may be
      // taken back.
      case .notAuthentic, .altered, .malformed, .keyless, .keyDisabled, .shredded: return false
      default: throw error
      }
    }
  }

  /// The secret of a scope, opened by the key of the subject that its row names; to be wiped.
  func secret(of row: ScopeRow, seals: Int64 = 0) async throws(VaultError) -> [UInt8] {
    guard let part = row.key else { throw VaultError(.shredded) }
    let context = Crosswalk.context(vault.id, row.name, row.policy)
    var bytes = try await TokenVault.typed {
      try await vault.withSubjectKey(row.name.subject, create: false, seals: seals) { key in
        try key.open(part, context: context)
      }
    }
    guard try await vault.tag(of: row.name.subject) == row.subject else {
      bytes.wipe()
      throw VaultError(.altered(.tokens))
    }
    return bytes
  }

  /// Throws `altered` unless the row of a scope is as the vault wrote it.
  func check(_ row: ScopeRow, _ evidence: SecretBox) throws(VaultError) {
    guard let code = row.code else { throw VaultError(.altered(.tokens)) }
    _ = try RowCodes(.tokens, evidence).checked(row.text, code)
  }

  /// Writes what may change of a scope's row, with its code.
  func set(_ row: ScopeRow, _ evidence: SecretBox) throws(VaultError) {
    try store.write { try TokenVault.set(row, evidence, $0) }
  }

  static func set(_ row: ScopeRow, _ evidence: SecretBox, _ database: Database) throws {
    let mark = RowCodes(.tokens, evidence).mark(row.text)
    try database.execute(
      sql: "UPDATE scope SET key = ?, commitment = ?, disposed = ?, bound = ?, code = ? WHERE number = ?",
      arguments: [
        row.key.map { Data($0.bytes) }, row.key.map { Data($0.commitment.bytes) }, row.disposed?.milliseconds,
        row.isBound, Data(mark.code), row.number,
      ])
  }

  func rows() throws(VaultError) -> (rows: [ScopeRow], isWhole: Bool) {
    let found = try store.read { try Row.fetchAll($0, sql: "SELECT * FROM scope ORDER BY name") }
    let rows = found.compactMap { try? ScopeRow($0) }
    return (rows, rows.count == found.count)
  }
}
