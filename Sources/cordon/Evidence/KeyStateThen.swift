import Bytes
import Ledger

/// How encryption and keys stood at a moment, as the log has it.
struct KeyStateThen {
  /// Whether every byte of the log is as it was written.
  let isWhole: Bool
  /// The digest of the configuration that was in force at the moment, and since when.
  private(set) var started: (configuration: String, time: Timestamp)?
  /// The tenant key that wrapped then.
  private(set) var newestKey: String?
  private(set) var subjects = 0
  private(set) var exports = 0
  private(set) var isLocked = false
  private(set) var isProviderLost = false
  /// The modules that were tested for the last start.
  private(set) var modules: [String] = []
  private var tested: [String] = []

  init(data: String, signedBy key: VerifierKey, at moment: Timestamp) throws(LedgerError) {
    isWhole = try AuditLog.verify(data: data, key: key).isWhole
    guard isWhole else { return }
    var reader = try EntryReader(data: data, signedBy: key)
    while let entry = try reader.next() {
      guard entry.outline.time <= moment else { continue }
      add(entry)
    }
  }

  private mutating func add(_ entry: StoredEntry) {
    var object: String? { (try? JSONValue(parsing: entry.json))?["object"]?.string }
    switch entry.outline.event {
    case .serverStarted:
      started = object.map { ($0, entry.outline.time) }
      (modules, tested) = (tested, [])
    case .configurationLoaded: started = object.map { ($0, entry.outline.time) }
    case .cryptographyTested: if let object { tested.append(object) }
    case .keyRotated: if let object, object.hasPrefix("tenant/") { newestKey = object }
    case .subjectCreated: subjects += 1
    case .keyExported: exports += 1
    case .vaultLocked: isLocked = true
    case .vaultUnlocked: isLocked = false
    case .providerLost: isProviderLost = true
    case .providerRecovered: isProviderLost = false
    default: break
    }
  }
}
