import Bytes
package import Ciphers
import Glibc
import Synchronization

/// An append-only log whose entries cannot be changed unnoticed.
///
/// An entry is a leaf of an RFC 6962 Merkle tree. Entries are written in batches, each ended by a seal: the signature
/// of the checkpoint of the log up to there. `append` returns when entry and seal are on stable storage.
///
/// ## What a crash leaves
/// Every entry whose `append` returned, with its seal. Of the batch that was being written a part at most: it was never
/// acknowledged, and the next opening cuts it off and records how much (`log.recovered`).
///
/// The published checkpoint is that of the last tenth of a second or so (`Limits.checkpointInterval`), and of the very end after
/// `close`. Entries beyond it are signed by their seals, so they cannot be changed or added without the key; but
/// somebody who can write to the directory could cut them off before the next publication and leave no trace. Cutting
/// off more is found, unless an older checkpoint is put back as well: only a checkpoint kept elsewhere finds that.
package final class AuditLog: Sendable {
  /// The key that the log is checked with.
  package let verifier: VerifierKey
  private let inbox: Inbox
  private let tiling: Tiling
  private let entries: Atomic<UInt64>

  /// Opens the log of the data directory, which `key` signs, and begins it under the name `origin` if there is none.
  ///
  /// It blocks until the end of the log has been read.
  package static func open(
    data: String, key: consuming SigningKey, origin: Origin = .derived,
    clock: @escaping @Sendable () -> Timestamp = Timestamp.now, limits: Limits = Limits(), disk: Disk = .real
  ) throws(LedgerError) -> AuditLog {
    try AuditLog(data: data, key: key, origin: origin, clock: clock, limits: limits, disk: disk)
  }

  private init(
    data: String, key signing: consuming SigningKey, origin: Origin, clock: @escaping @Sendable () -> Timestamp,
    limits: Limits, disk: Disk
  ) throws(LedgerError) {
    let key = try Custody.verifier(of: signing.verificationKey, named: origin, data: data)
    let log = LogDirectory(data: data)
    try log.root.create()
    try Directory(data).synchronise()
    let lock = try File(opening: log.root.file(LogDirectory.lock), O_RDWR | O_CREAT)
    guard try lock.lock() else { throw LedgerError(.inUse) }

    let recovery = try log.isEmpty() ? nil : Recovery(of: log, signedBy: key)
    try log.segments.create()
    try log.root.synchronise()
    let writer = try Writer(
      log, lock: lock, recovery: recovery, signingKey: signing, key: key, clock: clock, limits: limits, disk: disk)
    try log.keepBegun()
    if let recovery { try writer.takeUp(recovery) }
    entries = Atomic(writer.size)
    let inbox = try Inbox(limits)
    tiling = writer.tiling
    try startThread { writer.run(inbox) }
    verifier = key
    self.inbox = inbox
  }

  deinit { inbox.close() }

  /// Appends an entry without sealed parts, and returns its index when it is on stable storage.
  ///
  /// Cancelling the task changes nothing: an entry that was taken is written, and its caller learns so.
  @discardableResult
  package func append(_ entry: Entry) async throws(LedgerError) -> UInt64 { try await append(entry, sealing: []) }

  /// Appends an entry with the sealed parts that it refers to, in that order, and returns its index when all of it is
  /// on stable storage.
  @discardableResult
  package func append(_ entry: Entry, sealing parts: [SealedPart]) async throws(LedgerError) -> UInt64 {
    // Nothing is made before the wait: what an asynchronous function holds when it throws may be freed twice (Swift 6.3).
    let result: Result<UInt64, LedgerError> = unsafe await withUnsafeContinuation { reply in
      do throws(LedgerError) {
        unsafe inbox.put(Inbox.Item(draft: try Draft.of(entry, sealing: parts), reply: reply))
      } catch {
        unsafe reply.resume(returning: .failure(error))
      }
    }
    let index = try result.get()
    entries.max(index + 1, ordering: .relaxed)
    return index
  }

  /// Where the log stands by its published checkpoint, once that covers the first `size` entries, which were appended.
  ///
  /// It goes on from everything that the log was opened with, and nothing is read for that. After `close` it is the last.
  package func standing(covering size: UInt64 = 0) async throws(LedgerError) -> LogStanding {
    let result = await tiling.standing(covering: size)
    return try result.get()
  }

  /// How many entries are known to be on stable storage, without a look at it.
  package var size: UInt64 { entries.load(ordering: .relaxed) }

  /// How many batches were written since the log was opened.
  package var batches: Int { inbox.batches }

  /// Whether entries are being written: false once a write has failed or the log was closed.
  package var isWritable: Bool { inbox.isOpen }

  /// Writes what waits, publishes the checkpoint of the whole log, and refuses further entries.
  package func close() async throws(LedgerError) {
    if let error = await inbox.closed() { throw error }
  }
}
