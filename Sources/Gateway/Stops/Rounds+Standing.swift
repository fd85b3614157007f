package import Ciphers
package import Ledger
package import Logging
import PHI
import Vault

extension Rounds {
  /// Looks five times a second whether what runs may still run: at what somebody has stopped, at the registry of
  /// agreements, at the day, at the routes of the configuration in force, and at what vendors have proved of their machines.
  ///
  /// New requests ask for themselves; this is for answers that are under way. `overPatients` asks what patients allow of them.
  package static func overStanding(_ gateways: GatewayInForce, _ logger: Logger) -> Rounds {
    Rounds("what runs", every: .milliseconds(200), from: StandingLook?.none) { last in
      let gateway = gateways.current
      await gateway.takeRegistry(logger)
      gateway.grants.look()
      let look = StandingLook(
        stopped: try? gateway.stops.names(), generation: gateway.registry.generation, today: gateway.clock.today,
        lapsed: gateway.attestations.lapsed, grants: gateway.grants.generation)
      // What cannot be read is looked at by each that runs, and stops it.
      if look != last || look.stopped != [] { gateway.stopWhatMayNotRun() }
      gateway.stopWhatHasNoRoute()
      last = look
      gateway.attestations.renewWhatIsDue()
    }
  }
}

/// What the running exchanges were last looked at under.
private struct StandingLook: Equatable, Sendable {
  var stopped: Set<String>?
  var generation: Int
  var today: CalendarDate
  var lapsed: Set<ConfiguredID<Vendor>>
  var grants: Int
}

extension Gateway {
  /// Stops every exchange that would not be allowed any more.
  package func stopWhatMayNotRun() {
    let today = clock.today
    running.stop { admission.objection(to: $0, on: today) }
  }

  /// Stops every exchange for which this configuration has no route, or which its policies do not allow, whatever another had.
  ///
  /// Who decided by a configuration that is in force no more may begin after it: whoever asks, asks again and again.
  package func stopWhatHasNoRoute() {
    let today = clock.today
    running.stop { admission.withdrawal(of: $0, on: today) ?? withdrawal(of: $0.verdict) }
  }

  /// Takes up a registry of agreements that was changed.
  fileprivate func takeRegistry(_ logger: Logger) async {
    switch registry.refresh() {
    case nil: break
    case .refused(let error):
      logger.error("\(AgreementRegistry.file): \(error.inOneLine); what was in force before stays so")
      try? await recordRefusedRegistry(error)
    case .taken(let before, let after):
      logger.notice("\(AgreementRegistry.file): taken")
      do {
        try await recordRegistry(before: before, after: after)
      } catch {
        logger.error("\(AgreementRegistry.file): the log cannot record that it was taken: \(error)")
      }
    }
  }

  /// Records which agreements are in force at the start, where there is a registry.
  package func recordRegistry() async throws {
    let list = registry.list
    if !list.entries.isEmpty { try await recordRegistry(before: nil, after: list.digest) }
  }

  /// Records that other agreements are in force from now on.
  func recordRegistry(before: Digest?, after: Digest) async throws {
    var entry = Entry(.configurationLoaded, at: clock.timestamp)
    entry.object = AgreementList.change(from: before, to: after)
    (entry.before, entry.after) = (before, after)
    try await record(entry)
    // What it says stays readable, also after it was changed by hand.
    try registry.keepVersion()
  }

  /// Records that the file of the registry is none, and that the agreements that are in force stay so.
  func recordRefusedRegistry(_ error: ConfigurationError) async throws {
    var entry = Entry(.configurationRefused, at: clock.timestamp)
    entry.object = ConfiguredName("agreements")
    (entry.decision, entry.rule) = (.deny, error.code.recorded)
    entry.before = registry.list.digest
    try await record(entry)
  }
}

extension AgreementList {
  /// How the log names a change of the registry: the first 56 hexadecimal digits of its hash before and after.
  package static func change(from before: Digest?, to after: Digest) -> ConfiguredName? {
    let hashes = [before, after].compactMap { $0.map { String($0.description.prefix(56)) } }
    return ConfiguredName("agreements:\(hashes.joined(separator: ".."))")
  }
}
