import Bytes
package import Ledger
import PHI
import Policy
import Providers

/// What other policies would have said of the requests that the log tells of.
///
/// A request is asked again as its entry says it was asked: roles, classes, consents and circumstances stand in the entry,
/// what its use case and vendor are is read from the configuration. It is allowed when its obligations are met, too; of one
/// that is, whether identifiers are shown is asked again.
package struct PolicyReplay: Sendable {
  /// Requests of one kind that would be decided otherwise.
  package struct Change: Hashable, Sendable {
    /// Who asked, and in which roles.
    package let who: String
    /// What they asked, and of what.
    package let what: String
    /// Whether it was refused and would be allowed.
    package let isGain: Bool
    /// The policies that would decide; none when nothing permits it.
    package let policies: [String]
  }

  /// The requests that would be decided otherwise, and how many of each kind.
  package private(set) var changes: [Change: Int] = [:]
  /// How many requests were asked again.
  package private(set) var requests = 0
  /// How many were decided by policies and cannot be asked again, as their entry or the configuration does not say enough.
  package private(set) var unclear = 0

  private let policy: PolicyInForce
  private let configuration: Configuration
  /// Whether the policies tell people apart by more than their roles: the log has pseudonyms, which they do not know.
  private let knowsPeople: Bool

  /// What the log of a data directory, with its shards, tells of the time from `since` to before `until`.
  package init(
    _ policy: PolicyInForce, _ configuration: Configuration, data: String, since: Timestamp?, until: Timestamp?
  ) throws {
    (self.policy, self.configuration) = (policy, configuration)
    knowsPeople =
      String(decoding: policy.text.policies, as: UTF8.self).contains("\(PolicyNames.person)::")
      || policy.entities.all.contains { $0.uid.type == PolicyNames.person }
    for log in try ShardedLog.logs(of: data) {
      var reader = try EntryReader(data: log.data)
      while let entry = try reader.next() {
        guard [.requestOpened, .requestRefused].contains(entry.outline.event),
          since.map({ entry.outline.time >= $0 }) != false, until.map({ entry.outline.time < $0 }) != false
        else { continue }
        take(try JSONValue(parsing: entry.json), at: entry.outline.time)
      }
    }
  }

  /// How many requests would be allowed that were refused.
  package var gained: Int { count { $0.isGain } }
  /// How many would be refused that were allowed.
  package var lost: Int { count { !$0.isGain } }

  private func count(_ isCounted: (Change) -> Bool) -> Int {
    changes.reduce(0) { $0 + (isCounted($1.key) ? $1.value : 0) }
  }

  /// What would change, in lines, the most frequent first.
  package var lines: [String] {
    changes.sorted { ($1.value, $0.key.words) < ($0.value, $1.key.words) }.map { change, count in
      "\(change.words), \(count) \(count == 1 ? "request" : "requests")"
    }
  }

  private mutating func take(_ entry: JSONValue, at time: Timestamp) {
    // What no policy had a say in, such as a refusal for want of an agreement, policies do not change.
    guard entry["policy_set"]?.string != nil else { return }
    guard let (matter, action) = matter(of: entry, at: time), matter.user == nil || !knowsPeople else {
      unclear += 1
      return
    }
    let question = PolicyQuestion(matter, action, in: policy)
    let answer = policy.answer(question)
    // Whether a request named its patient is not in its entry, nor whether a part of it could not be searched.
    if case .success(let (_, obligations)) = answer,
      obligations.required.contains(.patient) || obligations.redactsWhatLeaves && matter.mayBeUnread
    {
      unclear += 1
      return
    }
    requests += 1
    let was = entry["decision"]?.string == Ledger.Decision.allow.rawValue
    guard was, answer.isAllowed else { return take(answer, insteadOf: was, of: matter, action) }
    if matter.showsIdentifiers {
      let sight = policy.answer(question.about(.seeIdentifiers))
      take(sight, insteadOf: entry["policy_withheld"] == nil, of: matter, .seeIdentifiers)
    }
  }

  private mutating func take(
    _ answer: PolicyAnswer, insteadOf was: Bool, of matter: PolicyMatter, _ action: PolicyAction
  ) {
    guard answer.isAllowed != was else { return }
    let roles = matter.roles?.sorted().joined(separator: ", ") ?? ""
    let who = "\(matter.user ?? matter.caller.id.name) (\(roles.isEmpty ? "no role" : roles))"
    let target =
      switch matter.target {
      case .route(let model): "\(matter.useCase.id)/\(matter.vendor.id)/\(model)"
      case .tool(let name): "\(matter.vendor.id)" + (name.map { "/\($0)" } ?? "")
      }
    let change = Change(
      who: who, what: "\(action.rawValue) on \(target) with \(matter.classes.sorted().joined(separator: ", "))",
      isGain: answer.isAllowed, policies: answer.policies)
    changes[change, default: 0] += 1
  }

  private func matter(of entry: JSONValue, at time: Timestamp) -> (PolicyMatter, PolicyAction)? {
    func named<Owner>(_ member: String) -> ConfiguredID<Owner>? { entry[member]?.string.flatMap { ConfiguredID($0) } }
    let callerID: ConfiguredID<Caller>? = named("caller")
    let useCaseID: ConfiguredID<UseCase>? = named("use_case")
    let vendorID: ConfiguredID<Vendor>? = named("vendor")
    guard var caller = configuration.callers.first(where: { $0.id == callerID }),
      var useCase = configuration.useCases.first(where: { $0.id == useCaseID }),
      var vendor = configuration.vendors.first(where: { $0.id == vendorID }),
      let facts = entry["policy_facts"]?.string.flatMap(RecordedFacts.init),
      let operation = entry["operation"]?.string
    else { return nil }
    (caller.attests, caller.roles) = (facts.attests, facts.roles)
    if let purpose: ConfiguredID<UseCase.Purpose> = named("purpose") { useCase.purpose = purpose }
    useCase.approval = named("approval") ?? useCase.approval
    vendor.region = named("region") ?? vendor.region
    let target: PolicyMatter.Target
    let action: PolicyAction
    var shown = false
    if case .tools(_, let access) = vendor.kind {
      (target, action, shown) = (.tool(entry["object"]?.string), .useTool, access.seesIdentifiers)
    } else {
      guard let model = entry["model"]?.string.flatMap({ ModelName($0) }) ?? useCase.models.first else { return nil }
      (target, action) = (.route(model: model), PolicyAction(recorded: operation))
    }
    let found = entry["identifiers"]?.members?.compactMap { Identifier(label: $0.name) } ?? []
    var matter = PolicyMatter(
      caller: caller, user: entry["user"]?.string, useCase: useCase, vendor: vendor, target: target,
      agreement: nil, now: time.milliseconds)
    // A refusal by policies names no agreement, but without one that covers the request they would not have been asked.
    let isRefused = entry["decision"]?.string != Ledger.Decision.allow.rawValue
    matter.isCovered = entry["agreement"]?.string != nil || isRefused && vendor.isOutside
    (matter.roles, matter.classes, matter.confidentiality) = (facts.roles, facts.classes, facts.confidentiality)
    (matter.found, matter.shown, matter.facts) = (found, shown ? found : [], facts.stated)
    matter.isAboutPatient = true
    matter.client = entry["client"]?.string.flatMap { ConfiguredName($0) }
    return (matter, action)
  }
}

