import Ciphers
import Deidentification
import Ledger
import PHI
import Providers
import Vault

/// The tries of one request: vendor after vendor of its use case's chain, each as often as is worth while.
///
/// Each try is decided anew, and is opened in the log before its vendor gets a byte and closed before the next begins:
/// an agreement that ends between two tries ends them. All tries send the same safe text. Another try is made only while
/// nothing of an answer was released.
struct Attempts {
  /// How long a request that is carried out later waits for its turn at one vendor, in seconds.
  private static let deferredPatience = 60

  private let gateway: Gateway
  private let call: ModelCall
  private let model: ModelName
  private let useCase: UseCase
  private let safe: SafeRequest
  private let uninspected: [Uninspectable.Reason]
  private let region: String?
  /// What of the request stays inside.
  private let classes: Set<SensitiveClass>
  private let chain: [UseCase.Fallback]
  private let stated: RequestParties
  /// The patient whose choices are asked for, whatever the log keeps.
  private let patient: String?
  /// What the request states for policies, and what of it the law protects most.
  private let facts: StatedFacts
  private let protected: Set<SensitiveClass>
  private var parties: SealedParties?
  private var stopwatch: Stopwatch
  private var hasOpened = false
  /// The place whose vendor the request was last counted to, for its retries.
  private var counted: Int?

  /// What came of one vendor.
  private indirect enum Ending {
    case replied(Reply)
    case failed(Failure, headers: [(name: String, value: String)])
    case refused(Refusal, vendor: Vendor?)
  }

  /// Why a vendor is not asked.
  private struct Objection: Error {
    let refusal: Refusal
    let vendor: Vendor?
  }

  init(
    _ gateway: Gateway, _ call: ModelCall, _ request: ModelRequest, asking model: ModelName, for useCase: UseCase,
    _ safe: SafeRequest, about parties: RequestParties, stating statement: CallerStatement,
    holding classes: Set<SensitiveClass>, only link: UseCase.Fallback? = nil, _ stopwatch: Stopwatch
  ) {
    self.gateway = gateway
    self.call = call
    self.model = model
    self.useCase = useCase
    self.safe = safe
    uninspected = request.uninspectable.map(\.reason)
    region = request.region
    self.classes = classes
    // Only the vendor that has the earlier turns can go on from them.
    chain = link.map { [$0] } ?? gateway.admission.chain(of: useCase, holding: classes)
    stated = parties
    patient = statement.patient
    facts = statement.facts
    protected = gateway.sensitive(in: request.prose.text, beside: classes, about: statement.patient)
    self.stopwatch = stopwatch
  }

  /// Asks the vendors of the chain, one after the other, until one answers.
  mutating func run() async -> Reply {
    var refusal: Refusal?
    var comeBack: Int64?
    for place in chain.indices {
      if place > 0 {
        guard !Task.isCancelled, left != 0 else { break }
        gateway.metrics.countFallback()
      }
      switch await ask(place) {
      case .replied(let reply): return reply
      case .failed(let failure, let headers):
        guard chain.count > 1, failure.maySucceedElsewhere else { return told(failure, headers) }
        comeBack = max(comeBack ?? 0, Pause.asked(in: headers) ?? 0)
      case .refused(let found, let vendor):
        guard chain.count > 1, found.rule.isAboutVendor else {
          return await gateway.refuse(found, call, stated, useCase: useCase, vendor: vendor, model: model)
        }
        if let reply = await note(found, vendor) { return reply }
        if let seconds = found.retryAfter { comeBack = max(comeBack ?? 0, Int64(seconds) * 1_000_000) }
        refusal = refusal ?? found
      }
    }
    guard let comeBack else { return told(refusal) }
    let seconds = comeBack == 0 ? 30 : Int(min(max(comeBack / 1_000_000, 1), 600))
    return told(.unanswered(seconds: seconds), [])
  }

  private mutating func ask(_ place: Int) async -> Ending {
    var asked = 0
    while true {
      let ending = await attempt(place)
      asked += 1
      guard case .failed(let failure, let headers) = ending, await pause(after: failure, headers, asked, place) else {
        return ending
      }
      stopwatch.passOver()
    }
  }

  /// Waits before the same vendor is asked again; false when it is not to be.
  private func pause(
    after failure: Failure, _ headers: [(name: String, value: String)], _ asked: Int, _ place: Int
  ) async -> Bool {
    let settings = gateway.reliability
    guard failure.mayBeTriedAgain, asked < settings.attempts, !Task.isCancelled,
      let pause = Pause.before(retryAfter: asked, headers, settings, chance: gateway.chance.upTo),
      left.map({ pause < $0 }) ?? true
    else { return false }
    guard gateway.lines[chain[place].vendor]?.takeRetry() == true else {
      gateway.metrics.countRetry(isPaid: false)
      return false
    }
    gateway.metrics.countRetry(isPaid: true)
    try? await gateway.clock.sleep(pause)
    return !Task.isCancelled
  }

