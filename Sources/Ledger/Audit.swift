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
  private var requests = RequestPairs()
  var verification = Verification()

  init(_ log: LogDirectory, _ key: VerifierKey) {
    self.log = log
    self.key = key
  }

  mutating func run() throws(End) {
    // INVARIANT: the checkpoint is read before the segments, so that what is written meanwhile lies beyond it.
    let (log, key) = (log, key)
    let checkpoint = try reading { () throws(LedgerError) in try log.checkpoint(signedBy: key) }
    switch checkpoint {
    case .success(let checkpoint): try run(to: checkpoint)
    case .failure(let fault): throw .fault(fault)
    }
    verification.openRequests = requests.open.count
    // A change that a checksum or the tree shows comes first: it may be what made the entries disagree.
    if let fault = requests.fault { throw .fault(fault) }
  }

  private mutating func run(to checkpoint: Checkpoint) throws(End) {
    verification.checkpointSize = checkpoint.size
    let (log, key) = (log, key)
    let list = try reading { () throws(LedgerError) in try SegmentList(in: log.segments) }
    var seal: Seal?
    for first in list.firsts { seal = try follow(first, in: list, after: seal, checkpoint) }
    let size = seal?.size ?? 0
    guard size >= checkpoint.size else { throw .fault(Fault(.truncated(signed: checkpoint.size), at: size)) }
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
      let fault = reader.withBody(of: record) { body in
        if record.kind == .entry { requests.follow(body, at: record.sequence) }
        return replay.follow(record, body)
      }
      if let fault { throw .fault(fault) }
      verification.entries = replay.tree.size
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
