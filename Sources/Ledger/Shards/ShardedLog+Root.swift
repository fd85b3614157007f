package import Ciphers
package import Storage

extension ShardedLog {
  /// Where the root log stands by its published checkpoint, which `key` signs; nil when there never was one.
  ///
  /// It has to begin with what `mark` says, a checkpoint that it had, and to be of the same epoch: who kept the mark kept
  /// it before this is called.
  package static func root(
    of data: String, extending mark: RootMark?, signedBy key: VerificationKey
  ) throws(RootFault) -> RootCheckpoint? {
    var marked: Checkpoint?
    if let mark {
      guard let checkpoint = RootCheckpoint(note: mark.note, signedBy: key)?.checkpoint else { throw .doctored }
      marked = checkpoint
    }
    let folder = ShardFolders(data: data).root
    let found: RootCheckpoint?
    do throws(LedgerError) {
      found = try published(in: folder, isMarked: marked != nil, signedBy: key)
      if let found, let marked { try check(found.checkpoint, extends: marked, in: folder, key) }
    } catch {
      throw fault(error, marked)
    }
    if let found, let mark, let marked { try checkEpoch(of: found, after: marked, mark.epoch, in: folder, key) }
    return found
  }

  /// The same of this data directory.
  package func root(extending mark: RootMark?, signedBy key: VerificationKey) throws(RootFault) -> RootCheckpoint? {
    try ShardedLog.root(of: data, extending: mark, signedBy: key)
  }

  private static func published(
    in folder: String, isMarked: Bool, signedBy key: VerificationKey
  ) throws(LedgerError) -> RootCheckpoint? {
    guard let note = try LogDirectory(data: folder).root.content(of: LogDirectory.checkpoint) else {
      guard !isMarked else { throw LedgerError(.missing) }
      guard try LogDirectory(data: folder).isEmpty() else { throw .damaged(Fault(.missingCheckpoint, at: 0)) }
      return nil
    }
    guard let found = RootCheckpoint(note: note, signedBy: key) else {
      throw .damaged(Fault(.invalidCheckpoint, at: 0))
    }
    return found
  }

  private static func check(
    _ found: Checkpoint, extends marked: Checkpoint, in folder: String, _ key: VerificationKey
  ) throws(LedgerError) {
    guard found.origin == marked.origin else { throw LedgerError(.invalidKey) }
    guard found.size >= marked.size else { throw .damaged(Fault(.truncated(signed: marked.size), at: found.size)) }
    guard try found.extends(marked.size, root: marked.root, in: folder, signedBy: key) else {
      throw LedgerError(.uncovered(marked.size))
    }
  }

  private static func fault(_ error: LedgerError, _ marked: Checkpoint?) -> RootFault {
    guard let marked else { return RootFault(error) }
    switch error.code {
    case .missing: return .vanished(marked: marked.size)
    case .invalidKey: return .anotherKey
    case .uncovered: return .forked(marked: marked.size)
    case .damaged(let fault):
      if case .truncated = fault.code { return .cut(marked: marked.size, found: fault.index) }
      return RootFault(error)
    default: return RootFault(error)
    }
  }

  /// Throws `unfinished` when the root log was given up since the mark.
  private static func checkEpoch(
    of found: RootCheckpoint, after marked: Checkpoint, _ known: RootEpoch, in folder: String,
    _ key: VerificationKey
  ) throws(RootFault) {
    guard found.checkpoint.size > marked.size else { return }
    let epoch: RootEpoch
    do throws(LedgerError) {
      epoch = try standing(in: folder, marked.size..<found.checkpoint.size, found.verifier(key)).epoch
    } catch {
      throw RootFault(error)
    }
    guard epoch <= known else { throw .unfinished(known: known, found: epoch) }
  }

  /// What is wrong with a root log of this epoch that stands at `root`, by what an entry of a shard says of it; nil when
  /// nothing is, and when that is about one that was given up.
  package static func fault(
    of root: RootCheckpoint?, in epoch: RootEpoch, against claim: RootClaim, in data: String,
    signedBy key: VerificationKey
  ) throws(LedgerError) -> RootFault? {
    guard let root else { return .vanished(marked: claim.size) }
    if let said = claim.epoch {
      guard said >= epoch else { return nil }
      guard said == epoch else { return .past(known: said, found: epoch) }
    } else if epoch > .first {
      return nil
    }
    let folder = ShardFolders(data: data).root
    let fault: RootFault
    if root.checkpoint.size < claim.size {
      fault = .cut(marked: claim.size, found: root.checkpoint.size)
    } else if try !root.checkpoint.extends(claim.size, root: claim.root, in: folder, signedBy: key) {
      fault = .forked(marked: claim.size)
    } else {
      return nil
    }
    guard claim.epoch == nil else { return fault }
    let standing = try standing(in: folder, 0..<root.checkpoint.size, root.verifier(key))
    return standing.relation(of: nil, size: claim.size) == .present ? fault : nil
  }

