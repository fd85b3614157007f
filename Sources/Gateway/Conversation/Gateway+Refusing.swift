import Ledger
import Providers
import Vault

// Never inlined: each of many places in the way of a request would have room of its own for an entry that it rarely writes.
extension Gateway {
  /// Records a refusal, then tells it; one that cannot be recorded is told as the log's failure.
  @inline(never)
  func refuse(
    _ refusal: Refusal, _ call: some CarriedCall, _ parties: RequestParties, useCase: UseCase? = nil,
    vendor: Vendor? = nil, model: ModelName? = nil
  ) async -> Reply {
    do {
      try await recordRefusal(refusal, call, parties, useCase: useCase, vendor: vendor, model: model)
    } catch {
      return unrecorded(call, useCase)
    }
    metrics.countRefusal(refusal.rule)
    count(ended(by: refusal, of: useCase))
    return call.reply(telling: refusal)
  }

  /// Records that a call was refused, or that a vendor was passed over.
  @inline(never)
  func recordRefusal(
    _ refusal: Refusal, _ call: some CarriedCall, _ parties: RequestParties, useCase: UseCase?, vendor: Vendor?,
    model: ModelName?
  ) async throws {
    var entry = RequestRecord.refusal(
      refusal, call, useCase: useCase, vendor: vendor, model: model, at: clock.timestamp)
    // A caller that goes on in spite of its limits does not fill the disk either.
    if refusal.rule == .rateLimited,
      refusals.take(RefusalTally.Kind(entry), of: parties.user, at: clock.monotonic()) != .own
    {
      return
    }
    do {
      // A refusal while the vault is shut is recorded all the same, without the names that only the vault can give.
      try await sealed(parties, of: call.requestID, admitted: nil).name(in: &entry, withParts: false)
    } catch {
      metrics.countKeyFailure()
    }
    try await record(entry)
  }

  /// Records that a call is none of its kind, or has no answer for a reason of the caller's, then tells what is wrong.
  ///
  /// `reply` is what tells it, where that is not the usual word for the failure.
  @inline(never)
  func reject(
    _ call: some CarriedCall, _ failure: Failure, by rule: String? = nil, telling reply: Reply? = nil
  ) async -> Reply {
    do {
      let rule = rule ?? failure.error.code ?? "invalid_request"
      try await record(RequestRecord.rejection(call, rule, status: failure.status, at: clock.timestamp))
    } catch {
      return unrecorded(call)
    }
    count(EndedRequest(.rejected, status: failure.status, of: nil))
    return reply ?? call.reply(telling: failure, headers: [])
  }

  /// What a call is told whose end the log does not take.
  private func unrecorded(_ call: some CarriedCall, _ useCase: UseCase? = nil) -> Reply {
    count(EndedRequest(.logUnavailable, status: 503, of: useCase?.id.recorded))
    return call.reply(telling: .logUnavailable, headers: [])
  }
}
