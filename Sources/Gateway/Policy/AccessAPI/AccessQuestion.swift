import Bytes
import Ledger
import Policy

/// What an application asks of the decision endpoint, as far as it says: who, what, of what, and in which context.
///
/// Of people whom the configuration lists, and of callers, the roles are the configuration's; of everybody else those that
/// the application says, who could also let them in without asking. Of routes, models, vendors and tools of the
/// configuration nothing may be said but what they are; of the entities that two people adopted more, and nothing else.
struct AccessQuestion {
  var subject: JSONValue?
  var action: JSONValue?
  var resource: JSONValue?
  var context: JSONValue?

  /// Why something is no question.
  struct Fault: Error {
    let message: String
    init(_ message: String) { self.message = message }
  }

  init(_ json: JSONValue, defaults: AccessQuestion? = nil) {
    func member(_ name: String) -> JSONValue? {
      guard let value = json[name], value != .null else { return nil }
      return value
    }
    subject = member("subject") ?? defaults?.subject
    action = member("action") ?? defaults?.action
    resource = member("resource") ?? defaults?.resource
    context = member("context") ?? defaults?.context
  }

  /// The type that a search names, of the one who or which is searched for.
  static func type(_ value: JSONValue?, _ member: String) throws(Fault) -> Text {
    guard let type = value?["type"]?.string, !type.isEmpty else { throw Fault("`\(member).type` must be a text") }
    return Text(type)
  }

  /// The name that a question gives somebody or something.
  static func uid(_ value: JSONValue?, _ member: String) throws(Fault) -> EntityUID {
    guard let id = value?["id"]?.string, !id.isEmpty else { throw Fault("`\(member).id` must be a text") }
    return EntityUID(try type(value, member), Text(id))
  }

  /// The action that it names.
  func actionUID() throws(Fault) -> EntityUID {
    guard let name = action?["name"]?.string, !name.isEmpty else { throw Fault("`action.name` must be a text") }
    guard action?["properties"]?.members?.isEmpty ?? true else { throw Fault("`action.properties` are not known") }
    return EntityUID(PolicyNames.action, Text(name))
  }
}

extension PolicyInForce {
  /// The question that somebody's action on something is, in the context that is given.
  ///
  /// - Parameters:
  ///   - question: what was asked.
  ///   - subject: who, where it is one of many.
  ///   - action: what, where it is one of many.
  ///   - resource: of what, where it is one of many.
  ///   - facts: what the configuration makes of routes, models, vendors and tools.
  ///   - now: the moment.
  /// - Returns: the question, with what it says of everybody and everything.
  /// - Throws: what of it is no question, in words without values.
  func question(
    _ question: AccessQuestion, subject: EntityUID? = nil, action: EntityUID? = nil, resource: EntityUID? = nil,
    knowing facts: HouseFacts, at now: Int64
  ) throws(AccessQuestion.Fault) -> PolicyQuestion {
    let principal = if let subject { subject } else { try AccessQuestion.uid(question.subject, "subject") }
    let target = if let resource { resource } else { try AccessQuestion.uid(question.resource, "resource") }
    let action = if let action { action } else { try question.actionUID() }
    let known = facts.entities(for: target, action)
    let (who, what): (Entity, Entity)
    let (knownSubject, knownTarget) = (
      self.known(principal, known[principal]), self.known(target, known[target])
    )
    do throws(PolicyError) {
      // What a search is about has no properties of its own.
      who = try self.subject(principal, subject == nil ? question.subject?["properties"] : nil, knownSubject)
      what = try self.resource(
        target, resource == nil ? question.resource?["properties"] : nil, knownTarget)
    } catch {
      throw AccessQuestion.Fault("\(error)")
    }
    if let knownSubject { try who.check(against: knownSubject, isWhole: known[principal] != nil, "subject") }
    if let knownTarget { try what.check(against: knownTarget, isWhole: known[target] != nil, "resource") }
    do throws(PolicyError) {
      let entities = [who] + known.values + [what]
      let document = JSONValue.object([
        JSONMember("principal", ["type": .string(principal.type.string), "id": .string(principal.id.string)]),
        JSONMember("action", ["type": .string(action.type.string), "id": .string(action.id.string)]),
        JSONMember("resource", ["type": .string(target.type.string), "id": .string(target.id.string)]),
        JSONMember("context", context(question.context, of: action, at: now)),
      ])
      let request = try AccessRequest(json: document, schema: schema)
      for entity in entities where known[entity.uid] == nil { try schema.check(entity) }
      return PolicyQuestion(request: request, entities: entities)
    } catch {
      throw AccessQuestion.Fault("\(error)")
    }
  }

  /// Somebody, in the roles that the configuration gives them; in those that are said where it does not know them.
  private func subject(_ uid: EntityUID, _ properties: JSONValue?, _ known: Entity?) throws(PolicyError) -> Entity {
    var roles: Set<String> = []
    var members = properties?.members ?? []
    if let listed = listedRoles(of: uid) {
      roles = listed
    } else {
      for role in properties?["roles"]?.array ?? [] {
        guard let role = role.string else { throw PolicyError(.malformedValue) }
        roles.insert(role)
      }
    }
    members.removeAll { $0.name == "roles" }
    if schema.entityTypes[uid.type]?.attributes[PolicyNames.environment] != nil, properties?["environment"] == nil,
      known?.attributes[PolicyNames.environment] == nil, case .string(let text) = environment
    {
      members.append(JSONMember("environment", .string(text.string)))
    }
    return try Entity(
      uid, attributes: members, in: Set(roles.map { EntityUID(PolicyNames.role, Text($0)) }), over: known,
      schema: schema)
  }

