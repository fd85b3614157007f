import Bytes
import Deidentification
import Ledger
import Providers
import Vault

extension Gateway {
  /// Answers what a caller asks about a request that is carried out later.
  ///
  /// It takes one request from the caller's limits, whatever comes of it.
  package func answer(_ call: DeferredCall) async -> Reply {
    metrics.changeInFlight(by: 1)
    defer { metrics.changeInFlight(by: -1) }
    let taken: [RateLimiter.Ask]
    do throws(Refusal) {
      taken = try await takeRates(of: call.caller)
    } catch {
      return await refuse(error, call, .none)
    }
    do throws(TurnedAway) {
      let id = try await known(call)
      guard let found = try await find(id, for: call) else {
        throw TurnedAway(reply: await reject(call, .unknownAnswer))
      }
      try await check(found, for: call)
      switch call.act {
      case .retrieve: return try await handOut(id, found, to: call, having: taken)
      case .delete: return try await delete(id, found, for: call)
      }
    } catch {
      return error.reply
    }
  }

  /// What is kept of a request that a caller may ask about.
  private struct Found {
    let holder: KeptHolder
    /// The use case that it was made for; nil where the configuration has none of that name any more.
    let useCase: UseCase?
    /// Why its caller may use that no more: what it has left with us it may delete all the same, and not read.
    let refusal: Refusal?
    var request: KeptMaps.Opened?
    var answer: KeptMaps.Opened?
    /// What came of it; nil while nothing has.
    var given: DeferredAnswer?
    /// Whom the request names, as far as that is known.
    var parties = RequestParties.none
  }

  private func known(_ call: DeferredCall) async throws(TurnedAway) -> RequestID {
    guard let id = RequestID(call.id) else { throw TurnedAway(reply: await reject(call, .unknownAnswer)) }
    return id
  }

  private func find(_ id: RequestID, for call: DeferredCall) async throws(TurnedAway) -> Found? {
    func isNamed(_ name: String) -> Bool { call.useCase == nil || call.useCase == name }
    do {
      let own = call.caller.useCases.map(\.name)
      for name in own where isNamed(name) {
        if let found = try await look(for: id, of: call.caller, in: name) { return found }
      }
      // What was taken from the caller since.
      let caller = call.caller.id.name
      let left = try await withTaskExecutorPreference(BlockingThreads.shared) {
        try kept.present()?.useCases(of: caller, with: [.deferred, .deferredAnswer]) ?? []
      }
      for name in left where isNamed(name) && !own.contains(name) {
        if let found = try await look(for: id, of: call.caller, in: name) { return found }
      }
      return nil
    } catch {
      throw TurnedAway(reply: await refuse(Refusal(keyFailure(error)), call, .none))
    }
  }

  private func look(for id: RequestID, of caller: Caller, in name: String) async throws -> Found? {
    let (useCase, refusal): (UseCase?, Refusal?) =
      switch admission.named(name, of: caller) {
      case .success(let granted): (granted, nil)
      case .failure(let refusal): (ConfiguredID(name).flatMap { admission.useCases[$0] }, refusal)
      }
    var found = Found(
      holder: KeptHolder(caller: caller.id.name, useCase: name), useCase: useCase, refusal: refusal)
    // First the request: it is forgotten after its answer is there.
    found.request = try await keptRequest(id, found.holder)
    found.answer = try await keptAnswer(id, found.holder)
    if let answer = found.answer {
      guard let given = DeferredAnswer(answer.map) else { throw VaultError(.altered(.kept)) }
      (found.given, found.parties) = (given, given.parties)
    } else if let request = found.request {
      guard let asked = DeferredRequest(request.map, today: clock.today) else { throw VaultError(.altered(.kept)) }
      found.parties = asked.named
    } else {
      return nil
    }
    return found
  }

  /// Turns away who names somebody else than the request has, or not whom its use case wants to know.
  private func check(_ found: Found, for call: DeferredCall) async throws(TurnedAway) {
    var named = RequestParties.none
    (named.patient, named.user) = (call.patient, call.user)
    if let useCase = found.useCase, let missing = useCase.missing(in: named, of: call.namesInHeaders) {
      let refusal = Refusal(.partyRequired, "use case `\(useCase.id)` wants to know the \(missing.rawValue)")
      throw TurnedAway(reply: await refuse(refusal, call, .none, useCase: useCase))
    }
    if let contract = found.useCase?.contract { named = contract.applied(to: named).parties }
    guard named.patient == nil || named.patient == found.parties.patient,
      named.user == nil || named.user == found.parties.user
    else { throw TurnedAway(reply: await reject(call, .unknownAnswer)) }
  }

