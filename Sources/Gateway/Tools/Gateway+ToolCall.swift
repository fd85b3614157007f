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
    // What is no message costs an entry of the log as well: limits are asked before anything is looked at.
    let taken: [RateLimiter.Ask]
    do throws(Refusal) {
      taken = try await takeRates(of: call.caller)
    } catch {
      guard let request = try? ToolRequest(call.body) else { return await refuse(error, call, .none) }
      return await refuse(error, ToolMessage(call: call, request: request), .none)
    }
    let request: ToolRequest
    do {
      request = try ToolRequest(call.body)
    } catch {
      return await reject(call, error)
    }
    // Nobody waits for it, and no server need hear of it.
    if request.method.isIdle {
      rates.giveBack(taken)
      return .accepted
    }
    let message = ToolMessage(call: call, request: request)
    let parties: RequestParties
    let declared: Set<SensitiveClass>
    let facts: StatedFacts
    do {
      facts = try StatedFacts(call.facts)
      parties = try RequestParties(patient: call.patient, user: call.user)
      declared = try CallerStatement.classes(
        call.sensitivity?.split(separator: ",").map { $0 }, at: ModelCall.sensitivityHeader)
    } catch {
      return await reject(call, ToolError(.invalidRequest, error.description, id: request.id))
    }
    let decision = admission.decide(
      caller: call.caller, requesting: call.useCase, toolServer: call.server, on: clock.today)
    switch decision {
    case .refused(let refusal, let useCase, let vendor):
      return await refuse(refusal, message, parties, useCase: useCase, vendor: vendor)
    case .allowed(let route):
      func refuse(_ refusal: Refusal) async -> Reply {
        await self.refuse(refusal, message, parties, useCase: route.useCase, vendor: route.vendor)
      }
      if let tool = request.tool, request.method == .call,
        let refusal = admission.grants?.refusal(of: route.useCase.id, calling: tool, at: route.vendor.id)
      {
        return await refuse(refusal)
      }
      if let refusal = route.refusal(of: request, with: parties) { return await refuse(refusal) }
      let classes = configuration.sensitive(
        in: request.prose.text, beside: !request.uninspectable.isEmpty, declared: declared)
      metrics.countSensitive(classes)
      if !classes.isEmpty, !route.vendor.isInside { return await refuse(Refusal(classes, outside: route.vendor)) }
      let asks: [RateLimiter.Ask]
      do throws(Refusal) {
        _ = try await takeRates(for: route.useCase, parties, call.caller, after: taken, asking: [])
        asks = try await takeRates(at: route.vendor, about: parties.patient)
      } catch {
        return await refuse(error)
      }
      do throws(Refusal) {
        return try await exchange(message, route, parties, facts, holding: classes, &stopwatch)
      } catch {
        // Nothing went to the server.
        rates.giveBack(asks)
        return await refuse(error)
      }
    }
  }

  private func exchange(
    _ message: ToolMessage, _ route: ToolRoute, _ parties: RequestParties, _ facts: StatedFacts,
    holding classes: Set<SensitiveClass>, _ stopwatch: inout Stopwatch
  ) async throws(Refusal) -> Reply {
    var route = route
    let (call, request) = (message.call, message.request)
    guard let endpoint = toolEndpoints[route.vendor.id] else {
      preconditionFailure("every tool server has an endpoint")
    }
    let names: ToolNames
    let key: TokenKey
    do {
      key = try await tokenKey(of: call.caller)
      names = try await toolNames(of: call.caller, at: route.vendor)
    } catch {
      throw Refusal(error)
    }
    let safe: SafeRequest
    do {
      safe = try self.safe(request, route.access, under: key)
    } catch {
      throw Refusal(error)
    }
    let asked = matter(of: message, route, parties, facts, safe, holding: classes)
    switch permitted(route, about: try await choices(of: [parties.patient]), asked) {
    case .success(let permitted): route = permitted
    case .failure(let refusal): throw refusal
    }
    let number = toolMessages.next()
    let outbound = try OutboundToolMessage(request, safe.body, numbered: number, call, names)
    stopwatch.end(.deidentification)
    if let refusal = await attestations.refusal(of: route.vendor) { throw refusal }
    stopwatch.passOver()
    let sealed: SealedParties
    let record: RequestRecord
    do {
      sealed = try await self.sealed(parties, of: call.requestID, admitted: call.caller)
      let sent = try await digestOfSealed(outbound.body, of: call.requestID, .sent)
      record = RequestRecord(message, route, parties: sealed, safe: safe, sent: sent)
    } catch {
      throw Refusal(error)
    }
    // What changes from here on is seen by whoever stops what runs; what changed before, by the look after it.
    let allowance = Allowance(route, calling: request.tool)
    let running = self.running.enter(allowance, call.interruption)
    var objection = admission.objection(to: allowance, on: clock.today)
    if objection == nil { objection = await self.objection(to: allowance.standing) }
    if let refusal = objection {
      self.running.leave(running)
      throw refusal
    }
    do {
      try await tell(route.verdict, of: call.requestID, call.caller)
      try await self.record(record.opening(at: clock.timestamp, times: stopwatch.times), sealing: sealed.parts)
    } catch {
      self.running.leave(running)
      count(EndedRequest(.logUnavailable, status: 503, of: route.useCase.id.recorded, after: stopwatch))
      return .toolFailure(.logUnavailable, to: request.id)
    }
    metrics.countIdentifiers(safe.counts)
    let answers = ToolAnswers(
      to: request, numbered: number, allowing: route.access.tools.set, searching: route.novelty != .pass
    ) {
      names.presented($0, as: .cursor)
    }
    let exchange = ToolExchange(
      gateway: self, message: message, answers: answers, names: names, record: record, safe: safe, route: route,
      allowances: [allowance], number: running, stopwatch: stopwatch)
    return await exchange.run(outbound, through: endpoint)
  }

  /// What the policies are asked about a message.
  private func matter(
    of message: ToolMessage, _ route: ToolRoute, _ parties: RequestParties, _ facts: StatedFacts, _ safe: SafeRequest,
    holding classes: Set<SensitiveClass>
  ) -> PolicyMatter {
    let request = message.request
    var matter = PolicyMatter(
      caller: message.caller, user: parties.user, useCase: route.useCase, vendor: route.vendor,
      target: .tool(request.method == .call ? request.tool : nil), agreement: route.agreement, now: clock.wall())
    (matter.facts, matter.client) = (facts, message.client)
    let found = safe.counts.present.map(\.identifier)
    matter.hold(
      found, shown: route.access.seesIdentifiers ? found : [],
      sensitive: sensitive(in: request.prose.text, beside: classes, about: parties.patient),
      unread: request.uninspectable.map(\.reason),
      about: parties.patient, in: policy)
    matter.isShown = route.access.seesIdentifiers && !(found.isEmpty && request.uninspectable.isEmpty)
    return matter
  }

  /// The arguments of a message as they may go to the server.
  private func safe(
    _ request: ToolRequest, _ access: ToolAccess, under key: TokenKey
  ) throws(RequestDetection.Stop) -> SafeRequest {
    let safe = try deidentify(request.arguments, request.prose, .none, under: key, knowing: nil)
    return access.seesIdentifiers ? safe.untouched(request.arguments) : safe
  }

  /// Records that a caller sent what is no message, then tells what is wrong with it.
  private func reject(_ call: ToolCall, _ error: ToolError) async -> Reply {
    await reject(
      call, .invalidRequest("", param: nil), telling: .json(error.id == nil ? 400 : 200, error.body))
  }
}

