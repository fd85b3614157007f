package import Ciphers
package import Storage

extension ShardedLog {
  /// What the root log of a data directory says of a shard, as far as its published checkpoint covers it.
  ///
  /// The root log has to be what `mark` says, and signed by `key`: an `UnprovedLog` when it is not.
  package static func record(
    of replica: ReplicaName, in data: String, signedBy key: VerificationKey, marked mark: RootMark?
  ) throws(UnprovedLog) -> (recorded: RecordedShard?, givenUp: ShardGivenUp?) {
    let state = try ProvedLogs.state(of: data, key, mark).state
    return (state[replica], state.givenUp(replica))
  }

  /// Says in the root log that two people took a shard as it is, of which `known` entries were known, unless it says so of
  /// this agreement already; false when what it recorded of the shard is not what they agreed to give up.
  ///
  /// What the root log recorded of the shard before is given up by that, and what it records after is held against what
  /// was taken.
  package func giveUpShard(
    _ replica: ReplicaName, by agreement: RootAgreement, knowing known: UInt64, marked mark: RootMark?,
    beginning epoch: RootEpoch, under lease: Lease, of leases: any LeaseStore, at time: Timestamp,
    key: @escaping @Sendable () throws -> SigningKey
  ) async throws -> Bool {
    try checkLease(lease, leases)
    let own = try ShardedLog.verificationKey(key)
    _ = try root(extending: mark, signedBy: own)
    let root = try openRoot(key, at: time)
    do {
      // INVARIANT: the root log is locked from here to its closing: what is read now is what is appended to.
      try checkLease(lease, leases)
      _ = try self.root(extending: mark, signedBy: own)
      let state = try caughtUp(signedBy: own, locked: true)
      try state.check(lease.token)
      let givenUp = state.givenUp(replica)
      if givenUp?.approval != agreement.approval.description {
        guard agreement.isRecorded(state[replica]) else {
          try await root.close()
          return false
        }
        let next = max(epoch, (givenUp?.epoch ?? .first).next)
        try await root.append(
          agreement.entry(givingUp: replica, recorded: state[replica], knowing: known, beginning: next, at: time))
      }
      try await root.close()
      return true
    } catch {
      try? await root.close()
      throw error
    }
  }
}
