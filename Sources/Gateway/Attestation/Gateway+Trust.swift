import Ledger

extension Gateway {
  /// Records what is trusted from now on to speak for the machines of vendors: the keys of verifiers, and certificates.
  func record(_ changes: [AttestationTrustChange]) async throws {
    for change in changes {
      var entry = Entry(.configurationLoaded, at: clock.timestamp)
      entry.object = ConfiguredName("attestation:\(change.vendor)")
      entry.vendor = change.vendor.recorded
      (entry.before, entry.after) = (change.before, change.after)
      try await record(entry)
    }
  }
}
