import GRDB
import Storage
import struct Foundation.Data

// What two people, retention and holds have to say about a scope, they say about the key of its crosswalk: it is a
// subject of the vault, announced and destroyed by its tag as every other (`announceShred`, `completeShred`).
extension TokenVault {
  /// Deletes the rows of every scope whose key was destroyed: the scopes.
  ///
  /// The rows open nothing any more; their number and the lengths of the values go with them.
  @discardableResult
  package func disposeOfShredded() async throws(VaultError) -> [ScopeName] {
    let now = vault.clock()
    var disposed: [ScopeName] = []
    for scope in try scopes() where scope.disposed == nil {
      guard try await vault.outline(of: scope.subject).isShredded else { continue }
      try Vault.stored {
        try store.write { database in
          try database.execute(
            sql: "DELETE FROM token WHERE scope = (SELECT number FROM scope WHERE name = ?)",
            arguments: [scope.name.description])
          try database.execute(
            sql: "UPDATE scope SET key = NULL, commitment = NULL, disposed = ? WHERE name = ?",
            arguments: [now.milliseconds, scope.name.description])
        }
      }
      disposed.append(scope.name)
    }
    if !disposed.isEmpty { try Vault.stored { try store.flush() } }
    return disposed
  }
}
