import GRDB
import Storage

/// The table of `kept.sqlite`.
///
/// Names of the configuration are in the clear, as in the log. A row is looked up by a keyed hash of the vendor's id and of
/// everybody for whom it is kept, so that who asks for another's finds nothing, as who asks for what never was.
enum KeptSchema {
  static let migrations: [Migration] = [
    Migration("kept 1") { database in
      try database.execute(
        sql: """
          CREATE TABLE kept (
            code BLOB NOT NULL PRIMARY KEY, caller TEXT NOT NULL, use_case TEXT NOT NULL, vendor TEXT NOT NULL,
            kind TEXT NOT NULL, created INTEGER NOT NULL, expires INTEGER NOT NULL, patient BLOB, user BLOB,
            name BLOB NOT NULL, key BLOB NOT NULL, map BLOB NOT NULL
          ) STRICT, WITHOUT ROWID;
          CREATE INDEX kept_by_caller ON kept (caller, expires);
          CREATE INDEX kept_by_expiry ON kept (expires);
          """)
    },
    Migration("kept 2") { database in
      try database.execute(
        sql: """
          CREATE TABLE stand (
            one INTEGER PRIMARY KEY CHECK (one = 1), generation INTEGER NOT NULL, tally BLOB NOT NULL, code BLOB NOT NULL
          ) STRICT;
          CREATE TABLE owed (code BLOB NOT NULL PRIMARY KEY, row BLOB NOT NULL) STRICT, WITHOUT ROWID;
          """)
    },
    Migration("kept 3") { database in
      try database.execute(
        sql: """
          CREATE TABLE register (
            one INTEGER PRIMARY KEY CHECK (one = 1), generation INTEGER NOT NULL, hashes BLOB NOT NULL,
            code BLOB NOT NULL
          ) STRICT;
          CREATE TABLE list (number INTEGER PRIMARY KEY, rows BLOB NOT NULL) STRICT;
          """)
    },
    Migration("kept 4") { database in
      try database.execute(
        sql: """
          CREATE TABLE root (
            one INTEGER PRIMARY KEY CHECK (one = 1), generation INTEGER NOT NULL, hash BLOB NOT NULL, code BLOB NOT NULL
          ) STRICT;
          CREATE TABLE node (number INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
          """)
    },
  ]
}
