import Bytes
import Ciphers
import Ledger

extension Gateway {
  /// Records the end of attempts that were cut off when the process was killed, of requests that are to be carried out again:
  /// an attempt is closed before the next is opened.
  ///
  /// It reads what the log has since the oldest of them was taken, give or take an hour.
  func closeCutOff(_ requests: Set<RequestID>, since: Timestamp) async throws {
    let opened = try await withTaskExecutorPreference(BlockingThreads.shared) {
      var opened: [RequestID: StoredEntry] = [:]
      try RecentEntries.read(since: since, in: dataDirectory, signedBy: ledger.verifier) { entry in
        guard let request = entry.outline.request, requests.contains(request) else { return }
        switch entry.outline.event {
        case .requestOpened: opened[request] = entry
        case .requestClosed: opened[request] = nil
        default: break
        }
      }
      return opened.values.sorted { $0.index < $1.index }
    }
    for entry in opened {
      guard let closing = Entry(cutOff: entry, at: clock.timestamp) else { continue }
      try await record(closing)
    }
  }
}

extension Entry {
  /// The end of an attempt of which the log has only the beginning; nobody knows what came of it at its vendor.
  fileprivate init?(cutOff opening: StoredEntry, at time: Timestamp) {
    guard let said = try? JSONValue(parsing: opening.json) else { return nil }
    self.init(.requestClosed, at: time, request: opening.outline.request)
    func name(_ member: String) -> ConfiguredName? { said[member]?.string.flatMap { ConfiguredName($0) } }
    (caller, client, useCase, purpose) = (name("caller"), name("client"), name("use_case"), name("purpose"))
    (vendor, agreement, region) = (name("vendor"), name("agreement"), name("region"))
    operation = name("operation")
    model = said["model"]?.string.flatMap { ModelName($0) }
    user = said["user"]?.string.flatMap { Pseudonym($0) }
    tags = said["tags"]?.array?.compactMap { $0.string.flatMap { Digest(hexadecimal: $0) } } ?? []
    (outcome, rule) = (.vendorFailed, ConfiguredName("interrupted"))
  }
}
