import GRDB
import Storage

/// The tables of the search index.
///
///     entry     one row an entry: when, where its record is, its names by number, its counts
///     term      an inverted index (FTS5, without the text): the terms of each entry
///     name      the names, each with its number
///     span      the earliest and the latest time of each 4096 entries
///     day_total counts by day, event, decision, use case and vendor
///     position  how far the index reaches
enum SearchSchema {
  static let migrations = [
    Migration("search 1") { database in
      let fields = SearchField.allCases.map { "\($0.rawValue) INTEGER" }.joined(separator: ", ")
      let rolledUp = SearchField.rolledUp.map { "\($0.rawValue) INTEGER NOT NULL" }.joined(separator: ", ")
      let key = SearchField.rolledUp.map(\.rawValue).joined(separator: ", ")
      try database.execute(
        sql: """
          CREATE TABLE entry (
            entry INTEGER PRIMARY KEY, time INTEGER NOT NULL, segment INTEGER NOT NULL, place INTEGER NOT NULL, \(fields),
            prompt_tokens INTEGER NOT NULL, completion_tokens INTEGER NOT NULL, identifiers INTEGER NOT NULL
          ) STRICT;
          CREATE VIRTUAL TABLE term USING fts5 (terms, content = '', detail = none, columnsize = 0, tokenize = 'ascii');
          CREATE TABLE name (
            number INTEGER PRIMARY KEY, field TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (field, name)
          ) STRICT;
          CREATE TABLE span (span INTEGER PRIMARY KEY, earliest INTEGER NOT NULL, latest INTEGER NOT NULL) STRICT;
          CREATE TABLE day_total (
            day INTEGER NOT NULL, \(rolledUp), entries INTEGER NOT NULL,
            prompt_tokens INTEGER NOT NULL, completion_tokens INTEGER NOT NULL, identifiers INTEGER NOT NULL,
            PRIMARY KEY (day, \(key))
          ) STRICT, WITHOUT ROWID;
          CREATE TABLE position (
            id INTEGER PRIMARY KEY CHECK (id = 0), segment INTEGER NOT NULL, place INTEGER, size INTEGER NOT NULL,
            last_entry INTEGER, last_place INTEGER, last_leaf BLOB
          ) STRICT;
          """)
    }
  ]

  /// How many entries a span has.
  static let spanLength: Int64 = 4096

  /// Empties the tables.
  static func clear(_ database: Database) throws {
    try database.execute(
      sql: """
        DELETE FROM entry; INSERT INTO term (term) VALUES ('delete-all'); DELETE FROM name; DELETE FROM span;
        DELETE FROM day_total; DELETE FROM position;
        """)
  }
}
