import Ciphers
import Deidentification
import Ledger
import PHI
import Providers

extension Gateway {
  /// Answers a message to a tool server: decide, de-identify, record, forward, restore, record, release.
  package func answer(_ call: ToolCall) async -> Reply {
    metrics.changeInFlight(by: 1)
    var stopwatch = Stopwatch(clock.monotonic)
    let reply = await carry(call, &stopwatch)
    if case .whole = reply.body { metrics.changeInFlight(by: -1) }
    return reply
  }

  private func carry(_ call: ToolCall, _ stopwatch: inout Stopwatch) async -> Reply {
    let request: ToolRequest
    do {
      request = try ToolRequest(call.body)
    } catch {
      return await reject(call, error)
    }
    // Nobody waits for it, and no server need hear of it.
    if request.method.isIdle { return .accepted }
    let parties: RequestParties
    do {
      parties = try RequestParties(patient: call.patient, user: call.user)
    } catch {
      return await reject(call, ToolError(.invalidRequest, error.description, id: request.id))
    }
    let decision = admission.decide(
      caller: call.caller, requesting: call.useCase, toolServer: call.server, on: clock.today)
    switch decision {
    case .refused(let refusal, let useCase, let vendor):
      return await refuse(refusal, call, request, parties, useCase, vendor)
    case .allowed(let route):
      if let refusal = route.refusal(of: request, with: parties) {
        return await refuse(refusal, call, request, parties, route.useCase, route.vendor)
      }
      return await exchange(request, call, route, parties, &stopwatch)
    }
  }

  private func exchange(
    _ request: ToolRequest, _ call: ToolCall, _ route: ToolRoute, _ parties: RequestParties,
    _ stopwatch: inout Stopwatch
  ) async -> Reply {
    func refuse(_ refusal: Refusal) async -> Reply {
      await self.refuse(refusal, call, request, parties, route.useCase, route.vendor)
    }
    guard let endpoint = toolEndpoints[route.vendor.id] else {
      return .toolFailure(.vendor(.unreachable), to: request.id)
    }
    let safe: SafeRequest
    let sealed: SealedParties
    var outbound: OutboundToolMessage
    do {
      let key = try await tokenKey(of: call.caller)
      sealed = try await self.sealed(parties, of: call.requestID, admitted: true)
      outbound = OutboundToolMessage(body: [], session: nil, revision: nil)
      if let session = call.session {
        guard let named = try await toolSession(presented: session, of: route.vendor, by: call.caller) else {
          return .failure(.unknownSession)
        }
        outbound.session = named.name
      }
      safe = try self.safe(request, route.access, under: key)
    } catch let stop as RequestDetection.Stop {
      return await refuse(Refusal(stop))
    } catch {
      return await refuse(Refusal(error as? GatewayKeyFailure ?? GatewayKeyFailure(error)))
    }
    outbound.body = safe.body
    outbound.revision = call.revision?.description
    stopwatch.end(.deidentification)
    let record: RequestRecord
    do {
      let sent = try await digestOfSealed(safe.body, of: call.requestID, .sent)
      record = RequestRecord(call, request, route, parties: sealed, safe: safe, sent: sent)
    } catch {
      return await refuse(Refusal(error))
    }
    do {
      try await self.record(record.opening(at: clock.timestamp, times: stopwatch.times), sealing: sealed.parts)
    } catch {
      metrics.countRequest(.logUnavailable, microseconds: stopwatch.elapsed())
      return .toolFailure(.logUnavailable, to: request.id)
    }
    metrics.countIdentifiers(safe.counts)
    let exchange = ToolExchange(
      gateway: self, call: call, request: request, record: record, safe: safe, route: route, stopwatch: stopwatch)
    return await exchange.run(outbound, through: endpoint)
  }

  /// A message as it may go to the server.
  private func safe(
    _ request: ToolRequest, _ access: ToolAccess, under key: TokenKey
  ) throws(RequestDetection.Stop) -> SafeRequest {
    switch request.method {
    case .call where !access.seesIdentifiers:
      return try deidentify(request.body, request.prose, .none, under: key, knowing: nil)
    case .call: return SafeRequest(untouched: request.body)
    case .initialize: return SafeRequest(untouched: request.handshake(version: "1"))
    // What else there may be in these messages is nothing that a server needs.
    default: return SafeRequest(untouched: request.bare)
    }
  }

  /// Records that a caller sent what is no message, then tells what is wrong with it.
  private func reject(_ call: ToolCall, _ error: ToolError) async -> Reply {
    do {
      try await record(RequestRecord.rejection(call, at: clock.timestamp))
    } catch {
      metrics.countRequest(.logUnavailable, microseconds: 0)
      return .toolFailure(.logUnavailable, to: nil)
    }
    metrics.countRequest(.rejected, microseconds: 0)
    return .json(error.id == nil ? 400 : 200, error.body)
  }

  private func refuse(
    _ refusal: Refusal, _ call: ToolCall, _ request: ToolRequest, _ parties: RequestParties, _ useCase: UseCase?,
    _ vendor: Vendor?
  ) async -> Reply {
    var entry = RequestRecord.refusal(
      refusal, call, request, useCase: useCase, vendor: vendor, at: clock.timestamp)
    do {
      try await sealed(parties, of: call.requestID, admitted: false).name(in: &entry, withParts: false)
    } catch {
      metrics.countKeyFailure()
    }
    do {
      try await record(entry)
    } catch {
      metrics.countRequest(.logUnavailable, microseconds: 0)
      return .toolFailure(.logUnavailable, to: request.id)
    }
    metrics.countRefusal(refusal.rule)
    metrics.countRequest(.refused, microseconds: 0)
    return .toolRefusal(refusal, to: request.id)
  }
}

extension ToolRoute {
  /// Why a message may not go out on this route; nil when it may.
  fileprivate func refusal(of request: ToolRequest, with parties: RequestParties) -> Refusal? {
    if let tool = request.tool, request.method == .call, !access.tools.contains(tool) {
      return Refusal(.toolNotAllowed, "tool server `\(vendor.id)` is not allowed to run this tool")
    }
    if let missing = useCase.missing(in: parties) {
      return Refusal(.partyRequired, "use case `\(useCase.id)` wants to know the \(missing.rawValue)")
    }
    return nil
  }
}
