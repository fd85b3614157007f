import Ciphers
import Ledger
import Providers

/// One call about files and batches that a use case allows, on its way to its answer.
struct BatchWork: Sendable {
  let gateway: Gateway
  var call: BatchCall
  let useCase: UseCase
  /// Whom the call names for all of it.
  let parties: RequestParties
  var stopwatch: Stopwatch

  var dialect: Operation.Dialect { call.operation.dialect }

  /// Records a refusal; what is thrown tells it.
  func refuse(_ refusal: Refusal, vendor: Vendor? = nil, model: ModelName? = nil) async -> TurnedAway {
    await gateway.refuse(refusal, call, parties, useCase: useCase, vendor: vendor, model: model)
  }

  /// Records that what came is no request of its kind; what is thrown tells what is wrong.
  func reject(_ message: String, param: String? = nil) async -> TurnedAway {
    await gateway.reject(call, message, param: param)
  }

  /// Records that there is no such object for the caller; whoever asks for another's is told the same.
  func unknown() async -> TurnedAway { await gateway.reject(call, .unknownObject, "unknown_object") }

  /// What is thrown when something failed before a vendor was asked.
  func fail(_ failure: Failure) -> TurnedAway {
    gateway.metrics.countRequest(Metrics.RequestOutcome(failure.outcome), microseconds: stopwatch.elapsed())
    return TurnedAway(reply: .failure(failure, in: dialect, of: call.requestID))
  }

  /// How long, in seconds, a vendor is told to keep a file: as long as its tokens can be restored, no longer than the caller
  /// says, and no shorter than vendors take; nil for a server that knows nothing of keeping.
  func lifetime(_ asked: Int?, at vendor: Vendor?) -> Int? {
    guard asked != nil || vendor?.declinesStorage == true else { return nil }
    let longest = max(useCase.kept?.seconds ?? 0, Self.lifetimes.lowerBound)
    return min(asked ?? .max, longest, Self.lifetimes.upperBound)
  }

  /// The ways to the vendor that keeps something: allowed as the requests in it were, now.
  func routes(to head: KeptHead) async throws(TurnedAway) -> [Admission.Route] {
    guard let vendor = ConfiguredID<Vendor>(head.vendor) else { throw await unknown() }
    var routes: [Admission.Route] = []
    for model in head.models {
      let decision = gateway.admission.decide(
        caller: call.caller, useCase: useCase, at: vendor, model: model, for: head.operation, inBatch: true,
        on: gateway.clock.today)
      switch decision {
      case .allowed(let route):
        guard call.version.asksOnly(for: route.vendor.features) else {
          let fact = "`\(InterfaceVersion.featuresHeader)` asks vendor `\(route.vendor.id)` for what it may not do"
          throw await refuse(Refusal(.featureNotAllowed, fact), vendor: route.vendor, model: model)
        }
        routes.append(route)
      case .refused(let refusal, _, let named):
        // What the vendor is to end or to delete, it is to end and delete though nothing else may go to it.
        guard call.operation.ends, call.version.features.isEmpty, let named, refusal.status != 503,
          refusal.rule != .stoppedByOperator
        else {
          throw await refuse(refusal, vendor: named, model: model)
        }
        routes.append(
          Admission.Route(
            caller: call.caller, useCase: useCase, vendor: named, model: model, carriage: .direct, agreement: nil,
            egress: nil, operation: head.operation, isBatch: true))
      }
    }
    return routes
  }
}
