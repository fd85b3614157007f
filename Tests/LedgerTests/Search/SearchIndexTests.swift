import Ciphers
import Foundation
import Ledger
import PHI
import TestKit
import Testing

struct SearchIndexTests {
  private static let start: Int64 = 1_795_230_000_000

  private static func digest(_ text: String) -> Digest { Digest(hashing: Array(text.utf8).span) }

  private static func entry(_ number: Int) -> Entry {
    var entry = Entry(
      number.isMultiple(of: 2) ? .requestOpened : .requestClosed,
      at: Timestamp(milliseconds: start + Int64(number) * 3_600_000), request: RequestID("request-\(number / 2)"))
    entry.caller = ConfiguredName("ward-\(number % 3)")
    entry.user = Pseudonym("p_" + String(repeating: "\(number % 4)", count: 32))
    entry.useCase = ConfiguredName("summary")
    entry.vendor = ConfiguredName(number % 5 == 0 ? "one" : "two")
    entry.model = ModelName("model-1.5")
    entry.decision = number % 10 == 0 ? .deny : .allow
    entry.rule = ConfiguredName("rule/\(number % 7)")
    entry.object = ConfiguredName("key:\(number % 6)")
    entry.promptTokens = 10
    entry.completionTokens = number
    entry.identifiers = [.name: 2, .phone: 1]
    entry.tags = [digest("tag \(number % 8)")]
    return entry
  }

  /// A log of these entries, in batches of one.
  private static func fill(_ log: borrowing TemporaryLog, _ range: Range<Int>, segmentLength: UInt64 = 64 << 20)
    async throws
  {
    var limits = AuditLog.Limits()
    limits.segmentLength = segmentLength
    // The entries are an hour apart, and no step of the clock is to be recorded among them.
    limits.clockStep = .seconds(1_000_000_000)
    limits.freeBytes = 0
    let ledger = try log.open(limits: limits)
    for number in range { try await ledger.append(entry(number)) }
    try await ledger.close()
  }

  private static func query(_ change: (inout SearchQuery) -> Void) -> SearchQuery {
    var query = SearchQuery()
    change(&query)
    return query
  }

  /// Queries, each with the entries that fit.
  private static let cases: [(query: SearchQuery, fits: @Sendable (Int) -> Bool)] = [
    (SearchQuery(), { _ in true }),
    (query { $0.names = [.event: "request.closed"] }, { !$0.isMultiple(of: 2) }),
    (query { $0.names = [.caller: "ward-1"] }, { $0 % 3 == 1 }),
    (query { $0.names = [.caller: "nobody"] }, { _ in false }),
    (query { $0.names = [.user: "p_" + String(repeating: "3", count: 32)] }, { $0 % 4 == 3 }),
    (query { $0.names = [.vendor: "one", .decision: "allow"] }, { $0 % 5 == 0 && $0 % 10 != 0 }),
    (query { $0.names = [.rule: "rule/6", .useCase: "summary", .model: "model-1.5"] }, { $0 % 7 == 6 }),
    (query { $0.names = [.object: "key:5"] }, { $0 % 6 == 5 }),
    (query { $0.request = RequestID("request-7") }, { $0 / 2 == 7 }),
    (query { $0.request = RequestID("request-") }, { _ in false }),
    (query { $0.tags = [digest("tag 5")] }, { $0 % 8 == 5 }),
    (query { $0.tags = [digest("tag 5"), digest("tag 4")] }, { _ in false }),
    (query { $0.tags = [digest("no tag")] }, { _ in false }),
    (query { $0.since = Timestamp(milliseconds: start + 30 * 3_600_000) }, { $0 >= 30 }),
    (
      query {
        $0.since = Timestamp(milliseconds: start + 30 * 3_600_000)
        $0.until = Timestamp(milliseconds: start + 40 * 3_600_000)
        $0.names = [.caller: "ward-0"]
      }, { (30..<40).contains($0) && $0 % 3 == 0 }
    ),
    (query { $0.until = Timestamp(milliseconds: start) }, { _ in false }),
  ]

