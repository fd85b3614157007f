import Ledger

/// Entries that a command adds to the log.
enum LogRecord {
  /// Appends an entry, or says on standard error that it could not: the log belongs to a gateway while that runs.
  static func append(_ event: Event, to data: String) async throws {
    var random = SystemRandomNumberGenerator()
    do throws(LedgerError) {
      let log = try AuditLog.open(data: data, using: &random)
      try await log.append(Entry(event, at: .now()))
      try await log.close()
    } catch {
      StandardError.line("warning: \(data): `\(event.rawValue)` is not in the log: \(error)")
    }
  }
}
