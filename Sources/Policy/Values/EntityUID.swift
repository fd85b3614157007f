/// The name of an entity: its type and its id, as in `User::"ann"`.
package struct EntityUID: Hashable, Sendable {
  // A reference, because a uid is copied far more often than it is made.
  private final class Parts: Sendable {
    let type: Text
    let id: Text
    let fingerprint: Int

    init(_ type: Text, _ id: Text) {
      self.type = type
      self.id = id
      var hasher = Hasher()
      hasher.combine(type)
      hasher.combine(id)
      fingerprint = hasher.finalize()
    }
  }

  private let parts: Parts

  /// The entity `id` of type `type`, whose namespaces are joined with `::`.
  package init(_ type: Text, _ id: Text) { parts = Parts(type, id) }

  /// The type, with its namespaces.
  package var type: Text { parts.type }

  /// The id among the entities of its type.
  package var id: Text { parts.id }

  /// Whether the type is `Action`, in whatever namespace.
  package var isAction: Bool { type.lastName == "Action" }

  /// Whether the two name the same entity.
  package static func == (left: EntityUID, right: EntityUID) -> Bool {
    left.parts === right.parts
      || (left.parts.fingerprint == right.parts.fingerprint && left.id == right.id && left.type == right.type)
  }

  /// Feeds the fingerprint.
  package func hash(into hasher: inout Hasher) { hasher.combine(parts.fingerprint) }
}

extension EntityUID: Comparable {
  /// Orders by type, then by id.
  package static func < (left: EntityUID, right: EntityUID) -> Bool {
    left.type == right.type ? left.id < right.id : left.type < right.type
  }
}

extension EntityUID: CustomStringConvertible {
  /// The uid as Cedar writes it.
  package var description: String { "\(type)::\(quoted(id))" }
}

extension Text {
  /// What follows the last `::`.
  var lastName: Text {
    guard let colon = string.utf8.lastIndex(of: 0x3A) else { return self }
    return Text(String(string[string.utf8.index(after: colon)...]))
  }

  /// What stands before the last `::`; nil when there is none.
  var namespace: Text? {
    guard let colon = string.utf8.lastIndex(of: 0x3A), colon > string.utf8.startIndex else { return nil }
    return Text(String(string[..<string.utf8.index(before: colon)]))
  }

  /// The name in `namespace`.
  func qualified(in namespace: Text?) -> Text {
    guard let namespace else { return self }
    return Text("\(namespace)::\(self)")
  }
}
