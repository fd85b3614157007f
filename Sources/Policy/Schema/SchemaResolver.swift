/// Looks up the names of a draft.
struct SchemaResolver {
  private let draft: SchemaDraft
  private var entityNames = Set<Text>()
  private var actionUIDs = Set<EntityUID>()
  private var commonTypes: [Text: (type: SchemaDraft.Kind, namespace: Text?)] = [:]
  private var resolvedCommonTypes: [Text: ValueType] = [:]
  private var open = Set<Text>()

  static func schema(of draft: SchemaDraft) throws(PolicyError) -> Schema {
    var resolver = try SchemaResolver(draft)
    return try resolver.schema()
  }

  private init(_ draft: SchemaDraft) throws(PolicyError) {
    self.draft = draft
    for namespace in draft.namespaces {
      if let name = namespace.name, name.string.split(separator: "::").contains("__cedar") {
        throw PolicyError(.reservedName, named: name)
      }
      for type in namespace.commonTypes {
        guard !SchemaResolver.builtIn.contains(type.name.string) else {
          throw PolicyError(.reservedName, named: type.name)
        }
        let name = type.name.qualified(in: namespace.name)
        guard commonTypes.updateValue((type.type, namespace.name), forKey: name) == nil else {
          throw PolicyError(.duplicateDeclaration, named: name)
        }
      }
      for type in namespace.entityTypes {
        guard type.name != "Action" else { throw PolicyError(.reservedName, named: type.name) }
        let name = type.name.qualified(in: namespace.name)
        guard entityNames.insert(name).inserted else { throw PolicyError(.duplicateDeclaration, named: name) }
      }
      for action in namespace.actions {
        let uid = EntityUID(Text("Action").qualified(in: namespace.name), action.id)
        guard actionUIDs.insert(uid).inserted else { throw PolicyError(.duplicateDeclaration, named: action.id) }
      }
    }
    try refuseShadowing()
  }

  // A name outside every namespace could be meant, or the one inside: so there must not be both.
  private func refuseShadowing() throws(PolicyError) {
    for namespace in draft.namespaces where namespace.name != nil {
      for name in namespace.commonTypes.map(\.name) + namespace.entityTypes.map(\.name)
      where commonTypes[name] != nil || entityNames.contains(name) {
        throw PolicyError(.shadowedName, named: name)
      }
      for action in namespace.actions where actionUIDs.contains(EntityUID("Action", action.id)) {
        throw PolicyError(.shadowedName, named: action.id)
      }
    }
  }

  private mutating func schema() throws(PolicyError) -> Schema {
    for name in commonTypes.keys.sorted() { _ = try commonType(name) }
    var entityTypes: [Text: Schema.EntityType] = [:]
    var parents: [Text: [Text]] = [:]
    var actions: [EntityUID: Schema.Action] = [:]
    var actionParents: [EntityUID: Set<EntityUID>] = [:]
    for namespace in draft.namespaces {
      for type in namespace.entityTypes {
        let resolved = try entityType(type, in: namespace.name)
        parents[resolved.name] = try type.memberOf.map { name throws(PolicyError) in
          try entityName(name, in: namespace.name)
        }
        entityTypes[resolved.name] = resolved
      }
      for action in namespace.actions {
        let resolved = try self.action(action, in: namespace.name)
        var groups = Set<EntityUID>()
        for reference in action.memberOf { groups.insert(try actionUID(reference, in: namespace.name)) }
        actionParents[resolved.uid] = groups
        actions[resolved.uid] = resolved
      }
    }
    for name in entityTypes.keys { entityTypes[name]?.ancestors = reach(from: name, parents) }
    var ancestry = Ancestry(parents: actionParents)
    for uid in actions.keys.sorted() { actions[uid]?.ancestors = try ancestry.ancestors(of: uid) }
    return Schema(entityTypes: entityTypes, actions: actions)
  }

  // Types may be in each other, unlike entities: `entity Folder in Folder`.
  private func reach(from start: Text, _ parents: [Text: [Text]]) -> Set<Text> {
    var reached = Set<Text>()
    var rest = parents[start] ?? []
    while let next = rest.popLast() {
      if reached.insert(next).inserted { rest += parents[next] ?? [] }
    }
    return reached
  }

  private mutating func entityType(
    _ draft: SchemaDraft.EntityType, in namespace: Text?
  ) throws(PolicyError) -> Schema.EntityType {
    let name = draft.name.qualified(in: namespace)
    var tags: ValueType?
    if let written = draft.tags { tags = try type(written, in: namespace) }
    return Schema.EntityType(
      name: name, ancestors: [], attributes: try record(draft.shape, in: namespace), tags: tags,
      choices: draft.choices)
  }

