import Ciphers
import Ledger
import Testing

struct ExportReaderTests {
  @Test(arguments: [64 << 20, 2048]) func `reads every entry in order, over segments`(_ length: UInt64) async throws {
    let log = try TemporaryLog()
    try await log.fill(40, segmentLength: length)
    let places = try read(log)
    #expect(places.map(\.index) == Array(0..<40))
    #expect(Set(places.map(\.checkpointSize)) == [40])
    #expect(places.map(\.leaf) == (0..<40).map { MerkleTree.leaf(TemporaryLog.entry($0).json.span) })
  }

  @Test(arguments: [64 << 20, 2048]) func `reads what is selected`(_ length: UInt64) async throws {
    let log = try TemporaryLog()
    try await log.fill(40, segmentLength: length)
    var selection = ExportSelection()
    selection.first = 10
    selection.last = 30
    selection.events = [.requestOpened]
    selection.since = TemporaryLog.entry(14).time
    selection.until = TemporaryLog.entry(20).time
    #expect(try read(log, selection).map(\.index) == [14, 16, 18])
  }

  @Test(arguments: [64 << 20, 2048]) func `goes on after its cursor, without a gap`(_ length: UInt64) async throws {
    let log = try TemporaryLog()
    try await log.fill(17, segmentLength: length)
    let first = try cursor(log)
    try await append(17..<40, to: log, segmentLength: length)
    let second = try read(log, after: first)
    #expect(first?.index == 16)
    #expect(second.map(\.index) == Array(17..<40))
    #expect(try read(log, after: cursor(log)).isEmpty)
  }

  @Test func `keeps the cursor of the last export when there is nothing new`() async throws {
    let log = try TemporaryLog()
    try await log.fill(5)
    let first = try cursor(log)
    #expect(try cursor(log, after: first) == first)
    #expect(ExportCursor(first?.bytes ?? []) == first)
  }

  @Test func `names a gap when the log is shorter than the cursor`() async throws {
    let long = try TemporaryLog()
    let short = try TemporaryLog()
    try await long.fill(20)
    try await short.fill(10)
    let cursor = try cursor(long)
    #expect(throws: ExportError(.gap(size: 10), at: 19)) { try read(short, after: cursor) }
  }

  @Test func `names a fork when the log has another entry in the place of the cursor`() async throws {
    let log = try TemporaryLog()
    try await log.fill(20)
    let origin = try Custody.verifier(data: log.data).name
    let other = ExportCursor(origin: origin, index: 7, leaf: MerkleTree.emptyRoot)
    #expect(throws: ExportError(.fork, at: 7)) { try read(log, after: other) }
  }

  @Test func `refuses the cursor of another log`() async throws {
    let log = try TemporaryLog()
    try await log.fill(2)
    let other = ExportCursor(origin: "elsewhere", index: 0, leaf: MerkleTree.emptyRoot)
    #expect(throws: ExportError(.otherLog, at: 0)) { try read(log, after: other) }
  }

  @Test func `refuses a log that is not what was signed`() async throws {
    let log = try TemporaryLog()
    try await log.fill(4)
    let path = try #require(log.segments().first)
    var bytes = try log.bytes(path)
    let seals = TemporaryLog.records(in: bytes)
    bytes.removeLast(bytes.count - seals[4].lowerBound)
    try log.write(bytes, to: path)
    #expect(throws: ExportError(.ledger(LedgerError(.damaged(Fault(.truncated(signed: 4), at: 2)))), at: 2)) {
      try read(log)
    }
  }

  @Test func `says that there is no log`() throws {
    let log = try TemporaryLog()
    let other = try TemporaryLog()
    _ = try other.open()
    let key = try Custody.verifier(data: other.data)
    #expect(throws: ExportError(.ledger(LedgerError(.missing)), at: 0)) {
      _ = try ExportReader(data: log.data, key: key)
    }
  }

  private func append(_ numbers: Range<Int>, to log: borrowing TemporaryLog, segmentLength: UInt64) async throws {
    var limits = AuditLog.Limits()
    limits.segmentLength = segmentLength
    let ledger = try log.open(limits: limits)
    for number in numbers { try await ledger.append(TemporaryLog.entry(number)) }
    try await ledger.close()
  }

  @discardableResult
  private func read(
    _ log: borrowing TemporaryLog, _ selection: ExportSelection = ExportSelection(), after cursor: ExportCursor? = nil
  ) throws -> [LogPlace] {
    var reader = try ExportReader(
      data: log.data, key: Custody.verifier(data: log.data), selection: selection, after: cursor)
    var places: [LogPlace] = []
    while let entry = try reader.next() { places.append(entry.place) }
    return places
  }

  private func cursor(_ log: borrowing TemporaryLog, after cursor: ExportCursor? = nil) throws -> ExportCursor? {
    var reader = try ExportReader(data: log.data, key: Custody.verifier(data: log.data), after: cursor)
    while try reader.next() != nil {}
    return reader.cursor
  }
}
