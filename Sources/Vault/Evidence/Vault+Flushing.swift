import GRDB
import Storage

// What was erased from the file is in SQLite's journal until that is emptied, and a page of the file may have it until
// then. Nobody may stop in between for good: that the journal is to be emptied is kept in mind in the transaction that
// erases, and made up for when the vault is opened, and before a certificate is given out.
extension Vault {
  private static let owed = "flush"

  /// Keeps in mind that something was erased, in the transaction that erases it.
  static func oweFlush(_ database: Database) throws { try set(Fact(1), as: owed, database) }

  /// Whether something was erased that may still be in the journal.
  var owesFlush: Bool {
    get throws(VaultError) { try Vault.stored { try store.read { try Vault.fact(Vault.owed, $0) != nil } } }
  }

  /// Empties the journal, where the row was, and forgets that it was to be emptied; a reader in the way is waited for.
  func flush(_ evidence: SecretBox) throws(VaultError) {
    try emptyJournal()
    guard try owesFlush else { return }
    try change(evidence) { try Vault.set(nil, as: Vault.owed, $0) }
  }

  /// Empties the journal.
  func emptyJournal() throws(VaultError) {
    for attempt in 1... {
      do throws(StorageError) {
        return try store.flush()
      } catch {
        guard error.code == .inUse, attempt < 5 else { throw VaultError(.storage, number: Int64(error.number)) }
      }
    }
  }
}
