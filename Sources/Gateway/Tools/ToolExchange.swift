import AsyncAlgorithms
import Ciphers
import Deidentification
import Ledger
import Providers
import Vault

/// One message at its tool server: opened in the log, to be closed in the log exactly once.
struct ToolExchange: LoggedExchange {
  let gateway: Gateway
  let message: ToolMessage
  let answers: ToolAnswers
  let names: ToolNames
  let record: RequestRecord
  @Boxed private(set) var safe: SafeRequest
  @Boxed private(set) var route: ToolRoute
  let allowances: [Allowance]
  /// Its number among those that run.
  let number: UInt64
  var stopwatch: Stopwatch

  var requestID: RequestID { message.requestID }
  var request: ToolRequest { message.request }
  var interruption: Interruption { message.call.interruption }

  /// Sends the message and makes the reply of what comes back.
  func run(_ outbound: OutboundToolMessage, through endpoint: any ToolEndpoint) async -> Reply {
    var exchange = self
    let answer: ToolServerAnswer
    do {
      answer = try await endpoint.send(outbound).hiding(gateway.credentials)
    } catch {
      exchange.stopwatch.endWaiting()
      return await exchange.fail(failure(error))
    }
    exchange.stopwatch.endWaiting(.firstByte)
    // The session is over: the client begins another.
    if answer.status == 404, outbound.session != nil { return await exchange.fail(.unknownSession) }
    if request.method.isNotification {
      guard (200..<300).contains(answer.status) else {
        return await exchange.fail(.vendorStatus(answer.status))
      }
      return await exchange.close(.completed, status: 202, received: []).map { .toolFailure($0, to: nil) } ?? .accepted
    }
    guard answer.status == 200 else { return await exchange.fail(.vendorStatus(answer.status)) }
    let headers = passedHeaders(answer)
    switch answer.mediaType {
    case "application/json": return await exchange.whole(answer, headers)
    case "text/event-stream": return exchange.streamed(answer, headers)
    default: return await exchange.fail(.vendor(.unexpectedAnswer))
    }
  }

  private func passedHeaders(_ answer: ToolServerAnswer) -> [(name: String, value: String)] {
    let citation = route.useCase.citation
    guard let name = answer.session, ToolNames.isSession(name) else { return citation }
    return citation + [("mcp-session-id", names.presented(name, as: .session))]
  }

  private mutating func whole(_ answer: ToolServerAnswer, _ headers: [(name: String, value: String)]) async -> Reply {
    var received: [UInt8] = []
    do {
      try await take(answer.body, into: &received)
    } catch {
      stopwatch.endWaiting()
      return await fail(failure(error), received: received)
    }
    stopwatch.endWaiting()
    let message: ToolAnswers.Message
    do {
      message = try answers.rewritten(received) { restoration($0) }
    } catch {
      return await fail(.vendor(.unexpectedAnswer), received: received)
    }
    guard message.isAnswer else { return await fail(.vendor(.unexpectedAnswer), received: received) }
    stopwatch.end(.restoration)
    if let failure = await close(message.isFailure ? .vendorFailed : .completed, status: 200, received: received) {
      return .toolFailure(failure, to: request.id)
    }
    return .json(200, message.body, headers: headers)
  }

  private func streamed(_ answer: ToolServerAnswer, _ headers: [(name: String, value: String)]) -> Reply {
    let pieces = AsyncChannel<[UInt8]>()
    let lastWords = LastWords()
    let producer = Task {
      var passage = ToolPassage(exchange: self, to: pieces, endingWith: lastWords)
      await passage.pass(answer.body)
      gateway.metrics.changeInFlight(by: -1)
      pieces.finish()
    }
    interruption.onStop { producer.cancel() }
    return Reply(
      status: 200, headers: [("content-type", "text/event-stream"), ("cache-control", "no-cache")] + headers,
      body: .streamed(Reply.StreamedBody(pieces: pieces, producer: producer, lastWords: lastWords)))
  }

  /// The rewriter of one text of the answer.
  func restoration(_ channel: TextChannel) -> Restoration {
    let rules = Restoration.Rules(
      map: safe.map, revealing: IdentifierSet(route.useCase.restores), novelty: route.novelty, given: safe.given,
      answersInJSON: false, toolHosts: nil, credentials: gateway.credentials)
    return Restoration(rules, in: channel, by: gateway.detection, tally: AnswerTally())
  }

  /// Records how the exchange ended; the failure says why nothing more may be released.
  func close(_ outcome: Outcome, status: Int, received: [UInt8]?) async -> Failure? {
    gateway.running.leave(number)
    interruption.end()
    let ending = RequestRecord.Ending(
      outcome: outcome, status: status, times: stopwatch.times, rule: rule(of: outcome))
    return await close(ending, receiving: received, isLast: true)
  }

  private func fail(_ failure: Failure, received: [UInt8]? = nil) async -> Reply {
    let told = await close(failure.outcome, status: failure.status, received: received) ?? failure
    return message.reply(telling: told)
  }
}

/// The events of a tool server's answer on their way to the client; the answer itself is kept back until the closing entry
/// is durable.
private struct ToolPassage {
  private var exchange: ToolExchange
  private let client: AsyncChannel<[UInt8]>
  private let lastWords: LastWords
  private var stream: ToolAnswerStream<Restoration>
  private var received: [UInt8] = []
  private var ending: [UInt8] = []

  init(exchange: ToolExchange, to client: AsyncChannel<[UInt8]>, endingWith lastWords: LastWords) {
    self.exchange = exchange
    self.client = client
    self.lastWords = lastWords
    stream = ToolAnswerStream(exchange.answers, eventLimit: exchange.gateway.limits.answerBytes) {
      exchange.restoration($0)
    }
  }

  mutating func pass(_ body: VendorBody) async {
    do {
      try await passEvents(of: body)
    } catch {
      let failure = exchange.failure(error)
      exchange.stopwatch.endWaiting()
      let told = await exchange.close(failure.outcome, status: 200, received: received) ?? failure
      let event = ToolError(told, to: exchange.request.id).event
      // What was stopped sends nothing itself any more.
      if exchange.interruption.refusal == nil { await client.send(event) } else { lastWords.leave(event) }
      return
    }
    exchange.stopwatch.endWaiting()
    let outcome: Outcome = stream.isFailure ? .vendorFailed : .completed
    let failure = await exchange.close(outcome, status: 200, received: received)
    await client.send(failure.map { ToolError($0, to: exchange.request.id).event } ?? ending)
  }

  private mutating func passEvents(of body: VendorBody) async throws(VendorFailure) {
    var pieces = body.makeAsyncIterator()
    while !stream.isComplete, let piece = try await next(&pieces) {
      try exchange.admit(piece, after: received.count)
      received.append(contentsOf: piece)
      try forward(piece)
      if !stream.isComplete, !ending.isEmpty {
        await client.send(ending)
        ending.removeAll()
      }
      guard !Task.isCancelled else { throw VendorFailure(.cancelled) }
    }
    guard stream.isComplete else { throw VendorFailure(.interrupted) }
  }

  private mutating func forward(_ piece: [UInt8]) throws(VendorFailure) {
    do {
      try stream.receive(piece.span, into: &ending)
    } catch {
      throw VendorFailure(.unexpectedAnswer)
    }
  }

  private mutating func next(_ pieces: inout VendorBody.Iterator) async throws(VendorFailure) -> [UInt8]? {
    do {
      return try await pieces.next()
    } catch {
      throw VendorFailure(error)
    }
  }
}
