package import Ciphers
package import Storage

extension ShardedLog {
  /// Where the root log stands by its published checkpoint, which `key` signs; nil when there never was one.
  ///
  /// It has to begin with what `mark` says, a checkpoint that it had: who kept it kept it before this is called.
  package static func root(
    of data: String, extending mark: [UInt8]?, signedBy key: VerificationKey
  ) throws(RootFault) -> RootCheckpoint? {
    var marked: Checkpoint?
    if let mark {
      guard let checkpoint = RootCheckpoint(note: mark, signedBy: key)?.checkpoint else { throw .doctored }
      marked = checkpoint
    }
    let folder = ShardFolders(data: data).root
    do throws(LedgerError) {
      guard let note = try LogDirectory(data: folder).root.content(of: LogDirectory.checkpoint) else {
        guard marked == nil else { throw LedgerError(.missing) }
        guard try LogDirectory(data: folder).isEmpty() else { throw .damaged(Fault(.missingCheckpoint, at: 0)) }
        return nil
      }
      guard let found = RootCheckpoint(note: note, signedBy: key) else {
        throw .damaged(Fault(.invalidCheckpoint, at: 0))
      }
      if let marked { try check(found.checkpoint, extends: marked, in: folder) }
      return found
    } catch {
      throw fault(error, marked)
    }
  }

  /// The same of this data directory.
  package func root(extending mark: [UInt8]?, signedBy key: VerificationKey) throws(RootFault) -> RootCheckpoint? {
    try ShardedLog.root(of: data, extending: mark, signedBy: key)
  }

  private static func check(
    _ found: Checkpoint, extends marked: Checkpoint, in folder: String
  ) throws(LedgerError) {
    guard found.origin == marked.origin else { throw LedgerError(.invalidKey) }
    guard found.size >= marked.size else { throw .damaged(Fault(.truncated(signed: marked.size), at: found.size)) }
    guard try found.extends(marked.size, root: marked.root, in: folder) else {
      throw LedgerError(.uncovered(marked.size))
    }
  }

  private static func fault(_ error: LedgerError, _ marked: Checkpoint?) -> RootFault {
    guard let marked else { return .unreadable(error) }
    switch error.code {
    case .missing: return .vanished(marked: marked.size)
    case .invalidKey: return .anotherKey
    case .uncovered: return .forked(marked: marked.size)
    case .damaged(let fault):
      if case .truncated = fault.code { return .cut(marked: marked.size, found: fault.index) }
      return .unreadable(error)
    default: return .unreadable(error)
    }
  }

  /// What is wrong with a root log that stands at `root`, by what an entry of a shard says of it; nil when nothing is,
  /// and when the root log says itself that what was said before was given up.
  package static func fault(
    of root: RootCheckpoint?, against claim: RootClaim, in data: String
  ) throws(LedgerError) -> RootFault? {
    guard let root else { return .vanished(marked: claim.size) }
    let folder = ShardFolders(data: data).root
    let fault: RootFault
    if root.checkpoint.size < claim.size {
      fault = .cut(marked: claim.size, found: root.checkpoint.size)
    } else if try !root.checkpoint.extends(claim.size, root: claim.root, in: folder) {
      fault = .forked(marked: claim.size)
    } else {
      return nil
    }
    var entries = try EntryReader(data: folder)
    while let entry = try entries.next() {
      if let givenUp = RootGivenUp(entry), givenUp.size >= claim.size { return nil }
    }
    return fault
  }

  /// Takes the root log as it is, or begins one, though it is not what it was up to `size` entries, and gives where it
  /// stands then.
  ///
  /// It says so itself, in the entry that is made.
  package func giveUpRoot(
    upTo size: UInt64, before: Digest?, by people: [Pseudonym], under lease: Lease, of leases: any LeaseStore,
    at time: Timestamp, key: @escaping @Sendable () throws -> SigningKey
  ) async throws -> RootCheckpoint {
    let own = try ShardedLog.verificationKey(key)
    let root = try openRoot(key, at: time)
    do {
      try checkLease(lease, leases)
      let found = try published(own)?.checkpoint.root ?? MerkleTree.emptyRoot
      try await root.append(RootGivenUp.entry(of: size, before: before, after: found, by: people, at: time))
      try await root.close()
    } catch {
      try? await root.close()
      throw error
    }
    forget()
    guard let published = try published(own) else { throw LedgerError(.stopped) }
    return published
  }

  /// What the root log has published; nil when that is nothing that its key signed.
  func published(_ key: VerificationKey) throws(LedgerError) -> RootCheckpoint? {
    try LogDirectory(data: folders.root).root.content(of: LogDirectory.checkpoint)
      .flatMap { RootCheckpoint(note: $0, signedBy: key) }
  }
}
