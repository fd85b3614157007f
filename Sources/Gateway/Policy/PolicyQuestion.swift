import Deidentification
import Ledger
import PHI
package import Policy
import Providers

/// What the policies are asked about a request, with everything that comes with it.
package struct PolicyQuestion: Sendable {
  package var request: AccessRequest
  /// Who asks, and what they ask of.
  package let entities: [Entity]
  /// What of it the log keeps, so that it can be asked again: roles, classes, confidentiality, consents, circumstances.
  var facts: ConfiguredName?
  /// What policies may require, of what there is.
  let meets: Set<PolicyObligations.Requirement>
  /// What it was made of, to be made anew where the configuration says something else of its people; nil of what others
  /// than the gateway ask.
  @Boxed private var matter: PolicyMatter?

  init(
    request: AccessRequest, entities: [Entity], facts: ConfiguredName? = nil,
    meets: Set<PolicyObligations.Requirement> = [], of matter: PolicyMatter? = nil
  ) {
    self.request = request
    self.entities = entities
    self.facts = facts
    self.meets = meets
    self.matter = matter
  }

  /// The same as policies in force would be asked it now: of a caller and a user as the configuration has them today.
  func anew(in policy: PolicyInForce) -> PolicyQuestion {
    guard var matter else { return self }
    matter.caller = policy.house.standing(of: matter.caller)
    // The action alone is not the matter's.
    var question = PolicyQuestion(matter, .ask, in: policy)
    question.request.action = request.action
    return question
  }

  /// The same for another action.
  func about(_ action: PolicyAction) -> PolicyQuestion {
    var question = self
    question.request.action = action.uid
    return question
  }

  /// The same at another moment.
  func at(_ milliseconds: Int64) -> PolicyQuestion {
    var question = under { $0[PolicyNames.now] = .moment(Moment(milliseconds: milliseconds)) }
    question.matter?.now = milliseconds
    return question
  }

  /// The same from another client.
  func from(_ client: ConfiguredName?) -> PolicyQuestion {
    var question = under { $0[PolicyNames.address] = Self.address(of: client).map { .address($0) } }
    question.matter?.client = client
    return question
  }

  /// Whose request it is; nil of what others than the gateway ask.
  var caller: String? { matter?.caller.id.name }

  /// Whether it is about something of which a part goes out that nobody can search.
  var isUnread: Bool { matter?.isUnread == true }

  /// Whether it is the same, whenever it was asked.
  func isSame(as other: PolicyQuestion) -> Bool {
    request.action == other.request.action && request.principal == other.request.principal && meets == other.meets
      && at(0).request == other.at(0).request
  }

  private func under(_ change: (inout Record) -> Void) -> PolicyQuestion {
    var question = self
    if case .record(var circumstances)? = request.context[PolicyNames.circumstances] {
      change(&circumstances)
      question.request.context[PolicyNames.circumstances] = .record(circumstances)
    }
    return question
  }

  private static func address(of client: ConfiguredName?) -> IPAddress? {
    client.flatMap { IPAddress(Text($0.description)) }
  }
}

/// What a request is about, as far as policies may ask.
struct PolicyMatter: Sendable {
  /// Where it goes, or would go.
  enum Target: Sendable {
    case route(model: ModelName)
    /// A tool of a tool server; nil for a message that names none.
    case tool(String?)
  }

  var caller: Caller
  /// For whom it is made; nil when it does not say.
  var user: String?
  @Boxed private(set) var useCase: UseCase
  @Boxed private(set) var vendor: Vendor
  let target: Target
  /// What covers it.
  @Boxed private(set) var agreement: Agreement?
  /// Whether something covers it; of a request of the past, which agreement that was is not looked up.
  var isCovered: Bool
  /// Whether the vendor may train on what it is given.
  var trainsOnInput: Bool
  /// The roles in which it is made; nil for those of its caller and its user.
  var roles: Set<String>?
  /// Whether it names the patient whom it is about.
  var isAboutPatient = false
  /// The classes of data in it.
  var classes: Set<String> = []
  var confidentiality = StatedFacts.Confidentiality.normal
  var found: [Identifier] = []
  var shown: [Identifier] = []
  /// Whether the recipient gets anything in the clear: identifiers, or what cannot be searched for them.
  var isShown = false
  /// Whether a part of it goes out that nobody can search for identifiers.
  var isUnread = false
  /// What of it nobody can search for what it holds, or could when it was kept: for the register of consents.
  var unsearched = Unsearched.nothing
  var facts = StatedFacts()
  /// What its patients consent to by the register, whatever the request says.
  var registered: Set<String> = []
  /// What they had consented to by it, and do not any more, whatever the request says.
  var withdrawn: Set<String> = []
  var client: ConfiguredName?
  var now: Int64

