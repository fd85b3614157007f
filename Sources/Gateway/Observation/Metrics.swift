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

  /// What came of one try at a vendor.
  package enum AttemptOutcome: String, CaseIterable, Sendable {
    case answered, failed
    case passedOver = "passed_over"
  }

  /// Counts one try at a vendor; vendors are named by the configuration.
  package func countAttempt(_ vendor: ConfiguredID<Vendor>, _ outcome: AttemptOutcome) {
    counts.withLock { $0.attempts[vendor.name, default: [:]][outcome, default: 0] += 1 }
  }

  /// Counts one retry, or one that the budget did not allow.
  package func countRetry(isPaid: Bool) {
    counts.withLock { counts in
      if isPaid { counts.retries += 1 } else { counts.unpaidRetries += 1 }
    }
  }

  /// What became of a request whose key had come before.
  package enum Repetition: String, CaseIterable, Sendable {
    case answered
    case underWay = "under_way"
    case otherRequest = "other_request"
  }

  /// Counts one request whose key had come before.
  package func countRepeated(_ repetition: Repetition) {
    counts.withLock { $0.repeated[repetition, default: 0] += 1 }
  }

  /// Counts one reading of the configuration while the gateway runs.
  package func countLoad(isRefused: Bool) {
    counts.withLock { counts in
      if isRefused { counts.refusedLoads += 1 } else { counts.loads += 1 }
      counts.isRefused = isRefused
    }
  }

  /// Counts that a request went on to the next vendor of its chain.
  package func countFallback() { counts.withLock { $0.fallbacks += 1 } }

  /// Counts identifiers that were kept from a vendor.
  package func countIdentifiers(_ identifiers: IdentifierCounts) {
    counts.withLock { $0.identifiers.add(identifiers) }
  }

  /// Counts what contracts did not name of requests, and what they did of FHIR resources.
  func count(_ losses: ContractLosses) {
    counts.withLock { counts in
      counts.droppedFields += losses.fields
      counts.sharedElements += losses.elements?.shared ?? 0
      counts.droppedElements += losses.elements?.dropped ?? 0
    }
  }

  /// Counts identifiers in answers that nobody had given.
  package func countNovelIdentifiers(_ identifiers: IdentifierCounts) {
    guard identifiers.total > 0 else { return }
    counts.withLock { $0.novelIdentifiers.add(identifiers) }
  }

  /// Counts calls of tools into which nothing was put back for where they go.
  package func countWithheldCalls(_ count: Int) { counts.withLock { $0.withheldCalls += count } }

  /// Counts a request that holds or declares what stays inside, once for each kind.
  func countSensitive(_ classes: Set<SensitiveClass>) {
    guard !classes.isEmpty else { return }
    counts.withLock { counts in
      for sensitive in classes { counts.sensitive[sensitive, default: 0] += 1 }
    }
  }

  /// Notes how many shards the root log refuses.
  package func noteRefusedShards(_ count: Int) { counts.withLock { $0.refusedShards = count } }

  /// Notes whether the root log is not the one that it was.
  package func noteRootLog(isRefused: Bool) { counts.withLock { $0.refusedRoots = isRefused ? 1 : 0 } }

  /// Counts a request in, and out again.
  package func changeInFlight(by difference: Int) {
    counts.withLock { $0.inFlight += difference }
  }

  /// Requests that are being answered.
  package var inFlight: Int { counts.withLock(\.inFlight) }

  /// The page that Prometheus reads; `sights` is what it is like at the doors of the vendors.
  package func page(
    _ sights: [(vendor: ConfiguredID<Vendor>, sight: VendorLine.Sight)] = [], spans: (sent: Int, dropped: Int)? = nil
  ) -> String {
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
    page.family(
      "cordon_tool_calls_withheld_total", .counter,
      "Calls of tools in answers that kept their tokens, as they go to a host that is not listed."
    ) { $0.sample([], counts.withheldCalls) }
    page.family(
      "cordon_fields_dropped_total", .counter, "Fields of requests that the contract of their use case does not name."
    ) { $0.sample([], counts.droppedFields) }
    page.family(
      "cordon_elements_total", .counter, "Elements of FHIR resources that contracts had go along or left out."
    ) {
      $0.sample([("result", "shared")], counts.sharedElements)
      $0.sample([("result", "dropped")], counts.droppedElements)
    }
    page.family("cordon_sensitive_requests_total", .counter, "Requests with what stays inside, by class.") { family in
      for sensitive in SensitiveClass.allCases {
        family.sample([("class", sensitive.rawValue)], counts.sensitive[sensitive] ?? 0)
      }
    }
    page.family("cordon_key_failures_total", .counter, "Times that the vault gave no key.") {
      $0.sample([], counts.keyFailures)
    }
    page.family("cordon_requests_in_flight", .gauge, "Requests being answered.") { $0.sample([], counts.inFlight) }
    page.family("cordon_own_seconds", .histogram, "Time that Cordon took for a request, without the vendor's.") {
      $0.histogram(counts.ownTime)
    }
    page.vendors(sights, counts.attempts)
    page.family("cordon_retries_total", .counter, "Times that a vendor was asked again, or would have been.") {
      $0.sample([("result", "made")], counts.retries)
      $0.sample([("result", "over_budget")], counts.unpaidRetries)
    }
    if let spans {
      page.family("cordon_spans_total", .counter, "Spans for the collector of traces, by what became of them.") {
        $0.sample([("result", "sent")], spans.sent)
        $0.sample([("result", "dropped")], spans.dropped)
      }
    }
    page.family("cordon_configuration_loads_total", .counter, "Times that the configuration was read again.") {
      $0.sample([("result", "loaded")], counts.loads)
      $0.sample([("result", "refused")], counts.refusedLoads)
    }
    page.family("cordon_configuration_refused", .gauge, "1 while the file is one that was refused.") {
      $0.sample([], counts.isRefused ? 1 : 0)
    }
    if let refused = counts.refusedShards {
      page.family("cordon_shards_refused", .gauge, "Shards that are not what the root log says of them.") {
        $0.sample([], refused)
      }
    }
    if let refused = counts.refusedRoots {
      page.family("cordon_root_log_refused", .gauge, "1 while the root log is not the one that it was.") {
        $0.sample([], refused)
      }
    }
    page.family("cordon_repeated_requests_total", .counter, "Requests whose idempotency key had come before.") {
      for result in Repetition.allCases { $0.sample([("result", result.rawValue)], counts.repeated[result] ?? 0) }
    }
    page.family("cordon_fallbacks_total", .counter, "Times that a request went on to the next vendor.") {
      $0.sample([], counts.fallbacks)
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
    var refusedShards: Int?
    var refusedRoots: Int?
    var droppedFields = 0
    var sharedElements = 0
    var droppedElements = 0
    var withheldCalls = 0
    var sensitive: [SensitiveClass: Int] = [:]
    var attempts: [String: [AttemptOutcome: Int]] = [:]
    var retries = 0
    var unpaidRetries = 0
    var fallbacks = 0
    var repeated: [Repetition: Int] = [:]
    var loads = 0
    var refusedLoads = 0
    var isRefused = false
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
