import AsyncHTTPClient
import Gateway
import Ledger
import Logging
import ServiceLifecycle
import UnixSignals

/// What `Assembly` built, with the order in which it is taken down again.
struct House {
  /// How long the end waits for sinks of the log that are behind.
  private static let lastDelivery = Duration.seconds(5)

  let gateways: GatewayInForce
  let ledger: AuditLog
  let deliveries: LogDeliveries
  let keeper: KeyKeeper?
  let client: HTTPClient
  let state: HouseState
  /// What the listener presents; nil where it speaks no TLS.
  let certificate: ListenerCertificate?
  /// Of several replicas: what has the shards recorded in the root log.
  let rounds: RootRounds?

  /// The gateway as it began: its log, its vault and its counts are those of every later one.
  var gateway: Gateway { gateways.current }

  /// Serves until a signal comes or `alongside` ends, lets running answers end, and closes the log last.
  func run(
    _ server: GatewayServer, draining seconds: Int, logger: Logger, alongside services: [any Service] = []
  ) async throws {
    // The group describes its services in full at level `debug`: configuration and site lists are not for a log.
    var groupLogger = logger
    groupLogger.logLevel = max(logger.logLevel, .notice)
    var configuration = ServiceGroupConfiguration(
      services: (rounds(logger) + [server] + services).map {
        .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup)
      },
      gracefulShutdownSignals: [.sigterm, .sigint], logger: groupLogger)
    configuration.maximumGracefulShutdownDuration = .seconds(seconds)
    let outcome: Result<Void, any Error>
    deliveries.start()
    await rounds?.take()
    do {
      try await gateway.recordStart()
      try await gateway.recordRegistry()
      try await gateway.takeVaultEvents()
      logger.notice("the register of consents is compared with the log, which is read whole the first time")
      await gateway.compareRegister(logger)
      outcome = .success(try await ServiceGroup(configuration: configuration).run())
    } catch {
      outcome = .failure(error)
    }
    await gateway.afterwork.drain(within: .seconds(seconds))
    await rounds?.take()
    _ = try? await gateway.takeVaultEvents()
    try? await gateway.recordStop()
    try await ledger.close()
    await gateway.keepLogMark(logger)
    await rounds?.end()
    await deliveries.end(within: House.lastDelivery)
    try await client.shutdown()
    await keeper?.close()
    try outcome.get()
  }

  /// What looks after the gateway while it runs.
  private func rounds(_ logger: Logger) -> [any Service] {
    let own: [Rounds] = [
      .overVault(gateways, logger), .overStanding(gateways, logger), .overDeferred(gateways, logger),
      .overGrants(gateways, logger), .overRegister(gateways, logger), .overPatients(gateways),
    ]
    return own + (rounds.map { [$0] } ?? [])
  }
}
