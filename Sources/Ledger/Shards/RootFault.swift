/// Why the root log is not the one that was there.
package enum RootFault: Error, Hashable, Sendable {
  /// There is none, and there was one with so many entries.
  case vanished(marked: UInt64)
  /// It has fewer entries than it had.
  case cut(marked: UInt64, found: UInt64)
  /// Its first entries are not those that it had.
  case forked(marked: UInt64)
  /// It has another name.
  case anotherKey
  /// It, or its checkpoint, cannot be read.
  case unreadable(LedgerError)
  /// What is kept of it is no checkpoint that its key signed.
  case doctored
}

extension RootFault: CustomStringConvertible {
  /// The fault in words.
  package var description: String {
    switch self {
    case .vanished(let marked): "the root log is gone, and had \(marked) entries"
    case .cut(let marked, let found): "the root log has \(found) entries, and had \(marked)"
    case .forked(let marked): "the first \(marked) entries of the root log are not those that it had"
    case .anotherKey: "the root log has another name than it had"
    case .unreadable(let error): "the root log cannot be read: \(error)"
    case .doctored: "what is kept of the root log is no checkpoint that its key signed"
    }
  }

  /// What the log calls it.
  package var name: String {
    switch self {
    case .vanished: "vanished"
    case .cut: "cut"
    case .forked: "forked"
    case .anotherKey: "another_key"
    case .unreadable: "unreadable"
    case .doctored: "doctored"
    }
  }
}
