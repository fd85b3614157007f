import Bytes
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
  let store: Store
  let crosswalk: Crosswalk

  /// How many people it takes to turn one of its tokens back.
  package var policy: RevealPolicy { crosswalk.policy }

  /// The tokens of `values`, in their order; values that are met for the first time get fresh ones.
  ///
  /// When it returns all of them are on stable storage, by one transaction: call it once for many values.
  package func issue(_ values: [TokenValue]) throws(VaultError) -> [Token] {
    try vault.checkUnlocked()
    let lookups = values.map(crosswalk.lookup)
    var known = try Vault.stored { try store.read { try tokens(values, lookups, $0) } }
    var fresh: [[UInt8]: Fresh] = [:]
    var random = PooledRandom()
    for (value, lookup) in zip(values, lookups) where known[lookup] == nil && fresh[lookup] == nil {
      let token = Token(value.kind, using: &random)
      fresh[lookup] = try Vault.stored {
        Fresh(token: token, sealed: try crosswalk.seal(value.spelling, for: token, using: &random))
      }
    }
    if !fresh.isEmpty {
      known.merge(try Vault.stored { try store.write { try put(fresh, $0) } }) { first, _ in first }
    }
    return lookups.compactMap { known[$0] }
  }

  private func tokens(
    _ values: [TokenValue], _ lookups: [[UInt8]], _ database: Database
  ) throws -> [[UInt8]: Token] {
    let statement = try database.cachedStatement(sql: "SELECT code FROM token WHERE scope = ? AND lookup = ?")
    var known: [[UInt8]: Token] = [:]
    known.reserveCapacity(values.count)
    for (value, lookup) in zip(values, lookups) where known[lookup] == nil {
      guard let code = try String.fetchOne(statement, arguments: [crosswalk.number, Data(lookup)]) else { continue }
      guard let token = Token(value.kind, code: code) else { throw VaultError(.malformed) }
      known[lookup] = token
    }
    return known
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
    let selection = try database.cachedStatement(sql: "SELECT code FROM token WHERE scope = ? AND lookup = ?")
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
        let code = try String.fetchOne(selection, arguments: [crosswalk.number, key])
        guard let code, let token = Token(row.token.kind, code: code) else { throw VaultError(.malformed) }
        put[lookup] = token
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