  init(
    caller: Caller, user: String?, useCase: UseCase, vendor: Vendor, target: Target, agreement: Agreement?, now: Int64
  ) {
    self.useCase = useCase
    self.vendor = vendor
    self.agreement = agreement
    (self.caller, self.user, self.target, self.now) = (caller, user, target, now)
    (isCovered, trainsOnInput) = (agreement != nil, agreement?.prohibitsTraining == false)
  }
}

extension PolicyQuestion {
  init(_ asked: PolicyMatter, _ action: PolicyAction, in policy: PolicyInForce) {
    var matter = asked
    // A caller comes as the configuration has it; what was removed or has ended it has no more.
    if policy.isNarrowed, matter.roles == nil { matter.caller = policy.house.standing(of: matter.caller) }
    let roles = matter.roles ?? policy.roles(of: matter.caller, for: matter.user)
    let principal =
      matter.user.map { EntityUID(PolicyNames.person, Text($0)) }
      ?? EntityUID(PolicyNames.service, Text(matter.caller.id.name))
    let vendor = EntityUID(PolicyNames.vendor, Text(matter.vendor.id.name))
    var vendorFacts: Record = [
      PolicyNames.agreement: .bool(matter.isCovered),
      PolicyNames.trainsOnInput: .bool(matter.trainsOnInput),
      PolicyNames.inside: .bool(matter.vendor.isInside),
    ]
    if let region = matter.vendor.region { vendorFacts[PolicyNames.region] = .string(Text(region.name)) }
    var entities = [
      policy.merged(
        principal, [PolicyNames.environment: policy.environment],
        in: Set(roles.map { EntityUID(PolicyNames.role, Text($0)) }), replacing: PolicyNames.role),
      policy.merged(vendor, vendorFacts),
    ]
    let resource: EntityUID
    switch matter.target {
    case .route(let name):
      let model = EntityUID(PolicyNames.model, Text("\(matter.vendor.id)/\(name)"))
      resource = EntityUID(PolicyNames.route, Text("\(matter.useCase.id)/\(matter.vendor.id)/\(name)"))
      entities.append(policy.merged(model, [PolicyNames.vendorAttribute: .entity(vendor)], in: [vendor]))
      var facts: Record = [
        PolicyNames.modelAttribute: .entity(model), PolicyNames.environment: policy.environment,
        PolicyNames.showsIdentifiers: .bool(!matter.useCase.restores.isEmpty || matter.useCase.novelty == .pass),
      ]
      if let approval = matter.useCase.approval { facts[PolicyNames.approval] = .string(Text(approval.name)) }
      entities.append(policy.merged(resource, facts, in: [model, vendor]))
    case .tool(let name?):
      resource = EntityUID(PolicyNames.tool, Text("\(matter.vendor.id)/\(name)"))
      var facts: Record = [
        PolicyNames.vendorAttribute: .entity(vendor), PolicyNames.name: .string(Text(name)),
        PolicyNames.environment: policy.environment,
      ]
      if let approval = matter.useCase.approval { facts[PolicyNames.approval] = .string(Text(approval.name)) }
      entities.append(policy.merged(resource, facts, in: [vendor]))
    case .tool(nil): resource = vendor
    }
    self.init(
      request: AccessRequest(
        principal: principal, action: action.uid, resource: resource, context: Self.context(matter)),
      entities: entities, facts: Self.facts(matter, roles, in: policy),
      meets: Set(PolicyObligations.Requirement.allCases.filter(matter.meets)), of: matter)
  }

  private static func context(_ matter: PolicyMatter) -> Record {
    let attested = matter.caller.attests
    let consents = matter.consents
    var circumstances: Record = [
      PolicyNames.mfa: .bool(attested.contains(.mfa)),
      PolicyNames.managedDevice: .bool(attested.contains(.managedDevice)),
      PolicyNames.now: .moment(Moment(milliseconds: matter.now)),
    ]
    if let address = address(of: matter.client) {
      circumstances[PolicyNames.address] = .address(address)
    }
    return [
      PolicyNames.purpose: .string(Text(matter.useCase.purpose.name)),
      PolicyNames.classes: .set(
        Set(matter.classes.map { .entity(EntityUID(PolicyNames.dataClass, Text($0))) })),
      PolicyNames.confidentiality: .string(Text(matter.statedConfidentiality.rawValue)),
      PolicyNames.consents: .set(Set(consents.map { .string(Text($0)) })),
      PolicyNames.restricted: .bool(matter.facts.isRestricted),
      PolicyNames.useCase: .string(Text(matter.useCase.id.name)),
      PolicyNames.found: PolicyNames.values(matter.found), PolicyNames.shown: PolicyNames.values(matter.shown),
      PolicyNames.circumstances: .record(circumstances),
    ]
  }

