import Bytes
import Ciphers
import Deidentification
import Ledger
import PHI
import Providers
import Vault

/// One request at its vendor: opened in the log, to be closed in the log exactly once.
struct Exchange: LoggedExchange {
  let gateway: Gateway
  let requestID: RequestID
  let record: RequestRecord
  @Boxed private(set) var safe: SafeRequest
  @Boxed private(set) var outbound: Outbound
  @Boxed private(set) var route: Admission.Route
  let allowances: [Allowance]
  let interruption: Interruption
  /// Whom the request names.
  let parties: RequestParties
  /// Its number among those that run.
  let number: UInt64
  let turn: VendorTurn
  /// The hold on the request's name, which a stream keeps to its end.
  let place: RepeatedRequests.Place?
  /// The limits that its tokens are booked to.
  let rates: [RateLimiter.Ask]
  @Boxed private(set) var trace: AttemptTrace?
  let tally = AnswerTally()
  var stopwatch: Stopwatch
  /// Whether nobody waits for the answer any more, of one that is taken to its end all the same.
  var isAlone = Flag(false)

  /// What came of an exchange.
  enum Result {
    /// A reply, whether good or bad, that stands.
    case replied(Reply)
    /// A failure of the vendor's that is closed in the log and told to nobody yet.
    case failed(Failure, headers: [(name: String, value: String)])
  }

  /// Sends the request and makes the reply of what comes back.
  ///
  /// A whole answer that its vendor keeps is taken also when the client goes away meanwhile: what nobody is told of is
  /// undone.
  func run(through endpoint: any ModelEndpoint) async -> Result {
    guard safe.conversation != nil, !safe.settings.isStreaming else { return await ask(endpoint) }
    return await gateway.afterwork.finish(stoppedBy: interruption) { isAlone in
      var exchange = self
      exchange.isAlone = isAlone
      return await exchange.ask(endpoint)
    }
  }

  private func ask(_ endpoint: any ModelEndpoint) async -> Result {
    var exchange = self
    let answer: VendorAnswer
    do {
      answer = try await endpoint.send(outbound.request).hiding(gateway.credentials)
    } catch {
      exchange.stopwatch.endWaiting()
      return await exchange.fail(failure(error), costing: error.isAfterSending ? [] : nil)
    }
    exchange.stopwatch.endWaiting(.firstByte)
    let stray = strayProcessor(of: answer)
    guard answer.status == 200 else {
      readProcessor(ofError: answer)
      return await exchange.fail(.vendorStatus(answer.status), headers: answer.passedHeaders)
    }
    if let stray { return await exchange.fail(stray, leaving: answer) }
    let mediaType = MediaType.name(in: answer.contentType)
    switch (mediaType, safe.settings.isStreaming) {
    case ("application/json", _): return await exchange.whole(answer)
    case ("text/event-stream", true): return .replied(exchange.streamed(answer))
    default: return await exchange.fail(.vendor(.unexpectedAnswer))
    }
  }

  /// The rewriter of one text of the answer.
  func restoration(_ channel: TextChannel) -> Restoration {
    let rules = Restoration.Rules(
      map: safe.map, revealing: IdentifierSet(route.useCase.restores), novelty: route.useCase.novelty,
      given: safe.given, answersInJSON: safe.settings.wantsJSON, toolHosts: route.useCase.toolHosts,
      credentials: gateway.credentials)
    return Restoration(rules, in: channel, by: gateway.detection, tally: tally)
  }

  /// Records how the exchange ended; the failure says why nothing more may be released.
  ///
  /// `spent` is what came of an answer that is not recorded; `id` is what the vendor calls one that is kept; the vendor's turn
  /// ends with it; `isLast` says that the request ends with it, too.
  func close(
    _ outcome: Outcome, status: Int, received: [UInt8]?, costing spent: [UInt8]? = nil, usage: TokenUsage?,
    servedBy model: String? = nil, keptAs id: String? = nil, by rule: String? = nil, isLast: Bool = true
  ) async -> Failure? {
    gateway.running.leave(number)
    if isLast { interruption.end() }
    if outcome == .completed { turn.end(succeeded: true) }
    trace?.end(outcome, status: status, usage)
    let served = model.flatMap { ModelName($0) }
    var ending = RequestRecord.Ending(
      outcome: outcome, status: status, usage: usage, times: stopwatch.times,
      novel: tally.novel, restored: tally.restored,
      rule: self.rule(of: outcome) ?? rule ?? (outcome == .withheld && tally.isBlocked ? "novel_identifier" : nil))
    ending.servedModel = served
    ending.withheldCalls = tally.withheldCalls
    gateway.metrics.countNovelIdentifiers(tally.novel)
    gateway.metrics.countWithheldCalls(ending.withheldCalls)
    let booked = gateway.bookTokens(
      usage, isWhole: outcome == .completed, sent: outbound.request.body.count,
      received: told(received ?? spent, usage), to: rates)
    if safe.settings.runsInBackground, let id {
      _ = gateway.booked.take(TokenCost(usage: usage, tokens: booked), of: object(id), paid: 0)
    }
    do throws(LedgerError) {
      if let served { try await gateway.noteServedModel(served, on: route, of: requestID) }
    } catch {
      // The closing entry will meet the same log: what becomes of the answer is decided there.
    }
    return await close(ending, receiving: received, isLast: isLast)
  }

  /// Whether a model that has answered is the one that the vendor's entry pins.
  func isPinned(_ served: String?) -> Bool {
    route.vendor.isPinned(served, asking: route.model, for: outbound.operation)
  }

