import Synchronization

/// The spans that wait to be sent to a collector: so many and no more, so that a collector that is slow or gone costs
/// spans and nothing else.
package final class Traces: Sendable {
  private let state = Mutex(State())
  private let newID: @Sendable () -> UInt64
  private let most: Int

  private struct State {
    var waiting: [TraceSpan] = []
    var sent = 0
    var dropped = 0
  }

  /// - Parameters:
  ///   - most: how many spans may wait.
  ///   - newID: gives random numbers.
  package init(most: Int = 4_096, newID: @escaping @Sendable () -> UInt64 = { UInt64.random(in: 1 ... .max) }) {
    self.most = most
    self.newID = newID
  }

  /// How many spans were sent, and how many were dropped.
  package var tally: (sent: Int, dropped: Int) { state.withLock { ($0.sent, $0.dropped) } }

  /// The context of a new span: of the trace of `parent`, or of one of its own.
  func context(under parent: TraceContext?) -> TraceContext {
    TraceContext(
      trace: parent?.trace ?? [newID(), newID()], span: newID(), isSampled: parent?.isSampled ?? true)
  }

  /// Takes in a span that has ended; it never waits.
  func record(_ span: TraceSpan) {
    guard span.context.isSampled else { return }
    state.withLock { state in
      if state.waiting.count < most { state.waiting.append(span) } else { state.dropped += 1 }
    }
  }

  /// Takes out the spans that have waited longest.
  package func take(_ count: Int = 512) -> [TraceSpan] {
    state.withLock { state in
      let taken = Array(state.waiting.prefix(count))
      state.waiting.removeFirst(taken.count)
      return taken
    }
  }

  /// Counts spans that were taken out.
  package func count(_ count: Int, areSent: Bool) {
    state.withLock { state in
      if areSent { state.sent += count } else { state.dropped += count }
    }
  }
}
