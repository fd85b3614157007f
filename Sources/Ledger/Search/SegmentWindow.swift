import Bytes
import Glibc

/// Reads the records of a segment from any place on.
struct SegmentWindow: ~Copyable {
  /// How many bytes are read at once when many records are.
  static let wide = 1 << 20
  /// How many bytes are enough for any record.
  static let narrow = Record.headLength + Record.longestBody

  private let file: File
  private var buffer: [UInt8]
  private var start = 0
  private var end = 0
  /// Where in the file the next record begins.
  private(set) var offset: UInt64

  /// Opens the segment at `path` to read from the record at `offset`, or from the first one; nil when the segment is
  /// not there or has no readable head.
  init?(_ path: String, at offset: UInt64?, reading length: Int = wide) throws(LedgerError) {
    guard let file = try File(path, O_RDONLY) else { return nil }
    var buffer = [UInt8](repeating: 0, count: max(length, SegmentWindow.narrow))
    var start = offset
    if start == nil {
      let count = try file.read(SegmentHead.longest, at: 0, into: &buffer, at: 0)
      start = SegmentHead(buffer.span.extracting(first: count)).map { UInt64($0.length) }
    }
    guard let start else { return nil }
    self.file = file
    self.buffer = buffer
    self.offset = start
  }

  /// The next record, its body placed in the window; nil where no whole record is.
  mutating func next() throws(LedgerError) -> Record? {
    if end - start < SegmentWindow.narrow { try fill(SegmentWindow.narrow) }
    guard var record = Record(buffer.span.extracting(start..<end)) else { return nil }
    let length = record.body.upperBound
    record.body = record.body.lowerBound + start..<length + start
    start += length
    offset += UInt64(length)
    return record
  }

  /// Lends the bytes of the body read last to `body`.
  func withBody<Value>(of record: Record, _ body: (Span<UInt8>) -> Value) -> Value {
    body(buffer.span.extracting(record.body))
  }

  private mutating func fill(_ count: Int) throws(LedgerError) {
    let kept = end - start
    for place in 0..<kept { buffer[place] = buffer[start + place] }
    (start, end) = (0, kept)
    while end < count {
      let got = try file.read(buffer.count - end, at: offset + UInt64(end), into: &buffer, at: end)
      if got == 0 { return }
      end += got
    }
  }
}
