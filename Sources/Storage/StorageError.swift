/// Why a store refused something.
///
/// It carries codes and the numbers that SQLite, PostgreSQL or the system gave, never a value, an argument or the text
/// of a statement.
package struct StorageError: Error, Hashable, Sendable {
  /// What went wrong.
  package enum Code: Hashable, Sendable {
    /// The file was written by a newer version of the program.
    case newerSchema
    /// The file has other tables, indexes, triggers or views than the program makes.
    case alteredSchema
    /// An index has other rows than its table.
    case alteredIndex
    /// The file is damaged, or is no database.
    case corrupt
    /// The file or its medium cannot be written.
    case readOnly
    /// There is no such file or directory.
    case missing
    /// A file that was to be made is there already.
    case exists
    /// Somebody else holds the store, and did not let go of it in time.
    case inUse
    /// The medium is full.
    case full
    /// The medium failed.
    case mediumFailed
    /// A rule of the schema was broken: uniqueness, a reference, a check.
    case constraint
    /// A statement or a value did not fit.
    case invalidStatement
    /// A sealed field was changed, moved, or sealed under another key.
    case notAuthentic
    /// A key has the wrong length.
    case invalidKey
    /// The server cannot be reached, refused the log-in or dropped the connection.
    case disconnected
    /// Anything else that the database reported.
    case failed
  }

  /// What went wrong.
  package let code: Code
  /// SQLite's extended result code or the system's error number; 0 without one.
  package let number: Int32
  /// The five characters of PostgreSQL's SQLSTATE; nil without one.
  package let state: SQLState?

  /// An error of this kind.
  package init(_ code: Code, number: Int32 = 0, state: SQLState? = nil) {
    self.code = code
    self.number = number
    self.state = state
  }
}

/// The class and the subclass of an error of SQL (ISO 9075): five of `0-9A-Z`.
package struct SQLState: Hashable, Sendable, LosslessStringConvertible {
  /// The five characters.
  package let description: String

  /// The state that these five characters are; nil when they are others.
  package init?(_ text: String) {
    guard text.utf8.count == 5, text.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) })
    else { return nil }
    description = text
  }
}

extension StorageError: CustomStringConvertible {
  /// The error in words.
  package var description: String {
    var text =
      switch code {
      case .newerSchema: "the store was written by a newer version of this program"
      case .alteredSchema: "the store has other tables, indexes, triggers or views than this program makes"
      case .alteredIndex: "an index of the store has other rows than its table"
      case .corrupt: "the store is damaged, or is no database"
      case .readOnly: "the store cannot be written"
      case .missing: "the store or its directory does not exist"
      case .exists: "the file is there already"
      case .inUse: "another process holds the store"
      case .full: "the medium of the store is full"
      case .mediumFailed: "the medium of the store failed"
      case .constraint: "a rule of the schema was broken"
      case .invalidStatement: "a statement or a value did not fit"
      case .notAuthentic: "a sealed field is not authentic"
      case .invalidKey: "the key is not valid for its use"
      case .disconnected: "the database server cannot be reached"
      case .failed: "the database failed"
      }
    if number != 0 { text += " (\(number))" }
    if let state { text += " (SQLSTATE \(state))" }
    return text
  }
}
