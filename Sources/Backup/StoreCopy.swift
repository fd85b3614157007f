import Ciphers
import GRDB
import Ledger
import struct Foundation.Data

/// Copies of SQLite stores: consistent while others write, and without what does not belong into the archive.
enum StoreCopy {
  /// The store of the vault, by its name in the data directory.
  static let vault = "vault/vault.sqlite"
  /// The table of the vault that holds the keys of subjects, wrapped.
  static let keyTable = "subject_key"

  /// A copy of `source` without the rows of `table`; nothing of them is left in its free pages.
  ///
  /// A copy that no restore would take is refused: the indexes of a store are copied as they are.
  static func copy(_ source: String, to target: String, without table: String?) throws(BackupError) {
    try BackupError.typed {
      let store = try DatabaseQueue(path: source, configuration: configuration)
      try store.writeWithoutTransaction { try $0.execute(sql: "VACUUM INTO ?", arguments: [target]) }
      try store.close()
      try empty(table, of: target)
    }
    guard try isWhole(target) else { throw BackupError(.store) }
  }

  private static func empty(_ table: String?, of path: String) throws {
    guard let table else { return }
    let copy = try DatabaseQueue(path: path, configuration: configuration)
    try copy.writeWithoutTransaction { database in
      guard try database.tableExists(table) else { return }
      try database.execute(sql: "DELETE FROM \(table.quotedDatabaseIdentifier)")
      try database.execute(sql: "VACUUM")
    }
    try copy.close()
  }

  /// A new store with the keys of subjects alone.
  static func copyKeys(of source: String, to target: String) throws(BackupError) {
    try BackupError.typed {
      let store = try DatabaseQueue(path: source, configuration: configuration)
      try store.writeWithoutTransaction { database in
        try database.execute(sql: "ATTACH DATABASE ? AS escrow", arguments: [target])
        try database.execute(sql: "CREATE TABLE escrow.subject_key AS SELECT * FROM main.subject_key ORDER BY id")
        try database.execute(sql: "DETACH DATABASE escrow")
      }
      try store.close()
    }
  }

  /// Puts the keys of an escrow back for the subjects that are not destroyed and have none of these tags: how many.
  static func restoreKeys(
    from escrow: String, into target: String, without tags: [Digest]
  ) throws(BackupError) -> Int {
    try BackupError.typed {
      let store = try DatabaseQueue(path: target, configuration: configuration)
      let count = try store.writeWithoutTransaction { database in
        try database.execute(sql: "ATTACH DATABASE ? AS escrow", arguments: [escrow])
        try markDestroyed(tags, database)
        try database.execute(
          sql: """
            INSERT INTO main.subject_key (id, version, wrapped) SELECT id, version, wrapped FROM escrow.subject_key
            WHERE id IN (SELECT id FROM main.subject WHERE state <> 2 AND tag NOT IN (SELECT tag FROM temp.destroyed))
            """)
        let count = database.changesCount
        try database.execute(sql: "DETACH DATABASE escrow")
        return count
      }
      try store.close()
      return count
    }
  }

  /// Destroys the keys of the subjects with these tags.
  ///
  /// Their rows are under codes that only the vault can make: it makes tombstones of them.
  static func destroyKeys(of tags: [Digest], in path: String) throws(BackupError) {
    try BackupError.typed {
      let store = try DatabaseQueue(path: path, configuration: configuration)
      try store.write { database in
        for tag in tags {
          let tag = Data(tag.bytes)
          let key = "id = (SELECT id FROM subject WHERE tag = ?)"
          try database.execute(
            sql: "UPDATE subject_key SET wrapped = zeroblob(length(wrapped)) WHERE \(key)", arguments: [tag])
          try database.execute(sql: "DELETE FROM subject_key WHERE \(key)", arguments: [tag])
        }
      }
      try store.close()
    }
  }

  /// What a store of the vault holds about subjects.
  struct Subjects: Hashable {
    var active = 0
    var destroyed = 0
    var withoutKey = 0
  }

  /// Counts them; those with one of these tags are destroyed, whatever their rows say.
  static func subjects(in path: String, destroyed tags: [Digest]) throws(BackupError) -> Subjects {
    try writing(path) { database in
      try markDestroyed(tags, database)
      func count(_ condition: String) throws -> Int {
        try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM subject WHERE \(condition)") ?? 0
      }
      return Subjects(
        active: try count("NOT (\(gone))"), destroyed: try count(gone),
        withoutKey: try count("NOT (\(gone)) AND id NOT IN (SELECT id FROM subject_key)"))
    }
  }

  /// How many subjects have no key that were made before a day and not destroyed.
  static func keyless(in path: String, before day: Int64, destroyed tags: [Digest]) throws(BackupError) -> Int {
    try writing(path) { database in
      try markDestroyed(tags, database)
      return try Int.fetchOne(
        database,
        sql: """
          SELECT COUNT(*) FROM subject
          WHERE NOT (\(gone)) AND created_day < ? AND id NOT IN (SELECT id FROM subject_key)
          """, arguments: [day]) ?? 0
    }
  }

