package import Logging
import PHI
import ServiceLifecycle
import Vault

/// Compares the register of consents with the log once a day, and looks five times a second whether patients still allow what
/// runs, each beside everything else: a log is long.
package struct RegisterRounds: Service {
  private let gateways: GatewayInForce
  private let logger: Logger

  /// What the running exchanges were last looked at under.
  private struct Standing: Equatable {
    var consents: Int64?
    var number: Int
    var today: CalendarDate
  }

  private var gateway: Gateway { gateways.current }

  /// The rounds of a gateway and of those that come into force after it.
  package init(_ gateways: GatewayInForce, logger: Logger) {
    self.gateways = gateways
    self.logger = logger
  }

  package func run() async throws {
    await cancelWhenGracefulShutdown {
      async let comparing: Void = compare()
      await look()
      await comparing
    }
  }

  private func compare() async {
    while !Task.isCancelled {
      await gateway.compareRegister(logger)
      try? await Task.sleep(for: .seconds(1))
    }
  }

  private func look() async {
    var last: Standing?
    while !Task.isCancelled {
      // What cannot be read is looked at by each that runs, and stops it.
      let standing = Standing(
        consents: try? gateway.vault.consentGeneration(), number: gateway.register.number, today: gateway.clock.today)
      if standing != last { await gateway.stopWhatPatientsRefuse() }
      last = standing
      try? await Task.sleep(for: .milliseconds(200))
    }
  }
}
