import Bytes
import Ciphers

/// Reads a log batch by batch, and gives out nothing that no signed seal covers.
///
/// It is how everything reads that believes what the log says. It follows the tree from the signed head of the segment
/// in which it begins, checks each record and each seal's signature by the log's key, and holds the tree against the
/// published checkpoint and the cosigned one where it passes their sizes. Somebody who can write to the directory and
/// has no key cannot add to what it gives, nor change it; what he cuts off beyond the published checkpoint he can.
///
/// While another process writes it ends after the last seal: what follows is a batch in the writing, or one that was
/// never acknowledged. Anything else that is not as it was written is `damaged`.
struct SealedBatches: ~Copyable {
  /// An entry of a batch.
  struct Entry {
    let index: UInt64
    let json: [UInt8]
    /// Where its record begins.
    let offset: UInt64
    /// The first entry of its segment.
    let segment: UInt64
    /// The sealed parts that lie beside it, if they were asked for.
    var parts: [[UInt8]] = []
  }

  /// Where a reading stands: at the end of a batch, with the tree up to there.
  ///
  /// It may come from where anybody can write: with another tree no seal that follows holds.
  struct Place: Hashable {
    /// The first entry of the segment.
    var segment: UInt64
    /// Where in it the batch ends.
    var offset: UInt64
    var tree: Frontier
  }

  private let key: VerifierKey
  private let list: SegmentList
  private let start: UInt64
  private let withParts: Bool
  /// How many entries a checkpoint beside the log was signed for.
  let signed: UInt64
  private var anchors: Anchors
  private var following: ArraySlice<UInt64>
  private var reader: SegmentReader?
  /// The first entry of the segment that is read.
  private var segment: UInt64 = 0
  /// The state at the last seal, and where that ends in the segment; nil before the first head.
  private var seal: Seal?
  private var end: UInt64 = 0
  /// The size of the last seal whose signature was checked, and the one below which none is.
  private var checked: UInt64 = 0
  private var unchecked: UInt64 = 0
  /// That the log has other entries than a checkpoint was signed for.
  private var fork: Fault?

  /// Reads the entries from `start` on of a log that `key` signs, and that has to hold the checkpoints `older` as well
  /// where it passes their sizes; `missing` where there never was one.
  init(
    _ log: LogDirectory, signedBy key: VerifierKey, from start: UInt64 = 0, parts: Bool = false,
    against older: [Checkpoint] = []
  ) throws(LedgerError) {
    guard try !log.isEmpty() else { throw LedgerError(.missing) }
    // INVARIANT: the checkpoints are read before the segments, so that these hold all that those cover.
    let checkpoints = try SealedBatches.checkpoints(of: log, key) + older
    let list = try SegmentList(in: log.segments)
    let following = list.firsts[(list.firsts.lastIndex { $0 <= start } ?? 0)...]
    var anchors = Anchors(checkpoints)
    if let first = following.first {
      guard first <= start else { throw .damaged(Fault(.missingSegment, at: start)) }
      anchors.skip(below: first)
    }
    if let fault = anchors.follow(Frontier()) { throw .damaged(fault) }
    (self.key, self.list, self.start, self.anchors, self.following) = (key, list, start, anchors, following)
    withParts = parts
    signed = checkpoints.map(\.size).max() ?? 0
    reader = nil
  }

  /// Reads on from where another reading stood.
  init(_ log: LogDirectory, signedBy key: VerifierKey, after place: Place) throws(LedgerError) {
    let checkpoints = try SealedBatches.checkpoints(of: log, key)
    let list = try SegmentList(in: log.segments)
    var anchors = Anchors(checkpoints)
    anchors.skip(below: place.tree.size)
    if let fault = anchors.follow(place.tree) { throw .damaged(fault) }
    guard var reader = try SegmentReader.opened(list.path(place.segment), at: place.offset) else {
      throw .damaged(Fault(.missingSegment, at: place.segment))
    }
    guard try place.offset <= reader.size() else {
      throw .damaged(Fault(.truncated(signed: place.tree.size), at: place.segment))
    }
    // Nobody signed this: it stands for the seal that was checked when the place was taken.
    guard let signature = Signature([UInt8](repeating: 0, count: Signature.byteCount).span) else {
      throw LedgerError(.invalidKey)
    }
    (self.key, self.list, self.anchors, start, withParts) = (key, list, anchors, place.tree.size, false)
    following = list.firsts.drop { $0 <= place.segment }
    signed = checkpoints.map(\.size).max() ?? 0
    (segment, end, seal) = (place.segment, place.offset, Seal(frontier: place.tree, signature: signature))
    checked = place.tree.size
    reader.go(to: place.offset)
    self.reader = consume reader
  }

  /// Checks of all signatures up to the published checkpoint only the last, which covers what is before it: for who takes
  /// in hundreds of thousands of small batches.
  ///
  /// Nothing of what `next` gives may be believed before the reading stands at `signed` or beyond.
  mutating func checkAtCheckpoint() { unchecked = signed }