  /// Hands out an answer, after the log has that somebody reads it; or says that there is none yet.
  ///
  /// What a model has said is handed out as far as its use case, its vendor and the policies let it now: it lies there as it
  /// was shown then, and is refused where less may be shown.
  private func handOut(
    _ id: RequestID, _ found: Found, to call: DeferredCall, having taken: [RateLimiter.Ask]
  ) async throws(TurnedAway) -> Reply {
    guard let opened = found.answer, let answer = found.given else {
      // What waits on the disk waits in the queue, too.
      if carriesOutDeferred, deferred.isWhole.isSet, let request = found.request {
        deferred.restore(DeferredQueue.Item(id, request.record))
      }
      return .taken(call.id, isRunning: deferred.isRunning(id))
    }
    if let refusal = found.refusal {
      throw TurnedAway(reply: await refuse(refusal, call, .none, useCase: found.useCase))
    }
    let reply = Reply(status: answer.status, headers: answer.headers, body: .whole(answer.body))
    // What tells why there is no answer has no word of anybody's in it.
    guard answer.status == 200 else { return reply }
    guard let way = answer.way, let vendor = ConfiguredID<Vendor>(way.vendor) else {
      throw TurnedAway(reply: await refuse(Refusal(keyFailure(VaultError(.altered(.kept)))), call, .none))
    }
    var call = call
    call.useCase = found.holder.useCase
    // It is about the same patient whoever reads it; who reads it the call alone says.
    call.patient = answer.parties.patient ?? call.patient
    let work = try await work(on: call, having: taken)
    let route = try await work.route(to: vendor, asking: way.model, for: way.operation, holding: way.held)
    if let refusal = objection(toShowing: way, on: route) {
      throw await work.refuse(refusal, vendor: route.vendor, model: route.model)
    }
    let parties: SealedParties
    do {
      parties = try await sealed(work.parties, of: call.requestID, admitted: call.caller)
    } catch {
      throw await work.refuse(Refusal(error), vendor: route.vendor, model: route.model)
    }
    let record = RequestRecord(call, [route], on: ConfiguredName(opened.record.object), parties: parties)
    do {
      try await tell(route.verdict, of: call.requestID, call.caller)
      for entry in record.repetition(
        as: call.requestID, because: "deferred_answer", withParts: true, at: clock.timestamp)
      {
        try await self.record(entry, sealing: entry.event == .requestOpened ? parties.parts : [])
      }
    } catch {
      throw work.fail(.logUnavailable)
    }
    count(EndedRequest(.completed, status: 200, of: work.useCase.id.recorded, after: work.stopwatch))
    return reply
  }

  /// Why an answer may not be handed out as it lies there; nil when it may.
  private func objection(toShowing way: DeferredAnswer.Way, on route: Admission.Route) -> Refusal? {
    let useCase = route.useCase
    let hasWay = admission.links(of: useCase).contains { link in
      link.vendor == route.vendor.id && useCase.models.contains { (link.models[$0] ?? $0) == route.model }
    }
    guard hasWay else {
      return Refusal(.modelNotAllowed, "use case `\(useCase.id)` has the model that answered no more")
    }
    guard way.shown.isSubset(of: useCase.restores), !way.showsOthers || useCase.novelty == .pass else {
      let fact = "the answer was given with identifiers that may be shown no more"
      guard let verdict = route.verdict else { return Refusal(.obligationUnmet, fact) }
      return Refusal(unmet: fact, PolicyRecord(verdict))
    }
    return nil
  }

  /// Forgets a request and its answer; one that is being carried out is stopped before.
  private func delete(_ id: RequestID, _ found: Found, for call: DeferredCall) async throws(TurnedAway) -> Reply {
    await deferred.disown(id)
    var entry = Entry(.mapDeleted, at: clock.timestamp, request: call.requestID)
    (entry.caller, entry.client) = (call.caller.id.recorded, call.client)
    (entry.useCase, entry.operation) = (ConfiguredName(found.holder.useCase), call.recordedOperation)
    do {
      // It may have been answered while this was asked.
      let answer = try await keptAnswer(id, found.holder) ?? found.answer
      try await forget([found.request, answer].compactMap { $0?.record }, saying: entry)
    } catch {
      // It is still wanted, as long as it is there.
      deferred.putBack(id, for: Self.pause(after: 1), at: clock.monotonic())
      let failure: Failure = error is LedgerError ? .logUnavailable : .notKept
      throw TurnedAway(reply: call.reply(telling: failure))
    }
    deferred.remove(id, .deleted)
    let body: JSONValue = ["id": .string(call.id), "object": "deferred.request", "deleted": true]
    return .json(200, body.bytes)
  }
}