  private mutating func attempt(_ place: Int) async -> Ending {
    let route: Admission.Route
    do throws(Objection) {
      route = try await allowed(at: place)
    } catch {
      return .refused(error.refusal, vendor: error.vendor)
    }
    var outbound: Outbound
    do {
      outbound = try Outbound(safe, call, route, asking: model)
    } catch {
      return .refused(Refusal(error, from: route.vendor), vendor: route.vendor)
    }
    guard let endpoint = gateway.endpoints[route.vendor.id], let line = gateway.lines[route.vendor.id] else {
      return .replied(told(.vendor(.unreachable), []))
    }
    if let refusal = await gateway.attestations.refusal(of: route.vendor) {
      return .refused(refusal, vendor: route.vendor)
    }
    let asks: [RateLimiter.Ask]
    do throws(Refusal) {
      asks = try await gateway.takeRates(at: route.vendor, about: stated.patient)
    } catch {
      return .refused(error, vendor: route.vendor)
    }
    if counted != place { line.payIn() }
    counted = place
    let seconds = call.way == nil ? gateway.reliability.queueSeconds : Self.deferredPatience
    let patience = Int64(seconds) * 1_000_000
    let turn: VendorTurn
    let priority = call.way?.isAged == true ? .interactive : useCase.priority.lowered(to: call.priority)
    switch await line.enter(within: min(patience, left ?? patience), as: priority) {
    case .turn(let given): turn = given
    case .resting(let left):
      gateway.rates.giveBack(asks)
      return .refused(Refusal(resting: route.vendor, for: left), vendor: route.vendor)
    case .busy:
      gateway.rates.giveBack(asks)
      return .refused(Refusal(busy: route.vendor), vendor: route.vendor)
    }
    stopwatch.passOver()
    // What the queue has taken of the deadline the answer has not.
    outbound.request.patience = left
    let ending = await exchange(outbound, by: route, turn, endpoint, paidBy: call.rates + asks)
    // Nothing went to a vendor by whom the request was refused at the last.
    if case .refused = ending { gateway.rates.giveBack(asks) }
    return ending
  }

  /// Whether a vendor of the chain may be asked, as far as agreements, patients and policies go; true also where that may be
  /// otherwise a little later.
  func mayBegin() async -> Bool {
    for place in chain.indices {
      do throws(Objection) {
        _ = try await allowed(at: place)
        return true
      } catch {
        guard error.refusal.status == 403 else { return true }
        guard error.refusal.rule.isAboutVendor else { return false }
      }
    }
    return false
  }

  /// The route to a vendor of the chain, as it is allowed now.
  private func allowed(at place: Int) async throws(Objection) -> Admission.Route {
    let route: Admission.Route
    switch gateway.decide(call, asking: model, in: region, at: chain[place], holding: classes) {
    case .refused(let refusal, _, let vendor): throw Objection(refusal: refusal, vendor: vendor)
    case .allowed(let decided): route = decided
    }
    let found = safe.counts.present.map(\.identifier)
    if let refusal = route.agreement?.objection(to: found, uninspected: uninspected) {
      throw Objection(refusal: refusal, vendor: route.vendor)
    }
    do throws(Refusal) {
      return try permitted(route, about: await gateway.choices(of: [patient]), holding: found).get()
    } catch {
      throw Objection(refusal: error, vendor: route.vendor)
    }
  }

  /// The route as the patient and the policies allow it.
  private func permitted(
    _ route: Admission.Route, about choices: PatientChoices, holding found: [Identifier]
  ) -> Result<Admission.Route, Refusal> {
    gateway.permitted(
      route, about: choices,
      { matter in
        (matter.user, matter.facts, matter.client) = (stated.user, facts, call.client)
        matter.hold(
          found, sensitive: protected, unread: uninspected, about: patient,
          // Of what the vendor has from earlier turns this one need not say a word.
          knowing: safe.knownCount != nil || safe.goesOnFrom != nil, in: gateway.policy)
        if safe.goesOnFrom != nil { matter.join(safe.heldBefore) }
      }, to: call.operation.policyAction)
  }

