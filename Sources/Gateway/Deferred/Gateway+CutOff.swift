import Bytes
import Ciphers
import Ledger
import Vault

extension Gateway {
  /// Records the end of attempts that were cut off when the process was killed, once in a process: an attempt is closed before
  /// the next is opened, and before what is over is forgotten.
  ///
  /// It reads what the log has since the oldest request that lies there was taken, give or take an hour. No key is asked for:
  /// the log tells which requests they are.
  func closeCutOff() async throws {
    guard !deferred.isClosed.isSet else { return }
    let opened = try await withTaskExecutorPreference(BlockingThreads.shared) {
      let records = try kept.present()?.records().filter { $0.kind == .deferred } ?? []
      guard let oldest = records.map(\.created.milliseconds).min() else { return [StoredEntry]() }
      var attempts = OpenAttempts(of: Set(records.map(\.object)))
      try RecentEntries.read(
        since: Timestamp(milliseconds: oldest), in: dataDirectory, signedBy: ledger.verifier
      ) { attempts.read($0) }
      return attempts.open
    }
    for entry in opened {
      try await record(Entry(cutOff: entry, at: clock.timestamp))
    }
    deferred.isClosed.set()
  }
}

/// The attempts at requests that were taken for later of which a log has the beginning and not the end.
private struct OpenAttempts {
  /// What the log calls the requests.
  private let objects: Set<String>
  private var requests: Set<RequestID> = []
  private var opened: [RequestID: StoredEntry] = [:]

  init(of objects: Set<String>) { self.objects = objects }

  /// Their openings, in their order.
  var open: [StoredEntry] { opened.values.sorted { $0.index < $1.index } }

  /// Takes in what comes next in the log.
  mutating func read(_ entry: StoredEntry) {
    guard let request = entry.outline.request else { return }
    switch entry.outline.event {
    case .mapKept:
      guard let object = (try? JSONValue(parsing: entry.json))?["object"]?.string, objects.contains(object) else {
        return
      }
      requests.insert(request)
    case .requestOpened where requests.contains(request): opened[request] = entry
    case .requestClosed: opened[request] = nil
    default: break
    }
  }
}

extension Entry {
  /// The end of an attempt of which the log has only the beginning; nobody knows what came of it at its vendor.
  fileprivate init(cutOff opening: StoredEntry, at time: Timestamp) {
    let said = try? JSONValue(parsing: opening.json)
    self.init(.requestClosed, at: time, request: opening.outline.request)
    func name(_ member: String) -> ConfiguredName? { said?[member]?.string.flatMap { ConfiguredName($0) } }
    (caller, client, useCase, purpose) = (name("caller"), name("client"), name("use_case"), name("purpose"))
    (vendor, agreement, region) = (name("vendor"), name("agreement"), name("region"))
    operation = name("operation")
    model = said?["model"]?.string.flatMap { ModelName($0) }
    user = said?["user"]?.string.flatMap { Pseudonym($0) }
    tags = said?["tags"]?.array?.compactMap { $0.string.flatMap { Digest(hexadecimal: $0) } } ?? []
    (outcome, rule) = (.vendorFailed, ConfiguredName("interrupted"))
  }
}
