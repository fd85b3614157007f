import GRDB
import Storage
import struct Foundation.Data

extension Vault {
  /// The list of a log's witnesses, as it was kept; nil when none was.
  ///
  /// It is `altered` when somebody changed what the vault keeps.
  package func witnesses(of log: String) async throws(VaultError) -> [UInt8]? {
    let evidence = try await unlockedBox(.evidence)
    return try Vault.stored {
      try store.read { database in
        try Vault.checkSeal(evidence, database)
        return try Data.fetchOne(
          database, sql: "SELECT note FROM log_mark WHERE log = ?", arguments: [Vault.witnessed(log)]
        ).map { [UInt8]($0) }
      }
    }
  }

  /// Keeps the list of a log's witnesses beside where it stands: who takes the file away does not end witnessing.
  package func keep(witnesses: [UInt8], of log: String) async throws(VaultError) {
    let evidence = try await unlockedBox(.evidence)
    try change(evidence) { database in
      try database.execute(
        sql: "INSERT OR REPLACE INTO log_mark (log, size, note) VALUES (?, 0, ?)",
        arguments: [Vault.witnessed(log), Vault.blob(witnesses)])
    }
  }

  private static func witnessed(_ log: String) -> String { "witnesses of \(log)" }
}
