import Glibc

/// Why the ledger did not open, append or verify.
///
/// It carries codes, positions and the system's error number, never the bytes of an entry.
package struct LedgerError: Error, Hashable, Sendable {
  /// What went wrong.
  package enum Code: Hashable, Sendable {
    /// More appends wait than the ledger takes; the caller may try again.
    case overloaded
    /// The ledger was closed.
    case closed
    /// An earlier write failed, and the ledger writes no more until it is opened again.
    case stopped
    /// Another process has the ledger open.
    case inUse
    /// There is no ledger in the directory.
    case missing
    /// A key file is missing or is not one.
    case invalidKey
    /// An entry is longer than an entry may be.
    case entryTooLong
    /// The sealed parts given with an entry are not those that it names.
    case partsDisagree
    /// The live file was removed, replaced or written by somebody else.
    case replaced
    /// The ledger holds something that was not written so.
    case damaged(Fault)
    /// A tile is missing, or is not what the checkpoint was signed for.
    case tile(Tile)
    /// The published checkpoint does not cover this many entries.
    case uncovered(UInt64)
    /// What somebody keeps of where the log stood is not what its key signed.
    case foreignMark
    /// This line of the list of witnesses is none.
    case witness(line: Int)
    /// The system refused an operation on a file.
    case system(Operation)
  }

  /// An operation on a file or a directory.
  package enum Operation: String, Hashable, Sendable {
    case open, read, write, synchronise, rename, truncate, lock, list, create, inspect, startThread
  }

  /// Whether the system, or another process, refused for now what it may allow later: what is on the disk may be whole.
  ///
  /// A file that is not there, or where there is something else, was taken away by somebody.
  package var isOfTheSystem: Bool {
    switch code {
    case .system: ![ENOENT, ENOTDIR, EISDIR, ELOOP].contains(number)
    case .overloaded, .closed, .stopped, .inUse: true
    case .missing, .invalidKey, .entryTooLong, .partsDisagree, .replaced, .damaged, .tile, .uncovered, .foreignMark,
      .witness:
      false
    }
  }

  /// What went wrong.
  package let code: Code
  /// The system's error number, or 0.
  package let number: Int32

  package init(_ code: Code, number: Int32 = 0) {
    self.code = code
    self.number = number
  }

  /// The failure of `operation` that the system has just reported.
  static func system(_ operation: Operation) -> LedgerError { LedgerError(.system(operation), number: errno) }

  static func damaged(_ fault: Fault) -> LedgerError { LedgerError(.damaged(fault)) }
}

extension LedgerError: CustomStringConvertible {
  /// The error in words.
  package var description: String {
    switch code {
    case .overloaded: "too many entries wait to be written"
    case .closed: "the ledger is closed"
    case .stopped: "the ledger stopped after a failed write"
    case .inUse: "another process has the ledger open"
    case .missing: "there is no ledger here"
    case .invalidKey: "a key file is missing or is not one"
    case .entryTooLong: "the entry is too long"
    case .partsDisagree: "the sealed parts are not those that the entry names"
    case .replaced: "the live segment was removed, replaced or written by another program"
    case .damaged(let fault): "the ledger is damaged: \(fault)"
    case .tile(let tile): "`\(tile.path)` is missing, or is not what was signed"
    case .uncovered(let size): "the checkpoint does not cover \(size) entries"
    case .foreignMark: "what is kept of where the ledger stood is not what its key signed"
    case .witness(let line): "the list of witnesses is malformed in line \(line)"
    case .system(let operation): "cannot \(operation.rawValue) a file of the ledger: error \(number)"
    }
  }
}
