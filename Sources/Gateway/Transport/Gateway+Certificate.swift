import Ledger

extension Gateway {
  /// Records that the listener presents another certificate from now on.
  package func record(_ change: ListenerCertificate.Change) async throws {
    var entry = Entry(.keyRotated, at: clock.timestamp)
    entry.object = ConfiguredName("certificate:listener")
    (entry.before, entry.after) = (change.before, change.after)
    try await record(entry)
  }
}
