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
    var seal: Seal?
    for first in list.firsts { seal = try follow(first, in: list, after: seal, checkpoint) }
    let size = seal?.size ?? 0
    let signed = max(checkpoint.size, anchors.last ?? 0)
    guard size >= signed else { throw .fault(Fault(.truncated(signed: signed), at: size)) }
    if let seal, !seal.isSigned(by: key), let last = list.firsts.last(where: { $0 < seal.size }) {
      throw .fault(try change(in: last, of: list, before: seal.size))
    }
  }

  /// Checks one segment, and gives the state at its last seal.
  private mutating func follow(
    _ first: UInt64, in list: SegmentList, after previous: Seal?, _ checkpoint: Checkpoint
  ) throws(End) -> Seal? {
    let expected = previous?.size ?? 0
    guard var reader = try open(list.path(first)) else { throw .fault(Fault(.missingSegment, at: expected)) }
    guard first == expected else { throw .fault(Fault(.missingSegment, at: min(first, expected))) }
    let isLast = first == list.firsts.last
    let size = try reading { () throws(LedgerError) in try reader.size() }
    verification.segments += 1
    verification.bytes += size

    guard let head = try reading({ () throws(LedgerError) in try reader.head() }) else {
      try unfinished(size, in: &reader, isLast, replayed: expected, sealed: expected, checkpoint, .segmentHeader)
      return previous
    }
    guard head.seal.size == first, head.seal.isSigned(by: key) else { throw .fault(Fault(.segmentHeader, at: first)) }
    if let previous, previous.frontier != head.seal.frontier {
      let last = list.firsts.last { $0 < first } ?? 0
      throw .fault(try change(in: last, of: list, before: first))
    }

    var replay = Replay(after: head.seal)
    var end = reader.offset
    while let record = try reading({ () throws(LedgerError) in try reader.next() }) {
      if let fault = try follow(record, in: reader, &replay) { throw .fault(fault) }
      guard record.kind == .seal else { continue }
      end = reader.offset
      if replay.seal.size == checkpoint.size, replay.seal.frontier.root != checkpoint.root {
        throw .fault(try change(in: first, of: list, before: checkpoint.size))
      }
    }
    if end < size {
      try unfinished(
        size - end, in: &reader, isLast, replayed: replay.tree.size, sealed: replay.seal.size, checkpoint,
        .unreadableRecord)
    }
    verification.entries = replay.seal.size
    return replay.seal
  }

  private mutating func follow(
    _ record: Record, in reader: borrowing SegmentReader, _ replay: inout Replay
  ) throws(End) -> Fault? {
    var failure: LedgerError?
    let fault = reader.withBody(of: record) { body -> Fault? in
      switch record.kind {
      case .entry:
        let places = EntryPlaces(body)
        requests.follow(body, places, at: record.sequence)
        if let fault = replay.follow(entry: body, places, at: record.sequence) { return fault }
        if let places {
          do throws(LedgerError) {
            try blobs.follow(body, places, at: record.sequence)
          } catch {
            failure = error
          }
        }
        return anchors.follow(replay.tree)
      case .part:
        verification.parts += 1
        return replay.follow(part: body, at: record.sequence)
      case .seal:
        return replay.follow(seal: body, at: record.sequence)
      }
    }
    if let failure { throw .failure(failure) }
    verification.entries = replay.tree.size
    return fault
  }

  /// Takes what follows the last seal for a batch that was never finished, unless it cannot be one.
  private mutating func unfinished(
    _ count: UInt64, in reader: inout SegmentReader, _ isLast: Bool, replayed: UInt64, sealed: UInt64,
    _ checkpoint: Checkpoint, _ code: Fault.Code
  ) throws(End) {
    let hasSeal: Bool
    do throws(LedgerError) { hasSeal = try reader.findsSeal(beyond: sealed) } catch { throw .failure(error) }
    guard isLast, !hasSeal, sealed >= checkpoint.size else { throw .fault(Fault(code, at: replayed)) }
    verification.unfinishedBytes = count
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
