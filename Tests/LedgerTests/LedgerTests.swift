import Ciphers
import Foundation
import Ledger
import Synchronization
import Testing

struct LedgerTests {
  @Test func `numbers entries in order and finds them whole afterwards`() async throws {
    let log = try TemporaryLog()
    let ledger = try log.open()
    for number in 0..<5 { #expect(try await ledger.append(TemporaryLog.entry(number)) == UInt64(number)) }
    try await ledger.close()
    let verification = try log.verify()
    #expect(verification.fault == nil)
    #expect(verification.entries == 5)
    #expect(verification.checkpointSize == 5)
    #expect(verification.openRequests == 1)
    #expect(verification.unfinishedBytes == 0)
  }

  @Test func `writes on where it ended, over segments of any length`() async throws {
    let log = try TemporaryLog()
    for start in stride(from: 0, to: 40, by: 10) {
      var limits = AuditLog.Limits()
      limits.segmentLength = 1000
      let ledger = try log.open(limits: limits)
      for number in start..<start + 10 {
        #expect(try await ledger.append(TemporaryLog.entry(number)) == UInt64(number))
      }
      try await ledger.close()
    }
    let verification = try log.verify()
    #expect(verification.fault == nil)
    #expect(verification.entries == 40)
    #expect(verification.segments > 3)
  }

  @Test func `gives concurrent appends each an index of its own, in the order of the log`() async throws {
    let log = try TemporaryLog()
    let ledger = try log.open()
    let indices = try await withThrowingTaskGroup(of: (Int, UInt64).self) { group in
      for number in 0..<64 {
        group.addTask {
          var entry = TemporaryLog.entry(number)
          entry.event = .requestRefused
          return (number, try await ledger.append(entry))
        }
      }
      return try await group.reduce(into: [UInt64: Int]()) { $0[$1.1] = $1.0 }
    }
    #expect(indices.keys.sorted() == Array(0..<64))
    // Not closed: what was acknowledged is there to be read.
    var reader = try EntryReader(data: log.data)
    while let stored = try reader.next() {
      let number = try #require(indices[stored.index])
      var entry = TemporaryLog.entry(number)
      entry.event = .requestRefused
      #expect(stored.json == entry.json)
    }
    try await ledger.close()
    #expect(try log.fault() == nil)
  }

  @Test func `finishes the append of a cancelled task`() async throws {
    let log = try TemporaryLog()
    let ledger = try log.open()
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      return try await ledger.append(TemporaryLog.entry(0))
    }
    task.cancel()
    #expect(try await task.value == 0)
    try await ledger.close()
    #expect(try log.verify().entries == 1)
  }

  @Test func `refuses entries after it was closed`() async throws {
    let log = try TemporaryLog()
    let ledger = try log.open()
    try await ledger.close()
    await #expect(throws: LedgerError(.closed)) { try await ledger.append(TemporaryLog.entry(0)) }
    try await ledger.close()
  }

  @Test func `refuses a second owner while the first has it open`() async throws {
    let log = try TemporaryLog()
    let ledger = try log.open()
    #expect(throws: LedgerError(.inUse)) { _ = try log.open() }
    try await ledger.close()
    try await log.open().close()
  }

  @Test func `refuses entries beyond what may wait`() async throws {
    let log = try TemporaryLog()
    let gate = Gate()
    var limits = AuditLog.Limits()
    limits.waitingEntries = 4
    // The disk is slow until the gate opens.
    let disk = Disk(failureOfSynchronisation: {
      while gate.isShut.withLock({ $0 }) {}
      return 0
    })
    let ledger = try log.open(limits: limits, disk: disk)
    let outcomes = await withTaskGroup(of: Bool.self) { group in
      for number in 0..<32 {
        group.addTask {
          do throws(LedgerError) {
            try await ledger.append(TemporaryLog.entry(number * 2))
            return true
          } catch {
            #expect(error == LedgerError(.overloaded))
            gate.isShut.withLock { $0 = false }
            return false
          }
        }
      }
      return await group.reduce(into: [Bool]()) { $0.append($1) }
    }
    #expect(outcomes.contains(false))
    try await ledger.close()
    #expect(try log.verify().entries == UInt64(outcomes.filter { $0 }.count))
  }

  @Test(arguments: [true, false]) func `stops for good when the disk fails once`(_ inWrite: Bool) async throws {
    let log = try TemporaryLog()
    let calls = Mutex(0)
    let failure: @Sendable () -> Int32 = {
      calls.withLock { calls in
        calls += 1
        return calls == 2 ? 5 : 0
      }
    }
    let disk = inWrite ? Disk(failureOfWrite: failure) : Disk(failureOfSynchronisation: failure)
    let ledger = try log.open(disk: disk)
    try await ledger.append(TemporaryLog.entry(0))
    for number in 1..<4 {
      await #expect(throws: LedgerError(.stopped, number: 5)) { try await ledger.append(TemporaryLog.entry(number)) }
    }
    #expect(calls.withLock { $0 } == 2)
    await #expect(throws: LedgerError(.stopped, number: 5)) { try await ledger.close() }
    // Opened again, the acknowledged entry is there and the refusal; the one that failed may be there too.
    try await log.open().close()
    let verification = try log.verify()
    #expect(verification.fault == nil)
    #expect((2...3).contains(verification.entries))
  }

  @Test func `stops when the live segment is removed or replaced`() async throws {
    for replaces in [true, false] {
      let log = try TemporaryLog()
      let ledger = try log.open()
      try await ledger.append(TemporaryLog.entry(0))
      let segment = try #require(try log.segments().first)
      let bytes = try log.bytes(segment)
      try FileManager.default.removeItem(atPath: segment)
      if replaces { try log.write(bytes, to: segment) }
      await #expect(throws: LedgerError(.stopped)) { try await ledger.append(TemporaryLog.entry(1)) }
      await #expect(throws: LedgerError(.replaced)) { try await ledger.append(TemporaryLog.entry(2)) }
    }
  }

  @Test func `never signs a log with another key than the one it began with`() async throws {
    let log = try TemporaryLog()
    try await log.fill(2)
    #expect(throws: LedgerError(.invalidKey)) {
      _ = try AuditLog.open(data: log.data, key: TemporaryLog.key(8))
    }
    try FileManager.default.removeItem(atPath: "\(log.data)/keys/log.vkey")
    #expect(throws: LedgerError(.invalidKey)) { _ = try log.open() }
  }

  @Test func `keeps its folders for their owner alone`() async throws {
    let log = try TemporaryLog()
    try await log.fill(1)
    for name in ["keys", "log"] {
      let attributes = try FileManager.default.attributesOfItem(atPath: "\(log.data)/\(name)")
      #expect(attributes[.posixPermissions] as? Int == 0o700, "\(name)")
    }
  }

  @Test func `is called what its owner calls it, from its first entry on`() async throws {
    let log = try TemporaryLog()
    let named = try AuditLog.open(data: log.data, key: TemporaryLog.key(), origin: .named("log.hospital.example"))
    try await named.append(TemporaryLog.entry(0))
    try await named.close()
    try await log.open().close()
    #expect(try Custody.verifier(data: log.data).name == "log.hospital.example")
    #expect(try log.fault() == nil)
  }
}

private final class Gate: Sendable {
  let isShut = Mutex(true)
}
