import Ledger
import PHI
import Synchronization

extension Gateway {
  /// Records that requests to a vendor carry another key from now on.
  package func recordCredential(of vendor: ConfiguredID<Vendor>) async throws {
    var entry = Entry(.keyRotated, at: clock.timestamp)
    entry.object = ConfiguredName("credential:\(vendor)")
    entry.vendor = vendor.recorded
    try await record(entry)
  }

  /// Raises an alert when a vendor's key or a certificate should have been changed; once a day.
  func watchSecrets() {
    let today = clock.today
    guard lastSecretCheck.isNew(today), configuration.datedSecrets.contains(where: { $0.isOverdue(on: today) }) else {
      return
    }
    notice(.secretOverdue)
  }
}

/// The day on which something was last done.
final class LastDay: Sendable {
  private let day = Mutex<CalendarDate?>(nil)

  /// Lets it be done again today.
  func forget() { day.withLock { $0 = nil } }

  /// Whether it was not yet done on this day; from now on it was.
  func isNew(_ today: CalendarDate) -> Bool {
    day.withLock { day in
      defer { day = today }
      return day != today
    }
  }
}
