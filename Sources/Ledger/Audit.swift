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
      anchors = Anchors(older + [cosigned].compactMap(\.self))
      verification.olderCheckpoints = older.count
      try run(to: checkpoint)
    case (.failure(let fault), _), (_, .failure(let fault)): throw .fault(fault)
    }
    verification.openRequests = requests.open.count
    // A change that a checksum or the tree shows comes first: it may be what made the entries disagree.
    if let fault = blobs.faults.first ?? requests.fault { throw .fault(fault) }
  }

  private mutating func run(to checkpoint: Checkpoint) throws(End) {
    verification.checkpointSize = checkpoint.size
    let (log, key) = (log, key)
    let list = try reading { () throws(LedgerError) in try SegmentList(in: log.segments) }
    if let fault = anchors.follow(Frontier()) { throw .fault(fault) }
    let seal = try follow(list, checkpoint)
    let size = seal?.size ?? 0
    let signed = max(checkpoint.size, anchors.last ?? 0)
    guard size >= signed else { throw .fault(Fault(.truncated(signed: signed), at: size)) }
    if let seal, !seal.isSigned(by: key), let last = list.firsts.last(where: { $0 < seal.size }) {
      throw .fault(try change(in: last, of: list, before: seal.size))
    }
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
          path: list.path(next), first: next, checkpoint: checkpoint, anchors: anchors.sizes, key: key)
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
      let last = list.firsts.last { $0 < first } ?? 0
      throw .fault(try change(in: last, of: list, before: first))
    }

    verification.entries = report.entries
    verification.parts += report.parts
    for step in report.steps { try follow(step) }
    if let fault = report.fault { throw .fault(fault) }
    if report.departsFromCheckpoint { throw .fault(try change(in: first, of: list, before: checkpoint.size)) }
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

  private mutating func follow(_ step: SegmentReport.Step) throws(End) {
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
        throw .fault(fault)
      }
    }
  }

  /// Where a segment departs from what was signed: the first batch whose seal does not hold.
  private func change(in first: UInt64, of list: SegmentList, before end: UInt64) throws(End) -> Fault {
    guard var reader = try open(list.path(first)),
      let head = try reading({ () throws(LedgerError) in try reader.head() })
    else { return Fault(.segmentHeader, at: first) }
    var replay = Replay(after: head.seal)
    while let record = try reading({ () throws(LedgerError) in try reader.next() }) {
      let start = replay.seal.size
      if let fault = reader.withBody(of: record, { replay.follow(record, $0) }) { return fault }
      if record.kind == .seal, !replay.seal.isSigned(by: key) {
        return Fault(.changed(before: replay.seal.size), at: start)
      }
    }
    return Fault(.changed(before: end), at: first)
  }

  private func open(_ path: String) throws(End) -> SegmentReader? {
    do throws(LedgerError) { return try SegmentReader(path) } catch { throw .failure(error) }
  }

  private func reading<Value>(_ read: () throws(LedgerError) -> Value) throws(End) -> Value {
    do throws(LedgerError) { return try read() } catch { throw .failure(error) }
  }
}
