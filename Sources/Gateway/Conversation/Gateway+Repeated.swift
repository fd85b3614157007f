import Ciphers
import Ledger
import PHI
import Providers
import Vault

extension Gateway {
  /// The header by which clients name a request that they may send again.
  static let idempotencyHeader = "idempotency-key"

  /// Answers a call, one that was answered before under its key by the same answer.
  func answerOnce(_ call: ModelCall, _ stopwatch: inout Stopwatch) async -> Reply {
    guard let key = call.idempotencyKey, reliability.idempotencySeconds > 0 else {
      return await carry(call, &stopwatch)
    }
    let name = Digest(hashing: Array("\(call.caller.id)\n\(key)".utf8).span)
    switch answers.claim(name, for: fingerprint(of: call)) {
    case .first(let place):
      var call = call
      call.place = place
      return await carry(call, &stopwatch)
    case .answered(let answer): return await repeated(answer, to: call, &stopwatch)
    case .underWay: return await turnAway(call, .sameRequestUnderWay)
    case .otherRequest: return await turnAway(call, .keyOfAnotherRequest)
    }
  }

  /// What a call asks for, its key and its id apart.
  private func fingerprint(of call: ModelCall) -> Digest {
    let fields: [String?] = [
      call.operation.rawValue, call.useCase, call.patient, call.user, call.sensitivity, call.version.day?.description,
      call.version.features.joined(separator: ","), call.facts.fingerprint,
    ]
    var text: [UInt8] = []
    for field in fields { text += Array((field.map { "+\($0)" } ?? "-").utf8) + [0x0A] }
    return Digest(hashing: (text + call.body).span)
  }

  /// Gives an answer again.
  ///
  /// Nothing goes to a vendor, yet somebody reads it once more: that is recorded before.
  private func repeated(
    _ answer: RepeatedRequests.Answer, to call: ModelCall, _ stopwatch: inout Stopwatch
  ) async -> Reply {
    guard !vault.isLocked else {
      var ended = EndedRequest(.withheld, status: 503, of: answer.route.useCase.id.recorded, after: stopwatch)
      ended.isByRule = true
      count(ended)
      return .failure(.withheld, to: call)
    }
    let route = answer.route
    var refusal =
      admission.objection(to: route, on: clock.today) ?? objection(to: route.verdict) { $0.from(call.client) }
    if refusal == nil { refusal = await objection(to: route.standing) }
    if let refusal {
      return await refuse(
        refusal, call, .none, useCase: route.useCase, vendor: route.vendor, model: route.model)
    }
    do {
      for entry in answer.record.repetition(as: call.requestID, at: clock.timestamp) { try await record(entry) }
    } catch {
      count(EndedRequest(.logUnavailable, status: 503, of: route.useCase.id.recorded, after: stopwatch))
      return .failure(.logUnavailable, to: call)
    }
    metrics.countRepeated(.answered)
    count(EndedRequest(.completed, status: 200, of: route.useCase.id.recorded, after: stopwatch))
    return Reply(
      status: 200, headers: answer.headers + [("idempotent-replayed", "true")], body: .whole(answer.body))
  }

  private func turnAway(_ call: ModelCall, _ failure: Failure) async -> Reply {
    metrics.countRepeated(failure == .sameRequestUnderWay ? .underWay : .otherRequest)
    return await reject(call, failure)
  }
}
