import Glibc
import Ledger

/// The logs of several replicas as they were at one moment, which fit one another.
struct ShardSnapshots {
  private static let attempts = 200
  private static let pause: UInt32 = 20_000

  /// The folder of the root log in a data directory.
  static let root = "root/"

  /// The root log.
  let root: LogSnapshot
  /// The shards, by replica.
  let shards: [(replica: ReplicaName, log: LogSnapshot)]

  /// The folder of a shard in a data directory.
  static func folder(of replica: ReplicaName) -> String { "shards/\(replica)/" }

  /// The root log of a data directory and its shards as they are now.
  ///
  /// The shards come second, so that each holds what the root log says of it. None says of the root log what is not in
  /// it: what a shard says was published before, and the root log has published nothing while they were looked at.
  ///
  /// Of those in `unproved` nothing is asked.
  init(of data: LocalDirectory, without unproved: Set<ReplicaName>) throws(BackupError) {
    for _ in 0..<ShardSnapshots.attempts {
      guard let root = try LogSnapshot(ShardSnapshots.root, in: data) else {
        throw BackupError(.missing, name: "\(ShardSnapshots.root)log/checkpoint")
      }
      let shards = try ShardSnapshots.shards(of: data, without: unproved)
      if try root.isCurrent(in: data) {
        (self.root, self.shards) = (root, shards)
        return
      }
      usleep(ShardSnapshots.pause)
    }
    throw BackupError(.busy, name: ShardSnapshots.root)
  }

  /// The files of a shard that nothing proves: all of its log, and the keys that it is checked with.
  static func files(of replica: ReplicaName, in data: LocalDirectory) throws(BackupError) -> [String] {
    let folder = folder(of: replica)
    return try (data.files(below: "\(folder)log") + data.files(below: "\(folder)keys")).filter { name in
      !name.hasSuffix(".key") && name != "\(folder)log/lock" && name != "\(folder)log/index.sqlite"
        && ArchiveName(name) != nil
    }
  }

  private static func shards(
    of data: LocalDirectory, without unproved: Set<ReplicaName>
  ) throws(BackupError) -> [(ReplicaName, LogSnapshot)] {
    let logs = try BackupError.typed { try ShardedLog.logs(of: data.path) }
    var shards: [(ReplicaName, LogSnapshot)] = []
    for replica in logs.compactMap(\.replica) where !unproved.contains(replica) {
      let folder = folder(of: replica)
      guard let log = try LogSnapshot(folder, in: data) else {
        throw BackupError(.missing, name: "\(folder)log/checkpoint")
      }
      shards.append((replica, log))
    }
    return shards
  }
}
