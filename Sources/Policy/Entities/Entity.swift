/// What is known about one entity.
package final class Entity: Sendable {
  /// Its name.
  package let uid: EntityUID
  /// Its attributes.
  package let attributes: Record
  /// Its tags.
  package let tags: Record
  /// Every entity above it, however far.
  package let ancestors: Set<EntityUID>

  /// An entity of which everything is known, ancestors included.
  package init(_ uid: EntityUID, attributes: Record = [:], tags: Record = [:], ancestors: Set<EntityUID> = []) {
    self.uid = uid
    self.attributes = attributes
    self.tags = tags
    self.ancestors = ancestors
  }
}

extension Entity: Equatable {
  /// Whether the two say the same.
  package static func == (left: Entity, right: Entity) -> Bool {
    left.uid == right.uid && left.attributes == right.attributes && left.tags == right.tags
      && left.ancestors == right.ancestors
  }
}
