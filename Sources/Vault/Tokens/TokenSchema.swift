import GRDB
import Storage

/// The tables of `tokens.sqlite`.
///
/// Of the values that are met at one time the rows are in the order of their look-ups, which is random: they do not tell
/// in which order a text names people. The key of a scope is sealed under a key of `vault.sqlite`, so that a copy of this
/// file opens nothing.
enum TokenSchema {
  static let migrations: [Migration] = [
    Migration("tokens 1") { database in
      try database.execute(
        sql: """
          CREATE TABLE scope (
            number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, policy TEXT NOT NULL,
            subject BLOB NOT NULL, key BLOB, commitment BLOB, created INTEGER NOT NULL, disposed INTEGER
          ) STRICT;
          CREATE TABLE token (
            scope INTEGER NOT NULL REFERENCES scope (number), lookup BLOB NOT NULL, code TEXT NOT NULL,
            kind TEXT NOT NULL, value BLOB NOT NULL
          ) STRICT;
          CREATE UNIQUE INDEX token_by_lookup ON token (scope, lookup);
          CREATE UNIQUE INDEX token_by_code ON token (scope, code);
          """)
    },
    Migration("tokens 2") { database in
      try database.execute(
        sql: """
          ALTER TABLE scope ADD COLUMN bound INTEGER NOT NULL DEFAULT 0;
          ALTER TABLE scope ADD COLUMN code BLOB;
          """)
    },
  ]
}
