import AsyncAlgorithms
import Bytes
import Ledger
import Providers

extension Exchange {
  /// A reply that passes the vendor's events on as they come, restored.
  func streamed(_ answer: VendorAnswer) -> Reply {
    let headers =
      [("content-type", "text/event-stream"), ("cache-control", "no-cache")] + answer.passedHeaders
      + route.useCase.citation
    let pieces = AsyncChannel<[UInt8]>()
    let lastWords = LastWords()
    let producer = Task {
      var passage = StreamPassage(exchange: self, to: pieces, endingWith: lastWords)
      await passage.pass(answer.body)
      gateway.metrics.changeInFlight(by: -1)
      place?.end()
      trace?.endRequest()
      pieces.finish()
    }
    interruption.onStop { producer.cancel() }
    let body = Reply.StreamedBody(pieces: pieces, producer: producer, lastWords: lastWords)
    return Reply(status: 200, headers: headers, body: .streamed(body))
  }
}

/// A stream on its way from the vendor to the client.
///
/// From the event that makes the answer complete, everything is kept back until the closing entry is durable. A stream
/// that fails ends so that the client sees it: with an error event, and no `[DONE]`.
private struct StreamPassage {
  private var exchange: Exchange
  private let client: AsyncChannel<[UInt8]>
  private let lastWords: LastWords
  private var translation: TranslatedStream?
  private var stream: AnswerStream<Restoration>
  private var received: [UInt8] = []
  private var ending: [UInt8] = []
  /// What came before the stream said which model answers and who has processed it, where not everybody may.
  private var unnamed: [UInt8] = []
  /// What reads who has processed it; nil where its events do not say so.
  private var processors: SaidMembers?
  private var isKept = false
  /// Why what later requests must know could not be sealed.
  private var keptFailure: Failure?
  /// The number of the event that comes next to the client, where events have one.
  private var nextNumber = 0

  init(exchange: Exchange, to client: AsyncChannel<[UInt8]>, endingWith lastWords: LastWords) {
    self.exchange = exchange
    self.client = client
    self.lastWords = lastWords
    translation = exchange.outbound.stream(at: exchange.moment)
    processors = exchange.processorMembers
    stream = AnswerStream(
      for: exchange.outbound.operation, choiceCount: exchange.safe.settings.choiceCount,
      eventLimit: exchange.eventLimit, naming: exchange.safe.names
    ) { exchange.restoration($0) }
  }

  /// Passes a body on to its end, and records how it ended.
  mutating func pass(_ body: VendorBody) async {
    do {
      try await passEvents(of: body)
      try finish()
      try await keepConversation()
    } catch {
      let failure = keptFailure ?? exchange.failure(error)
      exchange.turn.end(succeeded: failure.isHealthy)
      let worse = await close(failure.outcome, by: failure.recordedRule) ?? failure
      if !isKept, failure.isToBeUndone { exchange.undo(stream.answerID) }
      let event = exchange.event(worse, number: nextNumber)
      if exchange.interruption.refusal == nil { await client.send(event) } else { lastWords.leave(event) }
      return
    }
    let failure = await close(.completed)
    await client.send(failure.map { exchange.event($0, number: nextNumber) } ?? unnamed + ending)
  }

  private mutating func passEvents(of body: VendorBody) async throws(VendorFailure) {
    var pieces = body.makeAsyncIterator()
    while !stream.isDone, let piece = try await next(&pieces) {
      let wasComplete = stream.isComplete
      let events = try rewritten(piece)
      try await keepConversation()
      if wasComplete || stream.isComplete {
        ending.append(contentsOf: events)
      } else if exchange.isPinning && stream.model == nil || processors?.isWhole == false {
        unnamed += events
      } else if !events.isEmpty {
        await client.send(unnamed + events)
        unnamed = []
        nextNumber = stream.nextEventNumber
      }
      guard !Task.isCancelled else { throw VendorFailure(.cancelled) }
    }
  }

  /// Seals what later requests must know when the vendor has said what it calls the answer, before the client learns it.
  private mutating func keepConversation() async throws(VendorFailure) {
    guard exchange.safe.conversation != nil else { return }
    // What is kept under the first would not be found under the second.
    guard !stream.hasOtherID else { throw VendorFailure(.unexpectedAnswer) }
    guard !isKept else { return }
    guard let id = stream.answerID else {
      guard !stream.isComplete else { throw VendorFailure(.unexpectedAnswer) }
      return
    }
    if let failure = await exchange.keep(as: id, costing: nil) {
      keptFailure = failure
      throw VendorFailure(.withheld)
    }
    isKept = true
  }

  private mutating func close(_ outcome: Outcome, by rule: String? = nil) async -> Failure? {
    exchange.stopwatch.endWaiting()
    return await exchange.close(
      outcome, status: 200, received: received, usage: translation?.usage ?? stream.usage,
      servedBy: stream.model, keptAs: isKept ? stream.answerID : nil, by: rule)
  }

  private mutating func next(_ pieces: inout VendorBody.Iterator) async throws(VendorFailure) -> [UInt8]? {
    do {
      return try await pieces.next()
    } catch {
      throw VendorFailure(error)
    }
  }

  private mutating func rewritten(_ piece: [UInt8]) throws(VendorFailure) -> [UInt8] {
    try exchange.admit(piece, after: received.count)
    received.append(contentsOf: piece)
    if processors?.receive(piece.span) == true { try checkProcessors(isWhole: false) }
    var events: [UInt8] = []
    do {
      let piece = try translated(piece)
      try stream.receive(piece.span, into: &events)
    } catch {
      throw VendorFailure(passingOn: error)
    }
    guard !exchange.tally.isBlocked else { throw VendorFailure(.novelIdentifier) }
    if let model = stream.model, !exchange.isPinned(model) { throw VendorFailure(.otherModel) }
    return events
  }

  private func checkProcessors(isWhole: Bool) throws(VendorFailure) {
    guard let processors, exchange.strayProcessor(saying: processors, isWhole: isWhole) != nil else { return }
    throw VendorFailure(.otherProcessor)
  }

  /// A piece in the client's dialect.
  private mutating func translated(_ piece: [UInt8]) throws(TranslationError) -> [UInt8] {
    guard translation != nil else { return piece }
    var events: [UInt8] = []
    try translation?.receive(piece.span, into: &events)
    return events
  }

  private mutating func finish() throws(VendorFailure) {
    do {
      var rest: [UInt8] = []
      try translation?.finish(into: &rest)
      try stream.receive(rest.span, into: &ending)
      try stream.finish(into: &ending)
    } catch {
      throw VendorFailure(passingOn: error, otherwise: .interrupted)
    }
    processors?.finish()
    try checkProcessors(isWhole: true)
    guard !exchange.tally.isBlocked else { throw VendorFailure(.novelIdentifier) }
    guard exchange.isPinned(stream.model) else { throw VendorFailure(.otherModel) }
    guard stream.isComplete, translation?.isComplete ?? true else { throw VendorFailure(.interrupted) }
    try exchange.checkStanding()
  }
}
