import GRDB
import Storage

/// The tables of `vault.sqlite`.
enum Schema {
  /// How a subject's row stands.
  enum SubjectState: Int64 {
    case active = 0
    /// Its destruction is announced; the key is not used any more.
    case shredding = 1
    /// The key is gone; the row is a tombstone.
    case shredded = 2
  }

  /// How a version of the tenant key stands.
  enum TenantState: Int64 {
    /// It wraps and unwraps.
    case active = 0
    /// It unwraps until nothing is wrapped under it.
    case old = 1
    case disabled = 2
    case pendingDestruction = 3
    /// The wrapped bytes are gone.
    case destroyed = 4
  }

  static let migrations: [Migration] = [
    Migration("vault 2") { database in
      try database.execute(
        sql: """
          CREATE TABLE vault (
            one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL, tenant TEXT NOT NULL, root TEXT NOT NULL,
            created INTEGER NOT NULL, roster BLOB NOT NULL, roster_code BLOB NOT NULL,
            done_code BLOB NOT NULL, holds_code BLOB NOT NULL, code BLOB NOT NULL, subjects BLOB NOT NULL,
            waiting BLOB NOT NULL
          ) STRICT;
          CREATE TABLE tenant_key (
            version INTEGER PRIMARY KEY, wrapped TEXT, created INTEGER NOT NULL, state INTEGER NOT NULL,
            uses INTEGER NOT NULL, destruction INTEGER, subjects BLOB NOT NULL
          ) STRICT;
          CREATE TABLE tenant_secret (
            name TEXT PRIMARY KEY, version INTEGER NOT NULL REFERENCES tenant_key (version), wrapped BLOB NOT NULL
          ) STRICT;
          CREATE TABLE subject (
            id INTEGER PRIMARY KEY AUTOINCREMENT, lookup BLOB UNIQUE, reference BLOB, kind TEXT NOT NULL,
            tag BLOB NOT NULL UNIQUE, created_day INTEGER NOT NULL, used_day INTEGER NOT NULL, uses INTEGER NOT NULL,
            state INTEGER NOT NULL, code BLOB NOT NULL
          ) STRICT;
          CREATE INDEX subject_by_use ON subject (state, used_day);
          CREATE TABLE subject_key (
            id INTEGER PRIMARY KEY REFERENCES subject (id), version INTEGER NOT NULL, wrapped BLOB NOT NULL
          ) STRICT;
          CREATE TABLE hold (
            proposal TEXT PRIMARY KEY, tag BLOB NOT NULL, placed INTEGER NOT NULL, released INTEGER
          ) STRICT;
          CREATE INDEX hold_by_tag ON hold (tag) WHERE released IS NULL;
          CREATE TABLE proposal (
            id TEXT PRIMARY KEY, body BLOB NOT NULL, proposer TEXT NOT NULL, signature BLOB NOT NULL,
            approver TEXT, approval BLOB, done INTEGER, done_number INTEGER
          ) STRICT;
          CREATE TABLE certificate (tag BLOB PRIMARY KEY, body BLOB NOT NULL) STRICT;
          CREATE TABLE outbox (
            number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, body BLOB NOT NULL, code BLOB NOT NULL,
            lasting INTEGER NOT NULL, entry INTEGER
          ) STRICT;
          CREATE INDEX outbox_waiting ON outbox (number) WHERE entry IS NULL;
          """)
    },
    Migration("vault 3") { database in
      try database.execute(
        sql: "CREATE TABLE log_mark (log TEXT PRIMARY KEY, size INTEGER NOT NULL, note BLOB NOT NULL) STRICT")
    },
    Migration("vault 4") { database in
      try database.execute(sql: "ALTER TABLE log_mark ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0")
    },
    Migration("vault 5") { database in
      try database.execute(sql: "CREATE TABLE fact (name TEXT PRIMARY KEY, number INTEGER NOT NULL, text TEXT) STRICT")
    },
    Migration("vault 6") { database in
      try database.execute(
        sql: """
          ALTER TABLE subject ADD COLUMN consents BLOB;
          CREATE TABLE consent (id INTEGER PRIMARY KEY REFERENCES subject (id), body BLOB NOT NULL) STRICT;
          """)
    },
  ]
}
