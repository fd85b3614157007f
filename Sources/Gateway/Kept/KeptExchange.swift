import Bytes
import Ciphers
import Deidentification
import Ledger
import Providers
import Vault

/// One request about a kept answer at its vendor: opened in the log, to be closed in the log exactly once.
struct KeptExchange: LoggedExchange {
  let gateway: Gateway
  let call: KeptCall
  let record: RequestRecord
  let turns: EarlierTurns
  let route: Admission.Route
  /// What the tokens of the conversation stand for.
  let map: TokenMap
  var stopwatch: Stopwatch

  var requestID: RequestID { call.requestID }

  /// Sends the request and makes the reply of what comes back.
  func run(through endpoint: any ModelEndpoint) async -> Reply {
    var exchange = self
    let answer: VendorAnswer
    do {
      answer = try await endpoint.send(outbound)
    } catch {
      exchange.stopwatch.endWaiting()
      return await exchange.fail(Failure(error))
    }
    exchange.stopwatch.endWaiting(.firstByte)
    // What the vendor has no more, nobody can go on from.
    if call.act == .delete, answer.status == 404, let failure = await forget() { return await exchange.fail(failure) }
    guard answer.status == 200 else {
      return await exchange.fail(.vendorStatus(answer.status), headers: answer.passedHeaders)
    }
    guard MediaType.name(in: answer.contentType) == "application/json" else {
      return await exchange.fail(.vendor(.unexpectedAnswer))
    }
    return await exchange.whole(answer)
  }

  private var outbound: ResourceRequest {
    ResourceRequest(call.act.method, call.act.path(of: call.id), query: call.query, requestID: requestID.description)
  }

  private mutating func whole(_ answer: VendorAnswer) async -> Reply {
    var received: [UInt8] = []
    do {
      for try await piece in answer.body {
        try admit(piece, after: received.count)
        received.append(contentsOf: piece)
      }
    } catch {
      stopwatch.endWaiting()
      return await fail(Failure(VendorFailure(error)))
    }
    stopwatch.endWaiting()
    let tally = AnswerTally()
    let given = GivenText([], map, after: turns.conversation.words)
    let rewritten: ModelAnswer
    do {
      rewritten = try call.act.answer.rewriting(received, naming: turns.conversation.names) {
        restoration($0, given, tally)
      }
    } catch {
      return await fail(.vendor(.unexpectedAnswer))
    }
    stopwatch.end(.restoration)
    guard isAnswer(received) else { return await fail(.vendor(.unexpectedAnswer)) }
    if call.act == .delete, let failure = await forget() { return await fail(failure) }
    guard !tally.isBlocked else { return await fail(.novelIdentifier) }
    do {
      try checkStanding()
    } catch {
      return await fail(Failure(error))
    }
    let ending = RequestRecord.Ending(
      outcome: .completed, status: 200, times: stopwatch.times, novel: tally.novel, restored: tally.restored)
    if let failure = await close(ending, receiving: received, isLast: true) { return self.failure(failure) }
    return .json(200, rewritten.body, headers: answer.passedHeaders)
  }

  /// Whether the vendor speaks of what it was asked about: nothing of another conversation is restored by this one's
  /// tokens, and nothing is forgotten that is not deleted.
  private func isAnswer(_ received: [UInt8]) -> Bool {
    guard call.act.namesObject else { return true }
    guard let value = try? JSONValue(parsing: received), value["id"]?.string == call.id else { return false }
    return call.act != .delete || value["deleted"] == .bool(true)
  }

  private func restoration(_ channel: TextChannel, _ given: GivenText, _ tally: AnswerTally) -> Restoration {
    let conversation = turns.conversation
    let rules = Restoration.Rules(
      map: map, revealing: IdentifierSet(route.useCase.restores), novelty: route.useCase.novelty,
      given: given, answersInJSON: conversation.isJSON)
    return Restoration(rules, in: channel, by: gateway.detection, tally: tally)
  }

  /// Checks that what allows the exchange still does: the vault is open, nobody has stopped it, its agreement holds.
  func checkStanding() throws(VendorFailure) {
    guard !gateway.vault.isLocked else { throw VendorFailure(.withheld) }
    guard gateway.admission.objection(to: route, on: gateway.clock.today) == nil else { throw VendorFailure(.stopped) }
  }

  private func forget() async -> Failure? {
    do {
      try await gateway.forget(turns.record, saying: record.plain)
      return nil
    } catch {
      return error is LedgerError ? .logUnavailable : .notKept
    }
  }

  private func fail(_ failure: Failure, headers: [(name: String, value: String)] = []) async -> Reply {
    let ending = RequestRecord.Ending(outcome: failure.outcome, status: failure.status, times: stopwatch.times)
    let worse = await close(ending, receiving: nil, isLast: true)
    return self.failure(worse ?? failure, headers: headers)
  }

  private func failure(_ failure: Failure, headers: [(name: String, value: String)] = []) -> Reply {
    .failure(failure, of: requestID, headers: headers)
  }
}
