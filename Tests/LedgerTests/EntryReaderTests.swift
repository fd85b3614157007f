import Bytes
import Ciphers
import Foundation
import Ledger
import Synchronization
import TestKit
import Testing

/// What reads entries believes what a signed seal covers, and nothing else.
struct EntryReaderTests {
  private static let forged = Array(
    """
    {"v":2,"event":"subject.shredded","time":"2026-11-21T03:10:04.123Z","request":"event-forged","object":"x"}
    """.utf8)

  @Test func `ends before an entry that nobody signed`() async throws {
    let log = try TemporaryLog()
    try await log.fill(4)
    try log.forge(ForgedRecord.entry(EntryReaderTests.forged, at: 4))
    #expect(try log.indexes() == [0, 1, 2, 3])
    let request = try #require(RequestID("event-forged"))
    let found = try RecentEntries.find([request], since: Timestamp(milliseconds: 0), in: log.data)
    #expect(found.isEmpty)
  }

  @Test func `is damaged by a seal that the log's key did not make`() async throws {
    let log = try TemporaryLog()
    try await log.fill(4)
    try log.forge(
      ForgedRecord.entry(EntryReaderTests.forged, at: 4),
      ForgedRecord.record(2, sequence: 5, [UInt8](repeating: 7, count: 64)))
    #expect(throws: LedgerError(.damaged(Fault(.changed(before: 5), at: 4)))) { try log.indexes() }
  }

