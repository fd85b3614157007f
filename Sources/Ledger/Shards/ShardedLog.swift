package import Ciphers
package import Storage
import Synchronization

/// The log of several replicas: a shard for each, written by its replica alone, and a small root log that says how far
/// each shard was.
///
///     shards/<replica>/   a data directory: the log of one replica, with its keys
///     root/               a data directory: the root log
///
/// Any replica may append to the root log while it holds the lease; each appends under the token of its lease. An entry
/// with a smaller token than one before it is refused, so that a holder that slept through the end of its lease is
/// fenced off. The root log is open only while an entry is appended: a holder that sleeps blocks nobody else, unless it
/// falls asleep during those milliseconds; then nobody appends until it wakes or ends.
package final class ShardedLog: Sendable {
  /// The name of the lease of the root log.
  package static let lease = "root-log"

  /// The data directory.
  package let data: String
  let folders: ShardFolders
  private let newest = Mutex(RootState())

  let origin: Origin

  /// The sharded log of a data directory, whose root log has this origin.
  package init(data: String, origin: Origin = .derived) throws(LedgerError) {
    self.data = data
    folders = ShardFolders(data: data)
    self.origin = origin
    try folders.create()
  }

  /// One of the logs that hold what happened.
  package struct Log: Hashable, Sendable {
    /// Whose shard it is; nil for the log of a single gateway.
    package let replica: ReplicaName?
    /// Its data directory.
    package let data: String

    /// The log of a data directory.
    package init(replica: ReplicaName? = nil, data: String) {
      self.replica = replica
      self.data = data
    }
  }

  /// The logs that a data directory has: its own, if it has one, and every shard that was begun.
  ///
  /// There is always one to look at.
  package static func logs(of data: String) throws(LedgerError) -> [Log] {
    let folders = ShardFolders(data: data)
    var shards: [Log] = []
    for replica in try folders.replicas() where try folders.hasBegun(replica) {
      shards.append(Log(replica: replica, data: folders.shard(of: replica)))
    }
    let own = try Directory(data).directory("log").exists()
    return (own || shards.isEmpty ? [Log(replica: nil, data: data)] : []) + shards
  }

  /// Whether several replicas write, or wrote, into a data directory.
  package static func isSharded(_ data: String) -> Bool {
    (try? Directory(data).directory("shards").exists()) ?? true
  }

  /// The data directory of the shard of a replica.
  package static func shard(of replica: ReplicaName, in data: String) -> String {
    ShardFolders(data: data).shard(of: replica)
  }

  /// The data directory of the root log.
  package static func root(of data: String) -> String { ShardFolders(data: data).root }

  /// The data directory of a replica's shard, to be opened by `AuditLog.open`.
  package func shard(of replica: ReplicaName) -> String { folders.shard(of: replica) }

  /// Records the published checkpoint of a shard in the root log, which `key` signs, under a lease that still lasts.
  ///
  /// It returns the index in the root log; nil when the shard has nothing that this lease has not recorded.
  @discardableResult
  package func record(
    _ replica: ReplicaName, under lease: Lease, of leases: some LeaseStore, at time: Timestamp,
    key: @escaping @Sendable () throws -> SigningKey
  ) async throws -> UInt64? {
    guard lease.lasts, try leases.check(lease) else { throw ShardError.leaseEnded }
    return try await record(replica, token: lease.token, at: time, key: key)
  }

  /// Records the published checkpoint of a shard, unless the root log has seen a newer token than `token`.
  @discardableResult
  package func record(
    _ replica: ReplicaName, token: FencingToken, at time: Timestamp,
    key: @escaping @Sendable () throws -> SigningKey
  ) async throws -> UInt64? {
    let own = try ShardedLog.verificationKey(key)
    guard try next(replica, token, own, locked: false) != nil else { return nil }
    let root = try openRoot(key, at: time)
    do {
      // INVARIANT: the root log is locked from here to its closing: what is read now is what is appended to.
      let checkpoint = try next(replica, token, own, locked: true)
      var index: UInt64?
      if let checkpoint { index = try await root.append(checkpoint.entry(at: time)) }
      try await root.close()
      keepState(key)
      return index
    } catch {
      try? await root.close()
      throw error
    }
  }

  private func next(
    _ replica: ReplicaName, _ token: FencingToken, _ own: VerificationKey, locked: Bool
  ) throws -> ShardCheckpoint? {
    try newest.withLock { state in
      try state.catchUp(with: folders, signedBy: own, locked: locked)
      return try state.next(replica, token: token, in: folders)
    }
  }

  /// Reads the root log anew the next time: another one was taken in its place.
  package func forget() { newest.withLock { $0 = RootState() } }

  /// What the root log says that `key` signs, as far as it can be read now.
  func caughtUp(signedBy key: VerificationKey, locked: Bool) throws -> RootState {
    try newest.withLock { state in
      try state.catchUp(with: folders, signedBy: key, locked: locked)
      return state
    }
  }

  /// Keeps what was read of the root log, which a published checkpoint covers now, for those who read it next.
  ///
  /// Without it nothing is lost but their time: no error of the disk stops who records.
  // Not inlined: no key is alive in a function that waits.
  @inline(never)
  func keepState(_ key: () throws -> SigningKey) {
    let state = KeptRootState(newest.withLock(\.self))
    guard let own = try? Custody.verifier(data: folders.root), state.isDue(in: folders.root, signedBy: own) else {
      return
    }
    try? state.keep(in: folders.root, by: key())
  }

  func openRoot(_ key: @Sendable () throws -> SigningKey, at time: Timestamp) throws -> AuditLog {
    try open(try key(), at: time)
  }

  private func open(_ key: consuming SigningKey, at time: Timestamp) throws -> AuditLog {
    do throws(LedgerError) {
      return try AuditLog.open(data: folders.root, key: key, origin: origin, clock: { time })
    } catch {
      guard error.code == .inUse else { throw error }
      throw ShardError.rootInUse
    }
  }
}
