internal import GRDB
import Glibc

extension StorageError {
  /// What `body` gives, with every error of GRDB replaced by its code.
  ///
  /// GRDB's errors hold the statement, and may hold what was bound to it or read from a row.
  static func mapped<Value>(_ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch {
      throw withoutValues(error)
    }
  }

  /// What `body` gives; every error but a `StorageError` is one of the database.
  static func typed<Value>(_ body: () throws -> Value) throws(StorageError) -> Value {
    do {
      return try body()
    } catch let error as StorageError {
      throw error
    } catch let error as DatabaseError {
      throw StorageError(error)
    } catch {
      throw StorageError(.failed)
    }
  }

  /// The failure that the system has just reported.
  static func system() -> StorageError { StorageError(systemError: errno) }

  /// The failure that this error number of the system says.
  init(systemError number: Int32) {
    let code: Code =
      switch number {
      case EROFS, EACCES, EPERM: .readOnly
      case ENOENT, ENOTDIR: .missing
      case EEXIST: .exists
      case ENOSPC, EDQUOT: .full
      default: .mediumFailed
      }
    self.init(code, number: number)
  }

  private init(_ error: DatabaseError) {
    let code: Code =
      switch error.resultCode {
      case .SQLITE_BUSY, .SQLITE_LOCKED: .inUse
      case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT: .corrupt
      case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_CANTOPEN: .readOnly
      case .SQLITE_FULL: .full
      case .SQLITE_IOERR: .mediumFailed
      case .SQLITE_CONSTRAINT: .constraint
      case .SQLITE_ERROR, .SQLITE_MISMATCH, .SQLITE_RANGE, .SQLITE_TOOBIG: .invalidStatement
      default: .failed
      }
    self.init(code, number: error.extendedResultCode.rawValue)
  }

  private static func withoutValues(_ error: any Error) -> any Error {
    if let error = error as? DatabaseError { return StorageError(error) }
    // GRDB has error types that it does not publish, and some quote the row.
    return String(reflecting: type(of: error)).hasPrefix("GRDB.") ? StorageError(.invalidStatement) : error
  }
}
