import Ciphers
import Deidentification
import Ledger
import PHI
import Providers
import Vault

/// What the log says of one request: the entry that opens it and the one that closes it.
final class RequestRecord: Sendable {
  private let base: Entry
  private let vendor: Vendor?
  private let egress: EgressRoute?
  private let parties: SealedParties
  private let identifiers: [Identifier: Int]
  private let known: Int?
  private let losses: ContractLosses?
  private let lines: Int?
  private let sent: Digest?
  /// How it ends what the vendor keeps; nil for what goes on.
  private let ending: Admission.Ending?
  /// The policies that allow it; nil where there are none.
  private let policy: PolicyRecord?

  /// What is said of a call of a model.
  convenience init(
    _ call: ModelCall, _ route: Admission.Route, parties: SealedParties, safe: SafeRequest, sent: Digest
  ) {
    var base = Self.base(call)
    base.model = route.model
    base.object = safe.goesOnFrom
    base.name(route.caller, route.useCase, route.vendor, route.agreement)
    base.retention = route.retention.recorded
    self.init(base, route.vendor, route.egress, route.verdict, parties: parties, safe: safe, sent: sent)
  }

  /// What is said of a message to a tool server.
  convenience init(
    _ message: ToolMessage, _ route: ToolRoute, parties: SealedParties, safe: SafeRequest, sent: Digest
  ) {
    var base = Self.base(message)
    base.object = message.request.tool.flatMap { ConfiguredName($0) }
    base.name(route.caller, route.useCase, route.vendor, route.agreement)
    base.retention = Retention.agreed.recorded
    self.init(base, route.vendor, route.egress, route.verdict, parties: parties, safe: safe, sent: sent)
  }

  private init(
    _ base: Entry, _ vendor: Vendor, _ egress: EgressRoute?, _ verdict: PolicyVerdict?, parties: SealedParties,
    safe: SafeRequest?, sent: Digest
  ) {
    self.base = base
    self.vendor = vendor
    self.egress = egress
    self.parties = parties
    identifiers = safe?.counts.byKind ?? [:]
    known = safe?.knownCount
    losses = safe?.losses
    lines = nil
    self.sent = sent
    ending = nil
    policy = verdict.map(PolicyRecord.init)
  }

  /// What is said of a call about something that a vendor keeps; with an id of its own it is about some of the people in it.
  init(
    _ call: some ResourceCall, _ routes: [Admission.Route], on object: ConfiguredName? = nil, parties: SealedParties,
    found: BatchFindings = BatchFindings(), sent: Digest? = nil, as requestID: RequestID? = nil
  ) {
    var base = Self.base(call)
    base.request = requestID ?? call.requestID
    base.object = requestID == nil ? object : ConfiguredName(call.requestID.description)
    if routes.count == 1 { base.model = routes[0].model }
    if let route = routes.first {
      base.name(route.caller, route.useCase, route.vendor, route.agreement)
      base.retention = (route.vendor.isOutside ? Retention.agreed : .inside).recorded
    }
    ending = routes.compactMap(\.ending).first { $0.isOwed }
    policy = routes.first?.verdict.map(PolicyRecord.init)
    self.base = base
    vendor = routes.first?.vendor
    egress = routes.first?.egress
    self.parties = parties
    identifiers = found.identifiers.byKind
    known = found.known
    losses = found.losses
    lines = found.lines == 0 ? nil : found.lines
    self.sent = sent
  }

  /// The sealed parts that go beside the opening entry.
  var parts: [SealedPart] { parties.parts }

  /// The use case of the request.
  var useCase: ConfiguredName? { base.useCase }

  private static func base(_ call: some CarriedCall) -> Entry {
    var base = Entry(.requestOpened, at: Timestamp(milliseconds: 0), request: call.requestID)
    base.operation = call.recordedOperation
    base.caller = call.caller.id.recorded
    base.client = call.client
    return base
  }

  /// Whose request it is, for entries about what comes of it.
  var plain: Entry {
    var entry = base
    parties.name(in: &entry, withParts: false)
    return entry
  }

  /// The entry that must be durable before a byte goes to the vendor; only a request's first carries its parts.
  func opening(at time: Timestamp, times: [Stage: Int], withParts: Bool = true) -> Entry {
    var entry = base
    entry.time = time
    entry.decision = .allow
    entry.identifiers = identifiers
    entry.knownIdentifiers = known
    entry.fieldsDropped = losses?.fields
    entry.elementsShared = losses?.elements?.shared
    entry.elementsDropped = losses?.elements?.dropped
    entry.lines = lines
    entry.sent = sent
    entry.microseconds = times
    if let vendor { entry.name(egress, to: vendor) }
    entry.name(policy)
    if case .owed(let agreement) = ending {
      entry.rule = ConfiguredName("return_or_destroy")
      entry.agreement = agreement?.recorded
    }
    parties.name(in: &entry, withParts: withParts)
    return entry
  }

