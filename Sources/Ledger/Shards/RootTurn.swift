package import Storage
package import Ciphers
import Synchronization

/// The turn of one process to append to the root log, and to bring into the log what no replica has to itself.
///
/// It is a lease that is taken for a few seconds and renewed: a process that was killed or sleeps loses it, and the next
/// one that asks has it, under a greater number.
package final class RootTurn: Sendable {
  /// For how long it is taken: so long after a holder was killed, another goes on.
  package static let usualLength = Duration.seconds(5)

  let leases: any LeaseStore
  private let holder: String
  private let length: Duration
  private let held = Mutex<Lease?>(nil)
  /// The newest token that the root log is known to have: a store that lost what it had goes on from there.
  private let newest = Mutex(FencingToken(0))

  /// The turn of a holder, by leases in this store.
  package init(_ leases: any LeaseStore, holder: String, length: Duration = RootTurn.usualLength) {
    self.leases = leases
    self.holder = holder
    self.length = length
  }

  /// The turn of a holder, by leases in the database at an address, or in `leases.sqlite` of a data directory.
  package static func open(
    data: String, database: String?, holder: String, length: Duration = RootTurn.usualLength
  ) throws -> RootTurn {
    if let database {
      #if canImport(CPostgreSQL)
      return RootTurn(try PostgreSQLLeases(PostgreSQLConnection(database)), holder: holder, length: length)
      #else
      throw StorageError(.failed)
      #endif
    }
    let store = try Store(path: Directory(data).file("leases.sqlite"), migrations: StoreLeases.migrations)
    return RootTurn(StoreLeases(store, clock: try .running()), holder: holder, length: length)
  }

  /// Takes the turn, or keeps it: whether this process has it now.
  ///
  /// It blocks while the store is asked. When that fails the turn is gone: nobody can say that it lasts.
  package func take() throws -> Bool {
    let old = held.withLock(\.self)
    do {
      var lease: Lease?
      if let old { lease = try leases.renew(old, for: length) }
      if lease == nil {
        let newest = newest.withLock(\.self)
        lease = try leases.acquire(ShardedLog.lease, by: holder, for: length, after: newest)
      }
      held.withLock { $0 = lease }
      return lease != nil
    } catch {
      held.withLock { $0 = nil }
      throw error
    }
  }

  /// Gives it back.
  package func give() {
    guard
      let lease = held.withLock({ held in
        defer { held = nil }
        return held
      })
    else { return }
    // It ends by itself where it cannot be given back.
    try? leases.release(lease)
  }

  /// Whether this process has it; it may end at any time after that.
  package var isHeld: Bool { held.withLock { $0?.lasts == true } }

  /// Records all shards under this turn in a root log that begins with what `mark` says; `leaseEnded` when it is
  /// another's.
  package func record(
    _ shards: ShardedLog, marked mark: RootMark? = nil, knowing known: [ReplicaName: RootEpoch]? = nil,
    at time: Timestamp, key: @escaping @Sendable () throws -> SigningKey
  ) async throws -> ShardRound {
    let lease = try lease(afterReading: shards, signedBy: ShardedLog.verificationKey(key))
    do {
      return try await shards.recordAll(
        marked: mark, knowing: known, under: lease, of: leases, at: time, key: key)
    } catch let error as ShardError {
      learn(from: error)
      throw error
    }
  }

  /// The lease once the root log was read, which at the first time may take longer than a turn lasts.
  private func lease(afterReading shards: ShardedLog, signedBy key: VerificationKey) throws -> Lease {
    guard held.withLock(\.self) != nil else { throw ShardError.leaseEnded }
    // What is wrong with it is said when it is recorded in.
    _ = try? shards.caughtUp(signedBy: key, locked: false)
    if !isHeld { _ = try take() }
    guard let lease = held.withLock(\.self) else { throw ShardError.leaseEnded }
    return lease
  }

  /// Gives back a lease whose number the root log does not take, so that the next one goes on from those that it has.
  private func learn(from error: ShardError) {
    switch error {
    case .staleHolder(let token), .strayToken(let token):
      newest.withLock { $0 = max($0, token) }
      give()
    default: break
    }
  }

  /// Takes the root log as it is under this turn: see `ShardedLog.giveUpRoot`.
  package func giveUpRoot(
    of shards: ShardedLog, by agreement: RootAgreement, upTo size: UInt64, before: Digest?, after known: RootEpoch,
    at time: Timestamp, key: @escaping @Sendable () throws -> SigningKey
  ) async throws -> (root: RootCheckpoint, epoch: RootEpoch)? {
    guard let lease = held.withLock(\.self) else { throw ShardError.leaseEnded }
    return try await shards.giveUpRoot(
      by: agreement, upTo: size, before: before, after: known, under: lease, of: leases, at: time, key: key)
  }

  /// Says under this turn that a shard was taken as it is: see `ShardedLog.giveUpShard`.
  package func giveUpShard(
    _ replica: ReplicaName, of shards: ShardedLog, by agreement: RootAgreement, knowing known: UInt64 = 0,
    marked mark: RootMark?, beginning epoch: RootEpoch, at time: Timestamp,
    key: @escaping @Sendable () throws -> SigningKey
  ) async throws -> Bool {
    let lease = try lease(afterReading: shards, signedBy: ShardedLog.verificationKey(key))
    do {
      return try await shards.giveUpShard(
        replica, by: agreement, knowing: known, marked: mark, beginning: epoch, under: lease, of: leases, at: time,
        key: key)
    } catch let error as ShardError {
      learn(from: error)
      throw error
    }
  }
}