  private mutating func exchange(
    _ outbound: Outbound, by route: Admission.Route, _ turn: VendorTurn, _ endpoint: any ModelEndpoint,
    paidBy rates: [RateLimiter.Ask]
  ) async -> Ending {
    let parties: SealedParties
    let sent: Digest
    do {
      parties = try await sealedParties()
      sent = try await gateway.digestOfSealed(outbound.request.body, of: call.requestID, .sent)
    } catch {
      return .refused(Refusal(error), vendor: route.vendor)
    }
    let record = RequestRecord(call, route, parties: parties, safe: safe, sent: sent)
    // What changes from here on is seen by whoever stops what runs; what changed before, by the look after it.
    let allowance = Allowance(route)
    let number = gateway.running.enter(allowance, call.interruption)
    var objection = gateway.admission.objection(to: allowance, on: gateway.clock.today)
    if objection == nil { objection = await gateway.objection(to: allowance.standing) }
    if let refusal = objection {
      gateway.running.leave(number)
      return .refused(refusal, vendor: route.vendor)
    }
    do {
      try await gateway.tell(route.verdict, of: call.requestID, call.caller)
      let opening = record.opening(at: gateway.clock.timestamp, times: stopwatch.times, withParts: !hasOpened)
      try await gateway.record(opening, sealing: hasOpened ? [] : parties.parts)
    } catch {
      gateway.running.leave(number)
      return .replied(told(.logUnavailable, []))
    }
    if !hasOpened {
      gateway.metrics.countIdentifiers(safe.counts)
      if let losses = safe.losses { gateway.metrics.count(losses) }
    }
    hasOpened = true
    let trace = call.span.map { AttemptTrace($0, route, call.operation) }
    var outbound = outbound
    if gateway.tellsVendors { outbound.request.trace = trace?.context }
    let exchange = Exchange(
      gateway: gateway, requestID: call.requestID, record: record, safe: safe, outbound: outbound, route: route,
      allowances: [allowance], interruption: call.interruption, parties: stated, number: number,
      turn: turn, place: call.place, rates: rates, trace: trace, stopwatch: stopwatch)
    switch await exchange.run(through: endpoint) {
    case .replied(let reply):
      gateway.metrics.countAttempt(route.vendor.id, .answered)
      call.way?.note(route, about: stated)
      let mayKeep = useCase.mayKeep(
        exchange.tally, of: safe, about: stated, holding: classes, unsearched: uninspected)
      if mayKeep, let place = call.place, reply.status == 200, case .whole(let body) = reply.body {
        let answer = RepeatedRequests.Answer(body: body, headers: reply.headers, record: record, route: route)
        place.keep(answer, gateway.reliability)
      }
      return .replied(reply)
    case .failed(let failure, let headers):
      gateway.metrics.countAttempt(route.vendor.id, .failed)
      return .failed(failure, headers: headers)
    }
  }

  /// The request's parties, for whom keys are made when the first vendor is about to be asked.
  private mutating func sealedParties() async throws(GatewayKeyFailure) -> SealedParties {
    if let parties { return parties }
    let sealed = try await gateway.sealed(stated, of: call.requestID, admitted: call.caller)
    parties = sealed
    return sealed
  }

  /// Records that a vendor was passed over; the reply says that it could not be.
  private func note(_ refusal: Refusal, _ vendor: Vendor?) async -> Reply? {
    do {
      try await gateway.recordRefusal(refusal, call, stated, useCase: useCase, vendor: vendor, model: model)
    } catch {
      return told(.logUnavailable, [])
    }
    gateway.metrics.countRefusal(refusal.rule)
    if let vendor { gateway.metrics.countAttempt(vendor.id, .passedOver) }
    return nil
  }

  private func told(_ failure: Failure, _ headers: [(name: String, value: String)]) -> Reply {
    let outcome = failure == .logUnavailable ? .logUnavailable : Metrics.RequestOutcome(failure.outcome)
    gateway.count(EndedRequest(outcome, status: failure.status, of: useCase.id.recorded, after: stopwatch))
    return .failure(failure, to: call, headers: headers)
  }

  private func told(_ refusal: Refusal?) -> Reply {
    guard let refusal else { return told(.vendor(.unreachable), []) }
    gateway.count(gateway.ended(by: refusal, of: useCase, after: stopwatch))
    return .refusal(refusal, to: call)
  }

  /// How long the answer may still take to begin, in microseconds; nil when nothing is said.
  private var left: Int64? { stopwatch.left(of: gateway.reliability.deadlineSeconds) }
}

extension Gateway {
  /// Decides whether a call may go to the vendor at that place of its use case's chain, now.
  func decide(
    _ call: ModelCall, asking model: ModelName, in region: String?, at link: UseCase.Fallback? = nil,
    holding classes: Set<SensitiveClass> = [], inBatch isBatch: Bool = false
  ) -> Admission.Decision {
    let decision = admission.decide(
      caller: call.caller, requesting: call.useCase, model: model, for: call.operation, at: link, holding: classes,
      inBatch: isBatch, on: clock.today)
    guard case .allowed(let route) = decision else { return decision }
    guard call.version.asksOnly(for: route.vendor.features) else {
      let fact = "`\(InterfaceVersion.featuresHeader)` asks vendor `\(route.vendor.id)` for what it may not do"
      return .refused(Refusal(.featureNotAllowed, fact), useCase: route.useCase, vendor: route.vendor)
    }
    if let region, region != route.vendor.region?.name {
      let fact = "`inference_geo` asks vendor `\(route.vendor.id)` to work elsewhere than its entry says"
      return .refused(Refusal(.regionNotApproved, fact), useCase: route.useCase, vendor: route.vendor)
    }
    return decision
  }
}

extension Refusal {
  /// What a request is told when too many wait for a vendor.
  init(busy vendor: Vendor) {
    self.init(.vendorBusy, "more is asked of the model at `\(vendor.id)` than it can do at one time", retryAfter: 5)
  }

  /// What a request is told while a vendor is left in peace, for so many microseconds more.
  init(resting vendor: Vendor, for left: Int64) {
    let seconds = Int(max(1, (left + 999_999) / 1_000_000))
    self.init(
      .vendorResting, "the model at `\(vendor.id)` has failed too often, and is tried again in \(seconds) seconds",
      retryAfter: seconds)
  }
}
