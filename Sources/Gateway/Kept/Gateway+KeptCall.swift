import Ciphers
import Deidentification
import Ledger
import Providers
import Vault

extension Gateway {
  /// Answers a request about an answer that the vendor keeps: decide, record, ask, restore, record, release.
  package func answer(_ call: KeptCall) async -> Reply {
    metrics.changeInFlight(by: 1)
    defer { metrics.changeInFlight(by: -1) }
    var stopwatch = Stopwatch(clock.monotonic)
    return await carry(call, &stopwatch)
  }

  private func carry(_ call: KeptCall, _ stopwatch: inout Stopwatch) async -> Reply {
    let parties: RequestParties
    do {
      parties = try RequestParties(patient: call.patient, user: call.user)
    } catch {
      return await reject(call, .invalidRequest(error.description, param: error.path))
    }
    if let parameter = call.refusedParameter {
      // Whatever it was called stays unsaid: the name may be of somebody.
      let name = ["include", "include[]", "stream", "limit", "order", "after", "before"].first { $0 == parameter }
      return await reject(call, .invalidRequest("a parameter of the address is not taken", param: name))
    }
    guard let useCase = admission.useCase(call.useCase, of: call.caller) else {
      let fact = "caller `\(call.caller.id)` has no such use case"
      return await refuse(Refusal(.useCaseNotGranted, fact), call, parties, nil, nil)
    }
    guard useCase.kept != nil else {
      return await refuse(
        Refusal(.keptByVendor, "use case `\(useCase.id)` has vendors keep nothing"), call, parties, useCase, nil)
    }
    if let missing = useCase.missing(in: parties) {
      let fact = "use case `\(useCase.id)` wants to know the \(missing.rawValue)"
      return await refuse(Refusal(.partyRequired, fact), call, parties, useCase, nil)
    }
    let turns: EarlierTurns
    do {
      let named = useCase.contract?.applied(to: parties).parties ?? parties
      guard
        let found = try await earlierTurns(
          endingWith: call.id, for: KeptHolder(call.caller, useCase, named), useCase)
      else { return await reject(call, .unknownAnswer) }
      turns = found
    } catch {
      return await refuse(Refusal(error), call, parties, useCase, nil)
    }
    let decision = admission.decide(
      caller: call.caller, useCase: useCase, at: useCase.chain[turns.place].vendor, model: turns.conversation.model,
      for: .responses, on: clock.today)
    switch decision {
    case .refused(let refusal, let useCase, let vendor):
      return await refuse(refusal, call, parties, useCase, vendor)
    case .allowed(let route): return await exchange(call, turns, route, parties, &stopwatch)
    }
  }

  private func exchange(
    _ call: KeptCall, _ turns: EarlierTurns, _ route: Admission.Route, _ parties: RequestParties,
    _ stopwatch: inout Stopwatch
  ) async -> Reply {
    guard let endpoint = endpoints[route.vendor.id] else { preconditionFailure("every vendor has an endpoint") }
    if let refusal = await attestations.refusal(of: route.vendor) {
      return await refuse(refusal, call, parties, route.useCase, route.vendor)
    }
    let map: TokenMap
    let sealed: SealedParties
    let record: RequestRecord
    do {
      map = tokens(under: try await tokenKey(of: call.caller), after: turns.conversation).map
      let named = route.useCase.contract?.applied(to: parties).parties ?? parties
      sealed = try await self.sealed(named, of: call.requestID, admitted: call.caller)
      let said = Array("\(call.act.method.rawValue) \(call.act.path(of: call.id))".utf8)
      let sent = try await digestOfSealed(said, of: call.requestID, .sent)
      record = RequestRecord(call, route, turns.record, parties: sealed, sent: sent)
    } catch {
      return await refuse(Refusal(error), call, parties, route.useCase, route.vendor)
    }
    do {
      try await self.record(record.opening(at: clock.timestamp, times: stopwatch.times), sealing: sealed.parts)
    } catch {
      metrics.countRequest(.logUnavailable, microseconds: stopwatch.elapsed())
      return .failure(.logUnavailable, of: call.requestID)
    }
    let exchange = KeptExchange(
      gateway: self, call: call, record: record, turns: turns, route: route, map: map, stopwatch: stopwatch)
    return await exchange.run(through: endpoint)
  }

  /// Records that a caller asked for what is not there, then tells so.
  private func reject(_ call: KeptCall, _ failure: Failure) async -> Reply {
    do {
      try await record(RequestRecord.rejection(call, failure, at: clock.timestamp))
    } catch {
      metrics.countRequest(.logUnavailable, microseconds: 0)
      return .failure(.logUnavailable, of: call.requestID)
    }
    metrics.countRequest(.rejected, microseconds: 0)
    return .failure(failure, of: call.requestID)
  }

  private func refuse(
    _ refusal: Refusal, _ call: KeptCall, _ parties: RequestParties, _ useCase: UseCase?, _ vendor: Vendor?
  ) async -> Reply {
    var entry = RequestRecord.refusal(refusal, call, useCase: useCase, vendor: vendor, at: clock.timestamp)
    do {
      try await sealed(parties, of: call.requestID, admitted: nil).name(in: &entry, withParts: false)
    } catch {
      metrics.countKeyFailure()
    }
    do {
      try await record(entry)
    } catch {
      metrics.countRequest(.logUnavailable, microseconds: 0)
      return .failure(.logUnavailable, of: call.requestID)
    }
    metrics.countRefusal(refusal.rule)
    metrics.countRequest(.refused, microseconds: 0)
    return ErrorReport(refusal).reply(in: .openAI, of: call.requestID)
  }
}
