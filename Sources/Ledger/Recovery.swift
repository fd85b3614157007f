import Ciphers

/// Finds where a log ends, so that it can be written on.
///
/// It reads from the segment that holds the checkpoint to the end, and the one segment that holds the checkpoint that
/// witnesses cosigned. What follows the last seal was never acknowledged (an append returns after the `fdatasync` that
/// follows its seal) and is cut off, unless a later seal is there: then the damage is older than the last batch, and
/// the log does not open. Nor does it open when it is shorter than one of the two checkpoints, or has other entries.
struct Recovery {
  /// The state at the last seal; nil in a log that has nothing yet.
  private(set) var seal: Seal?
  /// The first entry of the segment to write on; nil when the next one has to be begun.
  private(set) var segment: UInt64?
  /// Where in that segment the last seal ends.
  private(set) var offset: UInt64 = 0
  /// How many bytes follow it.
  private(set) var dropped: UInt64 = 0
  /// A segment that was begun and has no readable head.
  private(set) var stillborn: UInt64?
  /// When the last entry happened; nil when none was read.
  private(set) var lastTime: Timestamp?

  private var anchors = Anchors([])

  /// Reads the log, and changes nothing.
  init(of log: LogDirectory, signedBy key: VerifierKey) throws(LedgerError) {
    let checkpoint = try Recovery.valid(log.checkpoint(signedBy: key))
    let cosigned = try Recovery.valid(log.cosignedCheckpoint(signedBy: key))
    let list = try SegmentList(in: log.segments)
    // A segment that begins at the checkpoint may be stillborn: the one before it is read as well.
    let start = list.firsts.lastIndex { $0 < checkpoint.size } ?? 0
    if let cosigned, cosigned.size > 0 {
      anchors = Anchors([cosigned])
      let place = list.firsts.lastIndex { $0 < cosigned.size } ?? 0
      if place < start {
        try follow(list.firsts[place], list, checkpoint, key)
        // What lies between that segment and the checkpoint is vouched for by the signatures of the heads.
        seal = nil
      }
    }
    for first in list.firsts[start...] {
      try follow(first, list, checkpoint, key)
    }
    let size = seal?.size ?? 0
    let signed = max(checkpoint.size, anchors.last ?? 0)
    guard size >= signed else { throw .damaged(Fault(.truncated(signed: signed), at: size)) }
    if let seal, !seal.isSigned(by: key) {
      throw .damaged(Fault(.changed(before: seal.size), at: checkpoint.size))
    }
  }

  private mutating func follow(
    _ first: UInt64, _ list: SegmentList, _ checkpoint: Checkpoint, _ key: VerifierKey
  ) throws(LedgerError) {
    let isLast = first == list.firsts.last
    guard var reader = try SegmentReader(list.path(first)) else { throw LedgerError(.replaced) }
    guard let head = try reader.head() else {
      let hasSeal = try reader.findsSeal(beyond: first)
      guard isLast, first == (seal?.size ?? 0), !hasSeal else { throw .damaged(Fault(.segmentHeader, at: first)) }
      stillborn = first
      dropped = try reader.size()
      return
    }
    if let seal, seal.size != first { throw .damaged(Fault(.missingSegment, at: seal.size)) }
    guard head.seal.size == first, seal == nil || seal == head.seal, head.seal.isSigned(by: key) else {
      throw .damaged(Fault(.segmentHeader, at: first))
    }
    guard seal != nil || first == 0 || first < checkpoint.size else { throw .damaged(Fault(.missingSegment, at: 0)) }

    var replay = Replay(after: head.seal)
    var end = reader.offset
    try check(replay.seal, checkpoint, from: first)
    while let record = try reader.next() {
      let fault = reader.withBody(of: record) { body in replay.follow(record, body) ?? note(record, body, replay.tree) }
      if let fault { throw .damaged(fault) }
      guard record.kind == .seal else { continue }
      end = reader.offset
      try check(replay.seal, checkpoint, from: first)
    }
    let size = try reader.size()
    if end < size {
      let hasSeal = try reader.findsSeal(beyond: replay.seal.size)
      guard isLast, !hasSeal, replay.seal.size >= checkpoint.size else {
        throw .damaged(Fault(.unreadableRecord, at: replay.tree.size))
      }
    }
    (seal, segment, offset, dropped) = (replay.seal, first, end, size - end)
  }

  private mutating func note(_ record: Record, _ body: Span<UInt8>, _ tree: Frontier) -> Fault? {
    guard record.kind == .entry else { return nil }
    if let places = EntryPlaces(body) { lastTime = Timestamp(body.extracting(places.time)) ?? lastTime }
    return anchors.follow(tree)
  }

  private func check(_ seal: Seal, _ checkpoint: Checkpoint, from first: UInt64) throws(LedgerError) {
    guard seal.size == checkpoint.size, seal.frontier.root != checkpoint.root else { return }
    throw .damaged(Fault(.changed(before: checkpoint.size), at: min(first, checkpoint.size)))
  }

  private static func valid<Value>(_ found: Result<Value, Fault>) throws(LedgerError) -> Value {
    switch found {
    case .success(let value): return value
    case .failure(let fault): throw .damaged(fault)
    }
  }
}
