package import Logging
import ServiceLifecycle

/// Looks once a day which access nobody uses, beside everything else: a log is long.
package struct GrantRounds: Service {
  private let gateways: GatewayInForce
  private let logger: Logger

  /// The rounds of a gateway and of those that come into force after it.
  package init(_ gateways: GatewayInForce, logger: Logger) {
    self.gateways = gateways
    self.logger = logger
  }

  package func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        await gateways.current.watchGrants(logger)
        try? await Task.sleep(for: .seconds(1))
      }
    }
  }
}
