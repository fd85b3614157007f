import Bytes
import Ledger
import Providers

extension ResourceWork {
  /// Has the vendor undo what it has made and nobody is told of, as a call of its own in the log.
  ///
  /// Nobody waits for it, and whether it succeeds changes nothing for the caller, who never hears of the object.
  func undo(_ request: ResourceRequest, at vendor: Vendor, asking models: [ModelName], for operation: Operation) {
    gateway.afterwork.begin(stoppedBy: call.interruption) {
      try? await carryOut(request, at: vendor, asking: models, for: operation)
    }
  }

  private func carryOut(
    _ request: ResourceRequest, at vendor: Vendor, asking models: [ModelName], for operation: Operation
  ) async throws(TurnedAway) {
    var routes: [Admission.Route] = []
    for model in models {
      routes.append(try await route(to: vendor.id, asking: model, for: operation, holding: .nothing))
    }
    var exchange = try await open(request, by: routes)
    let (object, received) = try await exchange.object()
    _ = try await exchange.finish(.json(200, object.value.bytes), received: received)
  }
}
