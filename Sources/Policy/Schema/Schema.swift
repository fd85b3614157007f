/// What entities, actions and contexts look like.
package struct Schema: Hashable, Sendable {
  /// A type of entities.
  package struct EntityType: Hashable, Sendable {
    /// Its name, with its namespaces.
    package var name: Text
    /// The types whose entities its entities may be in, directly or not.
    package var ancestors: Set<Text>
    /// The attributes of its entities.
    package var attributes: RecordType
    /// The type of its entities' tags; nil when they have none.
    package var tags: ValueType?
    /// The only ids there are; nil when any will do.
    package var choices: [Text]?
  }

  /// An action and what it applies to.
  package struct Action: Hashable, Sendable {
    /// Its name.
    package var uid: EntityUID
    /// The actions that it is in, directly or not.
    package var ancestors: Set<EntityUID>
    /// The types of principals that may do it.
    package var principals: [Text]
    /// The types of resources that it may be done to.
    package var resources: [Text]
    /// What its context holds.
    package var context: RecordType
  }

  /// The types of entities by name.
  package var entityTypes: [Text: EntityType]
  /// The actions by name.
  package var actions: [EntityUID: Action]
  /// The types that actions have.
  package let actionTypes: Set<Text>

  init(entityTypes: [Text: EntityType], actions: [EntityUID: Action]) {
    self.entityTypes = entityTypes
    self.actions = actions
    actionTypes = Set(actions.keys.map(\.type))
  }

  /// Whether entities of this type can occur.
  func isKnown(_ type: Text) -> Bool { entityTypes[type] != nil || actionTypes.contains(type) }

  /// The types whose entities can be in one of type `group`, `group` first.
  func types(in group: Text) -> [Text] {
    guard entityTypes[group] != nil else { return [] }
    return [group] + entityTypes.values.filter { $0.name != group && $0.ancestors.contains(group) }.map(\.name)
  }

  /// The actions that are one of `groups` or in one.
  func actions(in groups: [EntityUID]) -> [Action] {
    actions.values.filter { action in groups.contains { $0 == action.uid || action.ancestors.contains($0) } }
  }

  /// Whether the entity can be given by its type's choices.
  func admits(_ uid: EntityUID) -> Bool { entityTypes[uid.type]?.choices?.contains(uid.id) ?? true }
}
