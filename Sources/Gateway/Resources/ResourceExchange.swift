import Ciphers
import Ledger
import Providers
import Vault

/// One call about something that a vendor keeps, at that vendor: opened in the log, to be closed in the log exactly once.
struct ResourceExchange: LoggedExchange {
  let gateway: Gateway
  let call: any ResourceCall
  let request: ResourceRequest
  let record: RequestRecord
  /// The entries for the people whom requests of a batch name themselves.
  let groups: [RequestRecord]
  let routes: [Admission.Route]
  let allowances: [Allowance]
  /// Its numbers among the exchanges that run, one for each way.
  let numbers: [UInt64]
  let turn: VendorTurn
  let endpoint: any ModelEndpoint
  /// The limits that its tokens are booked to.
  let rates: [RateLimiter.Ask]
  var stopwatch: Stopwatch
  /// What was learnt of an answer that is handed out.
  var learnt = Learnt()

  /// What is learnt of an answer when it is read.
  struct Learnt: Sendable {
    /// What was found in it and put back.
    var tally: AnswerTally?
    /// What its vendor counted, where nobody has booked it yet.
    var usage: TokenUsage?
    /// The models that have answered, by the names under which they were asked, each once.
    var served: [Served] = []
  }

  /// A model that has answered on a way.
  struct Served: Hashable, Sendable {
    var asked: ModelName
    var model: ModelName
  }

  var requestID: RequestID { call.requestID }
  /// The name of the vendor that all of its ways lead to.
  var vendor: String { routes[0].vendor.id.name }
  var interruption: Interruption { call.interruption }

  /// Asks the vendor; what is thrown was closed in the log.
  mutating func ask() async throws(TurnedAway) -> VendorAnswer {
    let answer: VendorAnswer
    do {
      answer = try await endpoint.send(request).hiding(gateway.credentials)
    } catch {
      stopwatch.endWaiting()
      throw await fail(failure(error))
    }
    stopwatch.endWaiting(.firstByte)
    let stray = strayProcessor(of: answer)
    guard answer.status == 200 else {
      readProcessor(ofError: answer)
      throw await fail(.vendorStatus(answer.status), headers: answer.passedHeaders)
    }
    if let stray { throw await fail(stray) }
    return answer
  }

  /// Asks the vendor for a JSON document, and takes all of it.
  mutating func document() async throws(TurnedAway) -> (bytes: [UInt8], headers: [(name: String, value: String)]) {
    let answer = try await ask()
    guard MediaType.name(in: answer.contentType) == "application/json" else {
      throw await fail(.vendor(.unexpectedAnswer))
    }
    var received: [UInt8] = []
    do {
      try await take(answer.body, into: &received)
      try checkStanding()
    } catch {
      stopwatch.endWaiting()
      throw await fail(failure(error))
    }
    stopwatch.endWaiting()
    return (received, answer.passedHeaders)
  }

  /// Asks the vendor for an object, and takes all of its answer.
  mutating func object() async throws(TurnedAway) -> (object: VendorObject, received: [UInt8]) {
    let received = try await document().bytes
    do {
      return (try VendorObject(received), received)
    } catch {
      throw await fail(.vendor(.unexpectedAnswer))
    }
  }

  /// Closes the exchange and gives the reply; what is thrown says that it could not be closed.
  func finish(_ reply: Reply, received: [UInt8]) async throws(TurnedAway) -> Reply {
    turn.end(succeeded: true)
    if let failure = await close(ending(.completed, reply.status), receiving: received) {
      throw TurnedAway(reply: told(failure))
    }
    return reply
  }

  /// Closes the exchange as failed; what is thrown tells how.
  func fail(_ failure: Failure, headers: [(name: String, value: String)] = []) async -> TurnedAway {
    turn.end(succeeded: failure.isHealthy)
    var ending = ending(failure.outcome, failure.status)
    if let rule = failure.recordedRule { ending.rule = rule }
    let worse = await close(ending, receiving: nil)
    return TurnedAway(reply: told(worse ?? failure, headers: worse == nil ? headers : []))
  }

  /// How the exchange ended, with what was learnt of its answer.
  func ending(_ outcome: Outcome, _ status: Int) -> RequestRecord.Ending {
    var ending = RequestRecord.Ending(
      outcome: outcome, status: status, usage: learnt.usage, times: stopwatch.times, rule: rule(of: outcome))
    if let tally = learnt.tally {
      ending.novel = tally.novel
      // What is not handed out was put back for nobody.
      if outcome == .completed { ending.restored = tally.restored }
      ending.withheldCalls = tally.withheldCalls
    }
    if learnt.served.count == 1 { ending.servedModel = learnt.served[0].model }
    return ending
  }

  /// Records how the exchange ended, for everybody whom it names; the failure says why nothing more may be released.
  ///
  /// Nobody's entry says more than that of the whole: what keeps it from being completed is known before any is written.
  func close(_ ending: RequestRecord.Ending, receiving received: [UInt8]?) async -> Failure? {
    for number in numbers { gateway.running.leave(number) }
    interruption.end()
    gateway.metrics.countNovelIdentifiers(ending.novel)
    gateway.metrics.countWithheldCalls(ending.withheldCalls)
    do throws(LedgerError) {
      for served in learnt.served {
        guard let route = routes.first(where: { $0.model == served.asked }) else { continue }
        try await gateway.noteServedModel(served.model, on: route, of: requestID)
      }
    } catch {
      // The closing entry will meet the same log: what becomes of the answer is decided there.
    }
    return await close(ending, receiving: received, isLast: true, of: groups)
  }

  private func told(_ failure: Failure, headers: [(name: String, value: String)] = []) -> Reply {
    call.reply(telling: failure, headers: headers)
  }
}

extension Gateway {
  /// Records entries, many at a time, so that they share writes to the disk.
  func record(_ entries: [(entry: Entry, parts: [SealedPart])]) async throws {
    if entries.count == 1 {
      try await record(entries[0].entry, sealing: entries[0].parts)
      return
    }
    for start in stride(from: 0, to: entries.count, by: 64) {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for (entry, parts) in entries[start..<min(start + 64, entries.count)] {
          group.addTask { [self] in try await record(entry, sealing: parts) }
        }
        try await group.waitForAll()
      }
    }
  }
}
