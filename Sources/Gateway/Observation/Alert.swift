package import Ledger

/// Something that happened and that people should look at.
package struct Alert: Hashable, Sendable {
  /// What happened, as log entries and metrics name it.
  package enum Rule: String, Hashable, Sendable, CaseIterable {
    /// A caller used keys far more often than it does.
    case keyUseSpike = "key_use_spike"
    /// Somebody came with a key that nobody was given, or asked for data without being known.
    case unknownPrincipal = "unknown_principal"
    /// A stored record is not what was stored.
    case alteredRecord = "altered_record"
    /// A vendor's key or a certificate should have been changed.
    case secretOverdue = "secret_overdue"
    /// The root log of several replicas is gone, was cut back or written anew.
    case rootLogAltered = "root_log_altered"

    /// What is said to whoever reads the process's own log.
    var sentence: String {
      switch self {
      case .keyUseSpike: "a caller uses keys far more often than it does"
      case .unknownPrincipal: "keys were asked for by somebody who is not known"
      case .secretOverdue: "a vendor's key or a certificate should have been changed (`cordon vault status --config`)"
      case .rootLogAltered: "the root log is not the one that it was (`cordon log verify --root`)"
      case .alteredRecord: "a stored record was altered and is refused"
      }
    }
  }

  package let rule: Rule
  /// Which caller, of those in the configuration.
  package var caller: ConfiguredName?
  /// From which address.
  package var client: ConfiguredName?
  /// Whether operators were told, when the log could not be.
  private(set) var isTold = false

  /// The same, told.
  var told: Alert {
    var told = self
    told.isTold = true
    return told
  }

  /// An alert of this rule.
  package init(_ rule: Rule, caller: ConfiguredName? = nil, client: ConfiguredName? = nil) {
    self.rule = rule
    self.caller = caller
    self.client = client
  }

  /// The entry for it.
  func entry(at time: Timestamp) -> Entry {
    var entry = Entry(.alertRaised, at: time)
    entry.rule = ConfiguredName(rule.rawValue)
    entry.caller = caller
    entry.client = client
    return entry
  }
}
