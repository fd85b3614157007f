import Ciphers
import Deidentification
import Ledger
import Providers
import Vault

/// One call about files and batches at its vendor: opened in the log, to be closed in the log exactly once.
struct BatchExchange: LoggedExchange {
  let gateway: Gateway
  let call: BatchCall
  let record: RequestRecord
  /// The entries for the people whom the requests name themselves.
  let people: [RequestRecord]
  let routes: [Admission.Route]
  /// Its numbers among the exchanges that run, one for each way.
  let numbers: [UInt64]
  let turn: VendorTurn
  let endpoint: any ModelEndpoint
  var stopwatch: Stopwatch

  var requestID: RequestID { call.requestID }

  /// Checks that what allows the exchange still does: the vault is open, nobody has stopped it, its agreement holds.
  func checkStanding() throws(VendorFailure) {
    guard !gateway.vault.isLocked else { throw VendorFailure(.withheld) }
    let today = gateway.clock.today
    for route in routes where call.interruption.refusal == nil && !call.operation.ends {
      if route.agreement?.isInForce(on: today) == false, let refusal = gateway.admission.objection(to: route, on: today)
      {
        call.interruption.stop(by: refusal)
      }
      if let refusal = gateway.attestations.objection(to: route.vendor) { call.interruption.stop(by: refusal) }
    }
    guard call.interruption.refusal == nil else { throw VendorFailure(.stopped) }
  }

  /// How the exchange has failed: what stopped it is told, not what came of it.
  func failure(_ failure: VendorFailure) -> Failure {
    guard failure.code == .stopped || failure.code == .cancelled, let refusal = call.interruption.refusal else {
      return Failure(failure)
    }
    return .stopped(refusal)
  }

  /// Asks the vendor; what is thrown was closed in the log.
  mutating func ask(
    _ operation: BatchOperation, of id: String? = nil, sending body: (bytes: [UInt8], type: String)? = nil
  ) async throws(TurnedAway) -> VendorAnswer {
    let request = ResourceRequest(operation, of: id, body: body, version: call.version, requestID: requestID)
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

  /// Asks the vendor for an object, and takes all of its answer.
  mutating func object(
    _ operation: BatchOperation, of id: String? = nil, sending body: (bytes: [UInt8], type: String)? = nil
  ) async throws(TurnedAway) -> (object: VendorObject, received: [UInt8]) {
    let answer = try await ask(operation, of: id, sending: body)
    guard MediaType.name(in: answer.contentType) == "application/json" else {
      throw await fail(.vendor(.unexpectedAnswer))
    }
    var received: [UInt8] = []
    do {
      for try await piece in answer.body {
        try admit(piece, after: received.count)
        received.append(contentsOf: piece)
      }
      try checkStanding()
    } catch {
      stopwatch.endWaiting()
      throw await fail(failure(VendorFailure(error)))
    }
    stopwatch.endWaiting()
    do {
      return (try VendorObject(received), received)
    } catch {
      throw await fail(.vendor(.unexpectedAnswer))
    }
  }

  /// Closes the exchange and gives the reply; what is thrown says that it could not be closed.
  func finish(_ reply: Reply, received: [UInt8]) async throws(TurnedAway) -> Reply {
    turn.end(succeeded: true)
    let ending = RequestRecord.Ending(outcome: .completed, status: reply.status, times: stopwatch.times)
    if let failure = await close(ending, receiving: received) { throw TurnedAway(reply: told(failure)) }
    return reply
  }

  /// Closes the exchange as failed; what is thrown tells how.
  func fail(_ failure: Failure, headers: [(name: String, value: String)] = []) async -> TurnedAway {
    turn.end(succeeded: failure.isHealthy)
    let ending = RequestRecord.Ending(
      outcome: failure.outcome, status: failure.status, times: stopwatch.times, rule: rule(of: failure.outcome))
    let worse = await close(ending, receiving: nil)
    return TurnedAway(reply: told(worse ?? failure, headers: worse == nil ? headers : []))
  }

  /// The rule that stopped it, where one did.
  func rule(of outcome: Outcome) -> String? {
    outcome == .withheld ? call.interruption.refusal?.rule.rawValue : nil
  }

  /// Records how the exchange ended, for everybody whom it names; the failure says why nothing more may be released.
  func close(_ ending: RequestRecord.Ending, receiving received: [UInt8]?) async -> Failure? {
    for number in numbers { gateway.running.leave(number) }
    call.interruption.end()
    do {
      try await gateway.record(people.map { $0.closing(ending.ofPeople, at: gateway.clock.timestamp) })
    } catch {
      gateway.metrics.countRequest(.logUnavailable, microseconds: stopwatch.elapsed())
      return .logUnavailable
    }
    return await close(ending, receiving: received, isLast: true)
  }

  func told(_ failure: Failure, headers: [(name: String, value: String)] = []) -> Reply {
    .failure(failure, in: call.operation.dialect, of: requestID, headers: headers)
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
  func record(_ entries: [Entry], sealing parts: [[SealedPart]] = []) async throws {
    for start in stride(from: 0, to: entries.count, by: 64) {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for place in start..<min(start + 64, entries.count) {
          group.addTask { try await record(entries[place], sealing: parts.isEmpty ? [] : parts[place]) }
        }
        try await group.waitForAll()
      }
    }
  }
}
