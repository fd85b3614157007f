import GRDB
import Storage

/// The tables of the search index.
///
///     entry     one row an entry: when, where its record is, its names by number, its counts
///     term      an inverted index (FTS5, without the text): the terms of each entry
///     name      the names, each with its number
///     span      the earliest and the latest time of each 4096 entries
///     day_total counts by day, event, decision, use case and vendor
///     position  how far the index reaches, with the tree of the log up to there
///     gone      how many entries were taken out since it was begun: none, unless by somebody else
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
    },
    // To count the entries takes as long as there are entries: those that are taken out are counted when they go.
    Migration("search 2") { database in
      try database.execute(
        sql: """
          ALTER TABLE position ADD COLUMN tree BLOB;
          CREATE TABLE gone (id INTEGER PRIMARY KEY CHECK (id = 0), entries INTEGER NOT NULL) STRICT;
          INSERT INTO gone VALUES (0, 0);
          \(trigger)
          """)
    },
  ]

  private static let trigger = """
    CREATE TRIGGER entry_gone AFTER DELETE ON entry BEGIN UPDATE gone SET entries = entries + 1; END;
    """

  /// How many entries a span has.
  static let spanLength: Int64 = 4096

  /// Empties the tables.
  static func clear(_ database: Database) throws {
    try database.execute(
      sql: """
        DROP TRIGGER IF EXISTS entry_gone;
        DELETE FROM entry; INSERT INTO term (term) VALUES ('delete-all'); DELETE FROM name; DELETE FROM span;
        DELETE FROM day_total; DELETE FROM position; INSERT OR REPLACE INTO gone VALUES (0, 0);
        \(trigger)
        """)
  }

  /// Whether the index has the first `size` entries, none more and none less, as far as that can be told without counting
  /// them.
  static func isWhole(_ database: Database, size: UInt64) throws -> Bool {
    let last = try Int64.fetchOne(database, sql: "SELECT max(entry) FROM entry")
    let gone = try Int64.fetchOne(database, sql: "SELECT entries FROM gone")
    let watch = try String.fetchOne(
      database, sql: "SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name = 'entry_gone'")
    return last ?? -1 == Int64(bitPattern: size) - 1 && gone == 0 && watch.map { trigger.hasPrefix($0) } == true
  }
}