  /// Where the reading stands; nil before the first head was read.
  var place: Place? { seal.map { Place(segment: segment, offset: end, tree: $0.frontier) } }

  private static func checkpoints(of log: LogDirectory, _ key: VerifierKey) throws(LedgerError) -> [Checkpoint] {
    var checkpoints: [Checkpoint] = []
    for found in [
      try log.cosignedCheckpoint(signedBy: key), try log.checkpoint(signedBy: key).map(Optional.some),
    ] {
      switch found {
      case .success(let checkpoint): checkpoints += [checkpoint].compactMap(\.self)
      case .failure(let fault): throw .damaged(fault)
      }
    }
    return checkpoints
  }

  /// The entries of the next batch that has any from `start` on; nil after the last seal.
  mutating func next() throws(LedgerError) -> [Entry]? {
    while true {
      if reader == nil {
        guard let first = following.popFirst(), try open(first) else { return try finished() }
      }
      guard let batch = try nextBatch() else {
        reader = nil
        continue
      }
      if !batch.isEmpty { return batch }
    }
  }

  /// Begins with a segment; false when its head is not written yet.
  private mutating func open(_ first: UInt64) throws(LedgerError) -> Bool {
    let expected = seal?.size ?? first
    guard var reader = try SegmentReader(list.path(first)) else { throw .damaged(Fault(.missingSegment, at: expected)) }
    guard first == expected else { throw .damaged(Fault(.missingSegment, at: min(first, expected))) }
    guard let head = try reader.head() else {
      guard following.isEmpty, first >= signed, try !reader.findsSeal(beyond: first) else {
        throw .damaged(Fault(.segmentHeader, at: first))
      }
      return false
    }
    guard head.seal.size == first, head.seal == seal || head.seal.isSigned(by: key) else {
      throw .damaged(Fault(.segmentHeader, at: first))
    }
    if let seal, seal.frontier != head.seal.frontier {
      // Both were signed: the log's owner signed two logs.
      throw .damaged(Fault(.changed(before: first), at: segment))
    }
    if head.seal != seal { checked = first }
    (seal, segment, end) = (head.seal, first, reader.offset)
    self.reader = consume reader
    return true
  }

  /// The next batch of the segment; nil when it has no more.
  private mutating func nextBatch() throws(LedgerError) -> [Entry]? {
    guard let seal else { return nil }
    var furthest: UInt64?
    while true {
      var replay = Replay(after: seal)
      if let batch = try sealedBatch(&replay) { return batch }
      guard let place = reader?.offset, let size = try reader?.size(), end < size else { return nil }
      let damage = LedgerError.damaged(Fault(.unreadableRecord, at: replay.tree.size))
      guard following.isEmpty else { throw damage }
      guard try reader?.findsSeal(beyond: seal.size) == true else { return nil }
      // It may have got there since the batch was read, which was in the writing: then more of it can be read now.
      if let furthest, place <= furthest { throw damage }
      furthest = place
      reader?.go(to: end)
    }
  }

  /// Reads to the next seal and checks it; nil when the records end before it.
  private mutating func sealedBatch(_ replay: inout Replay) throws(LedgerError) -> [Entry]? {
    var batch: [Entry] = []
    while let place = reader?.offset, let record = try reader?.next() {
      let leaf = record.kind == .entry ? reader?.leaf(of: record) : nil
      let fault = reader?.withBody(of: record) { follow(record, $0, leaf, &replay) }
      if let fault = fault.flatMap(\.self) { throw .damaged(fault) }
      switch record.kind {
      case .entry:
        fork = fork ?? anchors.follow(replay.tree)
        guard record.sequence >= start, let json = reader?.body(of: record) else { continue }
        batch.append(Entry(index: record.sequence, json: json, offset: place, segment: segment))
      case .part:
        guard withParts, record.sequence >= start, let body = reader?.body(of: record) else { continue }
        batch[batch.count - 1].parts.append(body)
      case .seal:
        if replay.seal.size >= unchecked {
          guard replay.seal.isSigned(by: key) else {
            throw .damaged(Fault(.changed(before: replay.seal.size), at: checked))
          }
          checked = replay.seal.size
        }
        if let fork { throw .damaged(fork) }
        (seal, end) = (replay.seal, reader?.offset ?? end)
        return batch
      }
    }
    return nil
  }

  private func follow(_ record: Record, _ body: Span<UInt8>, _ leaf: Digest?, _ replay: inout Replay) -> Fault? {
    switch record.kind {
    case .entry:
      replay.follow(entry: body, EntryPlaces(body), leaf ?? MerkleTree.leaf(body), at: record.sequence)
    case .part: replay.follow(part: body, at: record.sequence)
    case .seal: replay.follow(seal: body, record.form, at: record.sequence)
    }
  }

  /// The end of the log, which the checkpoints may not lie beyond.
  private func finished() throws(LedgerError) -> [Entry]? {
    guard let size = seal?.size ?? (list.firsts.isEmpty ? 0 : nil), size < signed else { return nil }
    throw .damaged(Fault(.truncated(signed: signed), at: size))
  }
}
