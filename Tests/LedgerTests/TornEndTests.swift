import Bytes
import Ciphers
import Foundation
import Ledger
import Synchronization
import Testing

/// What a disk leaves that wrote blocks in another order, or said that it could not.
struct TornEndTests {
  @Test func `of a batch with its seal and without its beginning is cut off when somebody says so`() async throws {
    let log = try TemporaryLog()
    let (checkpoint, before) = try await tear(log)
    let bytes = UInt64(try log.bytes(#require(log.segments().first)).count - before)
    let fault = Fault(.unreadableRecord, at: 3)
    #expect(try log.fault() == fault)
    #expect(throws: LedgerError(.damaged(fault))) { _ = try log.open() }
    let findings = try inspect(log)
    #expect(findings.map(\.problem) == [.tornEnd(bytes: bytes)])
    #expect(findings.map(\.remedy) == [.cuttable])

    #expect(try cut(log) == bytes)
    #expect(try cut(log) == nil)
    #expect(try inspect(log).map(\.remedy) == [.opening])
    #expect(try log.bytes(log.path("checkpoint")) == checkpoint)
    try await log.open().close()
    #expect(try entries(of: log, .logRecovered) == [Int(bytes) - 80])
    #expect(try log.verify().entries == 4)
    #expect(try log.fault() == nil)
  }

  @Test func `is none where the checkpoint covers it, or a later batch follows`() async throws {
    let log = try TemporaryLog()
    let (checkpoint, before) = try await tear(log)
    let segment = try #require(try log.segments().first)
    let torn = try log.bytes(segment)
    try log.write(torn + torn.suffix(80), to: segment)
    #expect(try cut(log) == nil)
    try log.write(Array(torn.dropLast()), to: segment)
    #expect(try cut(log) == nil)
    try log.write(torn, to: segment)
    // As it was before it was torn, with the checkpoint that covers it.
    try log.write(Array(torn[..<before]), to: segment)
    let ledger = try log.open()
    #expect(throws: LedgerError(.inUse)) { try cut(log) }
    try await ledger.append(TemporaryLog.entry(3))
    try await ledger.close()
    let whole = try log.bytes(segment)
    try log.write(whole[..<before] + [UInt8](repeating: 0, count: 40) + whole[(before + 40)...], to: segment)
    #expect(try cut(log) == nil)
    #expect(try inspect(log).map(\.remedy).allSatisfy { $0 == .lost })
    #expect(try log.bytes(log.path("checkpoint")) != checkpoint)
  }

  @Test func `that was refused is not taken for durable`() async throws {
    let log = try TemporaryLog()
    let calls = Mutex(0)
    let disk = Disk(failureOfSynchronisation: {
      calls.withLock { calls in
        calls += 1
        return calls == 2 ? EIO : 0
      }
    })
    let ledger = try log.open(disk: disk)
    try await ledger.append(TemporaryLog.entry(0))
    let kept = try log.bytes(#require(log.segments().first)).count
    await #expect(throws: LedgerError(.stopped, number: EIO)) { try await ledger.append(TemporaryLog.entry(2)) }
    await #expect(throws: LedgerError(.stopped, number: EIO)) { try await ledger.close() }
    let refused = try log.bytes(#require(log.segments().first)).count - kept
    let emergency = try log.bytes(log.path("emergency"))
    for _ in 0..<2 {
      let reopened = try log.open()
      try await reopened.append(TemporaryLog.entry(4))
      try await reopened.close()
      var events: [Event?] = []
      var reader = try EntryReader(data: log.data)
      while let entry = try reader.next() { events.append(entry.outline.event) }
      #expect(events.prefix(3) == [.requestOpened, .logRecovered, .logRefusing])
      #expect(try entries(of: log, .logRecovered) == [refused])
      // As if it had not been forgotten: it is in the log, and nothing is cut off a second time.
      try log.write(emergency, to: log.path("emergency"))
    }
    #expect(try log.verify().entries == 5)
  }

  @Test func `that the checkpoint covers is not what an opening takes care of`() async throws {
    let log = try TemporaryLog()
    try await log.fill(4)
    let segment = try #require(try log.segments().first)
    let bytes = try log.bytes(segment)
    let batch = try #require(TemporaryLog.records(in: bytes).suffix(2).first)
    try log.write(bytes.dropLast(), to: segment)
    let findings = try inspect(log)
    #expect(
      findings.map(\.problem) == [
        .unreadable(bytes: UInt64(bytes.count - 1 - batch.lowerBound), after: 3),
        .fault(Fault(.truncated(signed: 4), at: 3)),
      ])
    #expect(findings.map(\.remedy) == [.lost, .lost])
  }

  /// Three entries with their checkpoint, and a fourth whose beginning is not there; the checkpoint, and where the
  /// fourth begins.
  private func tear(_ log: borrowing TemporaryLog) async throws -> (checkpoint: [UInt8], before: Int) {
    try await log.fill(3)
    let segment = try #require(try log.segments().first)
    let checkpoint = try log.bytes(log.path("checkpoint"))
    let before = try log.bytes(segment).count
    let ledger = try log.open()
    try await ledger.append(TemporaryLog.entry(3))
    try await ledger.close()
    try log.write(checkpoint, to: log.path("checkpoint"))
    var bytes = try log.bytes(segment)
    for place in before..<before + 40 { bytes[place] = 0 }
    try log.write(bytes, to: segment)
    return (checkpoint, before)
  }

  private func inspect(_ log: borrowing TemporaryLog) throws -> [Inspection.Finding] {
    try AuditLog.inspect(data: log.data, key: Custody.verifier(data: log.data)).findings
  }

  private func cut(_ log: borrowing TemporaryLog) throws -> UInt64? {
    try AuditLog.cutTornEnd(data: log.data, key: Custody.verifier(data: log.data))
  }

  /// How many bytes were cut off, according to the entries of this event.
  private func entries(of log: borrowing TemporaryLog, _ event: Event) throws -> [Int] {
    var found: [Int] = []
    var reader = try EntryReader(data: log.data)
    while let entry = try reader.next() {
      guard entry.outline.event == event else { continue }
      found.append(try JSONValue(parsing: entry.json)["bytes_dropped"]?.integer ?? -1)
    }
    return found
  }
}