  /// The entry that must be durable before the end of the answer is released.
  func closing(_ ending: Ending, at time: Timestamp) -> Entry {
    var entry = base
    entry.event = .requestClosed
    entry.time = time
    entry.outcome = ending.outcome
    entry.identifiers = ending.novel.byKind
    entry.restored = ending.restored.byKind
    entry.lines = ending.lines
    let keepsTokens = ending.outcome == .completed && ending.withheldCalls > 0
    entry.rule = (ending.rule ?? (keepsTokens ? "tool_host" : nil)).flatMap { ConfiguredName($0) }
    entry.servedModel = ending.servedModel == entry.model ? nil : ending.servedModel
    entry.status = ending.status
    entry.promptTokens = ending.usage?.prompt
    entry.completionTokens = ending.usage?.completion
    entry.received = ending.received
    entry.microseconds = ending.times
    parties.name(in: &entry, withParts: false)
    return entry
  }

  /// The entries for an answer that is given again to a request of another id; no vendor has part in it, and whose it was
  /// is its object.
  func repetition(
    as requestID: RequestID, because rule: String = "idempotent_repeat", withParts: Bool = false, at time: Timestamp
  ) -> [Entry] {
    [Event.requestOpened, .requestClosed].map { event in
      var entry = base
      (entry.event, entry.time, entry.request) = (event, time, requestID)
      (entry.vendor, entry.agreement, entry.retention) = (nil, nil, nil)
      entry.rule = ConfiguredName(rule)
      if event == .requestOpened {
        entry.decision = .allow
        entry.object = base.vendor
        entry.name(policy)
      } else {
        (entry.outcome, entry.status) = (.completed, 200)
      }
      parties.name(in: &entry, withParts: withParts && event == .requestOpened)
      return entry
    }
  }

  /// The entry for a call that was refused; it names only what the configuration knows.
  static func refusal(
    _ refusal: Refusal, _ call: some CarriedCall, useCase: UseCase?, vendor: Vendor?, model: ModelName?,
    at time: Timestamp
  ) -> Entry {
    var entry = rejection(call, refusal.rule.rawValue, status: refusal.status, at: time)
    entry.useCase = useCase?.id.recorded
    entry.purpose = useCase?.purpose.recorded
    entry.vendor = vendor?.id.recorded
    entry.agreement = refusal.agreement?.recorded
    entry.region = vendor?.region?.recorded
    entry.model = model.map { useCase?.models.contains($0) == true ? $0 : .unlisted }
    entry.identifiers = refusal.identifiers.byKind
    entry.object = refusal.rate?.name ?? refusal.lack?.name
    entry.route = refusal.route?.recorded
    entry.name(refusal.policy)
    return entry
  }

  /// The entry for a call that is none of its kind, or has no answer for a reason of the caller's.
  static func rejection(_ call: some CarriedCall, _ rule: String, status: Int, at time: Timestamp) -> Entry {
    var entry = denial(
      call.requestID, of: call.caller, from: call.client, rule: rule, status: status, at: time)
    entry.operation = call.recordedOperation
    return entry
  }

  /// The entry for what a known caller, or somebody who is not known, may not have.
  static func denial(
    _ requestID: RequestID, of caller: Caller?, from client: ConfiguredName?, rule: String, status: Int,
    at time: Timestamp
  ) -> Entry {
    var entry = Entry(.requestRefused, at: time, request: requestID)
    entry.caller = caller?.id.recorded
    entry.client = client
    entry.decision = .deny
    entry.rule = ConfiguredName(rule)
    entry.status = status
    return entry
  }

  /// How a request ended.
  struct Ending: Sendable {
    var outcome: Outcome
    var status: Int
    var usage: TokenUsage?
    /// The model that the vendor says has answered.
    var servedModel: ModelName?
    var received: Digest?
    var times: [Stage: Int] = [:]
    /// The identifiers of the answer that nobody had given.
    var novel = IdentifierCounts()
    /// The identifiers that the caller was given back.
    var restored = IdentifierCounts()
    /// How many calls of tools the caller was given with their tokens, for where they go.
    var withheldCalls = 0
    /// The rule that stopped the answer; nil when none did.
    var rule: String?
    /// How many results of a batch the caller was given.
    var lines: Int?
  }
}

extension Entry {
  /// Names who asks, for what, and whom.
  fileprivate mutating func name(_ caller: Caller, _ useCase: UseCase, _ vendor: Vendor, _ agreement: Agreement?) {
    self.caller = caller.id.recorded
    self.useCase = useCase.id.recorded
    purpose = useCase.purpose.recorded
    self.vendor = vendor.id.recorded
    self.agreement = agreement?.id.recorded
    agreementDigest = agreement?.digest(of: vendor.id)
    region = vendor.region?.recorded
    approval = useCase.approval?.recorded
  }
}

extension IdentifierCounts {
  /// The kinds that occur, as log entries carry them.
  fileprivate var byKind: [Identifier: Int] {
    Dictionary(uniqueKeysWithValues: present.map { ($0.identifier, $0.count) })
  }
}
