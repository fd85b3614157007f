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

extension ReplicaName {
  private static let marking = "shards/"

  /// What the vault calls the log of this replica.
  package var logName: String { "\(ReplicaName.marking)\(self)" }

  /// The replica whose log the vault calls so; nil for other logs.
  package static func ofLog(_ name: String) -> ReplicaName? {
    name.hasPrefix(marking) ? ReplicaName(String(name.dropFirst(marking.utf8.count))) : nil
  }

  /// How many times each shard was given up, by how many times the vault says it of its logs.
  package static func epochs(of logs: [(name: String, epoch: UInt32)]) -> [ReplicaName: RootEpoch] {
    var epochs: [ReplicaName: RootEpoch] = [:]
    for log in logs {
      if let replica = ofLog(log.name) { epochs[replica] = RootEpoch(log.epoch) }
    }
    return epochs
  }
}
