import Ciphers
import Deidentification
import Ledger
import PHI
import Providers

/// What the log says of one request: the entry that opens it and the one that closes it.
struct RequestRecord: Sendable {
  private let requestID: RequestID
  private let operation: Operation
  private let route: Admission.Route
  private let client: ConfiguredName?
  private let parties: SealedParties
  private let identifiers: [Identifier: Int]
  private let known: Int?
  private let sent: Digest

  init(
    _ call: ModelCall, _ route: Admission.Route, parties: SealedParties, safe: SafeRequest, sent: Digest
  ) {
    requestID = call.requestID
    operation = call.operation
    client = call.client
    self.route = route
    self.parties = parties
    identifiers = safe.counts.byKind
    known = safe.knownCount
    self.sent = sent
  }

  /// The entry that must be durable before a byte goes to the vendor.
  func opening(at time: Timestamp, times: [Stage: Int]) -> Entry {
    var entry = base(.requestOpened, at: time)
    entry.decision = .allow
    entry.identifiers = identifiers
    entry.knownIdentifiers = known
    entry.sent = sent
    entry.microseconds = times
    parties.name(in: &entry, withParts: true)
    return entry
  }

  /// The entry that must be durable before the end of the answer is released.
  func closing(_ ending: Ending, at time: Timestamp) -> Entry {
    var entry = base(.requestClosed, at: time)
    entry.outcome = ending.outcome
    entry.identifiers = ending.novel.byKind
    if ending.isStopped { entry.rule = ConfiguredName("novel_identifier") }
    entry.status = ending.status
    entry.promptTokens = ending.usage?.prompt
    entry.completionTokens = ending.usage?.completion
    entry.received = ending.received
    entry.microseconds = ending.times
    parties.name(in: &entry, withParts: false)
    return entry
  }

  /// The entry for a request that was refused; it names only what the configuration knows.
  static func refusal(
    _ refusal: Refusal, _ call: ModelCall, useCase: UseCase? = nil, vendor: Vendor? = nil, model: ModelName? = nil,
    at time: Timestamp
  ) -> Entry {
    var entry = denial(of: call, rule: refusal.rule.rawValue, status: refusal.status, at: time)
    entry.useCase = useCase?.id.recorded
    entry.purpose = useCase?.purpose.recorded
    entry.vendor = vendor?.id.recorded
    entry.agreement = vendor?.agreement?.id.recorded
    entry.model = model.map { useCase?.models.contains($0) == true ? $0 : .unlisted }
    entry.identifiers = refusal.identifiers.byKind
    return entry
  }

  /// The entry for what a caller sent and is no request.
  static func rejection(_ call: ModelCall, at time: Timestamp) -> Entry {
    denial(of: call, rule: "invalid_request", status: 400, at: time)
  }

  /// The entry for a reading of the log that was refused.
  static func refusal(
    _ refusal: Refusal, requestID: RequestID, caller: Caller, client: ConfiguredName?, at time: Timestamp
  ) -> Entry {
    denial(
      requestID: requestID, caller: caller, client: client, rule: refusal.rule.rawValue, status: refusal.status,
      at: time)
  }

  private static func denial(of call: ModelCall, rule: String, status: Int, at time: Timestamp) -> Entry {
    var entry = denial(
      requestID: call.requestID, caller: call.caller, client: call.client, rule: rule, status: status, at: time)
    entry.operation = ConfiguredName(call.operation)
    return entry
  }

  private static func denial(
    requestID: RequestID, caller: Caller, client: ConfiguredName?, rule: String, status: Int, at time: Timestamp
  ) -> Entry {
    var entry = Entry(.requestRefused, at: time, request: requestID)
    entry.caller = caller.id.recorded
    entry.client = client
    entry.decision = .deny
    entry.rule = ConfiguredName(rule)
    entry.status = status
    return entry
  }

  private func base(_ event: Event, at time: Timestamp) -> Entry {
    var entry = Entry(event, at: time, request: requestID)
    entry.operation = ConfiguredName(operation)
    entry.caller = route.caller.id.recorded
    entry.useCase = route.useCase.id.recorded
    entry.purpose = route.useCase.purpose.recorded
    entry.vendor = route.vendor.id.recorded
    entry.agreement = route.vendor.agreement?.id.recorded
    entry.model = route.model
    entry.client = client
    return entry
  }

  /// How a request ended.
  struct Ending: Sendable {
    var outcome: Outcome
    var status: Int
    var usage: (prompt: Int, completion: Int)?
    var received: Digest?
    var times: [Stage: Int] = [:]
    /// The identifiers of the answer that nobody had given.
    var novel = IdentifierCounts()
    /// Whether the answer was stopped because of one.
    var isStopped = false
  }
}

extension ConfiguredName {
  /// How entries name what was asked for.
  fileprivate init?(_ operation: Operation) { self.init(operation.rawValue) }
}

extension IdentifierCounts {
  /// The kinds that occur, as log entries carry them.
  fileprivate var byKind: [Identifier: Int] {
    Dictionary(uniqueKeysWithValues: present.map { ($0.identifier, $0.count) })
  }
}