  private static let gone = "state = 2 OR tag IN (SELECT tag FROM temp.destroyed)"

  /// Puts the tags into a table of this connection alone.
  private static func markDestroyed(_ tags: [Digest], _ database: Database) throws {
    try database.execute(sql: "CREATE TEMP TABLE destroyed (tag BLOB PRIMARY KEY)")
    let statement = try database.makeStatement(sql: "INSERT OR IGNORE INTO temp.destroyed (tag) VALUES (?)")
    for tag in tags { try statement.execute(arguments: [Data(tag.bytes)]) }
  }

  /// The id of the vault.
  static func vaultID(in path: String) throws(BackupError) -> String? {
    try reading(path) { try String.fetchOne($0, sql: "SELECT id FROM vault") }
  }

  /// The signed checkpoint that the vault keeps of the log of a single gateway; nil when it keeps none.
  static func logMark(in path: String) throws(BackupError) -> [UInt8]? {
    try reading(path) { database in
      guard try database.tableExists("log_mark") else { return nil }
      return try Data.fetchOne(database, sql: "SELECT note FROM log_mark WHERE log = ?", arguments: [LogStanding.log])
        .map { [UInt8]($0) }
    }
  }

  /// What the vault keeps of the root log; nil when it keeps nothing.
  static func rootMark(in path: String) throws(BackupError) -> RootMark? {
    try reading(path) { database in
      guard try database.tableExists("log_mark") else { return nil }
      // Backups from before there were epochs name none.
      let hasEpochs = try database.columns(in: "log_mark").contains { $0.name == "epoch" }
      let row = try Row.fetchOne(
        database, sql: "SELECT note, \(hasEpochs ? "epoch" : "0 AS epoch") FROM log_mark WHERE log = ?",
        arguments: [ShardedLog.lease])
      guard let row else { return nil }
      guard let note = Data.fromDatabaseValue(row["note"]), let number = Int64.fromDatabaseValue(row["epoch"]),
        let epoch = UInt32(exactly: number)
      else { throw BackupError(.malformed) }
      return RootMark(note: [UInt8](note), epoch: RootEpoch(epoch))
    }
  }

  /// How many times the vault knows each shard to have been given up.
  static func shardEpochs(in path: String) throws(BackupError) -> [ReplicaName: RootEpoch] {
    try reading(path) { database in
      guard try database.tableExists("log_mark"),
        try database.columns(in: "log_mark").contains(where: { $0.name == "epoch" })
      else { return [:] }
      // What has no note is no mark.
      let rows = try Row.fetchAll(database, sql: "SELECT log, epoch FROM log_mark WHERE length(note) > 0")
      let logs = try rows.map { row -> (name: String, epoch: UInt32) in
        guard let log = String.fromDatabaseValue(row["log"]), let number = Int64.fromDatabaseValue(row["epoch"]),
          let epoch = UInt32(exactly: number)
        else { throw BackupError(.malformed) }
        return (log, epoch)
      }
      return ReplicaName.epochs(of: logs)
    }
  }

  /// The rows of every table.
  static func counts(of path: String, named name: String) throws(BackupError) -> [Manifest.Count] {
    try reading(path) { database in
      let tables = try String.fetchAll(
        database, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
      return try tables.map { table in
        let rows = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM \(table.quotedDatabaseIdentifier)")
        return Manifest.Count(store: name, table: table, rows: rows ?? 0)
      }
    }
  }

  /// Whether SQLite finds every page and every reference as it should be, and nothing that would act by itself when the
  /// store is used: who can write an archive could have put a trigger or a view there.
  static func isWhole(_ path: String) throws(BackupError) -> Bool {
    try reading(path) { database in
      let pages = try String.fetchAll(database, sql: "PRAGMA integrity_check")
      let references = try Row.fetchAll(database, sql: "PRAGMA foreign_key_check")
      let acting = try String.fetchAll(
        database,
        sql: "SELECT name FROM sqlite_schema WHERE type NOT IN ('table', 'index') OR sql LIKE 'CREATE VIRTUAL%'")
      return pages == ["ok"] && references.isEmpty && acting.isEmpty
    }
  }

  private static func reading<Value>(_ path: String, _ body: (Database) throws -> Value) throws(BackupError) -> Value {
    try BackupError.typed {
      let store = try DatabaseQueue(path: path, configuration: configuration)
      let value = try store.read(body)
      try store.close()
      return value
    }
  }

  private static func writing<Value>(_ path: String, _ body: (Database) throws -> Value) throws(BackupError) -> Value {
    try BackupError.typed {
      let store = try DatabaseQueue(path: path, configuration: configuration)
      let value = try store.writeWithoutTransaction(body)
      try store.close()
      return value
    }
  }

  private static var configuration: Configuration {
    var configuration = Configuration()
    configuration.busyMode = .timeout(10)
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF")
    }
    return configuration
  }
}
