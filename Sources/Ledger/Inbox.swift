import Synchronization

/// The entries that wait to be written, between the tasks that append and the thread that writes.
final class Inbox: Sendable {
  // SAFETY: every reply that is put in is resumed once: by the writer, by `end`, or at once by `put`.
  typealias Reply = UnsafeContinuation<Result<UInt64, LedgerError>, Never>

  /// An entry that waits, and whoever waits for it.
  @safe struct Item {
    var draft: Draft
    var reply: Reply
  }

  private enum Phase {
    case open
    case closing
    case ended(LedgerError)
  }

  private struct State {
    var items: [Item] = []
    var weight = 0
    var taken = 0
    var phase = Phase.open
    var writerSleeps = false
    var closers: [CheckedContinuation<LedgerError?, Never>] = []
  }

  private let state = Mutex(State())
  private let bell: Bell
  private let limits: AuditLog.Limits

  init(_ limits: AuditLog.Limits) throws(LedgerError) {
    self.limits = limits
    bell = try Bell()
  }

  /// Whether an entry that comes now would be written.
  var isOpen: Bool { state.withLock { if case .open = $0.phase { true } else { false } } }

  /// How often the writer took what waited.
  var batches: Int { state.withLock { $0.taken } }

  /// Lets an entry wait to be written, or answers at once why it may not.
  func put(_ item: Item) {
    let (refusal, rings) = state.withLock { state -> (LedgerError?, Bool) in
      switch state.phase {
      case .closing: return (LedgerError(.closed), false)
      case .ended(let error): return (error, false)
      case .open: break
      }
      guard state.items.count < limits.waitingEntries, state.weight < limits.waitingBytes else {
        return (LedgerError(.overloaded), false)
      }
      state.items.append(item)
      state.weight += item.draft.weight
      defer { state.writerSleeps = false }
      return (nil, state.writerSleeps)
    }
    if let refusal { unsafe item.reply.resume(returning: .failure(refusal)) }
    if rings { bell.ring() }
  }

  /// Puts everything that waits into `items`, which is empty, or nothing after `milliseconds`.
  ///
  /// False when nothing waits and nothing more will.
  func take(into items: inout [Item], within milliseconds: Int32) -> Bool {
    for milliseconds in [milliseconds, 0] {
      let ends = state.withLock { state -> Bool? in
        guard state.items.isEmpty else {
          swap(&items, &state.items)
          state.weight = 0
          state.taken += 1
          return false
        }
        if case .closing = state.phase { return true }
        state.writerSleeps = true
        return nil
      }
      if let ends { return !ends }
      bell.wait(milliseconds: milliseconds)
    }
    return true
  }

  /// Refuses further entries; the writer ends when it has written those that wait.
  func close() {
    state.withLock { state in
      if case .open = state.phase { state.phase = .closing }
    }
    bell.ring()
  }

  /// Returns when the writer has ended, with the error that ended it before its time.
  func closed() async -> LedgerError? {
    close()
    return await withCheckedContinuation { closer in
      let ended = state.withLock { state -> LedgerError? in
        if case .ended(let error) = state.phase { return error }
        state.closers.append(closer)
        return nil
      }
      if let ended { closer.resume(returning: ended.code == .closed ? nil : ended) }
    }
  }

  /// Refuses everything from now on with `error`; called by the writer as the last thing it does.
  func end(with error: LedgerError) {
    let (items, closers) = state.withLock { state in
      let waiting = (state.items, state.closers)
      state.items = []
      state.closers = []
      state.phase = .ended(error)
      return waiting
    }
    for item in items { unsafe item.reply.resume(returning: .failure(error)) }
    for closer in closers { closer.resume(returning: error.code == .closed ? nil : error) }
  }
}
