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

  var requestID: RequestID { call.requestID }
  var interruption: Interruption { call.interruption }

  /// Asks the vendor; what is thrown was closed in the log.
  mutating func ask() async throws(TurnedAway) -> VendorAnswer {
    let answer: VendorAnswer
    do {
      answer = try await endpoint.send(request)
    } catch {
      stopwatch.endWaiting()
      throw await fail(failure(error))
    }
    stopwatch.endWaiting(.firstByte)
    guard answer.status == 200 else { throw await fail(.vendorStatus(answer.status), headers: answer.passedHeaders) }
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
  func finish(_ reply: Reply, received: [UInt8], finding tally: AnswerTally? = nil) async throws(TurnedAway) -> Reply {
    turn.end(succeeded: true)
    var ending = RequestRecord.Ending(outcome: .completed, status: reply.status, times: stopwatch.times)
    if let tally {
      (ending.novel, ending.restored) = (tally.novel, tally.restored)
      gateway.metrics.countNovelIdentifiers(tally.novel)
    }
    if let failure = await close(ending, receiving: received) { throw TurnedAway(reply: told(failure)) }
    return reply
  }

  /// Closes the exchange as failed; what is thrown tells how.
  func fail(_ failure: Failure, headers: [(name: String, value: String)] = []) async -> TurnedAway {
    turn.end(succeeded: failure.isHealthy)
    let ending = RequestRecord.Ending(
      outcome: failure.outcome, status: failure.status, times: stopwatch.times,
      rule: failure == .novelIdentifier ? failure.error.code : rule(of: failure.outcome))
    let worse = await close(ending, receiving: nil)
    return TurnedAway(reply: told(worse ?? failure, headers: worse == nil ? headers : []))
  }

  /// Records how the exchange ended, for everybody whom it names; the failure says why nothing more may be released.
  func close(_ ending: RequestRecord.Ending, receiving received: [UInt8]?) async -> Failure? {
    for number in numbers { gateway.running.leave(number) }
    interruption.end()
    do {
      let time = gateway.clock.timestamp
      try await gateway.record(groups.map { ($0.closing(ending.ofPeople, at: time), []) })
    } catch {
      gateway.metrics.countRequest(.logUnavailable, microseconds: stopwatch.elapsed())
      return .logUnavailable
    }
    return await close(ending, receiving: received, isLast: true)
  }

  private func told(_ failure: Failure, headers: [(name: String, value: String)] = []) -> Reply {
    call.reply(telling: failure, headers: headers)
  }
}

extension RequestRecord.Ending {
  /// The same of the people whom requests of a batch name: what was counted stands in the entry of the whole.
  fileprivate var ofPeople: RequestRecord.Ending {
    RequestRecord.Ending(outcome: outcome, status: status, rule: rule)
  }
}

extension Gateway {
  /// Records entries, many at a time, so that they share writes to the disk.
  func record(_ entries: [(entry: Entry, parts: [SealedPart])]) async throws {
    for start in stride(from: 0, to: entries.count, by: 64) {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for (entry, parts) in entries[start..<min(start + 64, entries.count)] {
          group.addTask { try await record(entry, sealing: parts) }
        }
        try await group.waitForAll()
      }
    }
  }
}