private typealias PolicyAnswer = Result<(PolicyVerdict, PolicyObligations), Refusal>

extension PolicyAnswer {
  fileprivate var isAllowed: Bool { if case .success = self { true } else { false } }

  /// The policies that decide, whichever way.
  fileprivate var policies: [String] {
    switch self {
    case .success(let (verdict, _)): verdict.policies
    case .failure(let refusal): refusal.policy?.ids ?? []
    }
  }
}

extension PolicyMatter {
  /// Whether something may have gone out in it that nobody could search.
  fileprivate var mayBeUnread: Bool { !useCase.passesUninspected.isEmpty && classes != ["deidentified"] }

  /// Whether identifiers may be shown at all, as far as the configuration goes.
  fileprivate var showsIdentifiers: Bool {
    switch target {
    case .route: useCase.showsIdentifiers
    case .tool(let name): name != nil
    }
  }
}

extension PolicyReplay.Change {
  fileprivate var words: String {
    let by = policies.isEmpty ? ", as nothing permits it" : " by \(policies.joined(separator: " "))"
    return "\(who) \(isGain ? "gains" : "loses") \(what)\(by)"
  }
}

extension PolicyAction {
  /// What was asked for an operation, as entries name it.
  fileprivate init(recorded operation: String) {
    if let operation = Operation(rawValue: operation) {
      self = operation.policyAction
    } else if let operation = BatchOperation(rawValue: operation) {
      self = operation == .createBatch || operation.bringsRequests ? .batch : .retrieve
    } else {
      self = .retrieve
    }
  }
}

/// What an entry keeps of a question: roles, classes, confidentiality, consents and circumstances.
private struct RecordedFacts {
  let roles: Set<String>
  let classes: Set<String>
  let confidentiality: StatedFacts.Confidentiality
  let attests: Set<PolicySettings.Attestation>
  let stated: StatedFacts

  init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { part in
      part == "-" ? [] : Set(part.split(separator: "+").map(String.init))
    }
    guard parts.count == 5, let code = parts[2].first,
      let confidentiality = StatedFacts.Confidentiality(rawValue: code)
    else { return nil }
    (roles, classes, self.confidentiality) = (parts[0], parts[1], confidentiality)
    attests = Set(parts[4].compactMap(PolicySettings.Attestation.init)).union([.consents])
    stated = StatedFacts(consents: parts[3], isRestricted: parts[4].contains("restricted"))
  }
}
