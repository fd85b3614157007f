import Ciphers

/// The check of a whole log, from its first byte to its last.
struct Audit {
  /// Why the check ended early.
  enum End: Error {
    case fault(Fault)
    case failure(LedgerError)
  }

  private let log: LogDirectory
  private let key: VerifierKey
  private let older: [Checkpoint]
  private var anchors = Anchors([])
  private var requests = RequestPairs()
  private var blobs: BlobAudit
  var verification = Verification()

  init(_ log: LogDirectory, _ key: VerifierKey, against older: [Checkpoint]) {
    self.log = log
    self.key = key
    self.older = older
    blobs = BlobAudit(log)
  }

  mutating func run() throws(End) {
    // INVARIANT: the checkpoints are read before the segments, so that what is written meanwhile lies beyond them.
    let (log, key) = (log, key)
    let cosigned = try reading { () throws(LedgerError) in try log.cosignedCheckpoint(signedBy: key) }
    let checkpoint = try reading { () throws(LedgerError) in try log.checkpoint(signedBy: key) }
    switch (checkpoint, cosigned) {
    case (.success(let checkpoint), .success(let cosigned)):
      let signed = older + [checkpoint, cosigned].compactMap(\.self)
      anchors = Anchors(signed)
      verification.olderCheckpoints = older.count
      try run(to: checkpoint, signed.map(\.size).max() ?? 0)
    case (.failure(let fault), _), (_, .failure(let fault)): throw .fault(fault)
    }
    verification.openRequests = requests.open.count
    // A change that a checksum or the tree shows comes first: it may be what made the entries disagree.
    if let fault = blobs.faults.first ?? requests.fault { throw .fault(fault) }
  }

  /// Checks a log that was signed for at least `signed` entries.
  private mutating func run(to checkpoint: Checkpoint, _ signed: UInt64) throws(End) {
    verification.checkpointSize = checkpoint.size
    let log = log
    let list = try reading { () throws(LedgerError) in try SegmentList(in: log.segments) }
    if let fault = anchors.follow(Frontier()) { throw .fault(fault) }
    let seal = try follow(list, checkpoint)
    let size = seal?.size ?? 0
    guard size >= signed else { throw .fault(Fault(.truncated(signed: signed), at: size)) }
  }

  /// Checks all segments, and gives the state at the last seal.
  private mutating func follow(_ list: SegmentList, _ checkpoint: Checkpoint) throws(End) -> Seal? {
    var seal: Seal?
    var waiting = list.firsts[...]
    var running: [SegmentCheck] = []
    // Nothing of this log is read any more when the check has ended.
    defer { for check in running { _ = try? check.report() } }
    for first in list.firsts {
      while running.count < SegmentCheck.atOneTime, let next = waiting.popFirst() {
        let audit = SegmentAudit(
          path: list.path(next), first: next, anchors: anchors.sizes, key: key)
        running.append(try reading { () throws(LedgerError) in try SegmentCheck(audit) })
      }
      let check = running.removeFirst()
      let report = try reading { () throws(LedgerError) in try check.report() }
      seal = try take(report, of: first, in: list, after: seal, checkpoint)
    }
    return seal
  }

  /// Takes in what the check of a segment found, and gives the state at its last seal.
  private mutating func take(
    _ report: SegmentReport?, of first: UInt64, in list: SegmentList, after previous: Seal?, _ checkpoint: Checkpoint
  ) throws(End) -> Seal? {
    let expected = previous?.size ?? 0
    guard let report else { throw .fault(Fault(.missingSegment, at: expected)) }
    guard first == expected else { throw .fault(Fault(.missingSegment, at: min(first, expected))) }
    verification.segments += 1
    verification.bytes += report.length

    let isLast = first == list.firsts.last
    guard let head = report.head else {
      guard isLast, !report.hasLaterSeal, expected >= checkpoint.size else {
        throw .fault(Fault(.segmentHeader, at: expected))
      }
      verification.unfinishedBytes = report.rest
      return previous
    }
    guard report.isHeadSigned else { throw .fault(Fault(.segmentHeader, at: first)) }
    if let previous, previous.frontier != head.frontier {
      // Both were signed: the log's owner signed two logs.
      throw .fault(Fault(.changed(before: first), at: list.firsts.last { $0 < first } ?? 0))
    }

    verification.entries = report.entries
    verification.parts += report.parts
    for step in report.steps { try follow(step, report.fault) }
    if let fault = report.fault { throw .fault(fault) }
    guard let seal = report.seal else { return previous }
    if report.rest > 0 {
      // A batch that was never finished, unless it cannot be one.
      guard isLast, !report.hasLaterSeal, seal.size >= checkpoint.size else {
        throw .fault(Fault(.unreadableRecord, at: report.entries))
      }
      verification.unfinishedBytes = report.rest
    }
    verification.entries = seal.size
    return seal
  }

  /// Takes in a step of a segment, of which `later` is what is wrong after its steps.
  private mutating func follow(_ step: SegmentReport.Step, _ later: Fault?) throws(End) {
    switch step {
    case .request(let step, let index): requests.follow(step, at: index)
    case .blobs(let json, let index):
      guard let places = EntryPlaces(json.span) else { return }
      do throws(LedgerError) {
        try blobs.follow(json.span, places, at: index)
      } catch {
        throw .failure(error)
      }
    case .anchor(let size, let root):
      if let fault = anchors.follow(size, root) {
        verification.entries = size
        // Entries that their own seal does not hold either were changed: that says better which ones.
        if let later, case .changed(let end) = later.code, (later.index + 1...end).contains(size) {
          throw .fault(later)
        }
        throw .fault(fault)
      }
    }
  }

  private func reading<Value>(_ read: () throws(LedgerError) -> Value) throws(End) -> Value {
    do throws(LedgerError) { return try read() } catch { throw .failure(error) }
  }
}
