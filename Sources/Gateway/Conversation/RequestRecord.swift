import Ciphers
import Deidentification
import Ledger
import PHI

/// What the log says of one request: the entry that opens it and the one that closes it.
struct RequestRecord: Sendable {
  private let requestID: RequestID
  private let route: Admission.Route
  private let client: ConfiguredName?
  private let parties: SealedParties
  private let identifiers: [Identifier: Int]
  private let known: Int?
  private let sent: Digest

  init(
    _ requestID: RequestID, _ route: Admission.Route, client: ConfiguredName?, parties: SealedParties,
    identifiers: IdentifierCounts, known: Int?, sent: Digest
  ) {
    self.requestID = requestID
    self.route = route
    self.client = client
    self.parties = parties
    self.identifiers = identifiers.byKind
    self.known = known
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
    _ refusal: Refusal, requestID: RequestID, caller: Caller, useCase: UseCase? = nil, vendor: Vendor? = nil,
    model: ModelName? = nil, at time: Timestamp
  ) -> Entry {
    var entry = Entry(.requestRefused, at: time, request: requestID)
    entry.caller = caller.id.recorded
    entry.useCase = useCase?.id.recorded
    entry.purpose = useCase?.purpose.recorded
    entry.vendor = vendor?.id.recorded
    entry.agreement = vendor?.agreement?.id.recorded
    entry.model = model.map { useCase?.models.contains($0) == true ? $0 : .unlisted }
    entry.decision = .deny
    entry.rule = ConfiguredName(refusal.rule.rawValue)
    entry.identifiers = refusal.identifiers.byKind
    entry.status = refusal.status
    return entry
  }

  /// The entry for what a caller sent and is no request.
  static func rejection(
    requestID: RequestID, caller: Caller, client: ConfiguredName?, at time: Timestamp
  ) -> Entry {
    var entry = Entry(.requestRefused, at: time, request: requestID)
    entry.caller = caller.id.recorded
    entry.client = client
    entry.decision = .deny
    entry.rule = ConfiguredName("invalid_request")
    entry.status = 400
    return entry
  }

  private func base(_ event: Event, at time: Timestamp) -> Entry {
    var entry = Entry(event, at: time, request: requestID)
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

extension IdentifierCounts {
  /// The kinds that occur, as log entries carry them.
  fileprivate var byKind: [Identifier: Int] {
    Dictionary(uniqueKeysWithValues: present.map { ($0.identifier, $0.count) })
  }
}
