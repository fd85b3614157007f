import Bytes
import Ciphers

/// Goes through a log from end to end whatever it finds.
struct Inspector {
  private let log: LogDirectory
  private let key: VerifierKey
  private var anchors = Anchors([])
  private var requests = RequestPairs()
  private var blobs: BlobAudit
  /// What `blobs` takes in at the next seal: what none covers excuses no blob's loss.
  private var unsealed: [(json: [UInt8], index: UInt64)] = []
  private var named: Set<Digest> = []
  private var tornEnd: TornEnd?
  /// The largest size that a checkpoint beside the log was signed for.
  private var signed: UInt64 = 0
  private(set) var inspection = Inspection()

  init(_ log: LogDirectory, _ key: VerifierKey) {
    self.log = log
    self.key = key
    blobs = BlobAudit(log)
  }

  mutating func run(against older: [Checkpoint]) throws(LedgerError) {
    var checkpoints: [Checkpoint] = []
    for found in [try log.checkpoint(signedBy: key).map(Optional.some), try log.cosignedCheckpoint(signedBy: key)] {
      switch found {
      case .success(let checkpoint): checkpoints += [checkpoint].compactMap(\.self)
      case .failure(let fault): inspection.add(.fault(fault), .resigned)
      }
    }
    signed = checkpoints.map(\.size).max() ?? 0
    anchors = Anchors(older + checkpoints)
    tornEnd = try TornEnd(of: log, signedBy: key)
    follow(anchors.follow(Frontier()))
    let list = try SegmentList(in: log.segments)
    var state: State?
    for first in list.firsts { state = try follow(first, isLast: first == list.firsts.last, list, after: state) }
    let size = state?.size ?? 0
    if let largest = (older + checkpoints).map(\.size).max(), largest > size {
      inspection.add(.fault(Fault(.truncated(signed: largest), at: size)), .lost)
    }
    for fault in blobs.faults { inspection.add(.fault(fault), .lost) }
    try lookAround()
  }

  /// What is known at the end of a segment.
  private struct State {
    /// How many entries there are up to here.
    var size: UInt64
    /// The tree; nil when damage came before.
    var frontier: Frontier?
  }

  private mutating func follow(
    _ first: UInt64, isLast: Bool, _ list: SegmentList, after previous: State?
  ) throws(LedgerError) -> State? {
    guard var reader = try SegmentReader(list.path(first)) else { return previous }
    inspection.segments += 1
    let expected = previous?.size ?? 0
    if first != expected { inspection.add(.fault(Fault(.missingSegment, at: min(first, expected))), .lost) }
    var walk: Walk
    if let head = try reader.head(), head.seal.size == first, head.seal.isSigned(by: key) {
      if let frontier = previous?.frontier, first == expected, frontier != head.seal.frontier {
        let before = list.firsts.last { $0 < first } ?? 0
        inspection.add(.fault(Fault(.changed(before: first), at: before)), .lost)
      }
      anchors.skip(below: first)
      walk = Walk(Replay(after: head.seal), isKnown: true)
      walk.end = reader.offset
    } else {
      let size = try reader.size()
      if isLast, first == expected, expected >= signed, try !reader.findsSeal(beyond: first) {
        inspection.add(.unfinished(bytes: size), .opening)
        return previous
      }
      inspection.add(.fault(Fault(.segmentHeader, at: first)), .lost)
      guard let again = try SegmentReader(list.path(first)) else { return previous }
      reader = consume again
      let zeros = [UInt8](repeating: 0, count: Signature.byteCount)
      guard try reader.resynchronise() != nil, let unknownSignature = Signature(zeros.span) else {
        return State(size: first, frontier: nil)
      }
      walk = Walk(afterDamageAt: first, unknownSignature)
    }
    try walkThrough(&reader, &walk, isLast ? tornEnd : nil)
    try finish(&reader, &walk, isLast)
    return State(size: walk.replay.seal.size, frontier: walk.isKnown ? walk.replay.seal.frontier : nil)
  }

  /// Reads records to the end of the segment, over whatever is damaged.
  private mutating func walkThrough(
    _ reader: inout SegmentReader, _ walk: inout Walk, _ tornEnd: TornEnd?
  ) throws(LedgerError) {
    while true {
      while let record = try reader.next() {
        var failure: LedgerError?
        let fault = reader.withBody(of: record) { body -> Fault? in
          do throws(LedgerError) {
            return try follow(record, body, &walk)
          } catch {
            failure = error
            return nil
          }
        }
        if let failure { throw failure }
        follow(fault)
        guard record.kind == .seal else { continue }
        walk.end = reader.offset
        let found = walk.checkSeal(by: key)
        for fault in found { follow(fault) }
        try takeInSealed()
      }
      if let tornEnd, walk.replay.seal.size == tornEnd.size { return }
      let place = walk.replay.tree.size
      guard try reader.offset < reader.size(), let skipped = try reader.resynchronise() else { return }
      inspection.add(.unreadable(bytes: skipped, after: place), .lost)
      walk.isKnown = false
      walk.isAfterGap = true
    }
  }

