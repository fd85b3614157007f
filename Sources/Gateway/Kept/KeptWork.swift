import Bytes
import Deidentification
import Ledger
import Providers
import Vault

/// One call about an answer that a vendor keeps, on its way to its own answer.
typealias KeptWork = ResourceWork<KeptCall>

extension KeptWork {
  /// Asks the vendor that keeps the answer, under the name that the model has there.
  func answer() async throws(TurnedAway) -> Reply {
    if let parameter = call.refusedParameter {
      // Whatever it was called stays unsaid: the name may be of somebody.
      let name = ["include", "include[]", "stream", "limit", "order", "after", "before"].first { $0 == parameter }
      throw await reject("a parameter of the address is not taken", param: name)
    }
    let turns = try await turns()
    let asked = turns.conversation.model
    let route = try await route(
      to: turns.link.vendor, asking: turns.link.models[asked] ?? asked, for: .responses,
      holding: turns.conversation.held)
    let map: TokenMap
    do {
      map = gateway.tokens(under: try await gateway.tokenKey(of: call.caller), after: turns.conversation).map
    } catch {
      throw await refuse(Refusal(error), vendor: route.vendor)
    }
    let request = ResourceRequest(
      call.act.method, call.act.path(of: call.id), query: call.query, requestID: call.requestID.description)
    var exchange = try await open(request, by: [route], on: ConfiguredName(turns.record.object))
    do {
      return try await answer(in: &exchange, turns, map)
    } catch {
      // What the vendor has no more, nobody can go on from.
      if call.act == .delete, error.reply.status == 404, let failure = await forget(turns, in: exchange) {
        throw fail(failure)
      }
      throw error
    }
  }

  private func turns() async throws(TurnedAway) -> EarlierTurns {
    let turns: EarlierTurns?
    do {
      turns = try await gateway.earlierTurns(
        endingWith: call.id, for: KeptHolder(call.caller, useCase, parties), useCase)
    } catch {
      throw await refuse(Refusal(error))
    }
    guard let turns else { throw await reject(.unknownAnswer) }
    return turns
  }

  private func answer(
    in exchange: inout ResourceExchange, _ turns: EarlierTurns, _ map: TokenMap
  ) async throws(TurnedAway) -> Reply {
    let (received, headers) = try await exchange.document()
    if call.act == .retrieve, let stray = exchange.strayProcessor(in: received) { throw await exchange.fail(stray) }
    let tally = AnswerTally()
    let shown = exchange.routes.first?.useCase ?? useCase
    let rules = Restoration.Rules(
      map: map, revealing: IdentifierSet(shown.restores), novelty: shown.novelty,
      given: GivenText([], map, after: turns.conversation.words), answersInJSON: turns.conversation.isJSON,
      toolHosts: shown.toolHosts, credentials: gateway.credentials)
    let rewritten: ModelAnswer
    do {
      rewritten = try call.act.answer.rewriting(received, naming: turns.conversation.names) {
        Restoration(rules, in: $0, by: gateway.detection, tally: tally)
      }
    } catch {
      throw await exchange.fail(.vendor(.unexpectedAnswer))
    }
    exchange.stopwatch.end(.restoration)
    guard isAnswer(received) else { throw await exchange.fail(.vendor(.unexpectedAnswer)) }
    exchange.learnt.tally = tally
    if call.act.answer == .answer { learn(rewritten, of: turns, in: &exchange) }
    if call.act == .delete, let failure = await forget(turns, in: exchange) { throw await exchange.fail(failure) }
    guard !tally.isBlocked else { throw await exchange.fail(.novelIdentifier) }
    guard isPinned(rewritten, by: exchange.routes[0]) else { throw await exchange.fail(.vendor(.otherModel)) }
    do {
      try exchange.checkStanding()
    } catch {
      throw await exchange.fail(exchange.failure(error))
    }
    var body = rewritten.body
    if call.act == .cancel {
      guard let said = cancellation(received, of: turns.conversation.model) else {
        throw await exchange.fail(.vendor(.unexpectedAnswer))
      }
      body = said
    }
    return try await exchange.finish(.json(200, body, headers: headers), received: received)
  }

  /// Takes in which model has answered and, where that was not known when the answer was kept, what it has cost.
  private func learn(_ answer: ModelAnswer, of turns: EarlierTurns, in exchange: inout ResourceExchange) {
    if let model = answer.model.flatMap({ ModelName($0) }) {
      exchange.learnt.served = [ResourceExchange.Served(asked: exchange.routes[0].model, model: model)]
    }
    guard let usage = answer.usage, let paid = turns.conversation.paid else { return }
    exchange.learnt.usage = gateway.book(
      TokenCost(usage: usage, tokens: usage.prompt + usage.completion),
      of: KeptObject(.response, call.id, at: exchange.vendor), paid: paid, to: exchange.rates)
  }

  /// Whether the answer may be handed out as far as the model goes that has given it; what else is told has no text of its.
  private func isPinned(_ answer: ModelAnswer, by route: Admission.Route) -> Bool {
    call.act != .retrieve || route.vendor.isPinned(answer.model, asking: route.model, for: .responses)
  }

  /// What is said of an answer that was cancelled: what became of it, and nothing that it says.
  ///
  /// Cancelling is allowed when nothing else is any more: it is no other way to the text.
  private func cancellation(_ received: [UInt8], of model: ModelName) -> [UInt8]? {
    let states = ["queued", "in_progress", "completed", "cancelled", "failed", "incomplete"]
    guard let value = try? JSONValue(parsing: received), let state = value["status"]?.string, states.contains(state)
    else { return nil }
    var members = [
      JSONMember("id", .string(call.id)), JSONMember("object", .string("response")),
      JSONMember("status", .string(state)), JSONMember("model", .string("\(model)")), JSONMember("output", .array([])),
    ]
    if let time = value["created_at"]?.integer { members.append(JSONMember("created_at", .integer(time))) }
    return JSONValue.object(members).bytes
  }

  /// Whether the vendor speaks of what it was asked about: nothing of another conversation is restored by this one's
  /// tokens, and nothing is forgotten that is not deleted.
  private func isAnswer(_ received: [UInt8]) -> Bool {
    guard call.act.namesObject else { return true }
    guard let value = try? JSONValue(parsing: received), value["id"]?.string == call.id else { return false }
    return call.act != .delete || value["deleted"] == .bool(true)
  }

  private func forget(_ turns: EarlierTurns, in exchange: ResourceExchange) async -> Failure? {
    do {
      try await gateway.forget([turns.record], saying: exchange.record.plain)
      return nil
    } catch {
      return error is LedgerError ? .logUnavailable : .notKept
    }
  }
}
