package import Ledger

/// Which of several replicas on one data directory this is, and how the root log of their shards is kept.
package struct ShardSettings: Hashable, Sendable {
  /// The replica that commands are, which write while no gateway runs.
  package static let commands = ReplicaName(known: "commands")

  /// The name of this replica, and of the folder of its shard.
  package var replica: ReplicaName
  /// How many seconds lie between two checkpoints of a shard in the root log.
  package var seconds = 10
  /// Where the address of the database with the leases is; nil when they are in the data directory.
  package var leases: SecretSource?
}

extension ShardSettings {
  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    let members = try node.members("replica", "record_seconds", "leases")
    let named = try members.required("replica")
    guard let replica = ReplicaName(try named.text()), replica != ShardSettings.commands else {
      throw named.error(
        .wrongForm(expected: "up to 32 of `a-z`, `0-9` and `-`, beginning with a letter or digit, and not `commands`"))
    }
    self.replica = replica
    if let seconds = members["record_seconds"] { self.seconds = try seconds.integer(in: 1...3_600) }
    if let leases = members["leases"] { self.leases = try SecretSource(leases) }
  }
}

extension Configuration {
  /// The data directory of the log that this gateway writes: its shard's, where there are several replicas.
  package var logDirectory: String {
    log.shards.map { ShardedLog.shard(of: $0.replica, in: dataDirectory) } ?? dataDirectory
  }

  /// What that log is called when it is begun.
  package var logOrigin: Origin { log.shards.map { .shard(of: log.origin, $0.replica) } ?? log.origin }
}
