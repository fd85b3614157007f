import Ciphers
import Ledger
import Vault

/// An exchange with a vendor that was opened in the log, to be closed there exactly once.
protocol LoggedExchange: Sendable {
  var gateway: Gateway { get }
  var requestID: RequestID { get }
  var record: RequestRecord { get }
  var stopwatch: Stopwatch { get }
  /// What allowed it, one for each model that is asked.
  var allowances: [Allowance] { get }
  /// How it is told to stop.
  var interruption: Interruption { get }
}

extension LoggedExchange {
  /// Checks that what allows the exchange still does: the vault is open, nobody has stopped it, its agreement holds.
  ///
  /// Whoever stops something tells those that run; only what the day and the vendor's machine say is looked up here.
  func checkStanding() throws(VendorFailure) {
    guard !gateway.vault.isLocked else { throw VendorFailure(.withheld) }
    let today = gateway.clock.today
    for allowance in allowances where interruption.refusal == nil {
      if allowance.mayHaveLapsed(on: today), let refusal = gateway.admission.objection(to: allowance, on: today) {
        interruption.stop(by: refusal)
      }
      if let refusal = gateway.attestations.objection(to: allowance.use.vendor) { interruption.stop(by: refusal) }
    }
    guard interruption.refusal == nil else { throw VendorFailure(.stopped) }
  }

  /// How the exchange has failed: what stopped it is told, not what came of it.
  func failure(_ failure: VendorFailure) -> Failure {
    guard failure.code == .stopped || failure.code == .cancelled, let refusal = interruption.refusal else {
      return Failure(failure)
    }
    return .stopped(refusal)
  }

  /// The rule that stopped an exchange which ended so; nil when none did.
  func rule(of outcome: Outcome) -> String? {
    outcome == .withheld ? interruption.refusal?.rule.rawValue : nil
  }

  /// Checks that an answer stays within its limits with its next piece, and that what allows it still does.
  func admit(_ piece: [UInt8], after received: Int) throws(VendorFailure) {
    try checkStanding()
    guard received + piece.count <= gateway.limits.answerBytes else { throw VendorFailure(.answerTooLarge) }
    guard stopwatch.total() <= gateway.limits.answerSeconds * 1_000_000 else { throw VendorFailure(.timedOut) }
  }

  /// Takes all of an answer, whatever comes of it: what had come is there also when it broke off.
  func take(_ body: VendorBody, into received: inout [UInt8]) async throws(VendorFailure) {
    do {
      for try await piece in body {
        try admit(piece, after: received.count)
        received.append(contentsOf: piece)
      }
    } catch {
      throw VendorFailure(error)
    }
  }

  /// Records how the exchange ended; the failure says why nothing more may be released.
  ///
  /// `isLast` says that the request ends with it, too; `groups` are those whom it names beside its own.
  func close(
    _ ending: RequestRecord.Ending, receiving received: [UInt8]?, isLast: Bool, of groups: [RequestRecord] = []
  ) async -> Failure? {
    let outcome = ending.outcome
    var ending = ending
    do {
      if let received { ending.received = try await gateway.digestOfSealed(received, of: requestID, .received) }
    } catch {
      gateway.metrics.countKeyFailure()
      ending.outcome = .withheld
    }
    do {
      let time = gateway.clock.timestamp
      let others = groups.map { (entry: $0.closing(ending.ofPeople, at: time), parts: [SealedPart]()) }
      try await gateway.record([(record.closing(ending, at: time), [])] + others)
      if isLast || ending.outcome != outcome {
        var ended = EndedRequest(
          Metrics.RequestOutcome(ending.outcome), status: ending.status, of: record.useCase, after: stopwatch)
        ended.isByRule = ending.rule != nil || gateway.vault.isLocked
        gateway.count(ended)
      }
    } catch {
      gateway.count(EndedRequest(.logUnavailable, status: 503, of: record.useCase, after: stopwatch))
      return .logUnavailable
    }
    return ending.outcome == .withheld && outcome != .withheld ? .withheld : nil
  }
}

extension RequestRecord.Ending {
  /// The same of the people whom requests of a batch name: what was counted stands in the entry of the whole.
  fileprivate var ofPeople: RequestRecord.Ending {
    RequestRecord.Ending(outcome: outcome, status: status, rule: rule)
  }
}
