import Ledger
package import Logging
import Vault

extension Rounds {
  /// Brings the vault's events into the log and wipes keys that are too old, once a second.
  ///
  /// Of several replicas one does it for all; the others look whether it is done.
  /// It also notices when the provider of the root key is lost and when it is back; both are entries.
  package static func overVault(_ gateways: GatewayInForce, _ logger: Logger) -> Rounds {
    Rounds("vault", every: .seconds(1), from: VaultRound(gateways, logger)) { try await $0.take() }
  }
}

/// A round of the vault, with what is remembered from the one before.
private struct VaultRound: Sendable {
  /// For how long events may wait until this replica says that nobody records them.
  private static let patience = Duration.seconds(15)
  /// How long what is over may stay at most.
  private static let purgePause = Duration.seconds(5)
  // What is in the log beside events of the vault could be cut off for so long before the vault says that it was longer.
  private static let markPause = Duration.seconds(5)

  private let gateways: GatewayInForce
  private let logger: Logger
  private var isLost = false
  private var purges = 0
  private var lastPurge: ContinuousClock.Instant?
  private var marked: (size: UInt64, last: ContinuousClock.Instant)?
  private var waitingSince: ContinuousClock.Instant?

  private var gateway: Gateway { gateways.current }

  init(_ gateways: GatewayInForce, _ logger: Logger) { (self.gateways, self.logger) = (gateways, logger) }

  /// One round.
  mutating func take() async throws {
    gateway.vault.sweep()
    gateway.watchSecrets()
    await gateway.keepRates()
    await gateway.recordRefusals()
    gateway.keepServedModels()
    gateway.watchObjectives()
    gateway.keepObjectives()
    // While the log cannot be written requests are refused, and this goes on: it may be a disk that somebody makes room on.
    do throws(LedgerError) {
      try await gateway.raiseAlerts(logger)
    } catch {
      logger.error("alerts wait for the log: \(error)")
    }
    await gateway.proveWhatIsKept(logger)
    await purgeWhatIsOver()
    isLost = try await takeEvents()
  }

  /// Takes the vault's events; whether the provider is lost after it.
  private mutating func takeEvents() async throws -> Bool {
    let isHandedOver: Bool
    do {
      isHandedOver = try await gateway.takeVaultEvents()
    } catch let error as VaultError where error.code == .providerUnavailable {
      gateway.recordsVault.set(false)
      gateway.reachesKeys.set(false)
      guard !isLost else { return true }
      logger.error("the key provider cannot be reached: requests are refused until it can")
      try await gateway.record(Entry(.providerLost, at: gateway.clock.timestamp))
      return true
    } catch let error as VaultError {
      logger.error("the vault's events are not in the log: \(error)")
      if error.isAboutAlteration { gateway.notice(.alteredRecord) }
      gateway.recordsVault.set(false)
      return isLost
    } catch let error as LedgerError {
      logger.error("the vault's events wait for the log: \(error)")
      if !error.isOfTheSystem { gateway.notice(.alteredRecord) }
      gateway.recordsVault.set(false)
      return isLost
    }
    await keepLogMark()
    gateway.recordsVault.set(!isNeglected(isHandedOver))
    gateway.reachesKeys.set()
    if isLost {
      logger.notice("the key provider is back")
      try await gateway.record(Entry(.providerRecovered, at: gateway.clock.timestamp))
    }
    return false
  }

  /// Whether events wait for longer than they should: no replica takes them, or one that began to does not go on.
  private mutating func isNeglected(_ isHandedOver: Bool) -> Bool {
    guard !isHandedOver else {
      waitingSince = nil
      return false
    }
    let waits = (try? gateway.vault.waitingEvents()) ?? 1 > 0
    waitingSince = waits ? waitingSince ?? .now : nil
    return waitingSince.map { $0.duration(to: .now) > VaultRound.patience } ?? false
  }

