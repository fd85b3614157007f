import Bytes
import Ciphers
import Glibc

/// Reads the records of a segment in order with one buffer.
struct SegmentReader: ~Copyable {
  /// How many bytes are read at once when many records are.
  static let wide = 1 << 18
  /// How many bytes are enough for any record.
  static let narrow = Record.headLength + Record.longestBody

  private let file: File
  private var buffer: [UInt8]
  private var start = 0
  private var end = 0
  /// Where in the file the next record begins.
  private(set) var offset: UInt64 = 0
  /// The hash of an entry that was not read yet, and where in the file its bytes are.
  private var leafAhead: (place: Range<UInt64>, hash: Digest)?

  /// Opens the segment at `path`; nil when there is none.
  init?(_ path: String, reading length: Int = wide) throws(LedgerError) {
    guard let file = try File(path, O_RDONLY) else { return nil }
    self.file = file
    buffer = [UInt8](repeating: 0, count: max(length, SegmentReader.narrow))
  }

  /// The segment at `path`, to be read from the record at `offset`, or from the first one; nil when the segment is not
  /// there or has no readable head.
  static func opened(
    _ path: String, at offset: UInt64?, reading length: Int = wide
  ) throws(LedgerError) -> SegmentReader? {
    guard var reader = try SegmentReader(path, reading: length) else { return nil }
    if let offset {
      reader.go(to: offset)
    } else if try reader.head() == nil {
      return nil
    }
    return reader
  }

  /// Reads the head; nil when it is damaged.
  mutating func head() throws(LedgerError) -> SegmentHead? {
    try fill(SegmentHead.longest)
    guard let head = SegmentHead(buffer.span.extracting(start..<end)) else { return nil }
    advance(head.length)
    return head
  }

  /// Goes on at `offset`, where a record begins or the file ends.
  mutating func go(to offset: UInt64) {
    (start, end, self.offset) = (0, 0, offset)
  }

  /// Reads the next record, with its body placed in `bytes`; nil at the end or where no whole record is.
  mutating func next() throws(LedgerError) -> Record? {
    if end - start < SegmentReader.narrow { try fill(SegmentReader.narrow) }
    guard var record = Record(buffer.span.extracting(start..<end)) else { return nil }
    record.body = record.body.lowerBound + start..<record.body.upperBound + start
    advance(record.body.upperBound - start)
    return record
  }

  /// Goes on to the next offset where a whole record begins; how many bytes it went past, nil when there is none.
  mutating func resynchronise() throws(LedgerError) -> UInt64? {
    let start = offset
    while true {
      try fill(SegmentReader.narrow)
      guard end - self.start >= Record.headLength else { return nil }
      advance(1)
      try fill(SegmentReader.narrow)
      if Record(buffer.span.extracting(self.start..<end)) != nil { return offset - start }
    }
  }

  /// Lends the bytes of a body read last to `body`.
  func withBody<Value>(of record: Record, _ body: (Span<UInt8>) -> Value) -> Value {
    body(buffer.span.extracting(record.body))
  }

  /// The hash in the Merkle tree of the entry read last; that of the entry after it is computed in the same time.
  mutating func leaf(of record: Record) -> Digest {
    if let ahead = leafAhead, ahead.place == offset - UInt64(record.body.count)..<offset { return ahead.hash }
    guard Digest.goesInPairs, let following = followingEntry else { return withBody(of: record, MerkleTree.leaf) }
    let (leaf, next) = leaves(record.body, following)
    let place = offset + UInt64(following.lowerBound - start)
    leafAhead = (place..<place + UInt64(following.count), next)
    return leaf
  }

  private func leaves(_ first: Range<Int>, _ second: Range<Int>) -> (Digest, Digest) {
    MerkleTree.leaves(buffer.span.extracting(first), buffer.span.extracting(second))
  }

  /// Where the body of the next entry is, if all of it was read from the file.
  ///
  /// Its record may be damaged, which `next` finds before anybody asks for its hash.
  private var followingEntry: Range<Int>? {
    var place = start
    while place + Record.headLength <= end {
      let body = place + Record.headLength
      place = body + Int(buffer.span.littleEndian(at: place + 4, as: UInt16.self))
      guard place <= end else { return nil }
      if buffer[body - Record.headLength + 6] == Record.Kind.entry.rawValue { return body..<place }
    }
    return nil
  }

  /// A copy of the body read last.
  func body(of record: Record) -> [UInt8] { Array(buffer[record.body]) }

  /// How many bytes the file has.
  func size() throws(LedgerError) -> UInt64 { try file.status().size }

  /// Whether a whole seal beyond `size` entries begins anywhere in the rest of the file; reads it to the end.
  ///
  /// What follows the first damage has no known borders, so every offset is tried; the checksum leaves one in 2^32 of
  /// the offsets that look like a seal to chance.
  mutating func findsSeal(beyond size: UInt64) throws(LedgerError) -> Bool {
    let length = Record.headLength + 64
    while true {
      try fill(length)
      guard end - start >= length else { return false }
      if SegmentReader.hasSeal(in: buffer.span.extracting(start..<end), beyond: size) { return true }
      advance(end - start - length + 1)
    }
  }

  private static func hasSeal(in bytes: Span<UInt8>, beyond size: UInt64) -> Bool {
    for place in 0...(bytes.count - Record.headLength - 64)
    where Record.isSeal(bytes[place + 6]) && bytes[place + 4] == 64 && bytes[place + 5] == 0 {
      if let record = Record(bytes.extracting(place..<bytes.count)), record.kind == .seal, record.sequence > size {
        return true
      }
    }
    return false
  }

  private mutating func advance(_ count: Int) {
    start += count
    offset += UInt64(count)
  }

  private mutating func fill(_ count: Int) throws(LedgerError) {
    guard end - start < count else { return }
    if start > 0 {
      let kept = Array(buffer[start..<end])
      buffer.replaceSubrange(0..<kept.count, with: kept)
      end -= start
      start = 0
    }
    while end < count {
      let got = try file.read(buffer.count - end, at: offset + UInt64(end), into: &buffer, at: end)
      if got == 0 { return }
      end += got
    }
  }
}