  /// What the house knows of somebody or something; nil where it knows nothing.
  ///
  /// The roles of those whom the configuration lists are its own, whatever the set says, and where the set does not say where
  /// they are, they are where the gateway is.
  private func known(_ uid: EntityUID, _ known: Entity?) -> Entity? {
    let listed = listedRoles(of: uid)
    guard let known = known ?? entities[uid] ?? (listed == nil ? nil : Entity(uid)) else { return nil }
    guard let listed else { return known }
    var attributes = known.attributes
    if schema.entityTypes[uid.type]?.attributes[PolicyNames.environment] != nil,
      attributes[PolicyNames.environment] == nil
    {
      attributes[PolicyNames.environment] = environment
    }
    return Entity(
      uid, attributes: attributes, tags: known.tags,
      ancestors: known.ancestors.filter { $0.type != PolicyNames.role }
        .union(listed.map { EntityUID(PolicyNames.role, Text($0)) }))
  }

  /// Something; what it is in stands in its property `in`, as a list of types and ids.
  private func resource(_ uid: EntityUID, _ properties: JSONValue?, _ known: Entity?) throws(PolicyError) -> Entity {
    var groups: Set<EntityUID> = []
    for group in properties?["in"]?.array ?? [] { groups.insert(try EntityUID(json: group)) }
    // A person may be a resource, too: somebody who is to be given a role.
    if uid.type == PolicyNames.person || uid.type == PolicyNames.service { return try subject(uid, properties, known) }
    let members = (properties?.members ?? []).filter { $0.name != "in" }
    return try Entity(uid, attributes: members, in: groups, over: known, schema: schema)
  }

  /// The roles that the configuration gives somebody; nil for whom it does not know.
  private func listedRoles(of uid: EntityUID) -> Set<String>? {
    // As its requests that name nobody: where people are listed, in no role.
    if uid.type == PolicyNames.service {
      return house.roles(ofCaller: uid.id.string).map { settings.users == nil ? $0 : [] }
    }
    return uid.type == PolicyNames.person ? settings.users.map { $0[uid.id.string]?.set ?? [] } : nil
  }

  /// A context with what an application need not say: that nothing is stated, and the time.
  private func context(_ context: JSONValue?, of action: EntityUID, at now: Int64) -> JSONValue {
    var members = context?.members ?? []
    // Whom it is about is for the register of consents, unless the set asks for it.
    let type = schema.actions[action]?.context
    if type?[Text(AccessPatients.member)] == nil { members.removeAll { $0.name == AccessPatients.member } }
    guard let type else { return .object(members) }
    func add(_ name: Text, _ value: JSONValue) {
      guard type[name] != nil, !members.contains(where: { $0.name == name.string }) else { return }
      members.append(JSONMember(name.string, value))
    }
    for name in [PolicyNames.consents, PolicyNames.found, PolicyNames.shown] { add(name, []) }
    add(PolicyNames.confidentiality, "N")
    add(PolicyNames.useCase, "")
    add(PolicyNames.restricted, false)
    var circumstances = members.first { $0.name == PolicyNames.circumstances.string }?.value.members ?? []
    let moment = JSONValue.string(Timestamp(milliseconds: now).description)
    for (name, value) in [
      (PolicyNames.mfa, false), (PolicyNames.managedDevice, false), (PolicyNames.now, moment),
    ] as [(Text, JSONValue)]
    where !circumstances.contains(where: { $0.name == name.string }) {
      circumstances.append(JSONMember(name.string, value))
    }
    members.removeAll { $0.name == PolicyNames.circumstances.string }
    add(PolicyNames.circumstances, .object(circumstances))
    return .object(members)
  }
}

extension Entity {
  /// Checks that what is said of it is no other than what is known: where that is the whole, nothing is added either, as
  /// an attribute that it has not says something, too.
  fileprivate func check(
    against known: Entity, isWhole: Bool, _ member: String
  ) throws(AccessQuestion.Fault) {
    let names = Set((isWhole ? attributes : known.attributes).keys).union(known.attributes.keys)
    if let name = names.sorted(by: { $0.string < $1.string }).first(where: { attributes[$0] != known.attributes[$0] }) {
      throw AccessQuestion.Fault("`\(member).properties.\(name)` is not what is known of it here")
    }
    // Whose roles the house does not know, those the application says.
    let hasRoles = isWhole || known.ancestors.contains { $0.type == PolicyNames.role }
    let added = ancestors.subtracting(known.ancestors).filter { hasRoles || $0.type != PolicyNames.role }
    guard added.isEmpty else {
      throw AccessQuestion.Fault("`\(member).properties` say that it is in what it is not in, as far as is known here")
    }
  }
}
