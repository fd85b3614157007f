package import Logging
import ServiceLifecycle

/// Carries out the requests that were taken for later, as there is room, until the gateway is to end.
///
/// What is under way then goes on as afterwork; what waits is there after the next start.
package struct DeferredRounds: Service {
  private let gateways: GatewayInForce
  private let logger: Logger

  /// The rounds of a gateway and of those that come into force after it.
  package init(_ gateways: GatewayInForce, logger: Logger) {
    self.gateways = gateways
    self.logger = logger
  }

  package func run() async throws {
    await cancelWhenGracefulShutdown {
      var hasFailed = false
      while !Task.isCancelled {
        do {
          try await gateways.current.takeDeferred()
          hasFailed = false
        } catch {
          if !hasFailed { logger.error("requests that were taken for later cannot be read: \(error)") }
          hasFailed = true
        }
        gateways.current.carryOutDeferred()
        try? await Task.sleep(for: .milliseconds(100))
      }
    }
  }
}
