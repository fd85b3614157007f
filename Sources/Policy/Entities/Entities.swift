/// The entities that a decision may look at.
package struct Entities: Sendable, Equatable {
  private var entities: [EntityUID: Entity] = [:]
  // What is known beneath them, shared with others and never copied.
  private var beneath: [EntityUID: Entity] = [:]

  /// How many steps from an entity to its ancestors are kept, over all entities.
  package static let ancestryLimit = 10_000_000

  /// No entities.
  package init() {}

  /// What is known about an entity; nil when it is not given.
  package subscript(uid: EntityUID) -> Entity? { entities[uid] ?? beneath[uid] }

  /// How many there are.
  package var count: Int { entities.count + beneath.keys.count { entities[$0] == nil } }

  /// The entities in the order of their names.
  package var all: [Entity] { beneath.merging(entities) { $1 }.values.sorted { $0.uid < $1.uid } }

  /// These entities, and `others` in the place of those of their names.
  ///
  /// It costs what the others cost: what is known already is looked up beneath them.
  package func under(_ others: [Entity]) -> Entities {
    var above = Entities()
    above.beneath = beneath.isEmpty ? entities : beneath.merging(entities) { $1 }
    above.entities.reserveCapacity(others.count)
    for other in others { above.entities[other.uid] = other }
    return above
  }

  /// Whether both know the same.
  package static func == (left: Entities, right: Entities) -> Bool { left.all == right.all }

  /// The entities of these drafts, each with all its ancestors.
  ///
  /// An entity may be given twice if both times it is the same.
  init(_ drafts: [EntityDraft]) throws(PolicyError) {
    var byUID: [EntityUID: EntityDraft] = [:]
    for draft in drafts {
      if let earlier = byUID[draft.uid], earlier != draft { throw PolicyError(.duplicateEntity) }
      byUID[draft.uid] = draft
    }
    var ancestry = Ancestry(parents: byUID.mapValues(\.parents))
    for draft in drafts where entities[draft.uid] == nil {
      entities[draft.uid] = Entity(
        draft.uid, attributes: draft.attributes, tags: draft.tags, ancestors: try ancestry.ancestors(of: draft.uid))
    }
  }

  /// The entities with those of `schema` that stand for actions.
  package func adding(actionsOf schema: Schema) -> Entities {
    var copy = self
    for action in schema.actions.values { copy.entities[action.uid] = Entity(action.uid, ancestors: action.ancestors) }
    return copy
  }
}

/// An entity whose ancestors beyond its parents are not known yet.
struct EntityDraft: Equatable {
  var uid: EntityUID
  var attributes: Record = [:]
  var tags: Record = [:]
  var parents: Set<EntityUID> = []
}

/// Finds everything above a thing whose parents are known.
struct Ancestry {
  let parents: [EntityUID: Set<EntityUID>]
  private var known: [EntityUID: Set<EntityUID>] = [:]
  private var size = 0

  init(parents: [EntityUID: Set<EntityUID>]) { self.parents = parents }

  mutating func ancestors(of start: EntityUID) throws(PolicyError) -> Set<EntityUID> {
    var path = [start]
    var open: Set<EntityUID> = [start]
    while let uid = path.last {
      let parents = known[uid] == nil ? parents[uid] ?? [] : []
      if let next = parents.first(where: { known[$0] == nil }) {
        guard open.insert(next).inserted else { throw PolicyError(.cyclicHierarchy) }
        path.append(next)
        continue
      }
      if known[uid] == nil {
        let ancestors = parents.reduce(into: parents) { $0.formUnion(known[$1] ?? []) }
        size += ancestors.count
        guard size <= Entities.ancestryLimit else { throw PolicyError(.tooLong) }
        known[uid] = ancestors
      }
      open.remove(uid)
      path.removeLast()
    }
    return known[start] ?? []
  }
}