  @Test func `finds what fits every filter, the newest first, and counts it`() async throws {
    let log = try TemporaryLog()
    try await SearchIndexTests.fill(log, 0..<100, segmentLength: 8000)
    let index = try SearchIndex(data: log.data)
    #expect(try index.update() == SearchCoverage(entries: 100, covered: 100))
    for (query, fits) in SearchIndexTests.cases {
      let expected = (0..<100).filter(fits).reversed().map { UInt64($0) }
      let found = try index.search(query, limit: 1000)
      #expect(found.map(\.index) == expected, "\(query)")
      #expect(found.allSatisfy { $0.json == SearchIndexTests.entry(Int($0.index)).json })
      #expect(try index.count(query) == Int64(expected.count), "\(query)")
      #expect(try index.search(query, limit: 3).map(\.index) == Array(expected.prefix(3)))
      let totals = try index.totals(query, by: .day)
      #expect(totals.reduce(0) { $0 + $1.entries } == Int64(expected.count))
      #expect(totals.reduce(0) { $0 + $1.completionTokens } == Int64(expected.reduce(0, +)))
      #expect(totals.reduce(0) { $0 + $1.identifiers } == Int64(3 * expected.count))
    }
    #expect(try index.entry(99)?.json == SearchIndexTests.entry(99).json)
    #expect(try index.entry(100) == nil)
  }

  @Test func `counts by day and by name`() async throws {
    let log = try TemporaryLog()
    try await SearchIndexTests.fill(log, 0..<50)
    let index = try SearchIndex(data: log.data)
    try index.update()
    let vendors = try index.totals(SearchQuery(), by: .field(.vendor)).map { "\($0.group ?? "-") \($0.entries)" }
    #expect(vendors == ["one 10", "two 40"])
    let callers = try index.totals(SearchQuery(), by: .field(.caller)).map { "\($0.group ?? "-") \($0.entries)" }
    #expect(callers == ["ward-0 17", "ward-1 17", "ward-2 16"])
    let days = try index.totals(SearchQuery(), by: .day).map { "\($0.group ?? "-") \($0.entries)" }
    #expect(days == ["2026-11-21 21", "2026-11-22 24", "2026-11-23 5"])
  }

  @Test func `goes on where it stopped, and says how far it is behind`() async throws {
    let log = try TemporaryLog()
    try await SearchIndexTests.fill(log, 0..<20, segmentLength: 3000)
    let index = try SearchIndex(data: log.data)
    #expect(try index.coverage() == SearchCoverage(entries: 20, covered: 0))
    try index.update()
    try await SearchIndexTests.fill(log, 20..<45, segmentLength: 3000)
    #expect(try index.coverage() == SearchCoverage(entries: 45, covered: 20))
    #expect(try SearchIndex(data: log.data).update() == SearchCoverage(entries: 45, covered: 45))
    #expect(try index.count(SearchQuery()) == 45)
    #expect(try index.search(SearchQuery(), limit: 100).map(\.index) == (0..<45).reversed().map { UInt64($0) })
  }

  @Test func `begins anew when the log is another one`() async throws {
    let log = try TemporaryLog()
    try await SearchIndexTests.fill(log, 0..<30)
    let index = try SearchIndex(data: log.data)
    try index.update()
    for name in ["log", "keys"] { try FileManager.default.removeItem(atPath: "\(log.data)/\(name)") }
    try await SearchIndexTests.fill(log, 40..<50)
    #expect(try index.update() == SearchCoverage(entries: 10, covered: 10))
    #expect(try index.count(SearchQuery()) == 10)
    #expect(try index.search(SearchQuery()).first?.json == SearchIndexTests.entry(49).json)
  }

