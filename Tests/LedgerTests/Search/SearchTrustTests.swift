import Bytes
import Ciphers
import Foundation
import GRDB
import Ledger
import TestKit
import Testing

/// The index is under no seal: whoever may write to it neither ends a process nor has anything shown that nobody signed.
struct SearchTrustTests {
  private func change(_ log: borrowing TemporaryLog, _ statements: String) throws {
    let store = try DatabaseQueue(path: "\(log.data)/index.sqlite")
    try store.write { try $0.execute(sql: statements) }
    try store.close()
  }

  private func found(_ log: borrowing TemporaryLog) throws -> [UInt64] {
    let index = try SearchIndex(data: log.data)
    try index.update()
    return try index.search(SearchQuery()).map(\.index)
  }

  @Test(
    arguments: [
      "DELETE FROM entry WHERE entry = 2", "UPDATE position SET size = -1", "UPDATE position SET segment = -1",
      "UPDATE position SET place = -1", "UPDATE entry SET place = -7, segment = -1", "DELETE FROM entry",
      "UPDATE position SET size = 5; DELETE FROM entry WHERE entry = 5; UPDATE position SET last_entry = -4",
    ])
  func `a changed index is begun anew, or does no harm`(_ statements: String) async throws {
    let log = try TemporaryLog()
    try await log.fill(6)
    #expect(try found(log) == [5, 4, 3, 2, 1, 0])
    try change(log, statements)
    #expect(try found(log) == [5, 4, 3, 2, 1, 0])
  }

  @Test func `an entry that nobody signed is not found, whatever the index says`() async throws {
    let log = try TemporaryLog()
    try await log.fill(6)
    #expect(try found(log).count == 6)
    let place = try log.bytes(#require(log.segments().last)).count
    try log.forge(ForgedRecord.entry(TemporaryLog.entry(6).json, at: 6))
    try change(
      log,
      """
      CREATE TABLE copy AS SELECT * FROM entry WHERE entry = 5; UPDATE copy SET entry = 6, place = \(place);
      INSERT INTO entry SELECT * FROM copy; DROP TABLE copy; UPDATE position SET size = 7;
      """)
    let index = try SearchIndex(data: log.data)
    #expect(try index.search(SearchQuery()).map(\.index) == [5, 4, 3, 2, 1, 0])
    #expect(try index.entry(6) == nil)
    // Where there are no tiles, the segments say it.
    try FileManager.default.removeItem(atPath: log.path("tile"))
    #expect(try index.search(SearchQuery()).map(\.index) == [5, 4, 3, 2, 1, 0])
  }

  @Test func `a row that says what the entry does not is none that fits`() async throws {
    let log = try TemporaryLog()
    try await log.fill(6)
    _ = try found(log)
    try change(log, "UPDATE name SET name = 'request.refused' WHERE name = 'request.closed'")
    var query = SearchQuery()
    query.names[.event] = "request.refused"
    #expect(try SearchIndex(data: log.data).search(query) == [])
  }

  @Test func `the log itself is looked through for the same entries`() async throws {
    let log = try TemporaryLog()
    try await log.fill(20, segmentLength: 1200)
    _ = try found(log)
    var queries: [SearchQuery] = [SearchQuery()]
    for change in [
      { $0.names[.event] = "request.closed" }, { $0.names[.caller] = "ward-7" }, { $0.names[.caller] = "ward-8" },
      { $0.request = RequestID("request-3") }, { $0.tags = [MerkleTree.emptyRoot] },
      { $0.since = Timestamp(milliseconds: 1_795_230_000_007) },
      { $0.until = Timestamp(milliseconds: 1_795_230_000_007) },
    ] as [(inout SearchQuery) -> Void] {
      var query = SearchQuery()
      change(&query)
      queries.append(query)
    }
    let index = try SearchIndex(data: log.data)
    for query in queries {
      var reader = try EntryReader(data: log.data)
      var indexes: [UInt64] = []
      while let entry = try reader.next(fitting: query) { indexes.append(entry.index) }
      #expect(try index.search(query, limit: 100).map(\.index) == indexes.reversed())
      #expect(reader.evaluated == 20)
    }
  }
}
