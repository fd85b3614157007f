import Bytes
import Ciphers
import GRDB
import Storage
import struct Foundation.Data

// The row of a scope has a code of the vault: whose key it hangs from, and whether it was disposed of, is not for those
// to say who can write to the file. What its tokens stand for is sealed for the token and the look-up together.
//
// A table from before that gets both once, which the vault keeps in mind under its seal; afterwards a row without a code
// is one that the vault did not write.
extension TokenVault {
  private static let coded = "token codes"

  /// Gives the scopes of a table from before there were codes theirs, once.
  ///
  /// A scope that can be opened is proved by that: its key opens under the subject, the name and the policy of its row
  /// alone. Of one whose key is destroyed nothing is left that could prove it.
  func giveCodes(_ evidence: SecretBox) async throws(VaultError) {
    guard try vault.fact(TokenVault.coded, evidence) == nil else { return }
    for row in try rows() where row.code == nil {
      guard try await isAsItWas(row) else { continue }
      try set(row, evidence)
    }
    try vault.change(evidence) { try Vault.set(Fact(1), as: TokenVault.coded, $0) }
  }

  private func isAsItWas(_ row: ScopeRow) async throws(VaultError) -> Bool {
    do throws(VaultError) {
      guard row.disposed == nil else { return true }
      _ = try await secret(of: row)
      return true
    } catch {
      switch error.code {
      case .notAuthentic, .altered, .malformed: return false
      case .shredded: return true
      case .unknownSubject: return try await isShredded(row.subject)
      default: throw error
      }
    }
  }

  private func isShredded(_ tag: Digest) async throws(VaultError) -> Bool {
    do throws(VaultError) {
      return try await vault.outline(of: tag).isShredded
    } catch {
      guard error.code == .unknownSubject else { throw error }
      return false
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
    try Vault.stored { try store.write { try TokenVault.set(row, evidence, $0) } }
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

  /// Seals the values of a scope from before for their look-ups as well, all or none.
  ///
  /// A value that does not open stays as it is: who asks for it is told.
  func bind(_ scope: ScopeRow, _ crosswalk: Crosswalk, _ evidence: SecretBox) throws(VaultError) {
    try Vault.stored {
      try store.write { database in
        let found = try Row.fetchOne(database, sql: "SELECT * FROM scope WHERE number = ?", arguments: [scope.number])
        guard let found, case let row = try ScopeRow(found), !row.isBound else { return }
        try check(row, evidence)
        var random = SystemRandomNumberGenerator()
        var last = Data()
        while true {
          let rows = try Row.fetchAll(
            database.cachedStatement(
              sql: """
                SELECT lookup, code, kind, value FROM token WHERE scope = ? AND lookup > ? ORDER BY lookup LIMIT 4096
                """), arguments: [scope.number, last])
          guard let final = rows.last else { break }
          last = final["lookup"]
          for row in rows { try crosswalk.bind(row, using: &random, database) }
        }
        var bound = row
        bound.isBound = true
        try TokenVault.set(bound, evidence, database)
      }
    }
  }

  func rows() throws(VaultError) -> [ScopeRow] {
    let rows = try Vault.stored {
      try store.read { try Row.fetchAll($0, sql: "SELECT * FROM scope ORDER BY name") }
    }
    var scopes: [ScopeRow] = []
    for row in rows { scopes.append(try ScopeRow(row)) }
    return scopes
  }
}

extension Crosswalk {
  /// Seals the value of a token's row for its look-up as well.
  fileprivate func bind(
    _ row: Row, using generator: inout some RandomNumberGenerator, _ database: Database
  ) throws {
    let (lookup, sealed) = ([UInt8](row["lookup"] as Data), [UInt8](row["value"] as Data))
    guard let kind = TokenKind(row["kind"] as String), let token = Token(kind, code: row["code"]),
      var spelling = try? openUnbound(sealed, for: token)
    else { return }
    defer { spelling.wipe() }
    let bound = try seal(spelling, for: token, at: lookup, using: &generator)
    try database.cachedStatement(sql: "UPDATE token SET value = ? WHERE scope = ? AND lookup = ?")
      .execute(arguments: [Data(bound), number, Data(lookup)])
  }
}
