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
  let safe: SafeRequest
  let outbound: Outbound
  let route: Admission.Route
  let allowances: [Allowance]
  let interruption: Interruption
  /// For whom is kept what the vendor keeps.
  let holder: KeptHolder
  /// Its number among those that run.
  let number: UInt64
  let turn: VendorTurn
  /// The hold on the request's name, which a stream keeps to its end.
  let place: RepeatedRequests.Place?
  /// The limits that its tokens are booked to.
  let rates: [RateLimiter.Ask]
  let trace: AttemptTrace?
  let tally = AnswerTally()
  var stopwatch: Stopwatch

  /// What came of an exchange.
  enum Result {
    /// A reply, whether good or bad, that stands.
    case replied(Reply)
    /// A failure of the vendor's that is closed in the log and told to nobody yet.
    case failed(Failure, headers: [(name: String, value: String)])
  }

  /// Sends the request and makes the reply of what comes back.
  func run(through endpoint: any ModelEndpoint) async -> Result {
    var exchange = self
    let answer: VendorAnswer
    do {
      answer = try await endpoint.send(outbound.request)
    } catch {
      exchange.stopwatch.endWaiting()
      return await exchange.fail(failure(error), costing: error.isAfterSending ? [] : nil)
    }
    exchange.stopwatch.endWaiting(.firstByte)
    guard answer.status == 200 else {
      return await exchange.fail(.vendorStatus(answer.status), headers: answer.passedHeaders)
    }
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
      given: safe.given, answersInJSON: safe.settings.wantsJSON)
    return Restoration(rules, in: channel, by: gateway.detection, tally: tally)
  }

  /// Records how the exchange ended; the failure says why nothing more may be released.
  ///
  /// `spent` is what came of an answer that is not recorded; the vendor's turn ends with it; `isLast` says that the request ends with it, too.
  func close(
    _ outcome: Outcome, status: Int, received: [UInt8]?, costing spent: [UInt8]? = nil, usage: TokenUsage?,
    servedBy model: String? = nil, isLast: Bool = true
  ) async -> Failure? {
    gateway.running.leave(number)
    if isLast { interruption.end() }
    if outcome == .completed { turn.end(succeeded: true) }
    trace?.end(outcome, status: status, usage)
    let served = model.flatMap { ModelName($0) }
    var ending = RequestRecord.Ending(
      outcome: outcome, status: status, usage: usage.map { ($0.prompt, $0.completion) }, times: stopwatch.times,
      novel: tally.novel, restored: tally.restored,
      rule: rule(of: outcome) ?? (outcome == .withheld && tally.isBlocked ? "novel_identifier" : nil))
    ending.servedModel = served
    gateway.metrics.countNovelIdentifiers(tally.novel)
    gateway.bookTokens(
      ending.usage, isWhole: outcome == .completed, sent: outbound.request.body.count, received: received ?? spent,
      to: rates)
    do throws(LedgerError) {
      if let served { try await gateway.noteServedModel(served, on: route, of: requestID) }
    } catch {
      // The closing entry will meet the same log: what becomes of the answer is decided there.
    }
    return await close(ending, receiving: received, isLast: isLast)
  }

  /// Whether a model that has answered is the one that the vendor's entry pins; what it does not pin may be any.
  func isPinned(_ served: String?) -> Bool {
    guard let pin else { return true }
    return served == pin.description
  }

  /// The model that has to answer; nil when any may, and where answers name none.
  var pin: ModelName? { outbound.operation == .countTokens ? nil : route.vendor.pins[route.model] }

  private func fail(
    _ failure: Failure, headers: [(name: String, value: String)] = [], costing received: [UInt8]? = nil,
    servedBy model: String? = nil
  ) async -> Result {
    turn.end(succeeded: failure.isHealthy)
    let worse = await close(
      failure.outcome, status: failure.status, received: nil, costing: received, usage: nil, servedBy: model,
      isLast: false)
    return worse.map { .replied(self.failure($0)) } ?? .failed(failure, headers: headers)
  }

  private func failure(_ failure: Failure) -> Reply {
    .failure(failure, in: outbound.operation.dialect, of: requestID)
  }

  /// The event that ends a stream of the answer that has failed.
  func event(_ failure: Failure, number: Int) -> [UInt8] {
    ErrorReport(failure).event(for: outbound.operation, number: number, of: requestID)
  }

  /// Seals what later requests must know under the vendor's name for the answer, where the vendor keeps it.
  ///
  /// Nobody learns the name before.
  func keep(as id: String?) async -> Failure? {
    guard let conversation = safe.conversation else { return nil }
    guard let id, Gateway.isVendorID(id), let settings = route.useCase.kept else { return .vendor(.unexpectedAnswer) }
    return await gateway.keep(
      [(KeptObject(.response, id, at: route.vendor.id.name), conversation.bytes)], for: holder, settings,
      saying: record.plain)
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
      return await fail(.vendor(.unexpectedAnswer), costing: received)
    }
    stopwatch.end(.restoration)
    guard !tally.isBlocked else { return await fail(.novelIdentifier, costing: received) }
    guard isPinned(rewritten.model) else {
      return await fail(.vendor(.otherModel), costing: received, servedBy: rewritten.model)
    }
    do {
      try checkStanding()
    } catch {
      return await fail(failure(error), costing: received)
    }
    if let failure = await keep(as: rewritten.id) { return await fail(failure, costing: received) }
    if let failure = await close(
      .completed, status: 200, received: received, usage: rewritten.usage,
      servedBy: rewritten.model)
    {
      return .replied(self.failure(failure))
    }
    return .replied(.json(200, rewritten.body, headers: answer.passedHeaders + route.useCase.citation))
  }
}
