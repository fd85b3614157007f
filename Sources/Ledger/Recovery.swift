import Ciphers

/// Finds where a log ends, so that it can be written on.
///
/// It reads from the segment that holds the checkpoint to the end, and the one segment that holds the checkpoint that
/// witnesses cosigned. What follows the last seal was never acknowledged (an append returns after the `fdatasync` that
/// follows its seal) and is cut off, unless a later seal is there: then the damage is older than the last batch, and
/// the log does not open. Nor does it open when it is shorter than one of the two checkpoints, or has other entries.
///
/// A batch that was written and whose `fdatasync` failed is in memory as if it were on the disk. It was refused, and is
/// cut off where the log kept that it refused; all else that no published checkpoint covers is written once more.
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
  /// What may be in memory only: of these segments, everything from that offset on.
  private(set) var uncertain: [(segment: UInt64, offset: UInt64)] = []
  /// When the last entry happened; nil when none was read.
  private(set) var lastTime: Timestamp?

  private var anchors: Anchors
  /// The size beyond which everything was refused.
  private let refused: UInt64?

  /// Reads the log, and changes nothing.
  init(of log: LogDirectory, signedBy key: VerifierKey) throws(LedgerError) {
    let checkpoint = try Recovery.valid(log.checkpoint(signedBy: key))
    let cosigned = try Recovery.valid(log.cosignedCheckpoint(signedBy: key))
    let list = try SegmentList(in: log.segments)
    let signed = [checkpoint] + [cosigned].compactMap(\.self)
    anchors = Anchors(signed)
    refused = try Recovery.refused(in: log, signed, signedBy: key)
    if let fault = anchors.follow(Frontier()) { throw .damaged(fault) }
    // A segment that begins at the checkpoint may be stillborn: the one before it is read as well.
    let start = list.firsts.lastIndex { $0 < checkpoint.size } ?? 0
    if let cosigned, cosigned.size > 0 {
      let place = list.firsts.lastIndex { $0 < cosigned.size } ?? 0
      if place < start {
        try follow(list.firsts[place], list, checkpoint, key)
        guard (anchors.first ?? .max) > cosigned.size else {
          throw .damaged(Fault(.missingSegment, at: seal?.size ?? 0))
        }
        // What lies between that segment and the checkpoint is vouched for by the signatures of the heads.
        seal = nil
      }
    }
    for first in list.firsts[start...] {
      try follow(first, list, checkpoint, key)
    }
    let size = seal?.size ?? 0
    let largest = max(checkpoint.size, cosigned?.size ?? 0)
    guard size >= largest else { throw .damaged(Fault(.truncated(signed: largest), at: size)) }
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
    var published = first < checkpoint.size ? end : 0
    while !isLast || replay.seal.size != refused, let record = try reader.next() {
      let fault = reader.withBody(of: record) { body in
        replay.follow(record, body) ?? note(record, body, replay.tree, checkpoint)
      }
      if let fault { throw .damaged(fault) }
      guard record.kind == .seal else { continue }
      end = reader.offset
      if replay.seal.size <= checkpoint.size { published = end }
    }
    let size = try reader.size()
    if end < size, !isLast || replay.seal.size != refused {
      let hasSeal = try reader.findsSeal(beyond: replay.seal.size)
      guard isLast, !hasSeal, replay.seal.size >= checkpoint.size else {
        throw .damaged(Fault(.unreadableRecord, at: replay.tree.size))
      }
    }
    (seal, segment, offset, dropped) = (replay.seal, first, end, size - end)
    if published < end { uncertain.append((first, published)) }
  }

  private mutating func note(
    _ record: Record, _ body: Span<UInt8>, _ tree: Frontier, _ checkpoint: Checkpoint
  ) -> Fault? {
    guard record.kind == .entry else { return nil }
    if let places = EntryPlaces(body) { lastTime = Timestamp(body.extracting(places.time)) ?? lastTime }
    guard let fault = anchors.follow(tree) else { return nil }
    // The published checkpoint is of this very log: most likely somebody changed an entry.
    return tree.size == checkpoint.size && tree.root != checkpoint.root
      ? Fault(.changed(before: tree.size), at: fault.index) : fault
  }

  /// The size beyond which the log refused entries, as it kept before it ended; nil when it ended otherwise, or has
  /// taken that in.
  private static func refused(
    in log: LogDirectory, _ signed: [Checkpoint], signedBy key: VerifierKey
  ) throws(LedgerError) -> UInt64? {
    guard let refusal = try Emergency.existing(in: log, signedBy: key),
      signed.allSatisfy({ $0.size <= refusal.size }), try !refusal.isIn(log, signedBy: key)
    else { return nil }
    return refusal.size
  }

  private static func valid<Value>(_ found: Result<Value, Fault>) throws(LedgerError) -> Value {
    switch found {
    case .success(let value): return value
    case .failure(let fault): throw .damaged(fault)
    }
  }
}
