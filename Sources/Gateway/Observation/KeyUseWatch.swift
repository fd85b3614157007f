package import Ledger
import Synchronization

/// Notices keys that are used in ways they are not used in (45 CFR 164.308(a)(1)(ii)(D)).
///
/// ## What it notices
/// - **A spike.** In one minute, a caller makes more than 60 requests and more than 8 times the mean of its last hour,
///   counting the minutes in which it made any; or more than 6,000 when there are not five such minutes. Each request
///   uses the caller's key, the sealing key and those of the subjects that it names.
/// - **An unknown principal.** Somebody comes with a key that is not in the configuration.
/// - **An altered record.** A stored key or row does not open.
///
/// ## What it does not notice
/// A caller that always asked much, or one whose use grows slowly. What is usual is learnt anew after each start.
///
/// A rule speaks once in ten minutes for each caller.
package final class KeyUseWatch: Sendable {
  private static let minute: Int64 = 60_000
  /// How many requests in a minute are a spike while it is not known what is usual.
  fileprivate static let unknownLimit = 6_000
  private static let silence: Int64 = 600_000
  private static let most = 4_096
  /// How many of these are of one rule whose alerts a vendor's own words tell apart.
  private static let mostNamed = 256

  private struct State {
    var callers: [ConfiguredName: Uses] = [:]
    var raised: [Alert: Int64] = [:]
    var waiting: [Alert] = []
  }

  /// The uses of one caller by minute.
  private struct Uses {
    private static let fewestMinutes = 5
    private var minute: Int64 = 0
    private var count = 0
    private var past: [(minute: Int64, count: Int)] = []
    private var limit = KeyUseWatch.unknownLimit

    /// Counts one use; whether it makes the minute a spike.
    mutating func add(in now: Int64) -> Bool {
      if now != minute {
        if count > 0 { past.append((minute, count)) }
        (minute, count) = (now, 0)
        past.removeAll { now - $0.minute > 60 || $0.minute > now }
        let mean = past.isEmpty ? 0 : past.reduce(0) { $0 + $1.count } / past.count
        limit = past.count < Self.fewestMinutes ? KeyUseWatch.unknownLimit : max(60, 8 * mean)
      }
      count += 1
      return count > limit
    }
  }

  private let state = Mutex(State())

  /// Nothing was used yet.
  package init() {}

  /// Says that a caller's keys were used.
  package func used(by caller: ConfiguredName, at milliseconds: Int64) {
    state.withLock { state in
      // A configuration has fewer callers; who is forgotten is learnt anew, under the limit of those who are not known.
      if state.callers.count > Self.most { state.callers.removeAll() }
      if state.callers[caller, default: Uses()].add(in: milliseconds / Self.minute) {
        raise(Alert(.keyUseSpike, caller: caller), at: milliseconds, &state)
      }
    }
  }

  /// Says that something happened that a rule is about.
  package func noticed(_ alert: Alert, at milliseconds: Int64) {
    state.withLock { raise(alert, at: milliseconds, &$0) }
  }

  /// The alerts that nobody has taken yet.
  package func take() -> [Alert] {
    state.withLock { state in
      defer { state.waiting = [] }
      return state.waiting
    }
  }

  /// Puts alerts back that could not be recorded.
  package func putBack(_ alerts: [Alert]) { state.withLock { $0.waiting.insert(contentsOf: alerts, at: 0) } }

  private func raise(_ alert: Alert, at now: Int64, _ state: inout State) {
    let kind = alert.kind
    if let then = state.raised[kind], now >= then, now - then < Self.silence { return }
    if !Self.hasRoom(for: kind, in: state) {
      state.raised = state.raised.filter { now >= $0.value && now - $0.value < Self.silence }
      // So many different ones within their silence: this one waits for its turn.
      guard Self.hasRoom(for: kind, in: state) else { return }
    }
    state.raised[kind] = now
    state.waiting.append(alert)
  }
  private static func hasRoom(for kind: Alert, in state: State) -> Bool {
    guard kind.processing != nil else { return state.raised.count < most }
    return state.raised.count < most && state.raised.keys.count { $0.processing != nil } < mostNamed
  }
}
