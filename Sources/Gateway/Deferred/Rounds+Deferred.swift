package import Logging

extension Rounds {
  /// Carries out the requests that were taken for later, as there is room.
  ///
  /// What is under way at the end goes on as afterwork; what waits is there after the next start.
  package static func overDeferred(_ gateways: GatewayInForce, _ logger: Logger) -> Rounds {
    Rounds("deferred requests", every: .milliseconds(100), from: false) { hasFailed in
      do {
        try await gateways.current.takeDeferred()
        hasFailed = false
      } catch {
        if !hasFailed { logger.error("requests that were taken for later cannot be read: \(error)") }
        hasFailed = true
      }
      gateways.current.carryOutDeferred()
    }
  }
}