  private mutating func follow(
    _ record: Record, _ body: Span<UInt8>, _ walk: inout Walk
  ) throws(LedgerError) -> Fault? {
    // After a gap the first record says where the log goes on.
    if walk.isAfterGap {
      guard record.kind != .part else { return nil }
      walk.restart(at: record.sequence)
    }
    let places = record.kind == .entry ? EntryPlaces(body) : nil
    if record.kind == .entry {
      inspection.entries += 1
      follow(requests.follow(body, places, at: record.sequence))
      if let places {
        if BlobAudit.concerns(body, places) { unsealed.append(([UInt8](copying: body), record.sequence)) }
        for part in places.parts where part.length > Record.longestBody {
          if let reference = part.reference(in: body) { named.insert(reference.digest) }
        }
      }
    }
    if let fault = walk.replay.follow(record, body) {
      // What replaces the expected record is followed from its own place on.
      if record.kind != .part {
        walk.restart(at: record.sequence)
        _ = walk.replay.follow(record, body)
      }
      walk.isKnown = false
      return fault
    }
    return record.kind == .entry && walk.isKnown ? anchors.follow(walk.replay.tree) : nil
  }

  private mutating func takeInSealed() throws(LedgerError) {
    for (json, index) in unsealed {
      guard let places = EntryPlaces(json.span) else { continue }
      try blobs.follow(json.span, places, at: index)
    }
    unsealed.removeAll()
  }

  private mutating func finish(
    _ reader: inout SegmentReader, _ walk: inout Walk, _ isLast: Bool
  ) throws(LedgerError) {
    if let fault = walk.doubtful.first {
      walk.isKnown = false
      follow(fault)
    }
    let size = try reader.size()
    guard walk.end < size else { return }
    if isLast, let tornEnd, walk.replay.seal.size == tornEnd.size {
      inspection.add(.tornEnd(bytes: tornEnd.bytes), .cuttable)
      return
    }
    reader.go(to: walk.end)
    if isLast, walk.replay.seal.size >= signed, try !reader.findsSeal(beyond: walk.replay.seal.size) {
      inspection.add(.unfinished(bytes: size - walk.end), .opening)
    } else {
      inspection.add(.unreadable(bytes: size - walk.end, after: walk.replay.seal.size), .lost)
    }
  }

  /// Looks at what lies beside the segments.
  private mutating func lookAround() throws(LedgerError) {
    let (digests, strangers) = try BlobStore(log).list()
    for digest in digests where !named.contains(digest) {
      inspection.add(.orphan("blobs/\(digest.description.prefix(2))/\(digest)"), .removable)
    }
    for path in strangers { inspection.add(.stranger(path), .removable) }
    for name in try log.segments.names() where SegmentList.first(of: name) == nil {
      inspection.add(.stranger("segments/\(name)"), .removable)
    }
    if try Emergency.existing(in: log, signedBy: key) != nil { inspection.add(.refusalKept, .opening) }
  }

  private mutating func follow(_ fault: Fault?) {
    if let fault { inspection.add(.fault(fault), .lost) }
  }
}

/// How far a segment was followed.
private struct Walk {
  var replay: Replay
  /// Whether the tree is known: it is not after damage.
  var isKnown: Bool
  var isAfterGap = false
  /// Where the last seal ends.
  var end: UInt64 = 0
  /// What is wrong with the entries or the seals since the last seal that held.
  private(set) var doubtful: [Fault] = []
  /// The size at the last seal that was read.
  private var sealed: UInt64

  init(_ replay: Replay, isKnown: Bool) {
    self.replay = replay
    self.isKnown = isKnown
    sealed = replay.seal.size
  }

  /// Checks the signature of the seal read last, where the tree is known; what turned out to be wrong.
  ///
  /// A seal that holds says that the entries before it are right, and so that those before it that did not hold were
  /// changed themselves. When none comes, it is the entries before the first of them.
  mutating func checkSeal(by key: VerifierKey) -> [Fault] {
    defer { sealed = replay.seal.size }
    guard isKnown else { return [] }
    guard replay.seal.isSigned(by: key) else {
      doubtful.append(Fault(.changed(before: replay.seal.size), at: sealed))
      return []
    }
    defer { doubtful = [] }
    return doubtful
  }

  /// Goes on after damage with the entry `index`, without knowing the tree.
  mutating func restart(at index: UInt64) {
    replay = Replay(afterDamageAt: index, signature: replay.seal.signature)
    isKnown = false
    isAfterGap = false
  }

  /// Begins after damage with the entry `index`, without knowing the tree.
  init(afterDamageAt index: UInt64, _ signature: Signature) {
    self.init(Replay(afterDamageAt: index, signature: signature), isKnown: false)
  }
}
