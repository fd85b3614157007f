import Ledger
import Providers
import Vault

/// A call about something that a vendor keeps: a file, a batch, an answer.
protocol ResourceCall: DialectCall {
  /// The use case that it names; nil takes the caller's first.
  var useCase: String? { get }
  /// The patient whom all of it is about, as a header names them.
  var patient: String? { get }
  /// The member of the workforce for whom it is made, as a header names them.
  var user: String? { get }
  /// What headers state for policies.
  var facts: FactHeaders { get }
  /// What the client's headers say of the interface that it speaks.
  var version: InterfaceVersion { get }
  /// What policies are asked about it.
  var action: PolicyAction { get }
  /// How what carries it is told to stop.
  var interruption: Interruption { get }
  /// Whether it ends what the vendor keeps, or is still to do: an agreement that is over asks for that
  /// (45 CFR 164.504(e)(2)(ii)(J)).
  var ends: Bool { get }
  /// Whether it reads something that is kept, which it names.
  var readsKept: Bool { get }
  /// Whether it is about files and batches, and what an agreement says of these.
  var isAboutBatches: Bool { get }
  /// Which parties its headers have to name, of those that the use case wants to know: what names them itself need not.
  var namesInHeaders: Set<RequestParties.Side> { get }
  /// Whether a use case lets it be asked at all.
  func isServed(by useCase: UseCase) -> Bool
}

extension ResourceCall {
  func isServed(by useCase: UseCase) -> Bool { useCase.kept != nil }
}

extension KeptCall: ResourceCall {
  var version: InterfaceVersion { InterfaceVersion() }
  var action: PolicyAction { .retrieve }
  var ends: Bool { act == .delete || act == .cancel }
  var readsKept: Bool { !ends }
  var isAboutBatches: Bool { false }
  // What is kept is found by both.
  var namesInHeaders: Set<RequestParties.Side> { Set(RequestParties.Side.allCases) }
}

extension BatchCall: ResourceCall {
  var ends: Bool { operation.ends }
  var readsKept: Bool { !ends && action == .retrieve && id != nil }
  var isAboutBatches: Bool { true }
  var action: PolicyAction { operation == .createBatch || operation.bringsRequests ? .batch : .retrieve }

  /// A batch is about many patients, whom its requests name; who asks for it now is said by nobody else.
  var namesInHeaders: Set<RequestParties.Side> { operation.bringsRequests ? [] : [.user] }
}

/// A call that has its answer already: it was refused, or something failed.
struct TurnedAway: Error {
  let reply: Reply
}

/// A call about something that a vendor keeps, which a use case allows, on its way to its answer.
struct ResourceWork<Call: ResourceCall>: Sendable {
  let gateway: Gateway
  var call: Call
  let useCase: UseCase
  /// Whom it names for all of it.
  let parties: RequestParties
  /// What it has taken from the rate limits.
  let rates: [RateLimiter.Ask]
  let stopwatch: Stopwatch
}

extension ResourceWork {
  /// Records a refusal; what is thrown tells it.
  func refuse(_ refusal: Refusal, vendor: Vendor? = nil, model: ModelName? = nil) async -> TurnedAway {
    TurnedAway(reply: await gateway.refuse(refusal, call, parties, useCase: useCase, vendor: vendor, model: model))
  }

  /// Records that what came is no request of its kind; what is thrown tells what is wrong.
  func reject(_ message: String, param: String? = nil) async -> TurnedAway {
    TurnedAway(reply: await gateway.reject(call, .invalidRequest(message, param: param)))
  }

  /// Records that there is no such thing for the caller; whoever asks for another's is told the same.
  func reject(_ failure: Failure, by rule: String? = nil) async -> TurnedAway {
    TurnedAway(reply: await gateway.reject(call, failure, by: rule))
  }