  @Test(arguments: [0, 1, 2])
  func `may be deleted, damaged or rebuilt at any time`(_ harm: Int) async throws {
    let log = try TemporaryLog()
    try await SearchIndexTests.fill(log, 0..<30)
    try SearchIndex(data: log.data).update()
    let path = "\(log.data)/\(SearchIndex.file)"
    for name in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + name) }
    switch harm {
    case 0: try FileManager.default.removeItem(atPath: path)
    case 1: try Data(repeating: 0x2A, count: 10_000).write(to: URL(filePath: path))
    default: try SearchIndex(data: log.data).rebuild()
    }
    let index = try SearchIndex(data: log.data)
    #expect(try index.update() == SearchCoverage(entries: 30, covered: 30))
    #expect(try index.count(SearchQuery()) == 30)
  }

  @Test(arguments: [false, true]) func `begins anew when its pages are found damaged`(_ asksFirst: Bool) async throws {
    let log = try TemporaryLog()
    try await SearchIndexTests.fill(log, 0..<300)
    try SearchIndex(data: log.data).update()
    let path = "\(log.data)/\(SearchIndex.file)"
    // The first page, with the schema, is whole: opening sees nothing.
    var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    try #require(bytes.count > 16 * 4096)
    for place in 2 * 4096..<bytes.count { bytes[place] = 0x2A }
    try Data(bytes).write(to: URL(filePath: path))
    try await SearchIndexTests.fill(log, 300..<310)
    let index = try SearchIndex(data: log.data)
    if !asksFirst { #expect(try index.update() == SearchCoverage(entries: 310, covered: 310)) }
    #expect(try index.search(SearchQuery(), limit: 1).first?.json == SearchIndexTests.entry(309).json)
    #expect(try index.count(SearchQuery()) == 310)
    #expect(try index.update() == SearchCoverage(entries: 310, covered: 310))
  }

  @Test(arguments: ["18446744073709551615.seg", "00000000000000000005.seg"])
  func `takes segments without the first entry for no log`(_ name: String) async throws {
    let log = try TemporaryLog()
    try await SearchIndexTests.fill(log, 0..<10)
    let segment = try #require(try log.segments().first)
    try FileManager.default.moveItem(atPath: segment, toPath: log.path("segments/\(name)"))
    let index = try SearchIndex(data: log.data)
    #expect(try index.update() == SearchCoverage(entries: 0, covered: 0))
    #expect(try index.count(SearchQuery()) == 0)
  }

  @Test func `leaves out a batch that was never finished`() async throws {
    let log = try TemporaryLog()
    try await SearchIndexTests.fill(log, 0..<10)
    let segment = try #require(try log.segments().last)
    let bytes = try log.bytes(segment)
    let records = TemporaryLog.records(in: bytes)
    let lastSeal = try #require(records.last)
    try log.write(Array(bytes[..<lastSeal.lowerBound]), to: segment)
    // The checkpoint was signed for one more: what is found is not all that there was.
    #expect(try SearchIndex(data: log.data).update() == SearchCoverage(entries: 10, covered: 9))
  }

  @Test func `finds entries by the subjects of their sealed parts`() async throws {
    let log = try TemporaryLog()
    let one = try Sealer(1)
    let other = try Sealer(2)
    let ledger = try log.open()
    for number in 0..<6 {
      let sealer = number.isMultiple(of: 3)
      let parts = try (0..<2).map { seed in
        let text = "part \(seed)"
        return try sealer ? one.part(text, seed: UInt64(seed)) : other.part(text, seed: UInt64(seed))
      }
      let entry = sealer ? one.entry(number, parts) : other.entry(number, parts)
      try await ledger.append(entry, sealing: parts)
    }
    try await ledger.close()
    let index = try SearchIndex(data: log.data)
    #expect(try index.update() == SearchCoverage(entries: 6, covered: 6))
    #expect(try index.search(SearchIndexTests.query { $0.subjectTags = [one.subject] }).map(\.index) == [3, 0])
    #expect(try index.count(SearchIndexTests.query { $0.subjectTags = [other.subject] }) == 4)
    #expect(try index.count(SearchIndexTests.query { $0.subjectTags = [one.subject, other.subject] }) == 0)
  }

  @Test func `knows an empty log`() throws {
    let log = try TemporaryLog()
    try FileManager.default.createDirectory(atPath: log.data, withIntermediateDirectories: true)
    let index = try SearchIndex(data: log.data)
    #expect(try index.update() == SearchCoverage(entries: 0, covered: 0))
    #expect(try index.search(SearchQuery()) == [])
  }
}