  private mutating func action(
    _ draft: SchemaDraft.Action, in namespace: Text?
  ) throws(PolicyError) -> Schema.Action {
    let principals = try draft.principals.map { name throws(PolicyError) in try entityName(name, in: namespace) }
    let resources = try draft.resources.map { name throws(PolicyError) in try entityName(name, in: namespace) }
    return Schema.Action(
      uid: EntityUID(Text("Action").qualified(in: namespace), draft.id), ancestors: [],
      principals: unique(principals), resources: unique(resources),
      context: try record(draft.context, in: namespace))
  }

  private func unique(_ names: [Text]) -> [Text] {
    var met = Set<Text>()
    return names.filter { met.insert($0).inserted }
  }

  private mutating func record(_ kind: SchemaDraft.Kind, in namespace: Text?) throws(PolicyError) -> RecordType {
    guard case .record(let record) = try type(kind, in: namespace) else { throw PolicyError(.wrongType) }
    return record
  }

  private func actionUID(
    _ reference: SchemaDraft.Action.Reference, in namespace: Text?
  ) throws(PolicyError) -> EntityUID {
    let types =
      reference.type.map { candidates($0, in: namespace) } ?? [Text("Action").qualified(in: namespace), "Action"]
    for type in types where actionUIDs.contains(EntityUID(type, reference.id)) { return EntityUID(type, reference.id) }
    throw PolicyError(.unknownAction, named: reference.id)
  }

  // A name without namespaces is looked for in the namespace it stands in, then outside every one.
  private func candidates(_ name: Text, in namespace: Text?) -> [Text] {
    namespace == nil || name.namespace != nil ? [name] : [name.qualified(in: namespace), name]
  }

  private func entityName(_ name: Text, in namespace: Text?) throws(PolicyError) -> Text {
    for candidate in candidates(name, in: namespace) where entityNames.contains(candidate) { return candidate }
    throw PolicyError(.undeclaredName, named: name)
  }

  private func isActionType(_ name: Text) -> Bool { actionUIDs.contains { $0.type == name } }

  private mutating func commonType(_ name: Text) throws(PolicyError) -> ValueType {
    if let resolved = resolvedCommonTypes[name] { return resolved }
    guard let written = commonTypes[name] else { throw PolicyError(.undeclaredName, named: name) }
    guard open.insert(name).inserted else { throw PolicyError(.cyclicType, named: name) }
    guard open.count <= SchemaDraft.nestingLimit else { throw PolicyError(.tooDeep, named: name) }
    let resolved = try type(written.type, in: written.namespace)
    open.remove(name)
    resolvedCommonTypes[name] = resolved
    return resolved
  }

  private mutating func type(_ kind: SchemaDraft.Kind, in namespace: Text?) throws(PolicyError) -> ValueType {
    switch kind {
    case .bool: return .bool(nil)
    case .long: return .long
    case .string: return .string
    case .set(let element): return .set(try type(element, in: namespace))
    case .record(let attributes):
      var record = RecordType()
      for attribute in attributes {
        // Of two attributes of a name the last one counts, as in the reference.
        record.attributes[attribute.name] = RecordType.Attribute(
          type: try type(attribute.type, in: namespace), isRequired: attribute.isRequired)
      }
      return .record(record)
    case .entity(let name):
      for candidate in candidates(name, in: namespace) where entityNames.contains(candidate) || isActionType(candidate)
      {
        return .entity(candidate)
      }
      throw PolicyError(.undeclaredName, named: name)
    case .common(let name):
      for candidate in candidates(name, in: namespace) where commonTypes[candidate] != nil {
        return try commonType(candidate)
      }
      if let builtIn = SchemaResolver.builtIn(name) { return builtIn }
      throw PolicyError(.undeclaredName, named: name)
    case .extended(let name):
      guard case .extended(let kind)? = SchemaResolver.builtIn(name) else {
        throw PolicyError(.undeclaredName, named: name)
      }
      return .extended(kind)
    case .named(let name): return try named(name, in: namespace)
    }
  }

  private mutating func named(_ name: Text, in namespace: Text?) throws(PolicyError) -> ValueType {
    for candidate in candidates(name, in: namespace) {
      if commonTypes[candidate] != nil { return try commonType(candidate) }
      if entityNames.contains(candidate) || isActionType(candidate) { return .entity(candidate) }
    }
    if let builtIn = SchemaResolver.builtIn(name) { return builtIn }
    throw PolicyError(.undeclaredName, named: name)
  }

  private static let builtIn: Set<String> = [
    "Bool", "Boolean", "Long", "String", "Set", "Record", "Entity", "Extension",
  ]

  private static func builtIn(_ name: Text) -> ValueType? {
    let bare = name.string.hasPrefix("__cedar::") ? String(name.string.dropFirst(9)) : name.string
    switch bare {
    case "Bool": return .bool(nil)
    case "Long": return .long
    case "String": return .string
    case "ipaddr": return .extended(.address)
    case "decimal": return .extended(.decimal)
    case "datetime": return .extended(.moment)
    case "duration": return .extended(.duration)
    default: return nil
    }
  }
}
