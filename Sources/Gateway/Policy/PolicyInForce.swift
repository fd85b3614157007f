import Bytes
package import Ciphers
package import Ledger
package import Policy

/// The policies that requests are decided by: a set that was read, validated and indexed, with what it is called.
package struct PolicyInForce: Sendable {
  /// The set as it is written.
  package let text: PolicyText
  /// What it is called in the log.
  package let digest: Digest
  /// By which agreement of two people it is in force; nil for a set that nobody has adopted.
  package let adoption: ConfiguredName?
  /// What it may speak of.
  package let schema: Schema
  /// What decides.
  package let authorizer: Authorizer
  /// What is known of everything that does not come with a request.
  let entities: Entities
  private(set) var settings: PolicySettings
  /// Who acts in which roles, and what is vouched for.
  private(set) var house: PolicyHouse
  /// Whether people have less than the configuration grants them.
  private(set) var isNarrowed = false
  let environment: Value
  /// What the policies have between quotation marks, such as the consents that they ask for.
  let wording: Set<String>
  private let forbids: Set<Text>

  /// The set in force; what cannot be read or does not fit its schema, or the gateway's questions, is refused.
  ///
  /// - Parameters:
  ///   - text: the set.
  ///   - adoption: by which agreement it is in force.
  ///   - configuration: who acts in which roles.
  /// - Throws: what is wrong with the set, or with the roles.
  package init(
    _ text: PolicyText, adoptedBy adoption: ConfiguredName? = nil, for configuration: Configuration
  ) throws(PolicyFault) {
    self.text = text
    self.adoption = adoption
    digest = text.digest
    settings = configuration.policy ?? PolicySettings(source: .adopted)
    house = PolicyHouse(configuration.callers, settings)
    environment = .string(Text(configuration.environment.rawValue))
    let set = try text.checked()
    let schema = try PolicyFault.saying("schema") { () throws(PolicyError) in try Schema(source: text.schema) }
    self.schema = schema
    authorizer = try PolicyFault.saying("policies") { () throws(PolicyError) in try Authorizer(set) }
    for statement in authorizer.statements where ConfiguredID<PolicyInForce>(statement.id.string) == nil {
      throw PolicyFault("policy `\(statement.id)`: an `@id` has 1 to 64 letters, digits, `.`, `_` or `-`")
    }
    for statement in authorizer.statements {
      try PolicyObligations.check(statement)
    }
    wording = Set(
      String(decoding: text.policies, as: UTF8.self).split(separator: "\"").map(String.init)
        .filter { ConfiguredID<StatedFacts>($0) != nil })
    forbids = Set(authorizer.statements.filter { $0.effect == .forbid }.map(\.id))
    if let source = text.entities {
      entities = try PolicyFault.saying("entities") { () throws(PolicyError) in
        try Entities(json: JSONValue(policyDocument: source), schema: schema)
      }
    } else {
      entities = Entities().adding(actionsOf: schema)
    }
    try checkRoles(configuration)
    try checkQuestions(configuration)
  }

  /// The same policies, told of people what `house` says, which is less than the configuration.
  func told(_ house: PolicyHouse, _ settings: PolicySettings) -> PolicyInForce {
    var policy = self
    (policy.house, policy.settings, policy.isNarrowed) = (house, settings, true)
    return policy
  }

  /// Decides, and says by which policies; a policy that forbids and cannot be evaluated forbids.
  func decide(_ question: PolicyQuestion) -> Policy.Decision {
    var decision = authorizer.decide(question.request, entities.under(question.entities))
    let unclear = decision.failures.map(\.policy).filter(forbids.contains)
    if !unclear.isEmpty {
      decision.reasons = (decision.isAllowed ? [] : decision.reasons) + unclear
      decision.effect = .deny
    }
    return decision
  }

  /// Why it is decided so.
  func explain(_ question: PolicyQuestion) -> Policy.Explanation {
    authorizer.explain(question.request, entities.under(question.entities), nearest: 1)
  }

  /// Checks that a schema admits what the gateway asks.
  private func checkQuestions(_ configuration: Configuration) throws(PolicyFault) {
    for action in PolicyAction.allCases {
      for question in PolicyQuestion.samples(of: action, in: self, for: configuration) {
        do throws(PolicyError) {
          try schema.check(question.request)
          for entity in question.entities { try schema.check(entity) }
        } catch {
          throw PolicyFault("schema: it does not admit what is asked for `\(action.rawValue)`: \(error)")
        }
      }
    }
  }

  /// Checks that every role is one, and that nobody has two that exclude each other (45 CFR 164.308(a)(3)).
  private func checkRoles(_ configuration: Configuration) throws(PolicyFault) {
    let known = schema.entityTypes[PolicyNames.role]?.choices.map { Set($0.map(\.string)) }
    let holders =
      configuration.callers.map { ("caller `\($0.id)`", $0.roles.set) }
      + (settings.users ?? [:]).values.map { ("somebody under `policy.users`", $0.set) }
    for (holder, roles) in holders {
      if let role = roles.sorted().first(where: { known?.contains($0) == false }) {
        throw PolicyFault("\(holder) acts as `\(role)`, which the schema does not have")
      }
      for granted in roles.sorted() {
        guard let rule = conflict(of: granted, with: roles.subtracting([granted])) else { continue }
        throw PolicyFault("\(holder) may not act as `\(granted)` and as what else it does: policy `\(rule)`")
      }
    }
    for (useCase, classes) in settings.dataClasses {
      let known = schema.entityTypes[PolicyNames.dataClass]?.choices.map { Set($0.map(\.string)) }
      if let name = classes.sorted().first(where: { known?.contains($0) == false }) {
        throw PolicyFault("use case `\(useCase)` holds `\(name)`, which the schema does not have")
      }
    }
  }

  /// The policy that forbids to grant a role to who holds others; nil when none does.
  private func conflict(of role: String, with held: Set<String>) -> Text? {
    guard schema.actions[PolicyNames.grantRole] != nil, !held.isEmpty else { return nil }
    let holder = EntityUID(PolicyNames.person, "holder")
    let question = PolicyQuestion(
      request: AccessRequest(
        principal: EntityUID(PolicyNames.person, "granter"), action: PolicyNames.grantRole, resource: holder,
        context: [
          PolicyNames.grantedRole: .entity(EntityUID(PolicyNames.role, Text(role))),
          PolicyNames.circumstances: .record([
            PolicyNames.mfa: .bool(true), PolicyNames.managedDevice: .bool(true),
            PolicyNames.now: .moment(Moment(milliseconds: 0)),
          ]),
        ]),
      entities: [
        Entity(
          holder, attributes: [PolicyNames.environment: environment],
          ancestors: Set(held.map { EntityUID(PolicyNames.role, Text($0)) }))
      ])
    return decide(question).reasons.first { forbids.contains($0) }
  }
}
