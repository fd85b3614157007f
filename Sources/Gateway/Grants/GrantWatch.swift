import PHI
import Synchronization

/// When a gateway looks at the log for what became of grants: once a day, as soon as the file with the removals has lost
/// something, and when it has said something else for a minute; after a failure again, after longer and longer.
final class GrantWatch: Sendable {
  /// One look.
  struct Round: Sendable {
    /// Whether what nobody uses is looked for.
    let isDaily: Bool
    /// The state of the file that is compared with the log, as a whole; nil where only what has left it is.
    let list: Int?
    fileprivate let today: CalendarDate
  }

  private struct State {
    var day: CalendarDate?
    var list = 0
    var failures: Int64 = 0
    /// Until when nothing is looked at again, in microseconds.
    var rest = Int64.min
  }

  private let state = Mutex(State())

  /// What is to be looked at now; nil for nothing.
  ///
  /// Of several replicas one `leads`; the others look for what has left the file.
  func begin(_ removals: RemovalsInForce, isLost: Bool, leads: Bool, at clock: GatewayClock) -> Round? {
    let (today, now, moment) = (clock.today, clock.wall(), clock.monotonic())
    return state.withLock { state in
      guard moment >= state.rest else { return nil }
      let isDaily = leads && state.day != today
      let isQuiet = now - removals.changed >= RemovalsInForce.silence
      let list = leads && isQuiet && removals.number != state.list ? removals.number : nil
      guard isDaily || list != nil || isLost || !removals.withheld.isEmpty else { return nil }
      return Round(isDaily: isDaily, list: list, today: today)
    }
  }

  /// Notes that it was done; what `waits` for a word of the log is looked at again soon.
  func end(_ round: Round, waits: Bool, at clock: GatewayClock) {
    state.withLock { state in
      if round.isDaily { state.day = round.today }
      if let list = round.list { state.list = list }
      (state.failures, state.rest) = (0, waits ? clock.monotonic() + 5_000_000 : .min)
    }
  }

  /// Notes that it was not: the next is after a pause, of at most so many seconds.
  func fail(pausingAtMost seconds: Int64, at clock: GatewayClock) {
    state.withLock { state in
      state.failures = min(state.failures + 1, 10)
      state.rest = clock.monotonic() + min(1 << state.failures, seconds) * 1_000_000
    }
  }
}