  /// What is thrown when something failed before a vendor was asked.
  func fail(_ failure: Failure) -> TurnedAway {
    let outcome = failure == .logUnavailable ? .logUnavailable : Metrics.RequestOutcome(failure.outcome)
    var ended = EndedRequest(outcome, status: failure.status, of: useCase.id.recorded, after: stopwatch)
    ended.isByRule = gateway.vault.isLocked
    gateway.count(ended)
    return TurnedAway(reply: call.reply(telling: failure, headers: []))
  }

  /// The way to the vendor that keeps something: allowed as what it keeps was, now, by what it `held` then, about the patient
  /// whom the call names and those whom what is kept names.
  ///
  /// What the vendor is to end or to delete, it is to end and delete though nothing else may go to it any more; not when
  /// somebody has stopped it. The opening entry says so then, under the rule `return_or_destroy`.
  func route(
    to vendor: ConfiguredID<Vendor>, asking model: ModelName, for operation: Operation, holding held: HeldFacts? = nil,
    about patients: [String] = []
  ) async throws(TurnedAway) -> Admission.Route {
    let inBatch = call.isAboutBatches
    let decision = gateway.admission.decide(
      caller: call.caller, useCase: useCase, at: vendor, model: model, for: operation, inBatch: inBatch,
      on: gateway.clock.today)
    switch decision {
    case .allowed(var route):
      if call.ends { route.ending = .allowed }
      guard call.version.asksOnly(for: route.vendor.features) else {
        let fact = "`\(InterfaceVersion.featuresHeader)` asks vendor `\(route.vendor.id)` for what it may not do"
        throw await refuse(Refusal(.featureNotAllowed, fact), vendor: route.vendor, model: model)
      }
      return try await permitted(route, holding: held, about: patients)
    case .refused(let refusal, _, let named):
      guard call.ends, call.version.features.isEmpty, let named, refusal.status != 503,
        refusal.rule != .stoppedByOperator
      else {
        throw await refuse(refusal, vendor: named, model: model)
      }
      var route = Admission.Route(
        caller: call.caller, useCase: useCase, vendor: named, model: model, carriage: .direct, agreement: nil,
        egress: nil, operation: operation, isBatch: inBatch)
      route.ending = .owed(under: refusal.agreement)
      return route
    }
  }

  /// A route as patients and policies allow it; what ends something that is kept, they do not stop.
  private func permitted(
    _ route: Admission.Route, holding held: HeldFacts?, about patients: [String]
  ) async throws(TurnedAway) -> Admission.Route {
    guard !call.ends else { return route }
    let facts = try await facts()
    let choices = try await choices(of: patients, at: route)
    switch answer(to: route, stating: facts, about: choices, holding: { $0.join(held) }) {
    case .success(let route): return route
    case .failure(let refusal): throw await refuse(refusal, vendor: route.vendor, model: route.model)
    }
  }

  /// What the call states for policies.
  private func facts() async throws(TurnedAway) -> StatedFacts {
    do {
      return try StatedFacts(call.facts)
    } catch {
      throw await reject(error.description, param: error.path)
    }
  }

  /// What patients had to say of it: those whom what is kept is about, and whom the call names.
  private func choices(
    of patients: [String], at route: Admission.Route
  ) async throws(TurnedAway) -> PatientChoices {
    do throws(Refusal) {
      return try await gateway.choices(of: patients + [call.patient.flatMap { RequestParties.reference($0) }])
    } catch {
      throw await refuse(error, vendor: route.vendor, model: route.model)
    }
  }

  private func answer(
    to route: Admission.Route, stating facts: StatedFacts, about choices: PatientChoices,
    holding hold: (inout PolicyMatter) -> Void
  ) -> Result<Admission.Route, Refusal> {
    gateway.permitted(
      route, about: choices,
      { matter in
        (matter.user, matter.facts, matter.client) = (parties.user, facts, call.client)
        matter.holdKept(parties, in: gateway.policy)
        hold(&matter)
      }, to: call.action)
  }

