package import Storage

/// Why a shard's checkpoint was not recorded in the root log.
package enum ShardError: Error, Hashable, Sendable {
  /// The lease has ended, or a newer one was given.
  case leaseEnded
  /// The root log has an entry of a newer lease.
  case staleHolder(newest: FencingToken)
  /// The lease has a number so far beyond those of the root log that the store, or somebody in it, made it up.
  case strayToken(newest: FencingToken)
  /// Another process is appending to the root log at this moment; it may be tried again.
  case rootInUse
  /// The shard has published no checkpoint that its key signed.
  case noCheckpoint
  /// The shard is shorter than its last checkpoint in the root log says.
  case shrank(recorded: UInt64)
  /// The shard has as many entries as its last checkpoint in the root log says, and not the same.
  case forked(recorded: UInt64)
  /// The shard has another key than in the root log.
  case anotherKey
  /// The root log has recorded the shard, and there is none any more.
  case vanished(recorded: UInt64)
  /// The root log says that the shard was given up, and the vault does not know: that was broken off.
  case unfinished(known: RootEpoch, found: RootEpoch)
  /// The shard cannot be read.
  case unreadable(LedgerError)
}

extension ShardError: CustomStringConvertible {
  /// The error in words.
  package var description: String {
    switch self {
    case .leaseEnded: "the lease of the root log has ended"
    case .staleHolder(let newest): "the root log has entries of lease \(newest), which is newer"
    case .strayToken(let newest): "the lease's number is far beyond \(newest), the newest in the root log"
    case .rootInUse: "another process is appending to the root log"
    case .noCheckpoint: "the shard has published no checkpoint that its key signed"
    case .shrank(let recorded): "the shard has fewer than the \(recorded) entries that the root log says"
    case .forked(let recorded): "the first \(recorded) entries of the shard are not those that the root log says"
    case .anotherKey: "the shard has another key or name than it has to have by the root log"
    case .vanished(let recorded): "the shard is gone, and with it the \(recorded) entries that the root log says"
    case .unfinished(let known, let found):
      "the root log says that the shard was given up \(found) times, and the vault knows of \(known): that was broken off"
    case .unreadable(let error): "the shard cannot be read: \(error)"
    }
  }
}

extension ShardError {
  /// What the log calls it.
  package var name: String {
    switch self {
    case .leaseEnded: "lease_ended"
    case .staleHolder: "stale_holder"
    case .strayToken: "stray_token"
    case .rootInUse: "root_in_use"
    case .noCheckpoint: "no_checkpoint"
    case .shrank: "shrank"
    case .forked: "forked"
    case .anotherKey: "another_key"
    case .vanished: "vanished"
    case .unfinished: "unfinished"
    case .unreadable: "unreadable"
    }
  }
}
