/// Reads the leaves of a log from its segments, in order, also of a log that grows meanwhile.
struct LeafReader: ~Copyable {
  private let segments: Directory
  private var reader: SegmentReader?
  /// The index of the next leaf.
  private(set) var next: UInt64

  /// Reads from the leaf `index` on.
  init(_ log: LogDirectory, from index: UInt64) throws(LedgerError) {
    segments = log.segments
    next = index
    let list = try SegmentList(in: log.segments)
    guard let first = list.firsts.last(where: { $0 <= index }) else { return }
    reader = try SegmentReader(list.path(first))
    _ = try reader?.head()
    next = first
    while next < index {
      guard try read({ _ in }) else { throw .damaged(Fault(.unreadableRecord, at: next)) }
    }
  }

  /// Reads from the entry at `place` on.
  init(_ log: LogDirectory, from place: LeafPlace) throws(LedgerError) {
    segments = log.segments
    next = place.index
    reader = try SegmentReader(segments.file(SegmentList.name(place.segment)))
    reader?.go(to: place.offset)
  }

  /// Lends the next leaf to `body`; false when it is not written yet.
  mutating func read(_ body: (Span<UInt8>) -> Void) throws(LedgerError) -> Bool {
    while true {
      while let record = try reader?.next() {
        guard record.kind == .entry else { continue }
        guard record.sequence == next else {
          throw .damaged(Fault(.outOfOrder(found: record.sequence), at: next))
        }
        next += 1
        reader?.withBody(of: record, body)
        return true
      }
      // A segment ends where the next one has been begun.
      guard let following = try SegmentReader(segments.file(SegmentList.name(next))) else { return false }
      reader = consume following
      guard try reader?.head() != nil else {
        reader = nil
        return false
      }
    }
  }
}