  /// Refuses who may read nothing of what the use case holds, at whichever of its vendors, whatever else that is about.
  ///
  /// It is asked before what the call names is looked for: whether that is there, and whose it is, the refusal does not tell.
  /// The policies alone are asked: whom it is about, who then have their say, nobody knows yet.
  fileprivate func checkReading() async throws(TurnedAway) {
    guard gateway.policy != nil, call.readsKept else { return }
    let facts = try await facts()
    var refused: (refusal: Refusal, route: Admission.Route)?
    for var route in readingRoutes {
      route.egress = nil
      for classes in PolicyMatter.keptBesides {
        switch answer(to: route, stating: facts, about: .none, holding: { $0.hold(besides: classes) }) {
        case .success: return
        case .failure(let refusal): refused = refused ?? (refusal, route)
        }
      }
    }
    guard let (refusal, route) = refused else { return }
    throw await refuse(refusal, vendor: route.vendor, model: route.model)
  }

  /// A way to each vendor and model of the use case that may be asked at all.
  private var readingRoutes: [Admission.Route] {
    let operations = Operation.allCases.filter { $0.dialect == call.dialect }
    return useCase.chain.flatMap { link in
      useCase.models.compactMap { model in
        for operation in operations {
          let decision = gateway.admission.decide(
            caller: call.caller, useCase: useCase, at: link.vendor, model: link.models[model] ?? model, for: operation,
            inBatch: call.isAboutBatches, on: gateway.clock.today)
          if case .allowed(let route) = decision { return route }
        }
        return nil
      }
    }
  }
}

extension Gateway {
  /// A call about something that a vendor keeps, where it may be asked at all.
  ///
  /// It takes one request from the limits of its caller, its use case, its user and its patient; `before` is what it has taken
  /// of its caller's already.
  func work<Call: ResourceCall>(
    on call: Call, having before: [RateLimiter.Ask]? = nil
  ) async throws(TurnedAway) -> ResourceWork<Call> {
    let stopwatch = Stopwatch(clock.monotonic)
    var taken: [RateLimiter.Ask]
    do throws(Refusal) {
      if let before { taken = before } else { taken = try await takeRates(of: call.caller) }
    } catch {
      throw TurnedAway(reply: await refuse(error, call, .none))
    }
    let named: RequestParties
    do {
      named = try RequestParties(patient: call.patient, user: call.user)
    } catch {
      throw TurnedAway(reply: await reject(call, .invalidRequest(error.description, param: error.path)))
    }
    let useCase: UseCase
    switch admission.named(call.useCase, of: call.caller, ends: call.ends) {
    case .success(let found): useCase = found
    case .failure(let refusal): throw TurnedAway(reply: await refuse(refusal, call, named))
    }
    let parties = useCase.contract?.applied(to: named).parties ?? named
    if let refusal = objection(to: call, under: useCase, naming: named) {
      throw TurnedAway(reply: await refuse(refusal, call, parties, useCase: useCase))
    }
    do throws(Refusal) {
      taken = try await takeRates(for: useCase, named, call.caller, after: taken, asking: [])
    } catch {
      throw TurnedAway(reply: await refuse(error, call, parties, useCase: useCase))
    }
    let work = ResourceWork(
      gateway: self, call: call, useCase: useCase, parties: parties, rates: taken, stopwatch: stopwatch)
    try await work.checkReading()
    return work
  }

  private func objection(to call: some ResourceCall, under useCase: UseCase, naming parties: RequestParties) -> Refusal?
  {
    // What is to be ended is to be ended whatever the use case says by now.
    if !call.ends {
      guard call.isServed(by: useCase) else {
        return Refusal(.keptByVendor, "use case `\(useCase.id)` lets vendors keep nothing")
      }
      if admission.mustWait(useCase) { return Refusal(waiting: useCase) }
    }
    guard let missing = useCase.missing(in: parties, of: call.namesInHeaders) else { return nil }
    return Refusal(.partyRequired, "use case `\(useCase.id)` wants to know the \(missing.rawValue)")
  }
}
