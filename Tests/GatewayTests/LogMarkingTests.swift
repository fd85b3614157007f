import Ciphers
import Foundation
import Gateway
import Ledger
import Logging
import Synchronization
import TestKit
import Testing
import Vault

/// The vault says where the log stood, and who its witnesses are, to whoever changes that beside it.
struct LogMarkingTests {
  @Test func `a log that was put back or taken away does not go on from what the vault says`() async throws {
    let bench = try await TestBench(ScriptedVendor.echo())
    _ = try await bench.ask("hello", useCase: nil)
    try await bench.ledger.close()
    try await LogMarking.keep(bench.ledger, in: bench.data, bench.vault)
    let mark = try #require(try await bench.vault.mark(of: LogMarking.log))
    #expect(mark.size == bench.ledger.size)
    try await LogMarking.check(bench.data, bench.vault)
    for name in ["log", "keys/log.begun"] { try FileManager.default.removeItem(atPath: "\(bench.data)/\(name)") }
    let gone = LedgerError(.damaged(Fault(.truncated(signed: mark.size), at: 0)))
    await #expect(throws: gone) { try await LogMarking.check(bench.data, bench.vault) }
    await #expect(throws: gone) { try await LogMarking.keep(bench.ledger, in: bench.data, bench.vault) }
  }

  @Test func `an event is noted as recorded when the vault has kept that the log has it`() async throws {
    let bench = try await TestBench(ScriptedVendor.echo())
    try await bench.gateway.takeVaultEvents()
    try await bench.vault.note(.logRebuilt, of: Digest(hashing: [1].span))
    #expect(try bench.vault.waitingEvents() == 1)
    try await bench.gateway.takeVaultEvents()
    #expect(try bench.vault.waitingEvents() == 0)
    let recorded = try #require(try await bench.vault.newestRecordedEntry())
    let mark = try #require(try await bench.vault.mark(of: LogMarking.log))
    #expect(mark.size == recorded + 1)
    // While the vault cannot keep that, the event waits.
    try await bench.vault.note(.logRebuilt, of: Digest(hashing: [2].span))
    try await bench.vault.keep(LogMark(log: LogMarking.log, size: 1_000_000, note: mark.note))
    await #expect(throws: LedgerError(.damaged(Fault(.truncated(signed: 1_000_000), at: 0)))) {
      try await bench.gateway.takeVaultEvents()
    }
    #expect(try bench.vault.waitingEvents() == 1)
  }

  @Test func `a log without the newest entry that an event is noted in does not go on`() async throws {
    let bench = try await TestBench(ScriptedVendor.echo())
    try await bench.vault.note(.logRebuilt, of: Digest(hashing: [0].span))
    try await bench.gateway.takeVaultEvents()
    let mark = try #require(try await bench.vault.mark(of: LogMarking.log))
    let place = bench.data + "/log"
    _ = try await bench.ledger.standing(covering: mark.size)
    try FileManager.default.copyItem(atPath: place, toPath: place + "-before")
    // As it was noted before there were marks of each hand-over.
    try await bench.vault.note(.logRebuilt, of: Digest(hashing: [1].span))
    let (ledger, now) = (bench.ledger, Timestamp(milliseconds: 1_795_230_000_000))
    try await bench.vault.takeOutbox { _ in try await ledger.append(Entry(.logRebuilt, at: now)) }
    try await LogMarking.check(bench.data, bench.vault)
    try await ledger.close()
    try await LogMarking.check(bench.data, bench.vault)
    try FileManager.default.removeItem(atPath: place)
    try FileManager.default.moveItem(atPath: place + "-before", toPath: place)
    await #expect(throws: LedgerError(.damaged(Fault(.truncated(signed: mark.size + 1), at: mark.size)))) {
      try await LogMarking.check(bench.data, bench.vault)
    }
  }

  @Test func `a list of witnesses that is taken away goes on to be asked`() async throws {
    let bench = try await TestBench(ScriptedVendor.echo())
    let key = try #require(VerifierKey(name: "w", key: bench.ledger.verifier.key, kind: .cosignature))
    var list = WitnessList()
    #expect(list.add(try #require(Witness(key: key, url: "https://witness.example"))))
    try list.store(data: bench.data)
    let before = try await bench.gateway.witnesses(of: LogMarking.log, data: bench.data)
    #expect(before.list == list && !before.isAltered)
    try await bench.vault.keep(witnesses: list.bytes, of: LogMarking.log)
    let kept = try await bench.gateway.witnesses(of: LogMarking.log, data: bench.data)
    #expect(kept.list == list && !kept.isAltered)
    try FileManager.default.removeItem(atPath: "\(bench.data)/log/witnesses")
    let after = try await bench.gateway.witnesses(of: LogMarking.log, data: bench.data)
    #expect(after.list == list && after.isAltered)
    let root = try await bench.gateway.witnesses(of: RootRecording.log, data: bench.data)
    #expect(root.list.witnesses.isEmpty)
  }

  /// What the process says of itself.
  private struct SaidLines: LogHandler {
    let lines = Shared(Mutex<[String]>([]))
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.notice

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { lines.value.withLock { $0.append("\(event.message)") } }
  }

  @Test(arguments: [true, false])
  func `the daily look says once what it finds, and is made up for where the vault was locked`(
    _ isDamaged: Bool
  ) async throws {
    let bench = try await TestBench(ScriptedVendor.echo())
    let said = SaidLines()
    let logger = Logger(label: "test") { _ in said }
    func look() async throws -> (lines: Int, alerts: Bool) {
      await bench.gateway.proveWhatIsKept(logger)
      let lines = said.lines.value.withLock { $0.count }
      try await bench.gateway.raiseAlerts(Logger(label: "test"))
      return (lines, bench.metrics.contains(#"cordon_alerts_total{rule="altered_record"} 1"#))
    }
    let file = "\(bench.data)/vault/tokens.sqlite"
    if isDamaged {
      try Data(repeating: 0x41, count: 8_192).write(to: URL(filePath: file))
    } else {
      // The system gives no file: nobody has changed what is in it.
      try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: false)
    }
    try Vault.lock(data: bench.data)
    #expect(try await look() == (0, false))
    try FileManager.default.removeItem(atPath: "\(bench.data)/vault/locked")
    for _ in 1...2 { #expect(try await look() == (1, isDamaged)) }
    try bench.turnClock(to: "2026-06-02")
    #expect(try await look().lines == 2)
  }
}
