import Ciphers
import GRDB
import Storage
import struct Foundation.Data

// What the values of a scope from before were sealed for is their token alone. Who could write to the file then may have
// exchanged their look-ups: one person's texts would get the token of another. By its spelling most of a value's look-up can
// be told anew, and values that lie in each other's places are left as they are: they open for nobody.
extension TokenVault {
  /// What all spellings of a value of a kind have in common, as far as one spelling tells.
  package typealias Identities = @Sendable (TokenKind, [UInt8]) -> [UInt8]?

  private static let run = 4096

  /// Seals the values of a scope from before for their look-ups as well, all or none.
  ///
  /// A value that does not open stays as it is, and so do those that were exchanged: who asks for one is told.
  func bind(_ scope: ScopeRow, _ crosswalk: Crosswalk, _ evidence: SecretBox) throws(VaultError) {
    try store.write { database in
      let found = try Row.fetchOne(database, sql: "SELECT * FROM scope WHERE number = ?", arguments: [scope.number])
      guard let found, case let row = try ScopeRow(found), !row.isBound else { return }
      try check(row, evidence)
      let exchanged = try exchanged(crosswalk, database)
      var random = SystemRandomNumberGenerator()
      try forEachRow(of: scope.number, database) { row in
        guard !exchanged.contains(row.lookup), var spelling = row.spelling(crosswalk) else { return }
        defer { spelling.wipe() }
        let bound = try crosswalk.seal(spelling, for: row.token, at: [UInt8](row.lookup), using: &random)
        try database.cachedStatement(sql: "UPDATE token SET value = ? WHERE scope = ? AND lookup = ?")
          .execute(arguments: [Data(bound), scope.number, row.lookup])
      }
      var bound = row
      bound.isBound = true
      try TokenVault.set(bound, evidence, database)
    }
  }

  /// The look-ups of values that lie in each other's places.
  ///
  /// That a value lies where its spelling alone would not put it is no fault: whoever is called `Maria` in a text that names
  /// Maria Gonzalez as well lies in her place. Values each of which lies in the place of another of them are one.
  private func exchanged(_ crosswalk: Crosswalk, _ database: Database) throws -> Set<Data> {
    guard let identities else { return [] }
    let isTaken = try database.cachedStatement(
      sql: "SELECT EXISTS (SELECT 1 FROM token WHERE scope = ? AND lookup = ?)")
    var places: [Data: Data] = [:]
    try forEachRow(of: crosswalk.number, database) { row in
      guard var spelling = row.spelling(crosswalk) else { return }
      defer { spelling.wipe() }
      guard var identity = identities(row.token.kind, spelling) else { return }
      defer { identity.wipe() }
      let place = Data(crosswalk.lookup(TokenValue(row.token.kind, identity: identity, spelling: [])))
      guard place != row.lookup else { return }
      if try Bool.fetchOne(isTaken, arguments: [crosswalk.number, place]) == true { places[row.lookup] = place }
    }
    return TokenVault.circles(in: places)
  }

  /// Those from which one comes back to where one was by going from each to its place.
  private static func circles(in places: [Data: Data]) -> Set<Data> {
    var (found, seen): (Set<Data>, Set<Data>) = ([], [])
    for start in places.keys {
      var path: [Data] = []
      var steps: [Data: Int] = [:]
      var next: Data? = start
      while let here = next, !seen.contains(here), steps[here] == nil {
        steps[here] = path.count
        path.append(here)
        next = places[here]
      }
      if let here = next, let first = steps[here] { found.formUnion(path[first...]) }
      seen.formUnion(path)
    }
    return found
  }

  private func forEachRow(
    of scope: Int64, _ database: Database, _ body: (UnboundRow) throws -> Void
  ) throws {
    var last = Data()
    while true {
      let rows = try Row.fetchAll(
        database.cachedStatement(
          sql: """
            SELECT lookup, code, kind, value FROM token WHERE scope = ? AND lookup > ? ORDER BY lookup LIMIT \(TokenVault.run)
            """), arguments: [scope, last])
      guard let final = rows.last else { return }
      last = final["lookup"]
      for row in rows.compactMap(UnboundRow.init) { try body(row) }
    }
  }
}

/// The row of a token whose value was sealed for the token alone.
private struct UnboundRow {
  let lookup: Data
  let token: Token
  private let value: [UInt8]

  init?(_ row: Row) {
    guard let kind = TokenKind(row["kind"] as String), let token = Token(kind, code: row["code"]) else { return nil }
    lookup = row["lookup"]
    self.token = token
    value = [UInt8](row["value"] as Data)
  }

  /// The value, to be wiped; nil when it was not sealed so.
  func spelling(_ crosswalk: Crosswalk) -> [UInt8]? { try? crosswalk.openUnbound(value, for: token) }
}