  /// Whether only one model may answer.
  var isPinning: Bool { route.vendor.isPinning(route.model, for: outbound.operation) }

  private func fail(
    _ failure: Failure, headers: [(name: String, value: String)] = [], costing received: [UInt8]? = nil,
    servedBy model: String? = nil
  ) async -> Result {
    turn.end(succeeded: failure.isHealthy)
    let worse = await close(
      failure.outcome, status: failure.status, received: nil, costing: received, usage: nil, servedBy: model,
      by: failure.recordedRule, isLast: false)
    return worse.map { .replied(self.failure($0)) } ?? .failed(failure, headers: headers)
  }

  /// Fails without a look at an answer but for what its vendor calls it, where the vendor keeps it and is to undo that.
  private func fail(_ failure: Failure, leaving answer: VendorAnswer) async -> Result {
    var received: [UInt8] = []
    if safe.conversation != nil, !safe.settings.isStreaming { try? await take(answer.body, into: &received) }
    let result = await fail(failure, costing: received)
    undo((try? JSONValue(parsing: received))?["id"]?.string)
    return result
  }

  private func failure(_ failure: Failure) -> Reply {
    .failure(failure, in: outbound.operation.dialect, of: requestID)
  }

  /// How long an event of the answer may be: an event can repeat the request, at worst with escapes for its letters, and the
  /// last ones of a Responses stream all of the answer.
  var eventLimit: Int {
    let repeating = (1 << 20) + 3 * outbound.request.body.count
    return outbound.operation == .responses ? max(repeating, gateway.limits.answerBytes) : repeating
  }

  /// The event that ends a stream of the answer that has failed.
  func event(_ failure: Failure, number: Int) -> [UInt8] {
    ErrorReport(failure).event(for: outbound.operation, number: number, of: requestID)
  }

  /// Seals what later requests must know under the vendor's name for the answer, where the vendor keeps it.
  ///
  /// Nobody learns the name before. Where the vendor has not told what the answer costs, that is known of it, too.
  func keep(as id: String?, costing usage: TokenUsage?) async -> Failure? {
    guard var conversation = safe.conversation else { return nil }
    conversation.held = route.held ?? safe.heldBefore
    guard let id, Gateway.isVendorID(id), let settings = route.useCase.kept else { return .vendor(.unexpectedAnswer) }
    if usage == nil, safe.settings.runsInBackground {
      conversation.paid = rates.isEmpty ? 0 : outbound.request.body.count / 4
    }
    return await gateway.keep(
      [(object(id), conversation.bytes)], for: KeptHolder(route.caller, route.useCase, parties), settings,
      saying: record.plain)
  }

  private func object(_ id: String) -> KeptObject { KeptObject(.response, id, at: route.vendor.id.name) }

  /// What came of an answer that says something: one that is made in the background says nothing yet.
  private func told(_ received: [UInt8]?, _ usage: TokenUsage?) -> [UInt8]? {
    guard safe.settings.runsInBackground, !safe.settings.isStreaming, usage == nil else { return received }
    return received.map { _ in [] }
  }

  /// Has the vendor delete an answer that it keeps and nobody is told of.
  func undo(_ id: String?) {
    guard safe.conversation != nil, let id, Gateway.isVendorID(id) else { return }
    let call = KeptCall(.delete, id, requestID: gateway.newRequestID(), caller: route.caller)
    let work = KeptWork(
      gateway: gateway, call: call, useCase: route.useCase, parties: parties, rates: rates,
      stopwatch: Stopwatch(gateway.clock.monotonic))
    let request = ResourceRequest(call.act.method, call.act.path(of: id), requestID: call.requestID.description)
    work.undo(request, at: route.vendor, asking: [route.model], for: .responses)
  }

  /// The moment, in seconds of Unix time.
  var moment: Int { Int(gateway.clock.wall() / 1_000) }

  private mutating func whole(_ answer: VendorAnswer) async -> Result {
    var received: [UInt8] = []
    do {
      try await take(answer.body, into: &received)
    } catch {
      stopwatch.endWaiting()
      return await fail(failure(error), costing: received)
    }
    stopwatch.endWaiting()
    let rewritten: ModelAnswer
    do {
      let answer = try outbound.answer(received, at: moment)
      rewritten = try ModelAnswer(rewriting: answer, for: outbound.operation, naming: safe.names) { restoration($0) }
    } catch {
      return await fail(failure(VendorFailure(passingOn: error)), costing: received)
    }
    stopwatch.end(.restoration)
    var failure = strayProcessor(in: received) ?? objection(to: rewritten)
    if failure == nil { failure = await keep(as: rewritten.id, costing: rewritten.usage) }
    if let failure {
      let result = await fail(failure, costing: received, servedBy: rewritten.model)
      if failure.isToBeUndone { undo(rewritten.id) }
      return result
    }
    if let failure = await close(
      .completed, status: 200, received: received, usage: rewritten.usage, servedBy: rewritten.model,
      keptAs: rewritten.id)
    {
      return .replied(self.failure(failure))
    }
    return .replied(.json(200, rewritten.body, headers: answer.passedHeaders + route.useCase.citation))
  }

  /// Why a whole answer may not be handed out; nil when it may.
  private func objection(to answer: ModelAnswer) -> Failure? {
    guard !tally.isBlocked else { return .novelIdentifier }
    guard isPinned(answer.model) else { return .vendor(.otherModel) }
    do {
      try checkStanding()
    } catch {
      return failure(error)
    }
    return isAlone.isSet ? .vendor(.cancelled) : nil
  }
}
