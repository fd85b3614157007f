package import Bytes

extension Entities {
  /// The entities that `json` lists; with a schema, those that it allows, and its actions.
  package init(json: JSONValue, schema: Schema? = nil) throws(PolicyError) {
    guard let array = json.array else { throw PolicyError(.unexpectedShape) }
    var drafts: [EntityDraft] = []
    drafts.reserveCapacity(array.count)
    for element in array { drafts.append(try EntityDraft(json: element, schema: schema)) }
    try self.init(drafts)
    guard let schema else { return }
    for draft in drafts { if let entity = self[draft.uid] { try schema.check(entity) } }
    self = adding(actionsOf: schema)
  }
}

extension EntityDraft {
  init(json: JSONValue, schema: Schema?) throws(PolicyError) {
    guard let name = json["uid"], let attributes = json["attrs"]?.members, let parents = json["parents"]?.array else {
      throw PolicyError(.unexpectedShape)
    }
    self.init(uid: try ValueJSON.uid(name))
    let type = schema?.entityTypes[uid.type]
    if schema != nil, type == nil, !uid.isAction { throw PolicyError(.unknownEntityType) }
    for member in attributes {
      let name = Text(member.name)
      guard let type else {
        self.attributes[name] = try ValueJSON.value(member.value)
        continue
      }
      guard let attribute = type.attributes[name] else { throw PolicyError(.unexpectedAttribute, named: name) }
      self.attributes[name] = try ValueJSON.value(member.value, as: attribute.type)
    }
    for parent in parents { self.parents.insert(try ValueJSON.uid(parent)) }
    guard !uid.isAction || self.parents.allSatisfy(\.isAction) else { throw PolicyError(.disallowedParent) }
    guard let tags = json["tags"] else { return }
    guard let members = tags.members else { throw PolicyError(.unexpectedShape) }
    for member in members {
      let tag = Text(member.name)
      if let type = type?.tags {
        self.tags[tag] = try ValueJSON.value(member.value, as: type)
      } else {
        self.tags[tag] = try ValueJSON.value(member.value)
      }
    }
  }
}

extension AccessRequest {
  /// The request that `json` writes: `principal`, `action`, `resource` and perhaps `context`.
  ///
  /// With a schema it must be one that the schema allows, unless that is not checked.
  package init(json: JSONValue, schema: Schema? = nil, isChecked: Bool = true) throws(PolicyError) {
    guard let principal = json["principal"], let action = json["action"], let resource = json["resource"] else {
      throw PolicyError(.unexpectedShape)
    }
    self.init(
      principal: try ValueJSON.uid(principal), action: try ValueJSON.uid(action),
      resource: try ValueJSON.uid(resource))
    if let context = json["context"], context != .null {
      guard context.members != nil else { throw PolicyError(.unexpectedShape) }
      let value: Value
      if let type = schema?.actions[self.action]?.context {
        value = try ValueJSON.value(context, as: .record(type))
      } else {
        value = try ValueJSON.value(context)
      }
      guard case .record(let record) = value else { throw PolicyError(.unexpectedShape) }
      self.context = record
    }
    if isChecked { try schema?.check(self) }
  }
}

extension JSONValue {
  /// The JSON that `source` holds.
  package init(policyDocument source: [UInt8]) throws(PolicyError) {
    do throws(JSONError) { try self.init(parsing: source) } catch {
      throw PolicyError(.malformedJSON, at: PolicyError.Place(of: error.offset, in: source))
    }
  }
}