extension ToolRoute {
  /// Why a message may not go out on this route; nil when it may.
  fileprivate func refusal(of request: ToolRequest, with parties: RequestParties) -> Refusal? {
    if let tool = request.tool, request.method == .call, !access.tools.contains(tool) {
      return Refusal(.toolNotAllowed, "tool server `\(vendor.id)` is not allowed to run this tool")
    }
    if let part = request.uninspectable.first, !access.seesIdentifiers {
      return Refusal(
        .uninspectableContent,
        "`params.arguments.\(part.path)` cannot be searched for identifiers (\(part.reason.rawValue))")
    }
    if let missing = useCase.missing(in: parties) {
      return Refusal(.partyRequired, "use case `\(useCase.id)` wants to know the \(missing.rawValue)")
    }
    return nil
  }
}

extension OutboundToolMessage {
  /// What goes out for a request with these arguments; a session or a cursor that the gateway did not give is refused.
  fileprivate init(
    _ request: ToolRequest, _ arguments: [UInt8], numbered number: Int, _ call: ToolCall, _ names: ToolNames
  ) throws(Refusal) {
    if let session = call.session {
      guard let word = names.word(for: session, as: .session), ToolNames.isSession(word) else {
        throw Refusal(.unknownSession, "`mcp-session-id` was not given to this caller for this server")
      }
      self.session = word
    }
    var cursor: String?
    if let given = request.cursor {
      guard let word = names.word(for: given, as: .cursor) else {
        throw Refusal(.unknownSession, "`params.cursor` was not given to this caller for this server")
      }
      cursor = word
    }
    revision = call.revision
    body = request.outbound(numbered: number, arguments: arguments, cursor: cursor, from: CordonRelease.version)
  }
}
