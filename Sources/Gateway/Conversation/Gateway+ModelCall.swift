import Ciphers
import Detection
import Deidentification
import Ledger
import PHI
import Providers

extension Gateway {
  /// Answers a call: decide, de-identify, record, forward, restore, record, release.
  package func answer(_ call: ModelCall) async -> Reply {
    metrics.changeInFlight(by: 1)
    var stopwatch = Stopwatch(clock.monotonic)
    let reply = await carry(call, &stopwatch)
    if case .whole = reply.body { metrics.changeInFlight(by: -1) }
    return reply
  }

  private func carry(_ call: ModelCall, _ stopwatch: inout Stopwatch) async -> Reply {
    let request: ModelRequest
    do {
      request = try ModelRequest(call.body, for: call.operation)
    } catch {
      return await reject(call, error.description, param: error.path.isEmpty ? nil : error.path)
    }
    guard let model = ModelName(request.model) else {
      return await reject(call, "`model` is no model's name", param: "model")
    }
    let statement: CallerStatement
    do {
      statement = try CallerStatement(request, call)
    } catch {
      return await reject(call, error.description, param: error.path)
    }
    let decision = admission.decide(
      caller: call.caller, requesting: call.useCase, model: model, for: call.operation, on: clock.today)
    switch decision {
    case .refused(let refusal, let useCase, let vendor):
      return await refuse(refusal, call, statement.parties, useCase: useCase, vendor: vendor, model: model)
    case .allowed(let route):
      guard call.version.asksOnly(for: route.vendor.features) else {
        let fact = "`\(InterfaceVersion.featuresHeader)` asks vendor `\(route.vendor.id)` for what it may not do"
        return await refuse(Refusal(.featureNotAllowed, fact), call, statement.parties, route)
      }
      if let region = request.region, region != route.vendor.region?.name {
        let fact = "`inference_geo` asks vendor `\(route.vendor.id)` to work elsewhere than its entry says"
        return await refuse(Refusal(.regionNotApproved, fact), call, statement.parties, route)
      }
      if let refusal = route.useCase.refusal(of: request, with: statement) {
        return await refuse(refusal, call, statement.parties, route)
      }
      return await exchange(request, statement, call, route, &stopwatch)
    }
  }

  /// Records that a caller sent what is no request, then tells what is wrong with it.
  private func reject(_ call: ModelCall, _ message: String, param: String?) async -> Reply {
    do {
      try await record(RequestRecord.rejection(call, at: clock.timestamp))
    } catch {
      metrics.countRequest(.logUnavailable, microseconds: 0)
      return .failure(.logUnavailable, to: call)
    }
    metrics.countRequest(.rejected, microseconds: 0)
    return .failure(.invalidRequest(message, param: param), to: call)
  }

  /// Records a refusal, then tells it; one that cannot be recorded is told as the log's failure.
  private func refuse(
    _ refusal: Refusal, _ call: ModelCall, _ parties: RequestParties, useCase: UseCase?, vendor: Vendor?,
    model: ModelName
  ) async -> Reply {
    var entry = RequestRecord.refusal(
      refusal, call, useCase: useCase, vendor: vendor, model: model, at: clock.timestamp)
    do {
      // A refusal while the vault is shut is recorded all the same, without the names that only the vault can give.
      try await sealed(parties, of: call.requestID, admitted: false).name(in: &entry, withParts: false)
    } catch {
      metrics.countKeyFailure()
    }
    do {
      try await record(entry)
    } catch {
      metrics.countRequest(.logUnavailable, microseconds: 0)
      return .failure(.logUnavailable, to: call)
    }
    metrics.countRefusal(refusal.rule)
    metrics.countRequest(.refused, microseconds: 0)
    return .refusal(refusal, to: call)
  }

  private func refuse(
    _ refusal: Refusal, _ call: ModelCall, _ parties: RequestParties, _ route: Admission.Route
  ) async -> Reply {
    await refuse(refusal, call, parties, useCase: route.useCase, vendor: route.vendor, model: route.model)
  }

  private func exchange(
    _ request: ModelRequest, _ statement: CallerStatement, _ call: ModelCall, _ route: Admission.Route,
    _ stopwatch: inout Stopwatch
  ) async -> Reply {
    guard let endpoint = endpoints[route.vendor.id] else { return .failure(.vendor(.unreachable), to: call) }
    let key: TokenKey
    do {
      key = try await tokenKey(of: call.caller)
    } catch {
      return await refuse(Refusal(error), call, statement.parties, route)
    }
    let safe: SafeRequest
    do {
      safe = try deidentify(request, under: key, knowing: statement.known)
    } catch {
      return await refuse(Refusal(error), call, statement.parties, route)
    }
    let reasons = request.uninspectable.lazy.map(\.reason)
    if let refusal = route.agreement?.objection(to: safe.counts.present.map(\.identifier), uninspected: reasons) {
      return await refuse(refusal, call, statement.parties, route)
    }
    stopwatch.end(.deidentification)
    let outbound: Outbound
    do {
      outbound = try Outbound(safe, call, route)
    } catch {
      return await refuse(Refusal(error, from: route.vendor), call, statement.parties, route)
    }
    let parties: SealedParties
    let sent: Digest
    do {
      parties = try await sealed(statement.parties, of: call.requestID, admitted: true)
      sent = try await digestOfSealed(outbound.request.body, of: call.requestID, .sent)
    } catch {
      return await refuse(Refusal(error), call, statement.parties, route)
    }
    let record = RequestRecord(call, route, parties: parties, safe: safe, sent: sent)
    // What changes from here on is seen by whoever stops what runs; what changed before, by the look after it.
    let number = running.enter(route, call.interruption)
    if let refusal = admission.objection(to: route, on: clock.today) {
      running.leave(number)
      return await refuse(refusal, call, statement.parties, route)
    }
    do {
      let opening = record.opening(at: clock.timestamp, times: stopwatch.times)
      try await self.record(opening, sealing: parties.parts)
    } catch {
      running.leave(number)
      metrics.countRequest(.logUnavailable, microseconds: stopwatch.elapsed())
      return .failure(.logUnavailable, to: call)
    }
    metrics.countIdentifiers(safe.counts)
    let exchange = Exchange(
      gateway: self, requestID: call.requestID, record: record, safe: safe, outbound: outbound,
      route: route, interruption: call.interruption, number: number, stopwatch: stopwatch)
    return await exchange.run(through: endpoint)
  }
}
