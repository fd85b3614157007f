import Ciphers
import Foundation
import Ledger
import TestKit
import Testing

struct InspectionTests {
  @Test func `finds nothing in a whole log`() async throws {
    let log = try TemporaryLog()
    try await log.fillSealed(12, by: Sealer(), segmentLength: 1500)
    let inspection = try inspect(log)
    #expect(inspection.findings == [])
    #expect(inspection.entries == 12)
    #expect(inspection.segments == (try log.segments().count))
  }

  @Test func `goes on behind every damage`() async throws {
    let log = try TemporaryLog()
    let sealer = try Sealer()
    try await log.fillSealed(10, by: sealer)
    let segment = try #require(try log.segments().first)
    var bytes = try log.bytes(segment)
    // Entry, two parts and a seal for each number.
    let records = TemporaryLog.records(in: bytes)
    bytes[records[1 * 4].lowerBound + 40] ^= 1
    bytes[records[7 * 4 + 2].lowerBound + 20] ^= 1
    try log.write(bytes, to: segment)
    let inspection = try inspect(log)
    #expect(
      inspection.findings.map(\.problem) == [
        .unreadable(bytes: UInt64(records[4].count), after: 1),
        .unreadable(bytes: UInt64(records[30].count), after: 8),
      ])
    #expect(inspection.findings.allSatisfy { $0.remedy == .lost })
    #expect(inspection.entries == 9)
  }

  @Test func `takes up the tree again at the next segment`() async throws {
    let log = try TemporaryLog()
    try await log.fill(12, segmentLength: 500)
    let segments = try log.segments()
    let first = try log.bytes(segments[0])
    let start = UInt64(try #require(Int(segments[1].suffix(24).prefix(20))))
    // The status of the first entry.
    try log.changeRecords { $0[0][$0[0].count - 2] ^= 1 }
    #expect(try inspect(log).findings.map(\.problem) == [.fault(Fault(.changed(before: 1), at: 0))])
    try log.write(first, to: segments[0])
    try FileManager.default.removeItem(atPath: segments[1])
    #expect(try inspect(log).findings.first?.problem == .fault(Fault(.missingSegment, at: start)))
  }

  @Test func `says what can be signed again, what opening mends and what can be removed`() async throws {
    let log = try TemporaryLog()
    let sealer = try Sealer()
    let long = try sealer.longPart()
    let ledger = try log.open()
    try await ledger.append(sealer.entry(0, [long]), sealing: [long])
    try await ledger.close()
    let blobs = "blobs/\(long.digest.description.prefix(2))"
    let segment = try #require(try log.segments().first)
    try log.write(log.bytes(segment) + [1, 2, 3], to: segment)
    try log.write([1], to: log.path("\(blobs)/left.new"))
    try log.write([1], to: log.path("segments/notes"))
    try FileManager.default.removeItem(atPath: log.path("checkpoint"))
    let before = try FileManager.default.subpathsOfDirectory(atPath: log.data).sorted()
    let findings = try inspect(log).findings
    #expect(
      findings.map(\.problem) == [
        .fault(Fault(.missingCheckpoint, at: 0)), .unfinished(bytes: 3), .stranger("\(blobs)/left.new"),
        .stranger("segments/notes"),
      ])
    #expect(findings.map(\.remedy) == [.resigned, .opening, .removable, .removable])
    #expect(try FileManager.default.subpathsOfDirectory(atPath: log.data).sorted() == before)
  }

  private func inspect(_ log: borrowing TemporaryLog) throws -> Inspection {
    try AuditLog.inspect(data: log.data, key: Custody.verifier(data: log.data))
  }
}
