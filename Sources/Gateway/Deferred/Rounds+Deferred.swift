package import Logging

extension Rounds {
  /// Carries out the requests that were taken for later, as there is room.
  ///
  /// What is under way at the end goes on as afterwork; what waits is there after the next start.
  package static func overDeferred(_ gateways: GatewayInForce, _ logger: Logger) -> Rounds {
    Rounds("deferred requests", every: .milliseconds(100), from: (failures: 0, pause: 0)) { state in
      if state.pause > 0 {
        state.pause -= 1
      } else {
        do {
          try await gateways.current.takeDeferred()
          state.failures = 0
        } catch {
          if state.failures == 0 { logger.error("requests that were taken for later cannot be read: \(error)") }
          state.failures += 1
          // Much of the log may have been read for it.
          state.pause = 1 << min(state.failures, 9)
        }
      }
      gateways.current.carryOutDeferred()
    }
  }
}
