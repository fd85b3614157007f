import Ciphers
import Foundation
import Ledger
import Testing

/// What a crash leaves: the files as they were, but for the last batch.
struct TornTailTests {
  @Test func `cuts off a batch torn at any byte, and records it`() async throws {
    // The checkpoint of two entries is published; then a third is written and torn.
    let whole = try TemporaryLog()
    try await whole.fill(2)
    let checkpoint = try whole.bytes(whole.path("checkpoint"))
    let segment = try #require(try whole.segments().first)
    let before = try whole.bytes(segment)
    let ledger = try whole.open()
    try await ledger.append(TemporaryLog.entry(2))
    try await ledger.close()
    let after = try whole.bytes(segment)

    for length in before.count..<after.count {
      try whole.write(Array(after[..<length]), to: segment)
      try whole.write(checkpoint, to: whole.path("checkpoint"))
      let torn = try whole.verify()
      #expect(torn.fault == nil)
      #expect(torn.entries == 2)
      #expect(torn.unfinishedBytes == UInt64(length - before.count))

      let reopened = try whole.open()
      let next: UInt64 = length == before.count ? 2 : 3
      #expect(try await reopened.append(TemporaryLog.entry(2)) == next)
      try await reopened.close()
      let verification = try whole.verify()
      #expect(verification.fault == nil)
      #expect(verification.entries == next + 1)
      #expect(verification.unfinishedBytes == 0)
    }
  }

  @Test func `keeps an acknowledged batch that no published checkpoint covers`() async throws {
    let log = try TemporaryLog()
    try await log.fill(2)
    let checkpoint = try log.bytes(log.path("checkpoint"))
    let ledger = try log.open()
    try await ledger.append(TemporaryLog.entry(2))
    try await ledger.close()
    try log.write(checkpoint, to: log.path("checkpoint"))
    #expect(try log.verify().entries == 3)
    let reopened = try log.open()
    #expect(try await reopened.append(TemporaryLog.entry(3)) == 3)
    try await reopened.close()
    #expect(try log.fault() == nil)
  }

  @Test func `begins a segment anew whose head a crash cut off`() async throws {
    let log = try TemporaryLog()
    try await log.fill(6, segmentLength: 300)
    let last = try #require(try log.segments().last)
    let bytes = try log.bytes(last)
    let first = UInt64(try #require(Int(last.suffix(24).prefix(20))))
    // The log as it was when the last segment had just been begun.
    let other = try TemporaryLog()
    try await other.fill(Int(first), segmentLength: 300)
    #expect(try other.bytes("\(other.data)/keys/log.vkey") == log.bytes("\(log.data)/keys/log.vkey"))
    for length in [0, 1, 50, 100] {
      try other.write(Array(bytes[..<length]), to: other.path("segments/\(last.suffix(24))"))
      #expect(try other.fault() == nil)
      #expect(try other.verify().unfinishedBytes == UInt64(length))
    }
    var limits = AuditLog.Limits()
    limits.segmentLength = 300
    let reopened = try other.open(limits: limits)
    #expect(try await reopened.append(TemporaryLog.entry(Int(first))) == first + 1)
    try await reopened.close()
    #expect(try other.fault() == nil)
  }
}
