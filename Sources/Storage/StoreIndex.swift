package import GRDB

/// What finds the rows of a table without reading all of it.
///
/// Its words say nothing of what is in it: who writes to the file can have an index leave rows out, so that the program finds
/// nobody where somebody is.
package enum StoreIndex {
  /// Throws `corrupt` unless every page is as it should be, and `alteredIndex` unless every index has the rows of its table.
  package static func check(_ database: Database) throws {
    guard try String.fetchAll(database, sql: "PRAGMA quick_check(1)") == ["ok"] else { throw StorageError(.corrupt) }
    guard try String.fetchAll(database, sql: "PRAGMA integrity_check(1)") == ["ok"] else {
      throw StorageError(.alteredIndex)
    }
  }

  /// Throws `alteredIndex` unless every index that leaves nothing out has as many rows as its table.
  ///
  /// Of what is in them it says nothing; it takes about a second for a million rows with three indexes.
  static func checkCounts(_ database: Database) throws {
    let tables = try Row.fetchAll(database, sql: "PRAGMA main.table_list")
    for table in tables where table["type"] == "table" {
      let name = (table["name"] as String).quotedDatabaseIdentifier
      let indexes = try Row.fetchAll(database, sql: "PRAGMA main.index_list(\(name))").filter { $0["partial"] == 0 }
      guard !indexes.isEmpty else { continue }
      // A table without row ids is its primary key, and any other index may be read in its place.
      let itself = table["wr"] == 1 ? indexes.first { $0["origin"] == "pk" }.map(StoreIndex.source) : "NOT INDEXED"
      guard let itself else { throw StorageError(.corrupt) }
      // `count(*)` is counted by the smallest index, whichever is named.
      func count(_ source: String) throws -> Int? {
        try Int.fetchOne(database, sql: "SELECT count(1) FROM \(name) \(source)")
      }
      let rows = try count(itself)
      for index in indexes where try count(source(index)) != rows { throw StorageError(.alteredIndex) }
    }
  }

  private static func source(_ index: Row) -> String {
    "INDEXED BY \((index["name"] as String).quotedDatabaseIdentifier)"
  }
}
