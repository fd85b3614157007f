import Ciphers
import Foundation
import Ledger
import TestKit
import Testing

/// What somebody can do who may write to the directory, and even has the log's key: an older checkpoint finds it.
struct OlderCheckpointTests {
  @Test func `finds the same log under every checkpoint that it ever had`() async throws {
    let log = try TemporaryLog()
    var older: [Checkpoint] = []
    for count in 0..<6 {
      if count > 0 {
        let ledger = try log.open()
        try await ledger.append(TemporaryLog.entry(count))
        try await ledger.close()
      } else {
        try await log.fill(0)
      }
      older.append(try checkpoint(of: log))
    }
    #expect(older.map(\.size) == [0, 1, 2, 3, 4, 5])
    let verification = try verify(log, against: older)
    // Odd numbers close requests that were never opened, but that is told last.
    #expect(verification.fault == Fault(.closedWithoutOpening, at: 0))
    #expect(verification.olderCheckpoints == 6)
  }

  @Test func `finds a log rolled back to an earlier state, all its files alike`() async throws {
    let log = try TemporaryLog()
    try await log.fill(2)
    let copy = "\(log.data)-copy"
    defer { try? FileManager.default.removeItem(atPath: copy) }
    try FileManager.default.copyItem(atPath: "\(log.data)/log", toPath: copy)
    let ledger = try log.open()
    for number in 2..<6 { try await ledger.append(TemporaryLog.entry(number)) }
    try await ledger.close()
    let newest = try checkpoint(of: log)
    try FileManager.default.removeItem(atPath: "\(log.data)/log")
    try FileManager.default.copyItem(atPath: copy, toPath: "\(log.data)/log")

    #expect(try log.fault() == nil)
    #expect(try verify(log, against: [newest]).fault == Fault(.truncated(signed: 6), at: 2))
    // Written on, it is long enough again, but another log.
    let forked = try log.open()
    for number in [2, 3, 6, 7] { try await forked.append(TemporaryLog.entry(number)) }
    try await forked.close()
    #expect(try log.fault() == nil)
    #expect(try verify(log, against: [newest]).fault == Fault(.forked(signed: 6), at: 0))
  }

  @Test func `says after which checkpoint a fork begins`() async throws {
    let log = try TemporaryLog()
    try await log.fill(4)
    let good = try checkpoint(of: log)
    let ledger = try log.open()
    try await ledger.append(TemporaryLog.entry(4))
    try await ledger.close()
    let other = Checkpoint(origin: good.origin, size: 5, root: good.root)
    #expect(try verify(log, against: [other, good]).fault == Fault(.forked(signed: 5), at: 4))
    // Also at a size between two seals, which no seal has.
    let wide = try TemporaryLog()
    try await wide.fill(6, segmentLength: 600)
    let whole = try checkpoint(of: wide)
    #expect(try verify(wide, against: [whole]).fault == nil)
  }

  @Test func `opens no log that is shorter than its cosigned checkpoint or another one`() async throws {
    let log = try TemporaryLog()
    try await log.fill(4, segmentLength: 500)
    let note = try log.bytes(log.path("checkpoint"))
    let early = try TemporaryLog()
    try await early.fill(2, segmentLength: 500)
    // The same keys, and so the same log, two entries shorter.
    try early.write(note, to: early.path("cosigned"))
    let truncated = Fault(.truncated(signed: 4), at: 2)
    #expect(try early.fault() == truncated)
    #expect(throws: LedgerError(.damaged(truncated))) { _ = try early.open() }

    // Written on with other entries, beyond the segment of the cosigned checkpoint too.
    try FileManager.default.removeItem(atPath: early.path("cosigned"))
    var limits = AuditLog.Limits()
    limits.segmentLength = 500
    let ledger = try early.open(limits: limits)
    for number in 10..<20 { try await ledger.append(TemporaryLog.entry(number)) }
    try await ledger.close()
    try early.write(note, to: early.path("cosigned"))
    let forked = Fault(.forked(signed: 4), at: 0)
    #expect(try early.fault() == forked)
    #expect(throws: LedgerError(.damaged(forked))) { _ = try early.open() }
  }

  @Test func `opens a log that grew beyond its cosigned checkpoint`() async throws {
    let log = try TemporaryLog()
    for (length, count) in [(500, 10), (64 << 20, 20)] as [(UInt64, UInt64)] {
      try await log.fill(2, segmentLength: length)
      try log.write(log.bytes(log.path("checkpoint")), to: log.path("cosigned"))
      try await log.fill(8, segmentLength: length)
      let ledger = try log.open()
      #expect(ledger.size == count)
      try await ledger.close()
      #expect(try log.fault() == nil)
    }
  }

  @Test func `opens no log whose cosigned checkpoint it did not sign`() async throws {
    let log = try TemporaryLog()
    try await log.fill(2)
    for content in ["", "nothing\n", "example.org/log\n2\nAAAA\n\n\u{2014} example.org/log AAAAAAAA\n"] {
      try log.write(Array(content.utf8), to: log.path("cosigned"))
      let fault = Fault(.invalidCosignedCheckpoint, at: 0)
      #expect(try log.fault() == fault)
      #expect(throws: LedgerError(.damaged(fault))) { _ = try log.open() }
    }
  }

  private func checkpoint(of log: borrowing TemporaryLog) throws -> Checkpoint {
    let note = try log.bytes(log.path("checkpoint"))
    return try #require(Checkpoint(note: note, signedBy: Custody.verifier(data: log.data)))
  }

  private func verify(_ log: borrowing TemporaryLog, against older: [Checkpoint]) throws -> Verification {
    try AuditLog.verify(data: log.data, key: Custody.verifier(data: log.data), against: older)
  }
}