  @Test func `finds nothing in a folder whose segment has no signed head`() async throws {
    let log = try TemporaryLog()
    try await log.fill(4)
    let stranger = "\(log.data)/shards/zzz"
    try FileManager.default.createDirectory(
      atPath: "\(stranger)/log/segments", withIntermediateDirectories: true)
    try log.write(
      ForgedRecord.entry(EntryReaderTests.forged, at: 1000),
      to: "\(stranger)/log/segments/00000000000000001000.seg")
    let request = try #require(RequestID("event-forged"))
    let own = try Custody.verifier(data: log.data)
    let name = try #require(ReplicaName("zzz"))
    let strange = ShardedLog.Log(replica: name, data: stranger)
    #expect(try ShardedLog.logs(of: log.data).contains(strange))
    #expect(try ShardedLog.verifier(of: strange, in: log.data, signedBy: own.key) == nil)
    #expect(throws: LedgerError(.damaged(Fault(.missingCheckpoint, at: 0)))) {
      _ = try EntryReader(data: stranger, signedBy: own)
    }
    let found = try RecentEntries.find(
      [request], since: Timestamp(milliseconds: 0), in: stranger, signedBy: own)
    #expect(found.isEmpty)
    // With the key and the checkpoint of the log that is there, too: the name says that it is another one's.
    try FileManager.default.createDirectory(atPath: "\(stranger)/keys", withIntermediateDirectories: true)
    for name in ["keys/log.vkey", "log/checkpoint"] {
      try FileManager.default.copyItem(atPath: "\(log.data)/\(name)", toPath: "\(stranger)/\(name)")
    }
    #expect(try ShardedLog.verifier(of: strange, in: log.data, signedBy: own.key) == nil)
    #expect(throws: LedgerError(.damaged(Fault(.missingSegment, at: 0)))) { _ = try EntryReader(data: stranger) }
  }

  @Test(arguments: [1, 2, 5, 8])
  func `is damaged by a changed record, and does not go on after it`(_ record: Int) async throws {
    let log = try TemporaryLog()
    try await log.fill(12, segmentLength: 1200)
    #expect(try log.segments().count > 2)
    let segment = try log.segments()[record > 4 ? 1 : 0]
    var bytes = try log.bytes(segment)
    let place = TemporaryLog.records(in: bytes)[record > 4 ? record - 4 : record]
    bytes[place.lowerBound + 20] ^= 1
    try log.write(bytes, to: segment)
    let thrown = #expect(throws: LedgerError.self) { try log.indexes() }
    guard case .damaged = thrown?.code else {
      Issue.record("is \(String(describing: thrown))")
      return
    }
  }

  @Test func `is damaged where a record was replaced with a right checksum`() async throws {
    let log = try TemporaryLog()
    try await log.fill(6)
    try log.changeRecords { records in
      let json = String(decoding: records[4][16...], as: UTF8.self).replacing("ward-7", with: "ward-9")
      records[4] = ForgedRecord.entry(Array(json.utf8), at: 2)
    }
    #expect(throws: LedgerError(.damaged(Fault(.changed(before: 3), at: 2)))) { try log.indexes() }
    // What comes before it can be read, and what begins after it in another segment.
    var reader = try EntryReader(data: log.data)
    #expect(try reader.next()?.index == 0)
    #expect(try reader.next()?.index == 1)
  }

  @Test func `is damaged where the log is shorter than its checkpoint, or has a hole`() async throws {
    let log = try TemporaryLog()
    try await log.fill(12, segmentLength: 1200)
    // The last segment has to have a batch that can be cut off behind another.
    while TemporaryLog.records(in: try log.bytes(#require(log.segments().last))).count < 4 {
      try await log.fill(1, segmentLength: 1200)
    }
    let size = try log.indexes().count
    let segments = try log.segments()
    let last = try #require(segments.last)
    let bytes = try log.bytes(last)
    let records = TemporaryLog.records(in: bytes)
    try log.write(Array(bytes[..<records[records.count - 3].upperBound]), to: last)
    let thrown = #expect(throws: LedgerError.self) { try log.indexes() }
    guard case .damaged(let fault) = thrown?.code, case .truncated(signed: UInt64(size)) = fault.code else {
      Issue.record("is \(String(describing: thrown))")
      return
    }
    try log.write(bytes, to: last)
    #expect(try log.indexes().count == size)
    try FileManager.default.removeItem(atPath: segments[1])
    #expect(throws: LedgerError.self) { try log.indexes() }
  }

  @Test func `begins anywhere, by the signed head of the segment`() async throws {
    let log = try TemporaryLog()
    try await log.fill(12, segmentLength: 1200)
    for start in 0...13 as ClosedRange<UInt64> {
      #expect(try log.indexes(from: start) == Array(min(start, 12)..<12))
    }
    let other = try #require(VerifierKey(name: "example.org/log", key: TemporaryLog.key().verificationKey))
    #expect(throws: LedgerError(.damaged(Fault(.invalidCheckpoint, at: 0)))) {
      _ = try EntryReader(data: log.data, signedBy: other)
    }
  }

  @Test func `ends after a seal while another writes, and is never damaged by that`() async throws {
    let log = try TemporaryLog()
    var limits = AuditLog.Limits()
    limits.segmentLength = 40_000
    let ledger = try log.open(limits: limits)
    let data = log.data
    let isDone = Mutex(false)
    let reading = Task { () throws -> Int in
      var count = 0
      var rounds = 0
      while !isDone.withLock(\.self) {
        let indexes = try TemporaryLog.indexes(data)
        #expect(indexes == Array(0..<UInt64(indexes.count)))
        #expect(indexes.count >= count)
        count = indexes.count
        rounds += 1
      }
      return rounds
    }
    await withTaskGroup(of: Void.self) { group in
      for task in 0..<8 {
        group.addTask {
          for number in 0..<150 { _ = try? await ledger.append(TemporaryLog.entry(2 * (task * 1000 + number))) }
        }
      }
    }
    isDone.withLock { $0 = true }
    #expect(try await reading.value > 0)
    try await ledger.close()
    #expect(try log.indexes().count == 1200)
  }

  @Test func `an entry that nobody signed does not excuse a blob that is gone`() async throws {
    let log = try TemporaryLog()
    let sealer = try Sealer()
    let blob = try sealer.longPart()
    let ledger = try log.open()
    try await ledger.append(sealer.entry(0, [blob]), sealing: [blob])
    try await ledger.close()
    let name = blob.digest.description
    try FileManager.default.removeItem(atPath: log.path("blobs/\(name.prefix(2))/\(name)"))
    var shredding = Entry(.subjectShredded, at: Timestamp(milliseconds: 1_795_230_000_001))
    shredding.tags = [sealer.subject]
    shredding.blobs = [blob.digest]
    try log.forge(ForgedRecord.entry(shredding.json, at: 1))
    #expect(try log.fault() == Fault(.missingBlob(0), at: 0))
    let findings = try AuditLog.inspect(data: log.data, key: Custody.verifier(data: log.data)).findings
    #expect(findings.map(\.problem).contains(.fault(Fault(.missingBlob(0), at: 0))))
  }

  @Test func `a number beyond those that can be counted is no record, and ends no process`() async throws {
    let log = try TemporaryLog()
    try await log.fill(3)
    let before = try log.bytes(#require(log.segments().last))
    for kind in [1, 2] as [UInt8] {
      try log.write(before, to: #require(log.segments().last))
      let body = [UInt8](repeating: 0x20, count: 64)
      try log.forge(
        [0], ForgedRecord.record(kind, sequence: .max, body), ForgedRecord.record(1, sequence: .max, body))
      #expect(try log.indexes() == [0, 1, 2])
      let inspection = try AuditLog.inspect(data: log.data, key: Custody.verifier(data: log.data))
      #expect(!inspection.findings.isEmpty)
      #expect(try log.verify().entries == 3)
    }
  }
}
