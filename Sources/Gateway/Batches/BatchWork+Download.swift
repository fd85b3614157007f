import AsyncAlgorithms
import Bytes
import Ledger
import Providers
import Vault

extension BatchWork {
  /// Hands out a file or the results of a batch, each line restored for the caller who made it.
  func download(_ kind: KeptObject.Kind) async throws(TurnedAway) -> Reply {
    let head = try await head(kind)
    let requests = try await requests(of: head)
    var exchange = try await open(call.operation, of: head, with: requests)
    let answer = try await exchange.ask()
    let restoring = LineRestoration(
      requests, of: head, at: exchange.routes[0].vendor, for: exchange.routes[0].useCase, by: gateway.detection,
      hiding: gateway.credentials, carrying: call.requestID
    ) { [exchange] in exchange.strayProcessor(in: $0, asked: $1, isError: $2) }
    let paid = KeptRequest.length(of: requests) / 4
    let pieces = AsyncChannel<[UInt8]>()
    let isBroken = Flag(false)
    let passage = LinePassage(
      exchange: exchange, of: KeptObject(head.kind, head.id, at: head.vendor), paid: paid, restoration: restoring,
      to: pieces, isBroken: isBroken)
    let producer = Task { [gateway] in
      var passage = passage
      await passage.pass(answer.body)
      gateway.metrics.changeInFlight(by: -1)
      pieces.finish()
    }
    call.interruption.onStop { producer.cancel() }
    let type = dialect == .openAI ? "application/jsonl" : "application/x-jsonl"
    return Reply(
      status: 200, headers: [("content-type", type), ("cache-control", "no-store")],
      body: .streamed(
        Reply.StreamedBody(pieces: pieces, producer: producer, lastWords: LastWords(), isBroken: isBroken)))
  }
}

/// Lines on their way from the vendor to the client.
///
/// The last that have come are kept back until the closing entry is durable. JSONL has no word for a failure: a body that
/// fails breaks off, and no reader takes it for a whole one.
private struct LinePassage: Sendable {
  private var exchange: ResourceExchange
  private let object: KeptObject
  /// How many tokens were booked when the requests were handed over.
  private let paid: Int
  private var restoration: LineRestoration
  private let client: AsyncChannel<[UInt8]>
  private let isBroken: Flag
  private var cutter = LineCutter()
  private var received: [UInt8] = []
  private var ready: [UInt8] = []

  init(
    exchange: ResourceExchange, of object: KeptObject, paid: Int, restoration: LineRestoration,
    to client: AsyncChannel<[UInt8]>, isBroken: Flag
  ) {
    self.exchange = exchange
    self.object = object
    self.paid = paid
    self.restoration = restoration
    self.client = client
    self.isBroken = isBroken
  }

  mutating func pass(_ body: VendorBody) async {
    do {
      var pieces = body.makeAsyncIterator()
      while let piece = try await pieces.next() {
        try exchange.admit(piece, after: received.count)
        received.append(contentsOf: piece)
        let lines = cutter.push(piece)
        guard !lines.isEmpty else { continue }
        if !ready.isEmpty { await client.send(ready) }
        ready = []
        for line in lines { ready += try restoration.restored(line) }
        guard !Task.isCancelled else { throw VendorFailure(.cancelled) }
      }
      if let line = cutter.finish() { ready += try restoration.restored(line) }
      try exchange.checkStanding()
    } catch {
      let failure = exchange.failure(VendorFailure(error))
      exchange.turn.end(succeeded: failure.isHealthy)
      isBroken.set()
      _ = await close(failure.outcome)
      return
    }
    exchange.turn.end(succeeded: true)
    guard await close(.completed) == nil else { return isBroken.set() }
    await client.send(ready)
  }

  private mutating func close(_ outcome: Outcome) async -> Failure? {
    exchange.stopwatch.endWaiting()
    exchange.learnt.served = restoration.served
    exchange.learnt.usage = exchange.gateway.book(restoration.cost, of: object, paid: paid, to: exchange.rates)
    var ending = exchange.ending(outcome, 200)
    (ending.novel, ending.restored, ending.lines) = (restoration.novel, restoration.restored, restoration.lines)
    ending.withheldCalls = restoration.withheldCalls
    return await exchange.close(ending, receiving: received)
  }
}
