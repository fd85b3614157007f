import Ciphers
import Foundation
import Ledger
import TestKit
import Testing

/// What somebody does to the files who has not the key.
struct TamperingTests {
  @Test func `finds a flipped bit in any byte of the log`() async throws {
    let log = try TemporaryLog()
    try await log.fill(8, segmentLength: 500)
    var paths = try log.segments()
    #expect(paths.count > 2)
    paths.append(log.path("checkpoint"))
    let seed: UInt64 = 11
    var generator = SeededGenerator(seed: seed)
    for path in paths {
      let bytes = try log.bytes(path)
      for index in bytes.indices {
        var changed = bytes
        changed[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        try log.write(changed, to: path)
        #expect(try log.fault() != nil, "byte \(index) of \(path.suffix(24)), seed \(seed)")
      }
      try log.write(bytes, to: path)
    }
    #expect(try log.fault() == nil)
  }

  @Test(arguments: 0..<4) func `names the entry whose byte was flipped, and does not open`(_ index: Int) async throws {
    let log = try TemporaryLog()
    try await log.fill(4)
    let segment = try #require(try log.segments().first)
    var bytes = try log.bytes(segment)
    let record = TemporaryLog.records(in: bytes)[index * 2]
    bytes[record.lowerBound + 40] ^= 1
    try log.write(bytes, to: segment)
    let fault = Fault(.unreadableRecord, at: UInt64(index))
    #expect(try log.fault() == fault)
    #expect(throws: LedgerError(.damaged(fault))) { _ = try log.open() }
  }

  @Test func `names the entry that was changed together with its checksum`() async throws {
    let log = try TemporaryLog()
    try await log.fill(5)
    let segment = try #require(try log.segments().first)
    var bytes = try log.bytes(segment)
    let record = TemporaryLog.records(in: bytes)[2 * 2]
    let status = try #require(bytes[record].lastIndex(of: 0x32))
    bytes[status] = 0x39
    let checksum = definedChecksum(bytes[record.lowerBound + 4..<record.upperBound])
    for byte in 0..<4 { bytes[record.lowerBound + byte] = UInt8(truncatingIfNeeded: checksum >> (8 * UInt32(byte))) }
    try log.write(bytes, to: segment)
    #expect(try log.fault() == Fault(.changed(before: 3), at: 2))
    #expect(throws: LedgerError(.damaged(Fault(.changed(before: 5), at: 0)))) { _ = try log.open() }
  }

  @Test func `names the place of a dropped entry`() async throws {
    let log = try TemporaryLog()
    try await log.fill(4)
    try change(log) { bytes, records in bytes.removeSubrange(records[2].lowerBound..<records[3].upperBound) }
    #expect(try log.fault() == Fault(.outOfOrder(found: 2), at: 1))
  }

  @Test func `names the first of two entries whose order was changed`() async throws {
    let log = try TemporaryLog()
    try await log.fill(4)
    try change(log) { bytes, records in
      let first = Array(bytes[records[2].lowerBound..<records[3].upperBound])
      let second = Array(bytes[records[4].lowerBound..<records[5].upperBound])
      bytes.replaceSubrange(records[2].lowerBound..<records[5].upperBound, with: second + first)
    }
    #expect(try log.fault() == Fault(.outOfOrder(found: 2), at: 1))
  }

  @Test func `finds a log cut off below its checkpoint, at a seal or elsewhere`() async throws {
    let log = try TemporaryLog()
    try await log.fill(4)
    try change(log) { bytes, records in bytes.removeSubrange(records[6].lowerBound...) }
    #expect(try log.fault() == Fault(.truncated(signed: 4), at: 3))
    #expect(throws: LedgerError(.damaged(Fault(.truncated(signed: 4), at: 3)))) { _ = try log.open() }
    try change(log) { bytes, records in bytes.removeLast() }
    #expect(try log.fault() == Fault(.unreadableRecord, at: 3))
    #expect(throws: LedgerError(.damaged(Fault(.unreadableRecord, at: 3)))) { _ = try log.open() }
  }

  @Test func `finds segments that were swapped, removed or emptied`() async throws {
    let log = try TemporaryLog()
    try await log.fill(12, segmentLength: 500)
    let paths = try log.segments()
    let (first, second) = (try log.bytes(paths[0]), try log.bytes(paths[1]))
    let start = UInt64(try #require(Int(paths[1].suffix(24).prefix(20))))

    try log.write(second, to: paths[0])
    try log.write(first, to: paths[1])
    #expect(try log.fault() == Fault(.segmentHeader, at: 0))
    try log.write(first, to: paths[0])
    try log.write([], to: paths[1])
    #expect(try log.fault() == Fault(.segmentHeader, at: start))
    try FileManager.default.removeItem(atPath: paths[1])
    #expect(try log.fault() == Fault(.missingSegment, at: start))
    try FileManager.default.removeItem(atPath: paths[0])
    #expect(try log.fault() == Fault(.missingSegment, at: 0))
  }

  @Test func `finds a checkpoint that was removed, altered or signed by another`() async throws {
    let log = try TemporaryLog()
    try await log.fill(3)
    let path = log.path("checkpoint")
    let checkpoint = String(decoding: try log.bytes(path), as: UTF8.self)
    try log.write(Array(checkpoint.replacing("\n3\n", with: "\n2\n").utf8), to: path)
    #expect(try log.fault() == Fault(.invalidCheckpoint, at: 0))
    #expect(throws: LedgerError(.damaged(Fault(.invalidCheckpoint, at: 0)))) { _ = try log.open() }
    try FileManager.default.removeItem(atPath: path)
    #expect(try log.fault() == Fault(.missingCheckpoint, at: 0))
    #expect(throws: LedgerError(.damaged(Fault(.missingCheckpoint, at: 0)))) { _ = try log.open() }
    try log.write(Array(checkpoint.utf8), to: path)
    #expect(try log.fault() == nil)
    var seed = [UInt8](repeating: 9, count: 32)
    let stranger = try SigningKey(seed: SecretBytes(taking: &seed)).verificationKey
    let key = try #require(VerifierKey(name: Custody.verifier(data: log.data).name, key: stranger))
    #expect(try AuditLog.verify(data: log.data, key: key).fault == Fault(.invalidCheckpoint, at: 0))
  }

  @Test func `finds an entry added at the end by somebody without the key`() async throws {
    let log = try TemporaryLog()
    try await log.fill(3)
    try change(log) { bytes, records in
      // The last batch again, under the next number.
      var copy = Array(bytes[records[4].lowerBound...])
      let length = records[4].count
      copy[8] = 3
      copy[length + 8] = 4
      for (start, end) in [(0, length), (length, copy.count)] {
        let checksum = definedChecksum(copy[start + 4..<end])
        for byte in 0..<4 { copy[start + byte] = UInt8(truncatingIfNeeded: checksum >> (8 * UInt32(byte))) }
      }
      bytes += copy
    }
    #expect(try log.fault() == Fault(.changed(before: 4), at: 3))
    #expect(throws: LedgerError(.damaged(Fault(.changed(before: 4), at: 3)))) { _ = try log.open() }
  }

  @Test func `finds a request opened twice or closed unopened, and counts those open`() async throws {
    for (numbers, fault) in [
      ([0, 1, 0, 0], Fault(.openedTwice, at: 3)), ([0, 1, 1], Fault(.closedWithoutOpening, at: 2)),
    ] {
      let log = try TemporaryLog()
      let ledger = try log.open()
      for number in numbers { try await ledger.append(TemporaryLog.entry(number)) }
      try await ledger.close()
      #expect(try log.fault() == fault)
    }
  }

  @Test func `says that there is no log where there is none`() throws {
    let log = try TemporaryLog()
    var seed = [UInt8](repeating: 9, count: 32)
    let stranger = try SigningKey(seed: SecretBytes(taking: &seed)).verificationKey
    let key = try #require(VerifierKey(name: "example.org/log", key: stranger))
    #expect(throws: LedgerError(.missing)) { try AuditLog.verify(data: log.data, key: key) }
    #expect(throws: LedgerError(.missing)) { _ = try EntryReader(data: log.data) }
  }

  private func change(_ log: borrowing TemporaryLog, _ change: (inout [UInt8], [Range<Int>]) -> Void) throws {
    let segment = try #require(try log.segments().first)
    var bytes = try log.bytes(segment)
    change(&bytes, TemporaryLog.records(in: bytes))
    try log.write(bytes, to: segment)
  }
}
