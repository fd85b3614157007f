extension ValueType {
  /// Whether `value` is of this type; the ids of enumerated types count.
  func admits(_ value: Value, in schema: Schema) -> Bool {
    switch (self, value) {
    case (.bool(nil), .bool), (.long, .long), (.string, .string), (.set(nil), .set), (.anyRecord, .record): true
    case (.bool(let only?), .bool(let value)): only == value
    case (.set(let element?), .set(let elements)): elements.allSatisfy { element.admits($0, in: schema) }
    case (.entity(let name), .entity(let uid)): uid.type == name && schema.admits(uid) && schema.isDeclared(uid)
    case (.anyEntity, .entity(let uid)): schema.admits(uid)
    case (.record(let type), .record(let record)): type.mismatch(record, in: schema) == nil
    case (.extended(let kind), _): value.kind == kind
    default: false
    }
  }
}

extension RecordType {
  /// What is wrong with a record of this type; nil when nothing is.
  func mismatch(_ record: Record, in schema: Schema) -> PolicyError? {
    for (name, value) in record {
      guard let attribute = attributes[name] else { return PolicyError(.unexpectedAttribute, named: name) }
      guard attribute.type.admits(value, in: schema) else { return PolicyError(.wrongType, named: name) }
    }
    let missing = attributes.filter { $0.value.isRequired && record[$0.key] == nil }.keys.min()
    return missing.map { PolicyError(.missingAttribute, named: $0) }
  }
}

extension Schema {
  /// Whether an action is one of the schema's; true for what is no action.
  func isDeclared(_ uid: EntityUID) -> Bool { !uid.isAction || actions[uid] != nil }

  /// Refuses a request that the schema rules out.
  package func check(_ request: AccessRequest) throws(PolicyError) {
    guard isKnown(request.principal.type), isKnown(request.resource.type) else {
      throw PolicyError(.unknownEntityType)
    }
    guard admits(request.principal), admits(request.resource) else { throw PolicyError(.unknownChoice) }
    guard let action = actions[request.action] else { throw PolicyError(.unknownAction) }
    guard action.principals.contains(request.principal.type) else { throw PolicyError(.disallowedPrincipal) }
    guard action.resources.contains(request.resource.type) else { throw PolicyError(.disallowedResource) }
    if let mismatch = action.context.mismatch(request.context, in: self) { throw mismatch }
  }

  /// Refuses an entity that the schema rules out.
  package func check(_ entity: Entity) throws(PolicyError) {
    if entity.uid.isAction {
      guard let action = actions[entity.uid] else { throw PolicyError(.unknownAction) }
      guard entity.attributes.isEmpty, entity.tags.isEmpty, entity.ancestors == action.ancestors else {
        throw PolicyError(.actionMismatch)
      }
      return
    }
    guard let type = entityTypes[entity.uid.type] else { throw PolicyError(.unknownEntityType) }
    guard admits(entity.uid) else { throw PolicyError(.unknownChoice) }
    if let mismatch = type.attributes.mismatch(entity.attributes, in: self) { throw mismatch }
    for value in entity.tags.values {
      guard let tags = type.tags else { throw PolicyError(.unexpectedTags) }
      guard tags.admits(value, in: self) else { throw PolicyError(.wrongType) }
    }
    for ancestor in entity.ancestors {
      guard type.ancestors.contains(ancestor.type) else { throw PolicyError(.disallowedParent) }
      guard admits(ancestor) else { throw PolicyError(.unknownChoice) }
    }
  }
}
