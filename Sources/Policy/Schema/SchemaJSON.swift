package import Bytes

/// Reads a schema written as JSON.
struct SchemaJSON {
  static func draft(of json: JSONValue) throws(PolicyError) -> SchemaDraft {
    guard let members = json.members else { throw PolicyError(.unexpectedShape) }
    var draft = SchemaDraft()
    for member in members {
      let name = Text(member.name)
      guard member.name.isEmpty || isName(name) else { throw PolicyError(.malformedName, named: name) }
      draft.namespaces.append(try namespace(member.name.isEmpty ? nil : name, member.value))
    }
    return draft
  }

  private static func namespace(_ name: Text?, _ json: JSONValue) throws(PolicyError) -> SchemaDraft.Namespace {
    try refuse(json, except: ["entityTypes", "actions", "commonTypes", "annotations"])
    var namespace = SchemaDraft.Namespace(name: name)
    guard let entityTypes = json["entityTypes"]?.members, let actions = json["actions"]?.members,
      let commonTypes = (json["commonTypes"] ?? [:]).members, name != nil || json["annotations"] == nil
    else { throw PolicyError(.unexpectedShape) }
    for member in commonTypes {
      namespace.commonTypes.append((try identifier(member.name), try type(member.value, beside: ["annotations"])))
    }
    for member in entityTypes { namespace.entityTypes.append(try entityType(member)) }
    for member in actions { namespace.actions.append(try action(member)) }
    return namespace
  }

  private static func entityType(_ member: JSONMember) throws(PolicyError) -> SchemaDraft.EntityType {
    var type = SchemaDraft.EntityType(name: try identifier(member.name))
    if let choices = member.value["enum"] {
      try refuse(member.value, except: ["enum", "annotations"])
      type.choices = try texts(choices)
      guard type.choices?.isEmpty == false else { throw PolicyError(.unexpectedShape) }
      return type
    }
    try refuse(member.value, except: ["memberOfTypes", "shape", "tags", "annotations"])
    type.memberOf = try names(member.value["memberOfTypes"])
    if let shape = member.value["shape"] { type.shape = try self.type(shape) }
    if let tags = member.value["tags"] { type.tags = try self.type(tags) }
    return type
  }

  private static func action(_ member: JSONMember) throws(PolicyError) -> SchemaDraft.Action {
    try refuse(member.value, except: ["appliesTo", "memberOf", "attributes", "annotations"])
    var action = SchemaDraft.Action(id: Text(member.name))
    action.memberOf = try references(member.value["memberOf"])
    if let attributes = member.value["attributes"], attributes != .null {
      throw PolicyError(.unexpectedShape)
    }
    guard let appliesTo = member.value["appliesTo"], appliesTo != .null else { return action }
    try refuse(appliesTo, except: ["principalTypes", "resourceTypes", "context"])
    guard let principals = appliesTo["principalTypes"], let resources = appliesTo["resourceTypes"] else {
      throw PolicyError(.unexpectedShape)
    }
    action.principals = try names(principals)
    action.resources = try names(resources)
    if let context = appliesTo["context"] { action.context = try type(context) }
    return action
  }

  private static func type(
    _ json: JSONValue, beside known: Set<String> = []
  ) throws(PolicyError) -> SchemaDraft.Kind {
    guard let kind = json["type"]?.string else { throw PolicyError(.unexpectedShape) }
    let others = json.members?.map(\.name).filter { $0 != "type" && !known.contains($0) } ?? []
    let expected: Set<String> =
      switch kind {
      case "Set": ["element"]
      case "Record": ["attributes", "additionalAttributes"]
      case "Entity", "Extension", "EntityOrCommon": ["name"]
      default: []
      }
    guard expected.isSuperset(of: others) else { throw PolicyError(.unexpectedShape) }
    if known.contains("annotations") { try checkAnnotations(json) }
    switch kind {
    case "Boolean", "Bool": return .bool
    case "Long": return .long
    case "String": return .string
    case "Set":
      guard let element = json["element"] else { throw PolicyError(.unexpectedShape) }
      return .set(try type(element))
    case "Record": return try record(json)
    case "Entity": return .entity(try name(json["name"]))
    case "Extension": return .extended(try name(json["name"]))
    case "EntityOrCommon": return .named(try name(json["name"]))
    default: return .common(try name(.string(kind)))
    }
  }

