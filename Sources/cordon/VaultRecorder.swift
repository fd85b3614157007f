import Gateway
import Ledger
import Vault

/// Brings the vault's events into the log: by this process while no other has it, else by the gateway that has it.
///
/// Where several replicas write, commands have a shard of their own, and the turn that one replica at a time has.
enum VaultRecorder {
  // A gateway takes events up within a second; longer means that it does not.
  private static let patience = 100

  /// The same of a proposal; that to give up a log that cannot be opened waits until it is carried out.
  static func record(_ vault: Vault, _ place: VaultPlace, about proposal: Proposal) async throws {
    // Two people agree to that shard as it is found: it is not written into before it is given up.
    guard proposal.operation != .giveUpRoot || proposal.object != LogMarking.name(of: ShardSettings.commands) else {
      return StandardError.line("warning: it is in the log when the shard `\(ShardSettings.commands)` is given up")
    }
    do {
      try await record(vault, place)
    } catch let failure as CommandFailure {
      guard proposal.operation == .giveUpRoot else { throw failure }
      StandardError.line("warning: it is in the log when the log can be opened again: \(failure.message)")
    }
  }

  /// Returns when no event waits any more.
  static func record(_ vault: Vault, _ place: VaultPlace) async throws {
    if ShardedLog.isSharded(place.data) { return try await recordInShard(vault, place) }
    for _ in 0..<patience {
      do {
        try await LogMarking.check(place.data, vault)
        let key = try await vault.logSigningKey()
        let log = try AuditLog.open(data: place.data, key: key, origin: place.origin)
        let isHandedOver = try await record(vault, log, place.data, place)
        try await LogMarking.keep(log, in: place.data, vault)
        if isHandedOver { return }
      } catch let error as VaultError {
        // An event that was taken away, or put in, is said; what was done is in the log all the same.
        throw VaultOptions.failure("the vault's events", error)
      } catch let error as LedgerError {
        guard error.code == .inUse else {
          throw CommandFailure(.unavailable, "the log in `\(place.data)` cannot be opened: \(error)")
        }
      }
      if try vault.waitingEvents() == 0 { return }
      try await Task.sleep(for: .milliseconds(100))
    }
    throw VaultOptions.failure("the vault's events", VaultError(.unrecorded))
  }

  private static func recordInShard(_ vault: Vault, _ place: VaultPlace) async throws {
    let turn = try Sharding.turn(data: place.data, leases: place.leases, holder: "\(ShardSettings.commands)")
    for _ in 0..<patience {
      if try turn.take() {
        defer { turn.give() }
        let folder = ShardedLog.shard(of: ShardSettings.commands, in: place.data)
        let name = LogMarking.name(of: ShardSettings.commands)
        do {
          try await LogMarking.check(folder, vault, as: name)
        } catch let error as LedgerError {
          throw CommandFailure(.unavailable, "the log in `\(folder)` cannot be opened: \(error)")
        }
        let key = try await vault.logSigningKey()
        let log: AuditLog
        do throws(LedgerError) {
          log = try AuditLog.open(data: folder, key: key, origin: .shard(of: place.origin, ShardSettings.commands))
        } catch {
          throw CommandFailure(.unavailable, "the log in `\(folder)` cannot be opened: \(error)")
        }
        let isHandedOver = try await record(vault, log, folder, place, as: name)
        // The replica that has the turn next records the shard when this cannot.
        do {
          _ = try await Sharding.record(vault, place, turn)
        } catch let fault as RootFault {
          StandardError.line("warning: the shard `\(ShardSettings.commands)` is not recorded: \(fault)")
        } catch {}
        if isHandedOver { return }
      }
      if try vault.waitingEvents() == 0 { return }
      try await Task.sleep(for: .milliseconds(100))
    }
    throw VaultOptions.failure("the vault's events", VaultError(.unrecorded))
  }

  /// Whether what waited is in the log; false while another process hands events over.
  private static func record(
    _ vault: Vault, _ log: AuditLog, _ folder: String, _ place: VaultPlace, as name: String = LogMarking.log
  ) async throws -> Bool {
    let outcome: Result<Bool, any Error>
    do {
      let taken = try await vault.takeOutbox { events in
        try RecordedEvents.find(events, data: place.data, signedBy: log.verifier.key)
      } keeping: {
        try await LogMarking.keep(log, in: folder, vault, as: name)
      } _: { event in
        guard let entry = Entry(event) else { throw VaultError(.malformed) }
        return try await log.append(entry, sealing: event.sealedParts)
      }
      outcome = .success(taken != nil)
    } catch {
      outcome = .failure(error)
    }
    try await log.close()
    return try outcome.get()
  }
}
