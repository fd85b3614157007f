import Bytes
import Ledger
import Providers

extension Exchange {
  /// A reply that passes the vendor's events on as they come, restored.
  func streamed(_ answer: VendorAnswer) -> Reply {
    let headers = [("content-type", "text/event-stream"), ("cache-control", "no-cache")] + answer.passedHeaders
    return Reply(
      status: 200, headers: headers,
      body: .streamed { write in
        defer { gateway.metrics.changeInFlight(by: -1) }
        var passage = StreamPassage(exchange: self)
        do {
          try await passage.pass(answer.body, to: write)
        } catch let failure as VendorFailure {
          try await passage.breakOff(.vendor(failure.code), to: write)
        } catch {
          await passage.abandon()
          throw error
        }
      })
  }
}

/// A stream on its way from the vendor to the client.
///
/// From the event that makes the answer complete, everything is kept back until the closing entry is durable.
private struct StreamPassage {
  private var exchange: Exchange
  private var stream: ChatStream<Restoration>
  private var received: [UInt8] = []
  private var ending: [UInt8] = []
  private var isClosed = false

  init(exchange: Exchange) {
    self.exchange = exchange
    stream = ChatStream(choiceCount: exchange.chat.choiceCount) { exchange.restoration($0) }
  }

  /// Passes a body on to its end.
  mutating func pass(_ body: VendorBody, to write: Reply.Body.Write) async throws {
    var pieces = body.makeAsyncIterator()
    while !stream.isDone, let piece = try await next(&pieces) {
      let wasComplete = stream.isComplete
      let events = try rewritten(piece)
      if wasComplete || stream.isComplete {
        ending.append(contentsOf: events)
      } else if !events.isEmpty {
        try await write(events)
      }
    }
    try finish()
    guard await close(.completed) else {
      try await write(Failure.logUnavailable.error.event)
      return
    }
    try await write(ending)
  }

  /// Ends a stream that failed so that the client sees it: an error event, and no `[DONE]`.
  mutating func breakOff(_ failure: Failure, to write: Reply.Body.Write) async throws {
    let isRecorded = await close(.vendorFailed)
    try await write((isRecorded ? failure : .logUnavailable).error.event)
  }

  /// Records that the client went away, unless the end of the answer is recorded already.
  mutating func abandon() async {
    if !isClosed { _ = await close(.clientDisconnected) }
  }

  private mutating func close(_ outcome: Outcome) async -> Bool {
    isClosed = true
    exchange.stopwatch.endWaiting()
    return await exchange.close(outcome, status: 200, received: received, usage: stream.usage)
  }

  private mutating func next(_ pieces: inout VendorBody.Iterator) async throws(VendorFailure) -> [UInt8]? {
    do {
      return try await pieces.next()
    } catch {
      throw VendorFailure(error)
    }
  }

  private mutating func rewritten(_ piece: [UInt8]) throws(VendorFailure) -> [UInt8] {
    guard received.count + piece.count <= exchange.gateway.limits.answerBytes else {
      throw VendorFailure(.answerTooLarge)
    }
    received.append(contentsOf: piece)
    var events: [UInt8] = []
    do {
      try stream.receive(piece.span, into: &events)
    } catch {
      throw VendorFailure(.unexpectedAnswer)
    }
    return events
  }

  private mutating func finish() throws(VendorFailure) {
    do {
      try stream.finish(into: &ending)
    } catch {
      throw VendorFailure(.interrupted)
    }
    guard stream.isComplete else { throw VendorFailure(.interrupted) }
  }
}
