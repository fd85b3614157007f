import Synchronization

/// What the gateway counts of its own protection: sessions, alerts, and for how long anything was in the clear.
package final class SecurityMetrics: Sendable {
  private struct Counts {
    var sessions: [TLSSession: Int] = [:]
    var refusedHandshakes = 0
    var unrecordedSessions = 0
    var alerts: [Alert.Rule: Int] = [:]
    var clear = DurationHistogram()
    var longestClear = 0
  }

  private let counts = Mutex(Counts())

  init() {}

  /// Counts a session that was agreed to.
  func countSession(_ session: TLSSession) { counts.withLock { $0.sessions[session, default: 0] += 1 } }

  /// Counts a handshake that led to nothing.
  func countRefusedHandshake() { counts.withLock { $0.refusedHandshakes += 1 } }

  /// Counts a session that was closed because the log did not take it.
  func countUnrecordedSession() { counts.withLock { $0.unrecordedSessions += 1 } }

  /// Counts an alert.
  func countAlert(_ rule: Alert.Rule) { counts.withLock { $0.alerts[rule, default: 0] += 1 } }

  /// Notes for how long the text of one request was in the clear.
  func recordClear(microseconds: Int) {
    counts.withLock { counts in
      counts.clear.record(microseconds)
      counts.longestClear = max(counts.longestClear, microseconds)
    }
  }

  /// The samples, in the text exposition format of Prometheus.
  func page() -> String {
    let counts = counts.withLock { $0 }
    var page = MetricsPage()
    page.family("cordon_tls_sessions_total", .counter, "TLS sessions by version and cipher suite.") { family in
      for (session, count) in counts.sessions.sorted(by: { $0.key.name < $1.key.name }) {
        family.sample(
          [("version", session.version.rawValue), ("cipher", session.suite?.description ?? "unsaid")], count)
      }
    }
    page.family("cordon_tls_refused_total", .counter, "TLS handshakes that led to no session.") {
      $0.sample([], counts.refusedHandshakes)
    }
    page.family("cordon_tls_unrecorded_total", .counter, "TLS sessions closed because the log did not take them.") {
      $0.sample([], counts.unrecordedSessions)
    }
    page.family("cordon_alerts_total", .counter, "Alerts raised, by rule.") { family in
      for rule in Alert.Rule.allCases { family.sample([("rule", rule.rawValue)], counts.alerts[rule] ?? 0) }
    }
    page.family(
      "cordon_clear_seconds", .histogram, "Time for which the text of a request was in the clear in memory."
    ) { $0.histogram(counts.clear) }
    page.family("cordon_clear_microseconds_max", .gauge, "The longest of these times since the start.") {
      $0.sample([], counts.longestClear)
    }
    return page.text
  }
}

extension TLSSession {
  fileprivate var name: String { "\(version.rawValue)/\(suite?.description ?? "")" }
}
