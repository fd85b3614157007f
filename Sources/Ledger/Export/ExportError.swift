/// Why an export cannot go on; it carries places in the log, nothing of what is there.
package struct ExportError: Error, Hashable, Sendable {
  /// What is in the way.
  package enum Code: Hashable, Sendable {
    /// The ledger could not be read, or is not what was signed.
    case ledger(LedgerError)
    /// The cursor is of another log.
    case otherLog
    /// The signed log ends before the entry that was exported last.
    case gap(size: UInt64)
    /// The log has another entry where the one that was exported last should be.
    case fork
    /// The file of the cursor holds none.
    case unreadableCursor
  }

  /// What is in the way.
  package let code: Code
  /// The entry that was exported last, or the first one concerned.
  package let index: UInt64

  package init(_ code: Code, at index: UInt64) {
    self.code = code
    self.index = index
  }
}

extension ExportError: CustomStringConvertible {
  /// The error in words.
  package var description: String {
    switch code {
    case .ledger(let error): error.description
    case .otherLog: "the cursor is of another log"
    case .gap(let size): "gap: entry \(index) was exported, and the signed log has only \(size) entries"
    case .fork: "fork: entry \(index) is not the one that was exported"
    case .unreadableCursor: "the file of the cursor holds no cursor of an export"
    }
  }
}
