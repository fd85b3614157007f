/// Why the root log is not the one that was there, or why nobody can tell.
package enum RootFault: Error, Hashable, Sendable {
  /// There is none, and there was one with so many entries.
  case vanished(marked: UInt64)
  /// It has fewer entries than it had.
  case cut(marked: UInt64, found: UInt64)
  /// Its first entries are not those that it had.
  case forked(marked: UInt64)
  /// It has another name.
  case anotherKey
  /// It is one that was given up: another was begun in its place.
  case past(known: RootEpoch, found: RootEpoch)
  /// It says that it was given up, and the vault does not know: that was broken off.
  case unfinished(known: RootEpoch, found: RootEpoch)
  /// Something in it, or its checkpoint, is not as it was written.
  case damaged(LedgerError)
  /// What is kept of it is no checkpoint that its key signed.
  case doctored
  /// The system does not let it be read or written: what is there may be whole.
  case unreachable(LedgerError)
}

extension RootFault {
  /// The fault that an error of the root log is.
  package init(_ error: LedgerError) { self = error.isOfTheSystem ? .unreachable(error) : .damaged(error) }

  /// Whether the root log is not what it was: only another root log in its place, or two people who give it up, mend that.
  ///
  /// What is none may pass by itself.
  package var isAlteration: Bool {
    switch self {
    case .vanished, .cut, .forked, .anotherKey, .past, .unfinished, .damaged, .doctored: true
    case .unreachable: false
    }
  }

  /// What the log calls it.
  package var name: String {
    switch self {
    case .vanished: "vanished"
    case .cut: "cut"
    case .forked: "forked"
    case .anotherKey: "another_key"
    case .past: "past"
    case .unfinished: "unfinished"
    case .damaged: "damaged"
    case .doctored: "doctored"
    case .unreachable: "unreachable"
    }
  }
}

extension RootFault: CustomStringConvertible {
  /// The fault in words.
  package var description: String {
    switch self {
    case .vanished(let marked): "the root log is gone, and had \(marked) entries"
    case .cut(let marked, let found): "the root log has \(found) entries, and had \(marked)"
    case .forked(let marked): "the first \(marked) entries of the root log are not those that it had"
    case .anotherKey: "the root log has another name than it had"
    case .past(let known, let found):
      "the root log is one that was given up: it was given up \(found) times, and the one after it \(known) times"
    case .unfinished(let known, let found):
      "the root log says that it was given up \(found) times, and the vault knows of \(known): that was broken off"
    case .damaged(let error): "the root log is damaged: \(error)"
    case .doctored: "what is kept of the root log is no checkpoint that its key signed"
    case .unreachable(let error): "the root log cannot be read or written: \(error)"
    }
  }
}
