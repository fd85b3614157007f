import Ciphers
import Ledger

/// An exchange with a vendor that was opened in the log, to be closed there exactly once.
protocol LoggedExchange: Sendable {
  var gateway: Gateway { get }
  var requestID: RequestID { get }
  var record: RequestRecord { get }
  var stopwatch: Stopwatch { get }

  /// Checks that what allows the exchange still does.
  func checkStanding() throws(VendorFailure)
}

extension LoggedExchange {
  /// Checks that an answer stays within its limits with its next piece, and that what allows it still does.
  func admit(_ piece: [UInt8], after received: Int) throws(VendorFailure) {
    try checkStanding()
    guard received + piece.count <= gateway.limits.answerBytes else { throw VendorFailure(.answerTooLarge) }
    guard stopwatch.total() <= gateway.limits.answerSeconds * 1_000_000 else { throw VendorFailure(.timedOut) }
  }

  /// Records how the exchange ended; the failure says why nothing more may be released.
  ///
  /// `isLast` says that the request ends with it, too.
  func close(_ ending: RequestRecord.Ending, receiving received: [UInt8]?, isLast: Bool) async -> Failure? {
    let outcome = ending.outcome
    var ending = ending
    do {
      if let received { ending.received = try await gateway.digestOfSealed(received, of: requestID, .received) }
    } catch {
      gateway.metrics.countKeyFailure()
      ending.outcome = .withheld
    }
    do {
      try await gateway.record(record.closing(ending, at: gateway.clock.timestamp))
      if isLast || ending.outcome != outcome {
        gateway.metrics.countRequest(Metrics.RequestOutcome(ending.outcome), microseconds: stopwatch.elapsed())
      }
    } catch {
      gateway.metrics.countRequest(.logUnavailable, microseconds: stopwatch.elapsed())
      return .logUnavailable
    }
    return ending.outcome == .withheld && outcome != .withheld ? .withheld : nil
  }
}
