import Storage
import Synchronization

/// The file of a search index, which is begun anew when it is found to be damaged.
final class SearchFile: Sendable {
  private let directory: Directory
  private let open: Mutex<Store>

  /// Opens the file in the data directory; one that is missing, damaged or of another version is begun anew.
  init(data: String) throws {
    directory = Directory(data)
    let path = directory.file(SearchIndex.file)
    do throws(StorageError) {
      open = Mutex(try Store(path: path, migrations: SearchSchema.migrations, role: .derived))
    } catch {
      guard error.code == .corrupt || error.code == .newerSchema else { throw error }
      try SearchFile.remove(in: directory)
      open = Mutex(try Store(path: path, migrations: SearchSchema.migrations, role: .derived))
    }
  }

  /// The store that the file has now.
  var store: Store { open.withLock { $0 } }

  /// Begins the file anew.
  func renew() throws {
    try open.withLock { store in
      // What is damaged may not even close in order.
      try? store.close()
      try SearchFile.remove(in: directory)
      store = try Store(path: directory.file(SearchIndex.file), migrations: SearchSchema.migrations, role: .derived)
    }
  }

  private static func remove(in directory: Directory) throws(LedgerError) {
    let names = try directory.names()
    for name in ["", "-wal", "-shm"].map({ SearchIndex.file + $0 }) where names.contains(name) {
      try directory.remove(name)
    }
  }
}
