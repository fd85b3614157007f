package import Bytes

extension PolicySet {
  /// The set in Cedar's JSON form.
  package var json: JSONValue {
    [
      "templates": .object(templates.map { JSONMember($0.id.string, $0.json) }),
      "staticPolicies": .object(policies.map { JSONMember($0.id.string, $0.json) }),
      "templateLinks": .array(links.map(\.json)),
    ]
  }

  /// The set that `source` writes in either form: JSON begins with a brace, Cedar text never does.
  package init(source: [UInt8]) throws(PolicyError) {
    if source.first(where: { $0 > 0x20 }) == 0x7B {
      try self.init(json: JSONValue(policyDocument: source))
    } else {
      try self.init(parsing: source)
    }
  }

  /// The set that `json` writes in Cedar's JSON form.
  package init(json: JSONValue) throws(PolicyError) {
    guard let policies = json["staticPolicies"]?.members else { throw PolicyError(.unexpectedShape) }
    self.init()
    for member in policies { self.policies.append(try Statement(json: member.value, id: Text(member.name))) }
    for member in json["templates"]?.members ?? [] {
      templates.append(try Statement(json: member.value, id: Text(member.name)))
    }
    for link in json["templateLinks"]?.array ?? [] { links.append(try Link(json: link)) }
    guard self.policies.allSatisfy(\.slots.isEmpty) else { throw PolicyError(.slotOutsideScope) }
  }
}

extension PolicySet.Link {
  fileprivate var json: JSONValue {
    let values = [("?principal", principal), ("?resource", resource)].compactMap { name, uid in
      uid.map { JSONMember(name, ["__entity": ValueJSON.json($0)]) }
    }
    return [
      "templateId": .string(template.string), "newId": .string(id.string), "values": .object(values),
    ]
  }

  fileprivate init(json: JSONValue) throws(PolicyError) {
    guard let id = json["newId"]?.string, let template = json["templateId"]?.string, let values = json["values"] else {
      throw PolicyError(.unexpectedShape)
    }
    self.init(id: Text(id), template: Text(template))
    if let uid = values["?principal"] { principal = try ValueJSON.uid(uid) }
    if let uid = values["?resource"] { resource = try ValueJSON.uid(uid) }
  }
}

extension Statement {
  /// The statement in Cedar's JSON form, which does not hold its id.
  package var json: JSONValue {
    var members = [
      JSONMember("effect", .string(effect.rawValue)), JSONMember("principal", principal.json(.principal)),
      JSONMember("action", action.json), JSONMember("resource", resource.json(.resource)),
      JSONMember(
        "conditions",
        .array(
          conditions.map { ["kind": .string($0.kind.rawValue), "body": ExpressionJSON.json($0.body)] })),
    ]
    if !annotations.isEmpty {
      members.append(
        JSONMember(
          "annotations",
          .object(annotations.map { JSONMember($0.name.string, $0.value.map { .string($0.string) } ?? .null) })))
    }
    return .object(members)
  }

  /// The statement that `json` writes in Cedar's JSON form.
  package init(json: JSONValue, id: Text) throws(PolicyError) {
    guard let effect = json["effect"]?.string.flatMap(Effect.init), let principal = json["principal"],
      let action = json["action"], let resource = json["resource"], let conditions = json["conditions"]?.array
    else { throw PolicyError(.unexpectedShape) }
    self.init(id: id, effect: effect)
    self.principal = try Scope(json: principal, .principal)
    self.action = try ActionScope(json: action)
    self.resource = try Scope(json: resource, .resource)
    for condition in conditions {
      guard let kind = condition["kind"]?.string.flatMap(Condition.Kind.init), let body = condition["body"] else {
        throw PolicyError(.unexpectedShape)
      }
      let expression = try ExpressionJSON.expression(body)
      guard !expression.hasSlot else { throw PolicyError(.slotOutsideScope) }
      guard expression.size <= Expression.sizeLimit else { throw PolicyError(.tooLong) }
      self.conditions.append(Condition(kind: kind, body: expression))
    }
    for member in json["annotations"]?.members ?? [] {
      annotations.append(Annotation(name: Text(member.name), value: member.value.string.map { Text($0) }))
    }
  }
}

extension Scope {
  fileprivate func json(_ slot: Slot) -> JSONValue {
    switch self {
    case .any: ["op": "All"]
    case .equal(let subject): .object([JSONMember("op", "=="), subject.json(slot)])
    case .isIn(let subject): .object([JSONMember("op", "in"), subject.json(slot)])
    case .isType(let type): ["op": "is", "entity_type": .string(type.string)]
    case .isTypeIn(let type, let subject):
      ["op": "is", "entity_type": .string(type.string), "in": .object([subject.json(slot)])]
    }
  }

  fileprivate init(json: JSONValue, _ slot: Slot) throws(PolicyError) {
    switch json["op"]?.string {
    case "All": self = .any
    case "==": self = .equal(try Subject(json: json, slot))
    case "in": self = .isIn(try Subject(json: json, slot))
    case "is":
      guard let type = json["entity_type"]?.string.map({ Text($0) }), isName(type) else {
        throw PolicyError(.malformedName)
      }
      guard let group = json["in"] else {
        self = .isType(type)
        return
      }
      self = .isTypeIn(type, try Subject(json: group, slot))
    default: throw PolicyError(.malformedScope)
    }
  }
}

extension Scope.Subject {
  fileprivate func json(_ slot: Slot) -> JSONMember {
    switch self {
    case .entity(let uid): JSONMember("entity", ValueJSON.json(uid))
    case .slot: JSONMember("slot", .string("?\(slot.rawValue)"))
    }
  }

  fileprivate init(json: JSONValue, _ slot: Slot) throws(PolicyError) {
    if let uid = json["entity"] {
      self = .entity(try ValueJSON.uid(uid))
    } else if json["slot"]?.string == "?\(slot.rawValue)" {
      self = .slot
    } else {
      throw PolicyError(.malformedScope)
    }
  }
}

extension ActionScope {
  fileprivate var json: JSONValue {
    switch self {
    case .any: ["op": "All"]
    case .equal(let uid): ["op": "==", "entity": ValueJSON.json(uid)]
    case .isIn(let uids) where uids.count == 1: ["op": "in", "entity": ValueJSON.json(uids[0])]
    case .isIn(let uids): ["op": "in", "entities": .array(uids.map(ValueJSON.json))]
    }
  }

  fileprivate init(json: JSONValue) throws(PolicyError) {
    var uids: [EntityUID] = []
    for uid in json["entities"]?.array ?? json["entity"].map({ [$0] }) ?? [] { uids.append(try ValueJSON.uid(uid)) }
    guard uids.allSatisfy(\.isAction) else { throw PolicyError(.malformedScope) }
    switch json["op"]?.string {
    case "All": self = .any
    case "==" where uids.count == 1: self = .equal(uids[0])
    case "in": self = .isIn(uids)
    default: throw PolicyError(.malformedScope)
    }
  }
}
