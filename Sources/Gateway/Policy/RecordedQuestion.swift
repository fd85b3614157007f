import Bytes
import Ledger
import PHI
import Policy
import Providers

/// A question to the policies, as an entry of the log tells of it: roles, classes, consents and circumstances are those of
/// the entry, what its use case and vendor are is read from a configuration.
struct RecordedQuestion {
  let matter: PolicyMatter
  let action: PolicyAction

  /// The question of an entry; nil when the entry or the configuration does not say enough.
  ///
  /// - Parameters:
  ///   - entry: an opening entry or a refusal.
  ///   - time: when it was made.
  ///   - configuration: what says what its caller, use case and vendor are.
  init?(_ entry: JSONValue, at time: Timestamp, in configuration: Configuration) {
    func named<Owner>(_ member: String) -> ConfiguredID<Owner>? { entry[member]?.string.flatMap { ConfiguredID($0) } }
    let callerID: ConfiguredID<Caller>? = named("caller")
    let useCaseID: ConfiguredID<UseCase>? = named("use_case")
    // Of an answer that is given again, the vendor has no part in it.
    let isRepeated = entry["vendor"] == nil && entry["decision"]?.string == Ledger.Decision.allow.rawValue
    let vendorID: ConfiguredID<Vendor>? = named(isRepeated ? "object" : "vendor")
    guard var caller = configuration.callers.first(where: { $0.id == callerID }),
      var useCase = configuration.useCases.first(where: { $0.id == useCaseID }),
      var vendor = configuration.vendors.first(where: { $0.id == vendorID }),
      let facts = entry["policy_facts"]?.string.flatMap(RecordedFacts.init),
      let operation = entry["operation"]?.string
    else { return nil }
    (caller.attests, caller.roles) = (Granted(facts.attests), Granted(facts.roles))
    if let purpose: ConfiguredID<UseCase.Purpose> = named("purpose") { useCase.purpose = purpose }
    useCase.approval = named("approval") ?? useCase.approval
    vendor.region = named("region") ?? vendor.region
    let target: PolicyMatter.Target
    var shown = false
    if case .tools(_, let access) = vendor.kind {
      (target, action, shown) = (.tool(entry["object"]?.string), .useTool, access.seesIdentifiers)
    } else {
      guard let model = entry["model"]?.string.flatMap({ ModelName($0) }) ?? useCase.models.first else { return nil }
      guard let asked = PolicyAction(recorded: operation) else { return nil }
      (target, action) = (.route(model: model), asked)
    }
    let found = entry["identifiers"]?.members?.compactMap { Identifier(label: $0.name) } ?? []
    var matter = PolicyMatter(
      caller: caller, user: entry["user"]?.string, useCase: useCase, vendor: vendor, target: target,
      agreement: nil, now: time.milliseconds)
    // What policies refuse, and what is given again, names no agreement; without one they would not have been asked.
    let isRefused = entry["decision"]?.string != Ledger.Decision.allow.rawValue
    matter.isCovered = entry["agreement"]?.string != nil || (isRefused || isRepeated) && vendor.isOutside
    (matter.roles, matter.classes, matter.confidentiality) = (facts.roles, facts.classes, facts.confidentiality)
    (matter.found, matter.shown, matter.facts) = (found, shown ? found : [], facts.stated)
    matter.isAboutPatient = true
    matter.client = entry["client"]?.string.flatMap { ConfiguredName($0) }
    self.matter = matter
  }

  /// Whether an entry is of a request that is let through by policies wherever there are any: one to a model.
  static func isAlwaysAsked(_ entry: JSONValue) -> Bool {
    entry["event"]?.string == Event.requestOpened.rawValue
      && entry["operation"]?.string.flatMap(Operation.init(rawValue:)) != nil
  }

  /// What the entry says that the configuration of that time contradicts, in words; nil when nothing is.
  func disagreement(with configuration: Configuration) -> String? {
    guard let caller = configuration.callers.first(where: { $0.id == matter.caller.id }),
      let useCase = configuration.useCases.first(where: { $0.id == matter.useCase.id })
    else { return nil }
    let people =
      matter.user == nil ? [] : (configuration.policy?.users ?? [:]).values.reduce(into: Set()) { $0.formUnion($1.set) }
    if let roles = matter.roles, !roles.isSubset(of: caller.roles.set.union(people)) {
      return "names roles that its caller did not have"
    }
    guard matter.caller.attests.set.subtracting([.consents]).isSubset(of: caller.attests.set) else {
      return "names what its caller did not vouch for"
    }
    guard matter.useCase.purpose == useCase.purpose else { return "names another purpose than its use case had" }
    guard matter.useCase.approval == useCase.approval else { return "names another approval than its use case had" }
    if case .route = matter.target, !useCase.chain.contains(where: { $0.vendor == matter.vendor.id }) {
      return "names a vendor that its use case did not have"
    }
    return nil
  }

  /// What policies say of it, and of showing its identifiers where that is asked; nil when they oblige to what an entry does
  /// not tell, or know people by more than their roles, whom the log has under pseudonyms.
  func asked(of policy: PolicyInForce) -> (answer: PolicyAnswer, sight: PolicyAnswer?)? {
    guard matter.user == nil || !policy.knowsPeople else { return nil }
    let question = PolicyQuestion(matter, action, in: policy)
    let answer = policy.answer(question)
    let sight = answer.isAllowed && matter.showsIdentifiers ? policy.answer(question.about(.seeIdentifiers)) : nil
    guard !answer.isUnclear(of: matter), sight?.isUnclear(of: matter) != true else { return nil }
    return (answer, sight)
  }
}

extension PolicyInForce {
  /// Whether its policies tell people apart by more than their roles.
  fileprivate var knowsPeople: Bool {
    String(decoding: text.policies, as: UTF8.self).contains("\(PolicyNames.person)::")
      || entities.all.contains { $0.uid.type == PolicyNames.person }
  }
}

typealias PolicyAnswer = Result<(PolicyVerdict, PolicyObligations), Refusal>

extension PolicyAnswer {
  var isAllowed: Bool { if case .success = self { true } else { false } }

  /// Whether what it obliges to cannot be told from an entry: that does not say whether the request named its patient, nor
  /// whether a part of it could not be searched.
  fileprivate func isUnclear(of matter: PolicyMatter) -> Bool {
    guard case .success(let (_, obligations)) = self else { return false }
    return obligations.required.contains(.patient) || obligations.redactsWhatLeaves && matter.mayBeUnread
  }

  /// The policies that decide, whichever way.
  var policies: [String] {
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

extension PolicyAction {
  /// What was asked for an operation, as entries name it; nil when nothing is called so.
  fileprivate init?(recorded operation: String) {
    if let operation = Operation(rawValue: operation) {
      self = operation.policyAction
    } else if let operation = BatchOperation(rawValue: operation) {
      self = operation == .createBatch || operation.bringsRequests ? .batch : .retrieve
    } else if operation.hasPrefix("responses.") || operation.hasPrefix("deferred.") {
      self = .retrieve
    } else {
      return nil
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
