import GRDB
import Storage

/// One of the vault's SQLite files, and what it has to be made of.
struct VaultFile: Sendable {
  static let vault = VaultFile(Vault.storeName, .vault, Schema.migrations)
  static let tokens = VaultFile(TokenVault.storeName, .tokens, TokenSchema.migrations)
  static let kept = VaultFile(KeptMaps.storeName, .kept, KeptSchema.migrations)

  private let name: String
  private let record: VaultError.Record
  private let migrations: [Migration]
  private let schema: StoreSchema?

  private init(_ name: String, _ record: VaultError.Record, _ migrations: [Migration]) {
    (self.name, self.record, self.migrations) = (name, record, migrations)
    schema = try? StoreSchema(madeBy: migrations)
  }

  /// Opens the file, and makes it if there is none; `altered` when it is made of anything else.
  func open(in folder: Folder) throws(VaultError) -> Store {
    do throws(StorageError) {
      return try Store(path: folder.file(name), migrations: migrations, isExact: true)
    } catch {
      throw failure(error)
    }
  }

  /// Throws `altered` unless every page and every index of the file, if there is one, is as it should be.
  func prove(in folder: Folder) throws(VaultError) {
    guard try folder.contains(name) else { return }
    do throws(StorageError) {
      try Store.prove(folder.file(name))
    } catch {
      throw error.code == .corrupt ? VaultError(.altered(record)) : failure(error)
    }
  }

  private func failure(_ error: StorageError) -> VaultError {
    switch error.code {
    case .alteredSchema, .alteredIndex: VaultError(.altered(record))
    default: VaultError(.storage, number: Int64(error.number))
    }
  }

  /// Throws `altered` unless the file has the tables and indexes that the vault makes, word for word, and nothing more.
  func check(_ database: Database) throws {
    guard let schema else { throw VaultError(.storage) }
    guard try StoreSchema(of: database) == schema else { throw VaultError(.altered(record)) }
  }
}

/// A file of the vault's beside its own, of which nothing is read or written while it is made of anything else.
struct CheckedStore: Sendable {
  private let file: VaultFile
  private let store: Store

  init(_ file: VaultFile, in folder: Folder) throws(VaultError) {
    self.file = file
    store = try file.open(in: folder)
  }

  /// What `body` reads from the last committed state.
  func read<Value>(_ body: (Database) throws -> Value) throws(VaultError) -> Value {
    try Vault.stored { try store.read { try checked($0, body) } }
  }

  /// What `body` gives, with its changes committed; an error that it throws undoes them.
  func write<Value>(_ body: (Database) throws -> Value) throws(VaultError) -> Value {
    try Vault.stored { try store.write { try checked($0, body) } }
  }

  /// Moves everything from the journal into the file and empties the journal.
  func flush() throws(VaultError) { try Vault.stored { try store.flush() } }

  private func checked<Value>(_ database: Database, _ body: (Database) throws -> Value) throws -> Value {
    try file.check(database)
    return try body(database)
  }
}
