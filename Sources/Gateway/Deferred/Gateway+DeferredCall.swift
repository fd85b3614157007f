import Bytes
import Ledger
import Providers
import Vault

extension Gateway {
  /// Answers what a caller asks about a request that is carried out later.
  package func answer(_ call: DeferredCall) async -> Reply {
    metrics.changeInFlight(by: 1)
    defer { metrics.changeInFlight(by: -1) }
    do throws(TurnedAway) {
      guard let id = RequestID(call.id), let found = try await find(id, for: call) else {
        throw TurnedAway(reply: await reject(call, .unknownAnswer))
      }
      switch call.act {
      case .retrieve: return try await handOut(found, to: call)
      case .delete: return try await delete(id, found, for: call)
      }
    } catch {
      return error.reply
    }
  }

  /// What is kept of a request that a caller may ask about.
  private struct Found {
    var useCase: ConfiguredID<UseCase>
    var holder: KeptHolder
    var request: KeptMaps.Opened?
    var answer: KeptMaps.Opened?
  }

  private func find(_ id: RequestID, for call: DeferredCall) async throws(TurnedAway) -> Found? {
    for useCase in call.caller.useCases where call.useCase == nil || call.useCase == useCase.name {
      let holder = KeptHolder(caller: call.caller.id.name, useCase: useCase.name)
      do {
        let found = Found(
          useCase: useCase, holder: holder, request: try await keptRequest(id, holder),
          answer: try await keptAnswer(id, holder))
        if found.request != nil || found.answer != nil { return found }
      } catch {
        throw TurnedAway(reply: await refuse(Refusal(keyFailure(error)), call, .none))
      }
    }
    return nil
  }

  /// Hands out an answer, after the log has that somebody reads it; or says that there is none yet.
  ///
  /// What a model has said is handed out as far as its use case, its vendor and the policies let it now.
  private func handOut(_ found: Found, to call: DeferredCall) async throws(TurnedAway) -> Reply {
    guard let opened = found.answer else {
      return .taken(call.id, isRunning: RequestID(call.id).map { deferred.state(of: $0).isRunning } ?? false)
    }
    guard let answer = DeferredAnswer(opened.map) else {
      throw TurnedAway(reply: await refuse(Refusal(keyFailure(VaultError(.altered(.kept)))), call, .none))
    }
    // Who names somebody else than the request has asks for another.
    var named = RequestParties.none
    (named.patient, named.user) = (call.patient, call.user)
    let contract = admission.useCase(found.useCase.name, of: call.caller)?.contract
    if let contract { named = contract.applied(to: named).parties }
    guard named.patient == nil || named.patient == answer.parties.patient,
      named.user == nil || named.user == answer.parties.user
    else { throw TurnedAway(reply: await reject(call, .unknownAnswer)) }
    let reply = Reply(status: answer.status, headers: answer.headers, body: .whole(answer.body))
    // What tells why there is no answer has no word of anybody's in it.
    guard answer.status == 200, let way = answer.way, let vendor = ConfiguredID<Vendor>(way.vendor) else {
      return reply
    }
    var call = call
    call.useCase = found.useCase.name
    (call.patient, call.user) = (answer.parties.patient, answer.parties.user)
    let work = try await work(on: call)
    let route = try await work.route(to: vendor, asking: way.model, for: way.operation, holding: way.held)
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

  /// Forgets a request and its answer; one that is being carried out is, and nothing of it is kept.
  private func delete(_ id: RequestID, _ found: Found, for call: DeferredCall) async throws(TurnedAway) -> Reply {
    deferred.remove(id)
    var entry = Entry(.mapDeleted, at: clock.timestamp, request: call.requestID)
    (entry.caller, entry.client) = (call.caller.id.recorded, call.client)
    (entry.useCase, entry.operation) = (found.useCase.recorded, call.recordedOperation)
    do {
      try await forget([found.request, found.answer].compactMap { $0?.record }, saying: entry)
    } catch {
      let failure: Failure = error is LedgerError ? .logUnavailable : .notKept
      throw TurnedAway(reply: call.reply(telling: failure))
    }
    let body: JSONValue = ["id": .string(call.id), "object": "deferred.request", "deleted": true]
    return .json(200, body.bytes)
  }
}
