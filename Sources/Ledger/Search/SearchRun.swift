import Ciphers

/// Reads a log on from one position, batch by batch, and hands its entries to the writer of an index.
struct SearchRun {
  private(set) var position: SearchPosition
  /// Takes the entries; nil when they are only counted.
  private(set) var writer: SearchWriter?
  private let segments: SegmentList
  private var lastOffset: UInt64?

  init(from position: SearchPosition, in segments: SegmentList, writer: SearchWriter?) {
    self.position = position
    self.segments = segments
    self.writer = writer
  }

  /// Takes in batches until `limit` entries were taken; true when the log has no more.
  mutating func takeIn(_ limit: Int) throws -> Bool {
    let start = position.size
    while true {
      let path = segments.path(position.segment)
      guard var reader = try SegmentReader.opened(path, at: position.offset) else { return true }
      guard try takeIn(&reader, upTo: start + UInt64(limit)) else {
        try rememberLast()
        return false
      }
      guard position.size != position.segment, segments.firsts.contains(position.size) else { break }
      (position.segment, position.offset) = (position.size, nil)
    }
    try rememberLast()
    return true
  }

  /// Takes in the batches of one segment; true when it has no more.
  private mutating func takeIn(_ reader: inout SegmentReader, upTo limit: UInt64) throws -> Bool {
    var size = position.size
    var batch: [(entry: IndexedEntry, offset: UInt64)] = []
    var last: UInt64?
    while true {
      let offset = reader.offset
      guard let record = try reader.next() else { return true }
      if record.kind == .entry {
        guard record.sequence == size else { return true }
        size += 1
        last = offset
        if writer != nil { batch.append((reader.withBody(of: record) { IndexedEntry($0) }, offset)) }
      } else if record.kind == .seal {
        guard record.sequence == size else { return true }
        for (place, entry) in batch.enumerated() {
          try writer?.add(
            entry.entry, at: Int64(position.size) + Int64(place), segment: Int64(position.segment),
            place: Int64(entry.offset))
        }
        batch.removeAll(keepingCapacity: true)
        (position.size, position.offset) = (size, reader.offset)
        if let last { lastOffset = last }
        if size >= limit { return false }
      }
    }
  }

  /// Notes which entry the next run finds again before it goes on.
  private mutating func rememberLast() throws {
    guard writer != nil, let offset = lastOffset, let home = segments.firsts.last(where: { $0 < position.size }),
      var reader = try SegmentReader.opened(segments.path(home), at: offset, reading: SegmentReader.narrow),
      let record = try reader.next()
    else { return }
    position.last = SearchPosition.Last(
      index: record.sequence, offset: offset, leaf: reader.withBody(of: record) { MerkleTree.leaf($0) })
  }
}
