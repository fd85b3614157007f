package import Ciphers
import GRDB
import Glibc
package import Ledger

/// Why a backup was not made, or not restored.
///
/// It carries codes, the system's error number and the name of a file inside an archive, never what is in it.
package struct BackupError: Error, Hashable, Sendable {
  /// What went wrong.
  package enum Code: Hashable, Sendable {
    /// The file or directory to be written is there already.
    case exists
    /// There is nothing to back up, or nothing to restore, here.
    case missing
    /// The archive is not in the form that Cordon writes.
    case malformed
    /// The archive holds a file that its manifest does not list, or lacks or differs from one that it does.
    case notAsListed
    /// A file is longer than an archive can hold: 8 GiB.
    case tooLong
    /// The log in the archive is not whole, or is not the one that the manifest names.
    case log
    /// A log in the archive is not signed by the key of the others, or does not have the name of its place.
    case foreignLog
    /// The shards of several replicas, the root log and what the vault says of it do not fit one another.
    case shards
    /// Nothing proves a shard of the archive, and whoever restores it has not said that it is taken all the same.
    case unproved
    /// The root log grew each time that it was looked at.
    case busy
    /// A store in the archive is damaged, or does not hold as many rows as the manifest says.
    case store
    /// The archive and the escrow are of different vaults.
    case otherVault
    /// The log of the backup does not say that this escrow was made.
    case unrecordedEscrow
    /// The escrow lacks keys of subjects that are older than it; `number` says of how many.
    case incompleteEscrow
    /// The age file was refused.
    case cipher(CipherError.Code)
    /// The ledger refused.
    case ledger(LedgerError.Code)
    /// SQLite refused.
    case database
    /// The system refused an operation on a file.
    case system
  }

  /// What went wrong.
  package let code: Code
  /// The file in the archive that it went wrong with.
  package let name: String?
  /// The system's or SQLite's error number, or 0.
  package let number: Int32

  package init(_ code: Code, name: String? = nil, number: Int32 = 0) {
    self.code = code
    self.name = name
    self.number = number
  }

  /// The failure that the system has just reported.
  static func system(_ name: String? = nil) -> BackupError { BackupError(.system, name: name, number: errno) }

  /// What `body` gives, with the errors of other modules as this module's.
  static func typed<Value: ~Copyable>(_ body: () throws -> Value) throws(BackupError) -> Value {
    do {
      return try body()
    } catch let error as BackupError {
      throw error
    } catch let error as CipherError {
      throw BackupError(.cipher(error.code))
    } catch let error as LedgerError {
      throw BackupError(.ledger(error.code), number: error.number)
    } catch let error as DatabaseError {
      throw BackupError(.database, number: error.extendedResultCode.rawValue)
    } catch {
      throw BackupError(.system)
    }
  }
}

extension BackupError: CustomStringConvertible {
  /// The error in words.
  package var description: String {
    let text =
      switch code {
      case .exists: "it is there already, and is not written over"
      case .missing: "there is nothing here"
      case .malformed: "the archive is not in the form that Cordon writes"
      case .notAsListed: "the archive does not hold what its manifest lists"
      case .tooLong: "a file is longer than an archive can hold"
      case .log: "the log is not whole, or not the one that the manifest names"
      case .foreignLog: "it is not one of this installation's logs: another key signed it, or under another name"
      case .shards: "the shards, the root log and what the vault says of it do not fit one another"
      case .unproved: "nothing proves that it is what was recorded"
      case .busy: "it grew each time that it was looked at: try again"
      case .store: "a store is damaged, or does not hold what the manifest counts"
      case .otherVault: "the backup and the escrow are of different vaults"
      case .unrecordedEscrow: "the log of the backup does not say that this escrow was made"
      case .incompleteEscrow: "the escrow lacks the keys of \(number) subjects that are older than it"
      case .cipher(let code): CipherError(code: code).description
      case .ledger(let code): LedgerError(code, number: number).description
      case .database: "SQLite refused: error \(number)"
      case .system: "the system refused an operation on a file: error \(number)"
      }
    return name.map { "`\($0)`: \(text)" } ?? text
  }
}
