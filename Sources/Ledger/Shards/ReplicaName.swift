import Bytes

/// The name of a replica, and of the folder of its shard: up to 32 of `a-z 0-9 -`, beginning with a letter or digit.
package struct ReplicaName: Hashable, Sendable, Comparable, LosslessStringConvertible {
  /// The name.
  package let description: String

  /// The name that `text` is; nil when it is too long, empty or has another character.
  package init?(_ text: String) {
    guard (1...32).contains(text.utf8.count), text.utf8.first != 0x2D,
      text.utf8.allSatisfy({ ASCII.isDigit($0) || (0x61...0x7A).contains($0) || $0 == 0x2D })
    else { return nil }
    description = text
  }

  /// A name that is known to be one.
  package init(known text: StaticString) {
    guard let name = ReplicaName(text.description) else { preconditionFailure("this is no name of a replica") }
    self = name
  }

  /// Whether one name comes before another.
  package static func < (left: ReplicaName, right: ReplicaName) -> Bool { left.description < right.description }
}
