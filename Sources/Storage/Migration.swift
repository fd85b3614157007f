package import GRDB

/// One step of a schema, applied once to each store.
package struct Migration: Sendable {
  /// What the store remembers the step by: never changed once released.
  package let name: String
  /// Makes the change, inside a transaction.
  package let apply: @Sendable (Database) throws -> Void

  /// A step of a schema.
  package init(_ name: String, apply: @escaping @Sendable (Database) throws -> Void) {
    self.name = name
    self.apply = apply
  }

  /// Applies the steps that `database` has not seen, all or none; refuses a store that has seen others.
  ///
  /// With `isExact` it refuses one that is not word for word what the steps made that it has seen.
  package static func bring(_ database: Database, to migrations: [Migration], isExact: Bool = false) throws {
    // One transaction for reading and applying: of two processes that open a new store, one waits for the other.
    try database.inTransaction(.immediate) {
      try database.execute(
        sql: "CREATE TABLE IF NOT EXISTS migration (position INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT")
      let applied = try String.fetchAll(database, sql: "SELECT name FROM migration ORDER BY position")
      guard migrations.map(\.name).starts(with: applied) else { throw StorageError(.newerSchema) }
      // Before a step writes: what somebody put there would act.
      if isExact {
        let seen = Array(migrations.prefix(applied.count))
        guard try StoreSchema(of: database) == StoreSchema(madeBy: seen) else { throw StorageError(.alteredSchema) }
      }
      for (position, migration) in migrations.enumerated().dropFirst(applied.count) {
        try migration.apply(database)
        try database.execute(
          sql: "INSERT INTO migration (position, name) VALUES (?, ?)", arguments: [position, migration.name])
      }
      return .commit
    }
  }
}
