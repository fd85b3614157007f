package import Logging

extension Rounds {
  /// Looks once a day which access nobody uses, beside everything else: a log is long.
  package static func overGrants(_ gateways: GatewayInForce, _ logger: Logger) -> Rounds {
    Rounds("grants", every: .seconds(1)) { await gateways.current.watchGrants(logger) }
  }
}