  /// What these entries of the root log, which its published checkpoint covers, say of its epoch, and of what was given up.
  private static func standing(
    in folder: String, _ range: Range<UInt64>, _ key: VerifierKey
  ) throws(LedgerError) -> RootStanding {
    do throws(LedgerError) {
      return try standing(in: folder, range, key, atCheckpoint: true)
    } catch {
      guard case .damaged = error.code else { throw error }
      return try standing(in: folder, range, key, atCheckpoint: false)
    }
  }

  private static func standing(
    in folder: String, _ range: Range<UInt64>, _ key: VerifierKey, atCheckpoint: Bool
  ) throws(LedgerError) -> RootStanding {
    var standing = RootStanding()
    var batches = try SealedBatches(LogDirectory(data: folder), signedBy: key, from: range.lowerBound)
    if atCheckpoint { batches.checkAtCheckpoint() }
    let end = max(range.upperBound, batches.signed)
    while batches.place?.tree.size ?? 0 < end, let batch = try batches.next() {
      for entry in batch where range.contains(entry.index) {
        guard EntryOutline(entry.json.span)?.event == .rootGivenUp else { continue }
        if let givenUp = RootGivenUp(entry.json) { standing.follow(givenUp) }
      }
    }
    return standing
  }

  /// The epoch of a root log that stands at `root`, by its own entries.
  package static func epoch(
    of root: RootCheckpoint?, in data: String, signedBy key: VerificationKey
  ) throws(LedgerError) -> RootEpoch {
    guard let root, root.checkpoint.size > 0 else { return .first }
    return try standing(in: ShardFolders(data: data).root, 0..<root.checkpoint.size, root.verifier(key)).epoch
  }

  /// Whether every byte of the root log is what its published checkpoint was signed for: how it was read before does not
  /// matter then, and is forgotten.
  package func isRootWhole(_ key: VerificationKey) throws(LedgerError) -> Bool {
    let verifier = try Custody.verifier(data: folders.root)
    guard verifier.key == key, try AuditLog.verify(data: folders.root, key: verifier).isWhole else { return false }
    forget()
    return true
  }

  /// Takes the root log as it is, or begins one, though it is not what it was up to `size` entries, and gives where it
  /// stands then, and in which epoch.
  ///
  /// It says so itself, in the entry that is made. The epoch that begins is the one after all that the root log itself
  /// and `known` name; nil when it is not the one that was agreed on.
  package func giveUpRoot(
    by agreement: RootAgreement, upTo size: UInt64, before: Digest?, after known: RootEpoch, under lease: Lease,
    of leases: any LeaseStore, at time: Timestamp, key: @escaping @Sendable () throws -> SigningKey
  ) async throws -> (root: RootCheckpoint, epoch: RootEpoch)? {
    let own = try ShardedLog.verificationKey(key)
    // Nothing is opened, and so changed, that was not agreed on.
    try checkLease(lease, leases)
    guard try agreement.found.makesWay(in: folders.root, signedBy: own, under: agreement.approval) else { return nil }
    forget()
    let root = try openRoot(key, at: time)
    let epoch: RootEpoch
    do {
      // INVARIANT: the root log is locked from here to its closing.
      try checkLease(lease, leases)
      guard try agreement.found.makesWay(in: folders.root, signedBy: own, under: agreement.approval) else {
        try await root.close()
        return nil
      }
      epoch = max(known, try caughtUp(signedBy: own, locked: true).standing.epoch).next
      try await root.append(agreement.entry(givingUp: size, before: before, beginning: epoch, at: time))
      try await root.close()
    } catch {
      try? await root.close()
      throw error
    }
    forget()
    guard let published = try published(own) else { throw LedgerError(.stopped) }
    return (published, epoch)
  }

  /// What the root log has published; nil when that is nothing that its key signed.
  func published(_ key: VerificationKey) throws(LedgerError) -> RootCheckpoint? {
    try LogDirectory(data: folders.root).root.content(of: LogDirectory.checkpoint)
      .flatMap { RootCheckpoint(note: $0, signedBy: key) }
  }
}
