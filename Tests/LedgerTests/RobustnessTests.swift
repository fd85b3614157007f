import Bytes
import Ciphers
import Foundation
import Ledger
import Synchronization
import Testing

/// What the log says about the machine that it runs on.
struct RobustnessTests {
  @Test func `records a clock that was set back or ahead, and refuses nothing`() async throws {
    let log = try TemporaryLog()
    var limits = AuditLog.Limits()
    limits.clockStep = .seconds(3600)
    let began = ContinuousClock.now
    let start = TemporaryLog.entry(0).time.milliseconds
    let ledger = try log.open(limits: limits)
    for offset in [0, 1_000, -1_000, 7_200_000, 7_201_000, -86_400_000, -86_399_000] as [Int64] {
      try await ledger.append(Entry(.keyCreated, at: Timestamp(milliseconds: start + offset)))
    }
    try await ledger.close()
    #expect(try log.fault() == nil)
    let steps = try entries(of: log, .clockStepped)
    #expect(steps.map { $0.index } == [4, 7])
    let minutes = steps.map { step in ((try? JSONValue(parsing: step.json))?["clock_step"]?.integer ?? 0) / 60_000 }
    // As much as passed between the entries, which is minutes on a busy machine.
    let passed = (ContinuousClock.now - began).components.seconds / 60 + 1
    #expect(zip(minutes, [120, -1560]).allSatisfy { abs($0 - $1) <= passed }, "\(minutes)")
  }

  @Test func `records a clock that is behind the log when it is opened, but not that time has passed`() async throws {
    let log = try TemporaryLog()
    let start = TemporaryLog.entry(0).time.milliseconds
    for offset in [0, 86_400_000, 0] as [Int64] {
      let ledger = try log.open()
      try await ledger.append(Entry(.keyCreated, at: Timestamp(milliseconds: start + offset)))
      try await ledger.close()
    }
    #expect(try entries(of: log, .clockStepped).map { $0.index } == [3])
  }

  @Test func `records once that the disk is filling`() async throws {
    let log = try TemporaryLog()
    var limits = AuditLog.Limits()
    (limits.freeBytes, limits.freePercent) = (.max, 100)
    let ledger = try log.open(limits: limits)
    for number in 0..<5 { try await ledger.append(TemporaryLog.entry(number * 2)) }
    try await ledger.close()
    let filling = try entries(of: log, .diskFilling)
    #expect(filling.map { $0.index } == [1])
    let json = try JSONValue(parsing: try #require(filling.first).json)
    #expect(try #require(json["bytes_free"]?.integer) > 0)
    #expect(try log.fault() == nil)
  }

  @Test(arguments: [true, false]) func `records that it refused, and takes that up when it is opened again`(
    _ inWrite: Bool
  ) async throws {
    let log = try TemporaryLog()
    let calls = Mutex(0)
    let failure: @Sendable () -> Int32 = {
      calls.withLock { calls in
        calls += 1
        return calls == 2 ? ENOSPC : 0
      }
    }
    let disk = inWrite ? Disk(failureOfWrite: failure) : Disk(failureOfSynchronisation: failure)
    let ledger = try log.open(disk: disk)
    try await ledger.append(TemporaryLog.entry(0))
    await #expect(throws: LedgerError(.stopped, number: ENOSPC)) { try await ledger.append(TemporaryLog.entry(2)) }
    await #expect(throws: LedgerError(.stopped, number: ENOSPC)) { try await ledger.close() }
    for _ in 0..<3 { try await log.open().close() }
    let refusals = try entries(of: log, .logRefusing)
    #expect(refusals.count == 1)
    #expect(try JSONValue(parsing: try #require(refusals.first).json)["error"]?.integer == Int(ENOSPC))
    #expect(try log.fault() == nil)
  }

  @Test func `takes up no refusal that it did not sign, nor the same one twice`() async throws {
    let log = try TemporaryLog()
    let ledger = try log.open(disk: Disk(failureOfWrite: { ENOSPC }))
    await #expect(throws: LedgerError(.stopped, number: ENOSPC)) { try await ledger.append(TemporaryLog.entry(0)) }
    await #expect(throws: LedgerError(.stopped, number: ENOSPC)) { try await ledger.close() }
    let kept = try log.bytes(log.path("emergency"))
    #expect(kept.count == 4096)
    for byte in [0, 5, 20, 80, 100] {
      var changed = kept
      changed[byte] ^= 1
      try log.write(changed, to: log.path("emergency"))
      try await log.open().close()
      #expect(try entries(of: log, .logRefusing).isEmpty, "byte \(byte)")
    }
    for _ in 0..<2 {
      // As if a crash came between taking it up and forgetting it.
      try log.write(kept, to: log.path("emergency"))
      try await log.open().close()
      #expect(try entries(of: log, .logRefusing).count == 1)
    }
  }

  @Test func `refuses entries beyond the bytes that may wait`() async throws {
    let log = try TemporaryLog()
    var limits = AuditLog.Limits()
    limits.waitingBytes = 0
    let ledger = try log.open(limits: limits)
    await #expect(throws: LedgerError(.overloaded)) { try await ledger.append(TemporaryLog.entry(0)) }
    try await ledger.close()
  }

  private func entries(of log: borrowing TemporaryLog, _ event: Event) throws -> [StoredEntry] {
    var found: [StoredEntry] = []
    var reader = try EntryReader(data: log.data)
    while let entry = try reader.next() {
      if entry.outline.event == event { found.append(entry) }
    }
    return found
  }
}
