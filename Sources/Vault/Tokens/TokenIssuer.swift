import Bytes
import Ciphers
import GRDB
import Storage
import struct Foundation.Data

/// Gives the values of one scope their tokens.
///
/// It holds the key of the scope as long as it lives: one run over documents. The kill switch stops it all the same.
package struct TokenIssuer: Sendable {
  private struct Fresh {
    let token: Token
    let sealed: [UInt8]
  }

  let vault: Vault
  let store: CheckedStore
  let crosswalk: Crosswalk

  /// How many people it takes to turn one of its tokens back.
  package var policy: RevealPolicy { crosswalk.policy }

  /// The tokens of `values`, in their order; values that are met for the first time get fresh ones.
  ///
  /// When it returns all of them are on stable storage, by one transaction: call it once for many values.
  package func issue(_ values: [TokenValue]) throws(VaultError) -> [Token] {
    try vault.checkUnlocked()
    let lookups = values.map(crosswalk.lookup)
    var known = try store.read { try tokens(values, lookups, $0) }
    var fresh: [[UInt8]: Fresh] = [:]
    var random = PooledRandom()
    for (value, lookup) in zip(values, lookups) where known[lookup] == nil && fresh[lookup] == nil {
      let token = Token(value.kind, using: &random)
      fresh[lookup] = try Vault.stored {
        Fresh(token: token, sealed: try crosswalk.seal(value.spelling, for: token, at: lookup, using: &random))
      }
    }
    if !fresh.isEmpty {
      known.merge(try store.write { try put(fresh, $0) }) { first, _ in first }
    }
    return lookups.compactMap { known[$0] }
  }

  private func tokens(
    _ values: [TokenValue], _ lookups: [[UInt8]], _ database: Database
  ) throws -> [[UInt8]: Token] {
    var known: [[UInt8]: Token] = [:]
    known.reserveCapacity(values.count)
    for (value, lookup) in zip(values, lookups) where known[lookup] == nil {
      known[lookup] = try token(value.kind, at: lookup, database)
    }
    return known
  }

  /// The token of the row of this look-up; `altered` when its value was sealed for another.
  private func token(_ kind: TokenKind, at lookup: [UInt8], _ database: Database) throws -> Token? {
    let statement = try database.cachedStatement(sql: "SELECT code, value FROM token WHERE scope = ? AND lookup = ?")
    guard let row = try Row.fetchOne(statement, arguments: [crosswalk.number, Data(lookup)]) else { return nil }
    guard let token = Token(kind, code: row["code"]),
      var spelling = try? crosswalk.open([UInt8](row["value"] as Data), for: token, at: lookup)
    else { throw VaultError(.altered(.tokens)) }
    spelling.wipe()
    return token
  }

  /// Puts fresh rows in; where another process was faster its token holds.
  private func put(_ fresh: [[UInt8]: Fresh], _ database: Database) throws -> [[UInt8]: Token] {
    let isAlive = try Bool.fetchOne(
      database, sql: "SELECT disposed IS NULL FROM scope WHERE number = ?", arguments: [crosswalk.number])
    guard isAlive == true else { throw VaultError(.shredded) }
    let statement = try database.cachedStatement(
      sql: """
        INSERT INTO token (scope, lookup, code, kind, value) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (scope, lookup) DO NOTHING
        """)
    var put: [[UInt8]: Token] = [:]
    put.reserveCapacity(fresh.count)
    for (lookup, row) in fresh.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      let key = Data(lookup)
      try statement.execute(arguments: [
        crosswalk.number, key, row.token.code, row.token.kind.description, Data(row.sealed),
      ])
      if database.changesCount == 1 {
        put[lookup] = row.token
      } else {
        put[lookup] = try token(row.token.kind, at: lookup, database)
      }
    }
    return put
  }
}

extension TokenVault {
  /// What gives the values of a scope their tokens.
  package func issuer(for scope: ScopeName) async throws(VaultError) -> TokenIssuer {
    TokenIssuer(vault: vault, store: store, crosswalk: try await crosswalk(scope, issuing: true))
  }
}
