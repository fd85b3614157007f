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
  private let clock: @Sendable () -> Timestamp
  private let disk: Disk
  private let blobs: BlobStore

  private var lock: File?
  private var file: File
  private var path: String
  /// The first entry of the segment.
  private var segment: UInt64
  private var length: UInt64
  private var identity: File.Status
  private var emergency: Emergency

  private var seal: Seal
  /// How many entries the log has.
  var size: UInt64 { seal.size }
  let tiling: Tiling
  private var batch: [UInt8] = []
  private var clockWatch: ClockWatch
  private var roomWatch: RoomWatch

  /// Takes up the log where `recovery` says that it ends, and publishes its checkpoint.
  ///
  /// - Precondition: `lock` is locked.
  init(
    _ log: LogDirectory, lock: consuming File, recovery: Recovery?, signingKey: consuming SigningKey, key: VerifierKey,
    clock: @escaping @Sendable () -> Timestamp, limits: AuditLog.Limits, disk: Disk
  ) throws(LedgerError) {
    if let seal = recovery?.seal {
      self.seal = seal
    } else {
      seal = try Writer.seal(.seal, Frontier(), of: key, by: signingKey)
    }
    let checkpoint = try Writer.seal(.checkpoint, seal.frontier, of: key, by: signingKey)
    // INVARIANT: a log that has a segment has a checkpoint, so that losing the checkpoint is seen.
    if recovery == nil { try log.publish(checkpoint, by: key) }
    if let stillborn = recovery?.stillborn { try log.segments.remove(SegmentList.name(stillborn)) }
    if let recovery, let first = recovery.segment {
      segment = first
      path = log.segments.file(SegmentList.name(first))
      file = try File(opening: path, O_WRONLY)
      length = recovery.offset
      try file.truncate(to: length)
      for place in recovery.uncertain { try Writer.rewrite(log.segments, place.segment, from: place.offset) }
      try file.synchronise()
    } else {
      segment = seal.size
      path = log.segments.file(SegmentList.name(seal.size))
      file = try Writer.begin(path, in: log, with: seal)
      length = try file.status().size
    }
    try log.segments.synchronise()
    identity = try file.status()
    self.log = log
    self.lock = consume lock
    self.signingKey = signingKey
    self.key = key
    self.clock = clock
    self.limits = limits
    self.disk = disk
    blobs = BlobStore(log)
    try blobs.settle()
    emergency = try Emergency(in: log)
    clockWatch = ClockWatch(after: recovery?.lastTime, limit: limits.clockStep)
    roomWatch = RoomWatch(limits)
    tiling = try Tiling(log, key: key, limits)
    tiling.publish(checkpoint)
  }

  /// Records what happened while nobody wrote: a torn end, and a refusal when the disk was full.
  func takeUp(_ recovery: Recovery) throws(LedgerError) {
    var drafts: [Draft] = []
    if recovery.dropped > 0 {
      var entry = Entry(.logRecovered, at: clock())
      entry.bytesDropped = Int(recovery.dropped)
      drafts.append(try Draft.of(entry))
    }
    if let refusal = try emergency.refusal(signedBy: key),
      try !refusal.isIn(log, signedBy: key)
    {
      drafts.append(try Draft.of(refusal.entry))
    }
    if !drafts.isEmpty { try write(drafts) }
    try emergency.clear()
  }

  /// Writes what comes in until the inbox is closed or a write fails.
  func run(_ inbox: Inbox) {
    var end = LedgerError(.closed)
    var items: [Inbox.Item] = []
    do throws(LedgerError) {
      while try inbox.take(into: &items, within: publicationDue()) {
        guard !items.isEmpty else { continue }
        do throws(LedgerError) {
          var drafts = items.map(\.draft)
          let first = seal.size
          drafts += try remarks(on: drafts)
          try write(drafts)
          for place in items.indices { unsafe items[place].reply.resume(returning: .success(first + UInt64(place))) }
        } catch {
          for item in items {
            unsafe item.reply.resume(returning: .failure(LedgerError(.stopped, number: error.number)))
          }
          throw error
        }
        items.removeAll(keepingCapacity: true)
      }
      try tiling.finish()
    } catch {
      end = LedgerError(error.code == .replaced ? .replaced : .stopped, number: error.number)
      recordRefusal(error)
      // What was acknowledged before the fault is published, so that its loss would be seen.
      try? tiling.finish()
    }
    lock?.unlock()
    lock = nil
    inbox.end(with: end)
  }

  /// Writes one batch and returns when it is durable.
  private func write(_ drafts: [Draft]) throws(LedgerError) {
    try tiling.keepUp()
    if length >= limits.segmentLength { try beginSegment() }
    for draft in drafts where !draft.blobs.isEmpty { try blobs.write(draft.blobs) }
    // Taken out of `self`, and so never copied.
    var batch = batch
    self.batch = []
    batch.removeAll(keepingCapacity: true)
    var tree = seal.frontier
    for draft in drafts {
      let start = batch.count
      batch.append(contentsOf: draft.records)
      Record.complete(&batch, from: start, sequence: tree.size)
      tree.append(draft.leafHash)
    }
    let next = try Writer.seal(.seal, tree, of: key, by: signingKey)
    let checkpoint = try Writer.seal(.checkpoint, tree, of: key, by: signingKey)
    Record.write(.seal, sequence: tree.size, next.signature.bytes, into: &batch)

    try disk.write(batch.span, to: file)
    try disk.synchronise(file)
    length += UInt64(batch.count)
    // A batch of unusual length gives its memory back.
    self.batch = batch.capacity > 8 << 20 ? [] : batch
    // A file that nobody can reach any more takes writes like any other.
    guard let found = try File.status(of: path), found.inode == identity.inode, found.device == identity.device,
      found.links > 0, found.size == length
    else { throw LedgerError(.replaced) }
    let place = LeafPlace(segment: segment, offset: length, index: next.size)
    tiling.publish(checkpoint, drafts, endingAt: place)
    seal = next
  }

  /// What the log itself has to say beside these entries.
  private func remarks(on drafts: [Draft]) throws(LedgerError) -> [Draft] {
    var remarks: [Draft] = []
    for draft in drafts {
      guard let step = clockWatch.step(at: draft.time) else { continue }
      var entry = Entry(.clockStepped, at: draft.time)
      entry.clockStep = step
      remarks.append(try Draft.of(entry))
    }
    if let free = try roomWatch.shortage(on: file) {
      var entry = Entry(.diskFilling, at: clock())
      entry.bytesFree = Int(clamping: free)
      remarks.append(try Draft.of(entry))
    }
    return remarks
  }

  /// Keeps on stable storage that the log refuses entries from now on; where that fails too, there is nothing to do.
  private func recordRefusal(_ error: LedgerError) {
    var entry = Entry(.logRefusing, at: clock())
    entry.errorNumber = Int(error.number)
    let refusal = Refusal(entry, size: seal.size)
    guard let signature = try? Writer.signature(of: refusal.text(of: key), by: signingKey) else { return }
    try? emergency.keep(refusal, signature)
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
    segment = seal.size
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

  /// Writes what a segment has from `offset` on over itself, and returns when it is on stable storage.
  ///
  /// After a failed `fdatasync` the kernel takes pages for clean that never reached the disk; only pages that are
  /// written again do (Rebello et al., above).
  private static func rewrite(_ segments: Directory, _ first: UInt64, from offset: UInt64) throws(LedgerError) {
    let file = try File(opening: segments.file(SegmentList.name(first)), O_RDWR)
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    var offset = offset
    while true {
      let count = try file.read(buffer.count, at: offset, into: &buffer, at: 0)
      guard count > 0 else { break }
      try file.write(buffer.span.extracting(first: count), at: offset)
      offset += UInt64(count)
    }
    try file.synchronise()
  }

  private static func seal(
    _ form: Seal.Form, _ tree: Frontier, of verifier: VerifierKey, by key: borrowing SigningKey
  ) throws(LedgerError) -> Seal {
    let text = Seal.text(form, of: tree, origin: verifier.name)
    return Seal(frontier: tree, signature: try signature(of: text, by: key), form: form)
  }

  private static func signature(of text: [UInt8], by key: borrowing SigningKey) throws(LedgerError) -> Signature {
    do {
      return try key.sign(text.span)
    } catch {
      throw LedgerError(.invalidKey)
    }
  }
}