  /// What of it cannot be had from the rest of an entry: roles, classes, confidentiality, consents, what the caller vouches
  /// for, and whether it is restricted; nil when it is longer than a name.
  ///
  /// Of consents it has those that the policies name: what else a request says may be an id of somebody's.
  private static func facts(
    _ matter: PolicyMatter, _ roles: Set<String>, in policy: PolicyInForce
  ) -> ConfiguredName? {
    func list(_ names: some Collection<String>) -> String {
      names.isEmpty ? "-" : names.sorted().joined(separator: "+")
    }
    let attested = matter.caller.attests.set
    var flags = attested.subtracting([.consents]).map(\.rawValue)
    if matter.facts.isRestricted { flags.append("restricted") }
    let parts = [
      list(roles), list(matter.classes), matter.statedConfidentiality.rawValue,
      list(matter.consents.intersection(policy.wording)), list(flags),
    ]
    return ConfiguredName(parts.joined(separator: ":"))
  }

  /// Questions as requests will ask them, one for each kind of resource and principal.
  static func samples(
    of action: PolicyAction, in policy: PolicyInForce, for configuration: Configuration
  ) -> [PolicyQuestion] {
    guard let caller = configuration.callers.first, var useCase = configuration.useCases.first,
      var vendor = configuration.vendors.first, let model = useCase.models.first
    else { return [] }
    vendor.region = ConfiguredID("us")
    useCase.approval = ConfiguredID("sample")
    let targets: [PolicyMatter.Target] =
      switch action {
      case .useTool: [.tool("sample"), .tool(nil)]
      case .seeIdentifiers: [.route(model: model), .tool("sample")]
      case .ask, .embed, .batch, .retrieve: [.route(model: model)]
      }
    return targets.flatMap { target in
      ["sample", nil].map { user in
        var matter = PolicyMatter(
          caller: caller, user: user, useCase: useCase, vendor: vendor, target: target, agreement: nil, now: 0)
        (matter.found, matter.client) = ([.name], ConfiguredName("127.0.0.1"))
        return PolicyQuestion(matter, action, in: policy)
      }
    }
  }
}

extension PolicyMatter {
  fileprivate func meets(_ requirement: PolicyObligations.Requirement) -> Bool {
    switch requirement {
    case .mfa: caller.attests.contains(.mfa)
    case .managedDevice: caller.attests.contains(.managedDevice)
    case .user: user != nil
    case .patient: isAboutPatient
    case .approval: useCase.approval != nil
    }
  }

  /// What is consented to: by the register, and by what a caller says that vouches for it, but for what was revoked.
  fileprivate var consents: Set<String> {
    caller.attests.contains(.consents) ? facts.consents.subtracting(withdrawn).union(registered) : registered
  }

  var statedConfidentiality: StatedFacts.Confidentiality {
    max(facts.confidentiality ?? confidentiality, confidentiality)
  }
}

extension PolicyInForce {
  /// The roles in which a request is made: its caller's, and where people are listed, of those only its user's.
  ///
  /// Who is not listed has none, nor has a request that names nobody: a caller that may carry requests of some roles carries
  /// no others by naming somebody, or by naming nobody.
  func roles(of caller: Caller, for user: String?) -> Set<String> {
    guard let users = settings.users else { return caller.roles.set }
    return caller.roles.set.intersection(user.flatMap { users[$0]?.set } ?? [])
  }

  /// An entity of a request, with what the set says of it besides; of the type `replaced` it is in `groups` only.
  fileprivate func merged(
    _ uid: EntityUID, _ attributes: Record, in groups: Set<EntityUID> = [], replacing replaced: Text? = nil
  ) -> Entity {
    guard let known = entities[uid] else { return Entity(uid, attributes: attributes, ancestors: groups) }
    return Entity(
      uid, attributes: known.attributes.merging(attributes) { $1 }, tags: known.tags,
      ancestors: groups.union(known.ancestors.filter { $0.type != replaced }))
  }
}
