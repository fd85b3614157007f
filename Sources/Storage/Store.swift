package import GRDB

/// One SQLite file with its schema.
///
/// Readers see the last committed state and wait for nobody; writers of one store wait for each other. A commit is on
/// stable storage when `write` returns. What is deleted is overwritten in the file; see `flush` for the journal. (A
/// `derived` store promises less.)
///
/// Every value of a person is sealed by a `FieldCipher` before it is bound: the files beside the store (`-wal`, `-shm`)
/// hold copies of its pages.
package struct Store: Sendable {
  /// What a store is for.
  package enum Role: Hashable, Sendable {
    /// What is kept nowhere else: commits survive a loss of power, what is deleted is overwritten, and opening checks
    /// every page (SQLite's `quick_check`, about a second for each gigabyte) and how many rows each index has.
    case truth
    /// What can be derived again: a loss of power may undo the last commits, but leaves a consistent file.
    case derived
  }

  private let pool: DatabasePool

  /// Where the file is.
  package var path: String { pool.path }

  /// Opens the store at `path`, makes it if there is none, and brings its schema up to date.
  ///
  /// With `isExact` it is refused when it has other tables, indexes, triggers or views than `migrations` make.
  package init(
    path: String, migrations: [Migration], role: Role = .truth, isExact: Bool = false
  ) throws(StorageError) {
    try StoreFile.prepare(path)
    pool = try StorageError.typed {
      let pool = try DatabasePool(path: path, configuration: Store.configuration)
      try pool.writeWithoutTransaction { database in
        switch role {
        case .truth:
          // GRDB lowers it to NORMAL, under which a loss of power undoes commits.
          try database.execute(sql: "PRAGMA synchronous = FULL")
          try Store.checkPages(database)
        case .derived:
          try database.execute(sql: "PRAGMA secure_delete = OFF; PRAGMA cache_size = -65536")
        }
        try Migration.bring(database, to: migrations, isExact: isExact)
      }
      return pool
    }
  }

  /// What `body` reads from the last committed state.
  package func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try StorageError.mapped { try pool.read(body) }
  }

  /// What `body` gives, with its changes committed; an error that it throws undoes them.
  package func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try StorageError.mapped { try pool.write(body) }
  }

  /// Writes a copy of the last committed state to a new file, while others read and write.
  ///
  /// The copy is one file without a journal, and holds nothing that was deleted. A copy that failed is removed.
  package func backUp(to path: String) throws(StorageError) {
    guard try StoreFile.create(path) else { throw StorageError(.exists) }
    do throws(StorageError) {
      try StorageError.typed {
        var configuration = Store.configuration
        configuration.journalMode = .default
        let source = try DatabaseQueue(path: pool.path, configuration: configuration)
        try source.writeWithoutTransaction { try $0.execute(sql: "VACUUM INTO ?", arguments: [path]) }
        try source.close()
      }
      try StoreFile.synchronise(path)
    } catch {
      StoreFile.discard(path)
      throw error
    }
  }

  /// Throws `corrupt` or `alteredIndex` unless every page and every index of the file at `path` is as it should be.
  ///
  /// It reads all of the file, and looks each row up in each index: some fifteen seconds for a million rows with three.
  /// Nobody who empties the journal waits for so long: it is many short reads, and calls `between` after each.
  package static func prove(_ path: String, between: () throws -> Void = {}) throws(StorageError) {
    try StorageError.typed {
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      try StoreIndex.check(queue, between: between)
      try queue.close()
    }
  }

  /// Moves everything from the journal into the file and empties the journal: what was deleted is then in neither.
  ///
  /// It fails with `inUse` while somebody reads an older state.
  package func flush() throws(StorageError) {
    try StorageError.typed {
      try pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    }
  }

  /// Writes the file anew without the space of what was deleted, and empties the journal.
  package func compact() throws(StorageError) {
    try StorageError.typed { try pool.vacuum() }
    try flush()
  }

  /// Closes the file; nothing may be read or written afterwards.
  package func close() throws(StorageError) {
    try StorageError.typed { try pool.close() }
  }

  private static var configuration: Configuration {
    var configuration = Configuration()
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase { database in
      try database.execute(
        sql: """
          PRAGMA secure_delete = ON;
          PRAGMA temp_store = MEMORY;
          PRAGMA trusted_schema = OFF;
          PRAGMA cell_size_check = ON;
          """)
    }
    return configuration
  }

  private static func checkPages(_ database: Database) throws {
    guard try String.fetchAll(database, sql: "PRAGMA quick_check(1)") == ["ok"] else { throw StorageError(.corrupt) }
    try StoreIndex.checkCounts(database)
  }
}
