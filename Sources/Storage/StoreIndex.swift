import GRDB

/// What finds the rows of a table without reading all of it.
///
/// Its words say nothing of what is in it: who writes to the file can have an index leave rows out, so that the program finds
/// nobody where somebody is.
enum StoreIndex {
  private static let rowsAtOnce = 8192

  /// Throws `corrupt` unless every page is as it should be, and `alteredIndex` unless every index has the rows of its table.
  ///
  /// An index that has each row of its table, and as many rows, has no others.
  static func check(_ queue: DatabaseQueue, between: () throws -> Void) throws {
    try queue.read { database in
      guard try String.fetchAll(database, sql: "PRAGMA quick_check(1)") == ["ok"] else { throw StorageError(.corrupt) }
    }
    try between()
    try queue.read { try checkCounts($0) }
    try between()
    let tables = try queue.read { database in
      try Row.fetchAll(database, sql: "PRAGMA main.table_list").filter { $0["type"] == "table" }
        .map { try IndexedTable($0, database) }
    }
    for table in tables where !table.lookups.isEmpty || !table.isPlain {
      guard table.isPlain else {
        // One without row ids, or with an index that leaves rows out: there are few rows in such.
        try queue.read { database in
          guard try String.fetchAll(database, sql: "PRAGMA integrity_check(\(table.name))") == ["ok"] else {
            throw StorageError(.alteredIndex)
          }
        }
        try between()
        continue
      }
      var last = Int64.min
      while let next = try queue.read({ try table.check(after: last, rowsAtOnce, $0) }) {
        last = next
        try between()
      }
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

/// A table and how its rows are looked up in each of its indexes.
private struct IndexedTable {
  let name: String
  /// Whether its rows have ids, and every index has a row for each by its columns alone.
  let isPlain: Bool
  /// For each index, the rows of a range that it does not find.
  let lookups: [String]

  init(_ table: Row, _ database: Database) throws {
    let name = (table["name"] as String).quotedDatabaseIdentifier
    let indexes = try Row.fetchAll(database, sql: "PRAGMA main.index_list(\(name))")
    var isPlain = table["wr"] == 0 && indexes.allSatisfy { $0["partial"] == 0 }
    var lookups: [String] = []
    for index in indexes {
      let index = (index["name"] as String).quotedDatabaseIdentifier
      let columns = try Row.fetchAll(database, sql: "PRAGMA main.index_xinfo(\(index))").filter { $0["key"] == 1 }
      var terms = ["u.rowid = t.rowid"]
      for column in columns {
        guard let name = (column["name"] as String?)?.quotedDatabaseIdentifier, let order = column["coll"] as String?
        else {
          isPlain = false
          continue
        }
        terms.append("u.\(name) IS t.\(name) COLLATE \(order.quotedDatabaseIdentifier)")
      }
      lookups.append(
        """
        SELECT 1 FROM \(name) AS t NOT INDEXED WHERE t.rowid > ?1 AND t.rowid <= ?2 AND NOT EXISTS (
          SELECT 1 FROM \(name) AS u INDEXED BY \(index) WHERE \(terms.joined(separator: " AND "))
        ) LIMIT 1
        """)
    }
    (self.name, self.isPlain, self.lookups) = (name, isPlain, lookups)
  }

  /// Looks up the rows behind an id, up to so many: the id of the last; nil when there is none.
  func check(after id: Int64, _ count: Int, _ database: Database) throws -> Int64? {
    let last = try Int64.fetchOne(
      database,
      sql: """
        SELECT max(id) FROM (SELECT rowid AS id FROM \(name) NOT INDEXED WHERE rowid > ? ORDER BY rowid LIMIT ?)
        """, arguments: [id, count])
    guard let last else { return nil }
    for lookup in lookups where try Row.fetchOne(database, sql: lookup, arguments: [id, last]) != nil {
      throw StorageError(.alteredIndex)
    }
    return last
  }
}
