import Gateway
import Ledger
import Vault

/// Brings the vault's events into the log: by this process while no other has it, else by the gateway that has it.
enum VaultRecorder {
  // A gateway takes events up within a second; longer means that it does not.
  private static let patience = 100

  /// Returns when no event waits any more.
  static func record(_ vault: Vault, _ place: VaultPlace) async throws {
    for _ in 0..<patience {
      let key = try await vault.logSigningKey()
      do {
        let log = try AuditLog.open(data: place.data, key: key, origin: place.origin)
        return try await record(vault, log)
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

  private static func record(_ vault: Vault, _ log: AuditLog) async throws {
    var failure: (any Error)?
    do {
      try await vault.takeOutbox { event in
        guard let entry = Entry(event) else { throw VaultError(.malformed) }
        return try await log.append(entry, sealing: event.sealedParts)
      }
    } catch {
      failure = error
    }
    try await log.close()
    if let failure { throw failure }
  }
}
