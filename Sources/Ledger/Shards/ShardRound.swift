package import Ciphers
package import Storage

/// What became of each shard in one round of recording.
package struct ShardRound: Sendable {
  /// A shard that the root log refuses.
  package struct Refusal: Hashable, Sendable {
    /// Why.
    package let error: ShardError
    /// The root that was recorded of it; nil when none was.
    package let recorded: Digest?
    /// The root that it has published; nil when it has none that can be read.
    package let published: Digest?
  }

  /// The indexes in the root log of the checkpoints that were recorded.
  package internal(set) var recorded: [ReplicaName: UInt64] = [:]
  /// The shards that were refused.
  package internal(set) var refused: [ReplicaName: Refusal] = [:]
  /// Where the root log stood after it; nil when there is none yet.
  package internal(set) var root: RootCheckpoint?
  /// The epoch of the root log.
  package internal(set) var epoch = RootEpoch.first
}

extension ShardedLog {
  /// Records the published checkpoints of all shards that have something new, under a lease that still lasts.
  ///
  /// A shard that is not what was recorded is refused and keeps no other from being recorded. One that was begun and has
  /// published nothing yet is passed over. Nothing is recorded in a root log that does not begin with what `mark` says:
  /// that is a `RootFault`. `known` says how many times the vault knows each shard to have been given up: one that the root
  /// log says was given up oftener is refused.
  package func recordAll(
    marked mark: RootMark? = nil, knowing known: [ReplicaName: RootEpoch]? = nil, under lease: Lease,
    of leases: any LeaseStore, at time: Timestamp, key: @escaping @Sendable () throws -> SigningKey
  ) async throws -> ShardRound {
    try checkLease(lease, leases)
    let own = try ShardedLog.verificationKey(key)
    var round = ShardRound()
    round.root = try root(extending: mark, signedBy: own)
    guard try !waiting(lease.token, own, known, &round, locked: false).isEmpty else { return round }
    let root = try openRoot(key, at: time)
    do {
      // INVARIANT: the root log is locked from here to its closing: what is read now is what is appended to. A lease
      // that ended while the lock was waited for is found here, and a newer one by its token.
      try checkLease(lease, leases)
      _ = try self.root(extending: mark, signedBy: own)
      round = ShardRound()
      for checkpoint in try waiting(lease.token, own, known, &round, locked: true) {
        round.recorded[checkpoint.replica] = try await root.append(checkpoint.entry(at: time))
      }
      try await root.close()
      keepState(key)
      round.root = try published(own)
      return round
    } catch {
      try? await root.close()
      throw error
    }
  }

  func checkLease(_ lease: Lease, _ leases: any LeaseStore) throws {
    guard lease.lasts, try leases.check(lease) else { throw ShardError.leaseEnded }
  }

  /// The checkpoints that are to be recorded, by replica.
  private func waiting(
    _ token: FencingToken, _ own: VerificationKey, _ known: [ReplicaName: RootEpoch]?, _ round: inout ShardRound,
    locked: Bool
  ) throws -> [ShardCheckpoint] {
    let state = try caughtUp(signedBy: own, locked: locked)
    try state.check(token)
    round.epoch = state.standing.epoch
    var waiting: [ShardCheckpoint] = []
    for replica in try Set(folders.replicas()).union(state.replicas).sorted() {
      do {
        try checkName(of: replica, own)
        if let known { try state.check(replica, known: known[replica] ?? .first) }
        if let checkpoint = try state.next(replica, token: token, in: folders) { waiting.append(checkpoint) }
      } catch {
        guard let error = refusal(error, of: replica, state) else { continue }
        round.refused[replica] = ShardRound.Refusal(
          error: error, recorded: state[replica]?.root, published: (try? folders.published(replica))?.1.root)
      }
    }
    return waiting
  }

  /// Throws `anotherKey` unless a shard has the root log's key, and its origin with the replica's own name: another
  /// installation's, or a copy under another name, is not recorded as if it were one.
  private func checkName(of replica: ReplicaName, _ own: VerificationKey) throws {
    guard let (found, _, _) = try folders.published(replica) else { return }
    let expected = Origin.shard(of: origin, replica).verifier(of: own)
    guard found.key == expected?.key, found.name == expected?.name else { throw ShardError.anotherKey }
  }

  // Not inlined: no key is alive in a function that waits.
  @inline(never)
  static func verificationKey(_ key: () throws -> SigningKey) throws -> VerificationKey {
    try key().verificationKey
  }

  /// What an error says about a shard; nil when it has only just been begun.
  private func refusal(_ error: any Error, of replica: ReplicaName, _ state: RootState) -> ShardError? {
    let recorded = state[replica]?.size
    switch error {
    case ShardError.noCheckpoint: return recorded.map { .vanished(recorded: $0) }
    case let error as ShardError: return error
    case let error as LedgerError where error.code == .missing: return recorded.map { .vanished(recorded: $0) }
    case let error as LedgerError: return .unreadable(error)
    default: return .unreadable(LedgerError(.stopped))
    }
  }
}
