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
    /// The system does not let the root log of several replicas be read or written.
    case rootLogUnreachable = "root_log_unreachable"
    /// A request was refused by a severe rule.
    case policyDenied = "policy_denied"
    /// The error budget of an objective is used up far faster than evenly.
    case errorBudget = "error_budget"
    /// A vendor has answered by another model than before.
    case modelChanged = "model_changed"
    /// A vendor's answer names another who has processed it, or another region, than is agreed.
    case otherProcessor = "other_processor"
    /// Access that is granted was not used for so long that it should be removed.
    case unusedGrant = "unused_grant"

    /// What is said to whoever reads the process's own log.
    var sentence: String {
      switch self {
      case .keyUseSpike: "a caller uses keys far more often than it does"
      case .unknownPrincipal: "keys were asked for by somebody who is not known"
      case .secretOverdue: "a vendor's key or a certificate should have been changed (`cordon vault status --config`)"
      case .rootLogAltered: "the root log is not the one that it was (`cordon log verify --root`)"
      case .rootLogUnreachable: "the root log cannot be read or written, and nothing is recorded in it"
      case .policyDenied: "a request was refused"
      case .errorBudget: "more requests fail or are late than an objective allows"
      case .modelChanged: "a model's name means another model than before"
      case .otherProcessor: "an answer was not processed by whom, or where, the agreement says"
      case .unusedGrant: "access that is granted is not used, and its removal is proposed (`cordon grant unused`)"
      case .alteredRecord: "a stored record was altered and is refused"
      }
    }
  }

  package let rule: Rule
  /// Which caller, of those in the configuration.
  package var caller: ConfiguredName?
  /// From which address.
  package var client: ConfiguredName?
  /// Which request was refused; nil when it is about something else.
  package private(set) var denial: Denial?
  /// Which objective is missed, and how fast, such as `quick:fast`; nil when it is about something else.
  package private(set) var objective: ConfiguredName?
  /// Which model's name means another one; nil when it is about something else.
  package private(set) var change: ModelChange?
  /// By whom, or where, an answer was processed that no agreement covers; nil when it is about something else.
  package private(set) var processing: UnagreedProcessing?
  /// Which grant should be removed; nil when it is about something else.
  package private(set) var grant: ConfiguredName?
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

  /// An alert of the error budget of this objective.
  init(burning objective: ConfiguredName, _ pace: ErrorBudget.Pace) {
    self.init(.errorBudget)
    self.objective = ConfiguredName("\(objective):\(pace.rawValue)") ?? objective
  }

  /// An alert of access that should be removed.
  init(unused grant: ConfiguredName) {
    self.init(.unusedGrant)
    self.grant = grant
  }

  /// A refusal, as the log has it: one that differs in nothing but its time is the same.
  package struct Denial: Hashable, Sendable {
    /// The rule that refused.
    package let rule: ConfiguredName
    fileprivate(set) var user: Pseudonym?
    let useCase: ConfiguredName?
    let purpose: ConfiguredName?
    let vendor: ConfiguredName?
    let route: ConfiguredName?
    let agreement: ConfiguredName?

    /// Its words for whoever reads the process's own log.
    var words: String {
      let parts: [(String, String?)] = [
        ("rule", rule.description), ("user", user?.description), ("use case", useCase?.description),
        ("vendor", vendor?.description), ("route", route?.description),
      ]
      return parts.compactMap { name, value in value.map { "\(name) \($0)" } }.joined(separator: ", ")
    }
  }

  /// An alert of the refusal that an entry records; nil when it records none.
  init?(refusal entry: Entry) {
    guard let rule = entry.rule else { return nil }
    self.init(.policyDenied, caller: entry.caller, client: entry.client)
    denial = Denial(
      rule: rule, user: entry.user, useCase: entry.useCase, purpose: entry.purpose, vendor: entry.vendor,
      route: entry.route, agreement: entry.agreement)
  }

  /// That a vendor has answered by another model than before, as the log has it.
  package struct ModelChange: Hashable, Sendable {
    package let vendor: ConfiguredName?
    /// The name that it was asked for.
    package let model: ModelName?
    package let served: ModelName?
    let object: ConfiguredName?

    /// Its words for whoever reads the process's own log.
    var words: String {
      let parts: [(String, String?)] = [
        ("vendor", vendor?.description), ("model", model?.description), ("answered by", served?.description),
      ]
      return parts.compactMap { name, value in value.map { "\(name) \($0)" } }.joined(separator: ", ")
    }
  }

  /// An alert of the change that an entry records.
  init(modelChange entry: Entry) {
    self.init(.modelChanged)
    change = ModelChange(
      vendor: entry.vendor, model: entry.model, served: entry.servedModel, object: entry.object)
  }

  /// That an answer was processed by somebody, or in a region, that is not agreed: each that a vendor names is one.
  package struct UnagreedProcessing: Hashable, Sendable {
    package let vendor: ConfiguredName
    /// What was named, such as `region:eu-west`.
    package let object: ConfiguredName?

    /// Its words for whoever reads the process's own log.
    var words: String { "vendor \(vendor)\(object.map { ", \($0)" } ?? "")" }
  }

  /// An alert of what an answer of a vendor says of who has processed it.
  package init(_ stray: ProcessorStatement.Stray, of vendor: ConfiguredID<Vendor>) {
    self.init(.otherProcessor)
    processing = UnagreedProcessing(vendor: vendor.recorded, object: stray.recorded)
  }

  /// What it is one of: refusals of one caller by one rule are one kind, for however many users it names.
  var kind: Alert {
    var kind = self
    kind.denial?.user = nil
    return kind
  }

  /// What is said to whoever reads the process's own log.
  var sentence: String {
    let words = denial?.words ?? change?.words ?? processing?.words ?? (objective ?? grant)?.description
    return rule.sentence + (words.map { ": \($0)" } ?? "")
  }

  /// The entry for it.
  func entry(at time: Timestamp) -> Entry {
    var entry = Entry(.alertRaised, at: time)
    entry.rule = ConfiguredName(rule.rawValue)
    entry.caller = caller
    entry.client = client
    entry.object = denial?.rule ?? change?.object ?? processing?.object ?? objective ?? grant
    entry.user = denial?.user
    (entry.useCase, entry.purpose) = (denial?.useCase, denial?.purpose)
    entry.vendor = denial?.vendor ?? change?.vendor ?? processing?.vendor
    (entry.route, entry.agreement) = (denial?.route, denial?.agreement)
    (entry.model, entry.servedModel) = (change?.model, change?.served)
    return entry
  }
}
