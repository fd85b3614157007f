import Ledger
import Testing

struct ExportFeedTests {
  private func feed(_ log: borrowing TemporaryLog, after cursor: ExportCursor? = nil) throws -> ExportFeed {
    ExportFeed(
      data: log.data, key: try Custody.verifier(data: log.data), exporter: Exporter(.ocsf, version: "1"), form: .line,
      after: cursor)
  }

  /// What the feed gives until it has no more.
  private func rest(of feed: ExportFeed, pieceLength: Int = 1 << 18) throws -> [[UInt8]] {
    var records: [[UInt8]] = []
    while let piece = try feed.next(pieceLength) { records += piece.records }
    return records
  }

  private func isWhole(_ records: [[UInt8]], _ log: borrowing TemporaryLog) throws -> Bool {
    let key = try Custody.verifier(data: log.data)
    var check = ExportCheck(origin: key.name)
    for record in records { check.take(Array(record.dropLast())) }
    return try check.compared(withLogOf: log.data, key: key).isWhole
  }

  private func append(_ range: Range<Int>, to log: borrowing TemporaryLog, segmentLength: UInt64) async throws {
    var limits = AuditLog.Limits()
    limits.segmentLength = segmentLength
    let ledger = try log.open(limits: limits)
    for number in range { try await ledger.append(TemporaryLog.entry(number)) }
    try await ledger.close()
  }

  @Test(arguments: [64 << 20, 2048] as [UInt64])
  func `follows a log that grows, over segments, without a gap`(_ segmentLength: UInt64) async throws {
    let log = try TemporaryLog()
    try await append(0..<7, to: log, segmentLength: segmentLength)
    let feed = try feed(log)
    var records = try rest(of: feed)
    for end in [8, 9, 30, 31] {
      #expect(try feed.next() == nil)
      try await append(records.count..<end, to: log, segmentLength: segmentLength)
      records += try rest(of: feed, pieceLength: 1)
      #expect(records.count == end)
    }
    #expect(try isWhole(records, log))
  }

  @Test func `gives again what did not arrive`() async throws {
    let log = try TemporaryLog()
    try await log.fill(20)
    let feed = try feed(log)
    let arrived = try #require(try feed.next(1))
    let lost = try #require(try feed.next(1))
    feed.rewind(to: arrived.cursor)
    #expect(try feed.size() == 20)
    #expect(try feed.next(1) == lost)
    #expect(try isWhole(arrived.records + lost.records + rest(of: feed), log))
  }

  @Test func `goes on after a cursor that was kept`() async throws {
    let log = try TemporaryLog()
    try await log.fill(20)
    let first = try #require(try feed(log).next(1))
    #expect(try isWhole(first.records + rest(of: feed(log, after: first.cursor)), log))
  }

  @Test func `refuses a log that has become shorter`() async throws {
    let log = try TemporaryLog()
    try await log.fill(4)
    let before = try log.bytes(log.path("checkpoint"))
    try await append(4..<10, to: log, segmentLength: 64 << 20)
    let feed = try feed(log)
    _ = try rest(of: feed)
    try log.write(before, to: log.path("checkpoint"))
    #expect(throws: ExportError(.gap(size: 4), at: 9)) { try feed.next() }
  }

  @Test func `keeps how far it came`() async throws {
    let log = try TemporaryLog()
    try await log.fill(3)
    let sink = try #require(ConfiguredName("siem"))
    let kept = KeptCursor(data: log.data, sink: sink)
    #expect(try kept.read() == nil)
    for length in [1, 1 << 18] {
      let cursor = try #require(try feed(log, after: kept.read()).next(length)).cursor
      try kept.write(cursor)
      #expect(try KeptCursor(data: log.data, sink: sink).read() == cursor)
    }
    #expect(try log.verify().isWhole)
    try log.write([0x7B], to: log.path("exports/siem.cursor"))
    #expect(throws: ExportError(.unreadableCursor, at: 0)) { try kept.read() }
  }
}
