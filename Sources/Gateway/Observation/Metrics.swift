package import Deidentification
import Ledger
import PHI
import Synchronization

/// What the gateway counts, in the text exposition format of Prometheus.
///
/// Labels are rules, outcomes and kinds: closed sets from the code. Nothing that a client or a vendor wrote can become
/// a label or a name.
package final class Metrics: Sendable {
  private let counts = Mutex(Counts())

  package init() {}

  /// How a request ended, as metrics and closing entries name it.
  package enum RequestOutcome: String, CaseIterable, Sendable {
    case completed
    case refused
    case rejected
    case unauthenticated
    case vendorFailed = "vendor_failed"
    case clientDisconnected = "client_disconnected"
    case logUnavailable = "log_unavailable"
    case withheld

    /// The outcome that the log names.
    init(_ outcome: Outcome) {
      self =
        switch outcome {
        case .completed: .completed
        case .vendorFailed: .vendorFailed
        case .clientDisconnected: .clientDisconnected
        case .withheld: .withheld
        }
    }
  }

  /// Counts one request with its outcome; `microseconds` is the time Cordon itself took, without the vendor's.
  package func countRequest(_ outcome: RequestOutcome, microseconds: Int) {
    counts.withLock { counts in
      counts.requests[outcome, default: 0] += 1
      counts.ownTime.record(microseconds)
    }
  }

  /// Counts one refusal by its rule.
  package func countRefusal(_ rule: Refusal.Rule) {
    counts.withLock { $0.refusals[rule, default: 0] += 1 }
  }

  /// Counts one time that the vault gave no key.
  package func countKeyFailure() {
    counts.withLock { $0.keyFailures += 1 }
  }

  /// Counts identifiers that were kept from a vendor.
  package func countIdentifiers(_ identifiers: IdentifierCounts) {
    counts.withLock { $0.identifiers.add(identifiers) }
  }

  /// Counts identifiers in answers that nobody had given.
  package func countNovelIdentifiers(_ identifiers: IdentifierCounts) {
    guard identifiers.total > 0 else { return }
    counts.withLock { $0.novelIdentifiers.add(identifiers) }
  }

  /// Counts a request in, and out again.
  package func changeInFlight(by difference: Int) {
    counts.withLock { $0.inFlight += difference }
  }

  /// Requests that are being answered.
  package var inFlight: Int { counts.withLock(\.inFlight) }

  /// The page that Prometheus reads.
  package func page() -> String {
    let counts = counts.withLock { $0 }
    var page = MetricsPage()
    page.family("cordon_requests_total", .counter, "Chat completion requests by outcome.") { family in
      for outcome in RequestOutcome.allCases {
        family.sample([("outcome", outcome.rawValue)], counts.requests[outcome] ?? 0)
      }
    }
    page.family("cordon_refusals_total", .counter, "Requests refused, by rule.") { family in
      for rule in Refusal.Rule.allCases { family.sample([("rule", rule.rawValue)], counts.refusals[rule] ?? 0) }
    }
    page.family("cordon_identifiers_total", .counter, "Identifiers kept from vendors, by kind.") { family in
      for kind in Identifier.allCases { family.sample([("kind", kind.label)], counts.identifiers[kind]) }
    }
    page.family(
      "cordon_novel_identifiers_total", .counter, "Identifiers in answers that nobody had given, by kind."
    ) { family in
      for kind in Identifier.allCases { family.sample([("kind", kind.label)], counts.novelIdentifiers[kind]) }
    }
    page.family("cordon_key_failures_total", .counter, "Times that the vault gave no key.") {
      $0.sample([], counts.keyFailures)
    }
    page.family("cordon_requests_in_flight", .gauge, "Requests being answered.") { $0.sample([], counts.inFlight) }
    page.family("cordon_own_seconds", .histogram, "Time that Cordon took for a request, without the vendor's.") {
      $0.histogram(counts.ownTime)
    }
    return page.text
  }

  private struct Counts {
    var requests: [RequestOutcome: Int] = [:]
    var refusals: [Refusal.Rule: Int] = [:]
    var identifiers = IdentifierCounts()
    var novelIdentifiers = IdentifierCounts()
    var inFlight = 0
    var keyFailures = 0
    var ownTime = DurationHistogram()
  }
}

/// How often a duration fell under each of a few bounds.
struct DurationHistogram {
  static let bounds = [250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000]
  private(set) var counts = [Int](repeating: 0, count: bounds.count + 1)
  private(set) var sum = 0

  mutating func record(_ microseconds: Int) {
    counts[Self.bounds.firstIndex { microseconds <= $0 } ?? Self.bounds.count] += 1
    sum += microseconds
  }
}
