package import Logging
import PHI
import Vault

extension Rounds {
  /// Compares the register of consents with the log once a day, beside everything else: a log is long.
  package static func overRegister(_ gateways: GatewayInForce, _ logger: Logger) -> Rounds {
    Rounds("register of consents", every: .seconds(1)) { await gateways.current.compareRegister(logger) }
  }

  /// Looks five times a second whether patients still allow what runs.
  package static func overPatients(_ gateways: GatewayInForce) -> Rounds {
    Rounds("patients' choices", every: .milliseconds(200), from: PatientsLook?.none) { last in
      let gateway = gateways.current
      // What cannot be read is looked at by each that runs, and stops it.
      let consents = try? await withTaskExecutorPreference(BlockingThreads.shared) {
        try gateway.vault.consentGeneration()
      }
      let look = PatientsLook(consents: consents, number: gateway.register.number, today: gateway.clock.today)
      if look != last { await gateway.stopWhatPatientsRefuse() }
      last = look
    }
  }
}

/// What the running exchanges were last looked at under.
private struct PatientsLook: Equatable, Sendable {
  var consents: Int64?
  var number: Int
  var today: CalendarDate
}
