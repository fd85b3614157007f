package import Storage

/// Why a shard's checkpoint was not recorded in the root log.
package enum ShardError: Error, Hashable, Sendable {
  /// The lease has ended, or a newer one was given.
  case leaseEnded
  /// The root log has an entry of a newer lease.
  case staleHolder(newest: FencingToken)
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
}

extension ShardError: CustomStringConvertible {
  /// The error in words.
  package var description: String {
    switch self {
    case .leaseEnded: "the lease of the root log has ended"
    case .staleHolder(let newest): "the root log has entries of lease \(newest), which is newer"
    case .rootInUse: "another process is appending to the root log"
    case .noCheckpoint: "the shard has published no checkpoint that its key signed"
    case .shrank(let recorded): "the shard has fewer than the \(recorded) entries that the root log says"
    case .forked(let recorded): "the \(recorded) entries of the shard are not those that the root log says"
    case .anotherKey: "the shard has another key than in the root log"
    }
  }
}
