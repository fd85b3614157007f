import Synchronization

/// What a second sink of the log is told, in the order of the log.
package enum Delivery: Hashable, Sendable {
  /// These entries are on stable storage: the index of the first, and the JSON of each.
  case batch(first: UInt64, leaves: [[UInt8]])
  /// The sink was too slow for the entries of this range; they are in the log.
  case gap(Range<UInt64>)
}

/// Hands durable batches to a second sink on a thread of its own.
///
/// The one that writes the log never waits for it: what the sink is too slow for is dropped, counted, and told to it as
/// a gap before whatever follows.
final class Outlet: Sendable {
  private struct State {
    var waiting: [Delivery] = []
    var gap: Range<UInt64>?
    var dropped: UInt64 = 0
    var sleeps = false
    var isClosed = false
  }

  private let state = Mutex(State())
  private let bell: Bell
  private let limit: Int

  /// Begins to hand batches to `sink`, which may take as long as it likes.
  init(limit: Int, to sink: @escaping @Sendable (Delivery) -> Void) throws(LedgerError) {
    self.limit = max(1, limit)
    bell = try Bell()
    try startThread { [self] in
      while let deliveries = next() {
        for delivery in deliveries { sink(delivery) }
      }
    }
  }

  /// How many entries were not handed over.
  var dropped: UInt64 { state.withLock { $0.dropped } }

  /// Lets the sink have entries that are on stable storage, the first of them with the index `first`.
  func offer(_ drafts: [Draft], from first: UInt64) {
    let range = first..<first + UInt64(drafts.count)
    let isFull = state.withLock { state -> Bool in
      guard state.waiting.count >= limit else { return false }
      state.gap = (state.gap?.lowerBound ?? range.lowerBound)..<range.upperBound
      state.dropped += UInt64(range.count)
      return true
    }
    guard !isFull else { return }
    let delivery = Delivery.batch(first: first, leaves: drafts.map(\.leaf))
    let rings = state.withLock { state in
      if let gap = state.gap {
        state.waiting.append(.gap(gap))
        state.gap = nil
      }
      state.waiting.append(delivery)
      defer { state.sleeps = false }
      return state.sleeps
    }
    if rings { bell.ring() }
  }

  /// Lets the sink have what waits, and then nothing more; does not wait for it.
  func close() {
    state.withLock { $0.isClosed = true }
    bell.ring()
  }

  /// What waits, when there is something; nil when nothing more will come.
  private func next() -> [Delivery]? {
    while true {
      let taken = state.withLock { state -> [Delivery]?? in
        guard state.waiting.isEmpty else {
          defer { state.waiting = [] }
          return state.waiting
        }
        if let gap = state.gap {
          state.gap = nil
          return [.gap(gap)]
        }
        if state.isClosed { return .some(nil) }
        state.sleeps = true
        return nil
      }
      if let taken { return taken }
      bell.wait(milliseconds: -1)
    }
  }
}
