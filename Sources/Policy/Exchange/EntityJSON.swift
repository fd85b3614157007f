package import Bytes

extension Entity {
  /// The entity of a name with the attributes that JSON writes, as a schema has them, in the place of those of `known`.
  ///
  /// - Parameters:
  ///   - uid: its name.
  ///   - members: its attributes.
  ///   - groups: what it is in, besides what `known` is in.
  ///   - known: what is known of it already.
  ///   - schema: what says of which types its attributes are.
  /// - Throws: that the schema does not have such an entity.
  package convenience init(
    _ uid: EntityUID, attributes members: [JSONMember], in groups: Set<EntityUID>, over known: Entity?,
    schema: Schema
  ) throws(PolicyError) {
    guard let type = schema.entityTypes[uid.type] else { throw PolicyError(.unknownEntityType) }
    var attributes = known?.attributes ?? [:]
    for member in members {
      let name = Text(member.name)
      guard let attribute = type.attributes[name] else { throw PolicyError(.unexpectedAttribute, named: name) }
      attributes[name] = try ValueJSON.value(member.value, as: attribute.type)
    }
    self.init(
      uid, attributes: attributes, tags: known?.tags ?? [:], ancestors: groups.union(known?.ancestors ?? []))
  }
}

extension ValueJSON {
  /// The entity's name that JSON writes as type and id.
  static func name(_ json: JSONValue) throws(PolicyError) -> EntityUID { try uid(json) }
}

extension EntityUID {
  /// The name that JSON writes as `type` and `id`.
  package init(json: JSONValue) throws(PolicyError) { self = try ValueJSON.name(json) }
}