  private static func record(_ json: JSONValue) throws(PolicyError) -> SchemaDraft.Kind {
    if let isOpen = json["additionalAttributes"] {
      guard let isOpen = isOpen.bool else { throw PolicyError(.unexpectedShape) }
      guard !isOpen else { throw PolicyError(.openRecord) }
    }
    guard let members = json["attributes"]?.members else { throw PolicyError(.unexpectedShape) }
    var attributes: [SchemaDraft.Attribute] = []
    for member in members {
      attributes.append(
        SchemaDraft.Attribute(
          name: Text(member.name), type: try type(member.value, beside: ["required", "annotations"]),
          isRequired: try isRequired(member.value["required"])))
    }
    return .record(attributes)
  }

  private static func isRequired(_ json: JSONValue?) throws(PolicyError) -> Bool {
    guard let json else { return true }
    guard let isRequired = json.bool else { throw PolicyError(.unexpectedShape) }
    return isRequired
  }

  private static func references(_ json: JSONValue?) throws(PolicyError) -> [SchemaDraft.Action.Reference] {
    guard let json, json != .null else { return [] }
    guard let array = json.array else { throw PolicyError(.unexpectedShape) }
    var references: [SchemaDraft.Action.Reference] = []
    for element in array {
      try refuse(element, except: ["id", "type"])
      guard let id = element["id"]?.string else { throw PolicyError(.unexpectedShape) }
      let type = element["type"] == nil || element["type"] == .null ? nil : try name(element["type"])
      references.append(SchemaDraft.Action.Reference(type: type, id: Text(id)))
    }
    return references
  }

  private static func refuse(_ json: JSONValue, except known: Set<String>) throws(PolicyError) {
    guard let members = json.members, members.allSatisfy({ known.contains($0.name) }) else {
      throw PolicyError(.unexpectedShape)
    }
    try checkAnnotations(json)
  }

  private static func checkAnnotations(_ json: JSONValue) throws(PolicyError) {
    guard let annotations = json["annotations"] else { return }
    guard let members = annotations.members, members.allSatisfy({ $0.value == .null || $0.value.string != nil }) else {
      throw PolicyError(.unexpectedShape)
    }
  }

  private static func identifier(_ name: String) throws(PolicyError) -> Text {
    guard isName(Text(name)), !name.utf8.contains(0x3A) else { throw PolicyError(.malformedName) }
    return Text(name)
  }

  private static func name(_ json: JSONValue?) throws(PolicyError) -> Text {
    guard let name = json?.string else { throw PolicyError(.unexpectedShape) }
    let bare = name.hasPrefix("__cedar::") ? String(name.dropFirst(9)) : name
    guard isName(Text(bare)) else { throw PolicyError(.malformedName) }
    return Text(name)
  }

  private static func names(_ json: JSONValue?) throws(PolicyError) -> [Text] {
    guard let json else { return [] }
    guard let array = json.array else { throw PolicyError(.unexpectedShape) }
    var names: [Text] = []
    for element in array { names.append(try name(element)) }
    return names
  }

  private static func texts(_ json: JSONValue) throws(PolicyError) -> [Text] {
    guard let array = json.array else { throw PolicyError(.unexpectedShape) }
    var texts: [Text] = []
    for element in array {
      guard let text = element.string else { throw PolicyError(.unexpectedShape) }
      texts.append(Text(text))
    }
    return texts
  }
}

extension Schema {
  /// The schema that `source` writes in Cedar's own syntax.
  package init(parsing source: [UInt8]) throws(PolicyError) {
    self = try SchemaResolver.schema(of: SchemaParser.draft(of: source))
  }

  /// The schema that `source` writes in either syntax: JSON begins with a brace, Cedar's own syntax never does.
  package init(source: [UInt8]) throws(PolicyError) {
    let first = source.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }
    if first == 0x7B {
      try self.init(json: JSONValue(policyDocument: source))
    } else {
      try self.init(parsing: source)
    }
  }

  /// The schema that `json` writes.
  package init(json: JSONValue) throws(PolicyError) {
    self = try SchemaResolver.schema(of: SchemaJSON.draft(of: json))
  }
}
