import Glibc

/// How a shard stands beside what the root log says of it.
package struct ShardStatus: Hashable, Sendable {
  /// Whose it is.
  package let replica: ReplicaName
  /// How many entries its published checkpoint covers; nil when it has none that its key signed.
  package let published: UInt64?
  /// How many entries the root log covers; nil when it has never recorded the shard.
  package let recorded: UInt64?
  /// The key with which the root log recorded it, or its own where it did not.
  package let key: VerifierKey?
  /// Whether a process has it open.
  package let isOpen: Bool
  /// How two people gave it up last; nil when they never did.
  package let givenUp: ShardGivenUp?

  /// How many published entries could be changed without the root log's showing it.
  package var behind: UInt64 { (published ?? 0) - min(recorded ?? 0, published ?? 0) }
}

extension ShardedLog {
  /// How every shard stands, by name; `cordon log verify --root` says whether they are whole.
  package static func statuses(of data: String) throws -> [ShardStatus] {
    let folders = ShardFolders(data: data)
    var state = RootState()
    try state.catchUp(with: folders, signedBy: nil, locked: false)
    return try Set(folders.replicas()).union(state.replicas).sorted().map { replica in
      let published = (try? folders.published(replica)) ?? nil
      return ShardStatus(
        replica: replica, published: published?.1.size, recorded: state[replica]?.size, key: published?.0,
        isOpen: LogDirectory.isOpen(data: folders.shard(of: replica)), givenUp: state.givenUp(replica))
    }
  }
}

extension LogDirectory {
  /// Whether a process has the log of a data directory open for writing.
  static func isOpen(data: String) -> Bool {
    // A lock that is shared disturbs nobody who looks; who opens the log at this moment tries again.
    guard let file = try? File(opening: LogDirectory(data: data).root.file(LogDirectory.lock), O_RDONLY) else {
      return false
    }
    return !file.canShare()
  }
}
