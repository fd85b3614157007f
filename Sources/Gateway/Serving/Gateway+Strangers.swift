import Ledger
import Providers

extension Gateway {
  /// Refuses a request of somebody who is not known, and has the log say so before it is answered; beyond a bound the log
  /// has how many there were.
  func refuseStranger(
    _ requestID: RequestID, from client: ConfiguredName?, asking operation: ConfiguredName? = nil,
    in dialect: Operation.Dialect = .openAI
  ) async -> Reply {
    count(EndedRequest(.unauthenticated, status: 401, of: nil))
    let denial = RequestRecord.denial(
      requestID, of: nil, from: client, rule: "unauthenticated", status: 401, at: clock.timestamp)
    return await tell(.unauthenticated, denial, operation, in: dialect)
  }

  /// Refuses what a known caller has sent and no call can be made of, such as a body that is too long or a header that says
  /// two things.
  func refuseUntaken(
    _ failure: Failure, _ requestID: RequestID, of caller: Caller, from client: ConfiguredName?,
    asking operation: ConfiguredName?, in dialect: Operation.Dialect = .openAI
  ) async -> Reply {
    metrics.countRequest(.rejected, microseconds: 0)
    let denial = RequestRecord.denial(
      requestID, of: caller, from: client, rule: failure.error.code ?? "invalid_request", status: failure.status,
      at: clock.timestamp)
    return await tell(failure, denial, operation, in: dialect)
  }

  /// Refuses a caller who is no reader of the log, and has the log say so before.
  func refuseReading(
    _ caller: Caller, _ client: ConfiguredName?, _ requestID: RequestID, asking operation: ConfiguredName? = nil
  ) async -> Reply {
    let refusal = Refusal(.logNotReadable, "caller `\(caller.id)` is no reader of the log")
    var denial = RequestRecord.denial(
      requestID, of: caller, from: client, rule: refusal.rule.rawValue, status: refusal.status, at: clock.timestamp)
    denial.operation = operation
    do {
      _ = try await recordDenial(denial)
    } catch {
      return .failure(.logUnavailable, of: requestID)
    }
    metrics.countRefusal(refusal.rule)
    return .refusal(refusal)
  }

  private func tell(
    _ failure: Failure, _ denial: Entry, _ operation: ConfiguredName?, in dialect: Operation.Dialect
  ) async -> Reply {
    var denial = denial
    denial.operation = operation
    do {
      if case .shared(let seconds) = try await recordDenial(denial), denial.caller == nil {
        return .failure(.tooManyStrangers(seconds: seconds), in: dialect, of: denial.request)
      }
    } catch {
      return .failure(.logUnavailable, in: dialect, of: denial.request)
    }
    return .failure(failure, in: dialect, of: denial.request)
  }

  /// Records a refusal that no limit was asked for, or counts it among those that share an entry.
  func recordDenial(_ entry: Entry) async throws(LedgerError) -> RefusalTally.Place {
    let place = refusals.take(RefusalTally.Kind(entry), at: clock.monotonic())
    if place == .own { try await record(entry) }
    return place
  }

  /// Records what was counted of refusals in minutes that are over; `atEnd` what there is.
  func recordRefusals(atEnd: Bool = false) async {
    var due = refusals.takeDue(at: clock.monotonic(), atEnd: atEnd)[...]
    while let (kind, count) = due.first {
      var entry = Entry(.requestRefused, at: clock.timestamp)
      (entry.caller, entry.client, entry.operation) = (kind.caller, kind.client, kind.operation)
      (entry.decision, entry.rule, entry.status) = (.deny, kind.rule, kind.status)
      entry.object = kind.object
      entry.requests = count
      do {
        try await record(entry)
      } catch {
        // The log takes them when it can be written again.
        return refusals.putBack(Array(due))
      }
      due.removeFirst()
    }
  }
}
