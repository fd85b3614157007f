import Bytes
import Ciphers
import Glibc

/// The one that writes a log: batch after batch, each as large as what arrived while the last was made durable.
///
/// It belongs to one thread. After a failed write or synchronisation it writes no more: what the disk then holds is
/// known again only after the log has been opened anew (Rebello et al., "Can Applications Recover from fsync
/// Failures?", USENIX ATC 2020).
final class Writer {
  private let log: LogDirectory
  private let signingKey: SigningKey
  private let key: VerifierKey
  private let limits: AuditLog.Limits
  private let disk: Disk

  private var lock: File?
  private var file: File
  private var path: String
  private var length: UInt64
  private var identity: File.Status

  private var seal: Seal
  private let tiling: Tiling
  private var batch: [UInt8] = []

  /// Takes up the log where `recovery` says that it ends, and publishes its checkpoint.
  ///
  /// - Precondition: `lock` is locked.
  init(
    _ log: LogDirectory, lock: consuming File, recovery: Recovery?, signingKey: consuming SigningKey, key: VerifierKey,
    limits: AuditLog.Limits, disk: Disk
  ) throws(LedgerError) {
    if let seal = recovery?.seal {
      self.seal = seal
    } else {
      let empty = Checkpoint(origin: key.name, size: 0, root: MerkleTree.emptyRoot)
      seal = Seal(frontier: Frontier(), signature: try Writer.signature(of: empty, by: signingKey))
    }
    // INVARIANT: a log that has a segment has a checkpoint, so that losing the checkpoint is seen.
    if recovery == nil { try log.publish(seal, by: key) }
    if let stillborn = recovery?.stillborn { try log.segments.remove(SegmentList.name(stillborn)) }
    if let recovery, let first = recovery.segment {
      path = log.segments.file(SegmentList.name(first))
      file = try File(opening: path, O_WRONLY)
      length = recovery.offset
      try file.truncate(to: length)
      try file.synchronise()
    } else {
      path = log.segments.file(SegmentList.name(seal.size))
      file = try Writer.begin(path, in: log, with: seal)
      length = try file.status().size
    }
    identity = try file.status()
    self.log = log
    self.lock = consume lock
    self.signingKey = signingKey
    self.key = key
    self.limits = limits
    self.disk = disk
    tiling = try Tiling(log, key: key, every: limits.checkpointInterval)
    tiling.publish(self.seal)
  }

  /// Writes what comes in until the inbox is closed or a write fails.
  func run(_ inbox: Inbox) {
    var end = LedgerError(.closed)
    do throws(LedgerError) {
      while let items = inbox.take(within: try publicationDue()) {
        guard !items.isEmpty else { continue }
        do throws(LedgerError) {
          let first = seal.size
          try write(items.map(\.leaf))
          for (place, item) in items.enumerated() { item.reply.resume(returning: .success(first + UInt64(place))) }
        } catch {
          for item in items { item.reply.resume(returning: .failure(LedgerError(.stopped, number: error.number))) }
          throw error
        }
      }
      try tiling.finish()
    } catch {
      end = LedgerError(error.code == .replaced ? .replaced : .stopped, number: error.number)
      // What was acknowledged before the fault is published, so that its loss would be seen.
      try? tiling.finish()
    }
    lock = nil
    inbox.end(with: end)
  }

  /// Writes one batch and returns when it is durable.
  func write(_ leaves: [Leaf]) throws(LedgerError) {
    if length >= limits.segmentLength { try beginSegment() }
    batch.removeAll(keepingCapacity: true)
    var tree = seal.frontier
    for leaf in leaves {
      Record.write(.entry, sequence: tree.size, leaf.bytes, into: &batch)
      tree.append(leaf.hash)
    }
    let checkpoint = Checkpoint(origin: key.name, size: tree.size, root: tree.root)
    let next = Seal(frontier: tree, signature: try Writer.signature(of: checkpoint, by: signingKey))
    Record.write(.seal, sequence: tree.size, next.signature.bytes, into: &batch)

    let bytes = batch
    try disk.write(bytes.span, to: file)
    try disk.synchronise(file)
    length += UInt64(batch.count)
    // A file that nobody can reach any more takes writes like any other.
    guard let found = try File.status(of: path), found.inode == identity.inode, found.device == identity.device,
      found.links > 0, found.size == length
    else { throw LedgerError(.replaced) }
    seal = next
    tiling.publish(next)
  }

  /// The milliseconds after which to look again whether publication goes well; -1 when nothing is to be published.
  private func publicationDue() throws(LedgerError) -> Int32 {
    if let failure = tiling.failure { throw failure }
    guard tiling.published != seal.size else { return -1 }
    return Int32(clamping: Int64(limits.checkpointInterval / .milliseconds(1)) + 1)
  }

  private func beginSegment() throws(LedgerError) {
    let next = log.segments.file(SegmentList.name(seal.size))
    file = try Writer.begin(next, in: log, with: seal)
    path = next
    identity = try file.status()
    length = identity.size
  }

  private static func begin(
    _ path: String, in log: LogDirectory, with seal: Seal
  ) throws(LedgerError) -> File {
    let head = SegmentHead(seal).bytes
    let file = try File(opening: path, O_WRONLY | O_CREAT | O_EXCL)
    try file.write(head.span)
    try file.synchronise()
    try log.segments.synchronise()
    return file
  }

  private static func signature(of checkpoint: Checkpoint, by key: borrowing SigningKey) throws(LedgerError)
    -> Signature
  {
    do {
      let text = checkpoint.text
      return try key.sign(text.span)
    } catch {
      throw LedgerError(.invalidKey)
    }
  }
}
