import Bytes
import Ciphers
import Gateway
import Ledger

/// What the log says about encryption up to one of its checkpoints: sessions, decryptions and alerts.
struct LogFacts: Hashable {
  var clients: [String: Int] = [:]
  var vendors: [String: Int] = [:]
  var decrypted = 0
  var longestClear = 0
  var alerts: [String: Int] = [:]
  /// The digest of the configuration that was put in force last, by a start or by a reload.
  var configuration: String?
  /// The modules that were tested for the last start.
  var modules: [String] = []
  /// Those that were tested since.
  private var tested: [String] = []

  /// Reads the first `size` entries.
  init(data: String, size: UInt64, signedBy key: VerifierKey) throws(LedgerError) {
    var reader = try EntryReader(data: data, signedBy: key)
    while let entry = try reader.next(), entry.index < size { add(entry) }
  }

  private mutating func add(_ entry: StoredEntry) {
    switch entry.outline.event {
    case .tlsOpened, .dataDecrypted, .dataWiped, .alertRaised, .serverStarted, .configurationLoaded,
      .cryptographyTested:
      break
    default: return
    }
    guard let json = try? JSONValue(parsing: entry.json) else { return }
    let object = json["object"]?.string
    switch entry.outline.event {
    case .tlsOpened:
      if json["vendor"] == nil {
        clients[object ?? "?", default: 0] += 1
      } else {
        vendors[object ?? "?", default: 0] += 1
      }
    case .dataDecrypted: decrypted += 1
    case .dataWiped: longestClear = max(longestClear, json["microseconds"]?["total"]?.integer ?? 0)
    case .alertRaised: alerts[json["rule"]?.string ?? "?", default: 0] += 1
    case .cryptographyTested: if let object, !tested.contains(object) { tested.append(object) }
    case .serverStarted: (configuration, modules, tested) = (object, tested, [])
    case .configurationLoaded: configuration = object
    default: break
    }
  }

  /// The facts as JSON, the same for the same log.
  var json: JSONValue {
    .object([
      JSONMember("tls_sessions_of_clients", counts(clients)), JSONMember("tls_sessions_with_vendors", counts(vendors)),
      JSONMember("decrypted", .number(String(decrypted))),
      JSONMember("longest_in_clear_microseconds", .number(String(longestClear))),
      JSONMember("alerts", counts(alerts)), JSONMember("modules", .array(modules.map { .string($0) })),
      JSONMember("configuration", configuration.map { .string($0) } ?? .null),
    ])
  }

  private func counts(_ counts: [String: Int]) -> JSONValue {
    .object(counts.sorted { $0.key < $1.key }.map { JSONMember($0.key, .number(String($0.value))) })
  }
}
