package import GRDB

/// The tables, indexes, triggers and views of a store, each with the words that made it.
///
/// A trigger, a reference that deletes, or an index that leaves rows out acts when the program itself writes: a store that has
/// more than its steps make, or other ones, was changed beside it.
package struct StoreSchema: Hashable, Sendable {
  private let parts: Set<[DatabaseValue]>

  /// What a store has.
  package init(of database: Database) throws {
    let statement = try database.cachedStatement(sql: "SELECT type, name, tbl_name, sql FROM sqlite_schema")
    parts = Set(try Row.fetchAll(statement).map { Array($0.databaseValues) })
  }

  /// What these steps make of a store that has nothing.
  package init(madeBy migrations: [Migration]) throws {
    self = try StorageError.mapped {
      try DatabaseQueue().writeWithoutTransaction { database in
        try Migration.bring(database, to: migrations)
        return try StoreSchema(of: database)
      }
    }
  }
}