  /// Deletes, every few seconds, what belongs to things of vendors' whose time is over.
  private mutating func purgeWhatIsOver() async {
    guard lastPurge.map({ $0.duration(to: .now) >= VaultRound.purgePause }) ?? true else { return }
    (purges, lastPurge) = (purges + 1, .now)
    guard gateway.takesVaultEvents.isSet else { return }
    do {
      // What is about somebody whose key was destroyed opens for nobody: its row has time.
      try await gateway.purgeKept(askingForAll: purges % 60 == 1)
    } catch {
      if (error as? VaultError)?.isAboutAlteration == true { gateway.notice(.alteredRecord) }
      logger.error("what vendors keep no longer could not be purged here: \(error)")
    }
  }

  /// Has the vault keep where the log stands, every few seconds in which it has grown.
  private mutating func keepLogMark() async {
    let size = gateway.ledger.size
    if let marked, marked.size == size || marked.last.duration(to: .now) < VaultRound.markPause { return }
    marked = (size, .now)
    await gateway.keepLogMark(logger)
  }
}

extension Gateway {
  /// Looks once a day whether everything that the vault keeps is as it left it: most of it is asked for only when
  /// something is disposed of.
  package func proveWhatIsKept(_ logger: Logger) async {
    guard lastProof.isNew(clock.today) else { return }
    do {
      try await withTaskExecutorPreference(BlockingThreads.shared) {
        do {
          try await vault.proveSubjects()
        } catch let error where !error.isOfALockedVault {
          // Whoever makes them unreadable hides what else was done to them.
          register.note(isAltered: true)
          throw error
        }
        try await vault.proveKept()
      }
      register.note(isAltered: false)
    } catch let error where error.isOfALockedVault {
      // It says nothing of what is kept: the next round tries again.
      lastProof.forget()
    } catch let error where error.isOfAlteredRecord {
      register.note(isAltered: true)
      notice(.alteredRecord)
      logger.error("what the vault keeps was changed beside it: \(error)")
    } catch {
      // To read all of it again each second would help nobody.
      logger.error("what the vault keeps could not be looked at, and is again tomorrow: \(error)")
    }
  }

  /// Has the vault keep where the log of a single gateway stands; of several, the root log has it for the shards.
  package func keepLogMark(_ logger: Logger) async {
    guard configuration.log.shards == nil else { return }
    do {
      try await LogMarking.keep(ledger, in: dataDirectory, vault)
    } catch let error as LedgerError where error.isOfTheSystem {
      // A disk that fails, or a log that stopped: nobody has changed anything.
      logger.error("the vault was not told where the log stands: \(error)")
    } catch let error as LedgerError {
      notice(.alteredRecord)
      logger.critical("the log is not what the vault says of it: \(error)")
    } catch {
      // While the vault is locked or its provider away: the next time.
      if (error as? VaultError)?.isAboutAlteration == true { notice(.alteredRecord) }
      logger.warning("the vault was not told where the log stands: \(error)")
    }
  }

  /// Appends the events that wait in the vault's outbox, unless another replica does: whether this one did.
  @discardableResult
  package func takeVaultEvents() async throws -> Bool {
    try await withTaskExecutorPreference(BlockingThreads.shared) {
      guard takesVaultEvents.isSet else {
        // Whether the provider answers is to be known by every replica.
        _ = try await vault.code(of: [])
        return false
      }
      let data = configuration.dataDirectory
      let taken = try await vault.takeOutbox { events in
        guard ledger.isWritable else { throw LedgerError(.stopped) }
        return try RecordedEvents.find(events, data: data, signedBy: ledger.verifier.key)
      } keeping: {
        let name = LogMarking.name(of: configuration.log.shards?.replica)
        try await LogMarking.keep(ledger, in: dataDirectory, vault, as: name)
      } _: { event in
        guard let entry = Entry(event) else { throw VaultError(.malformed) }
        return try await record(entry, sealing: event.sealedParts)
      }
      return taken != nil
    }
  }
}
