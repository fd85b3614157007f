import Ciphers
import Foundation
import Gateway
import Ledger
import Testing
import Vault

/// The vault says where the log stood, and who its witnesses are, to whoever changes that beside it.
struct LogMarkingTests {
  @Test func `a log that was put back or taken away does not go on from what the vault says`() async throws {
    let bench = try await TestBench(ScriptedVendor.echo())
    _ = try await bench.ask("hello", useCase: nil)
    try await bench.ledger.close()
    try await LogMarking.keep(bench.data, bench.vault)
    let mark = try #require(try await bench.vault.mark(of: LogMarking.log))
    #expect(mark.size == bench.ledger.size)
    try await LogMarking.check(bench.data, bench.vault)
    for name in ["log", "keys/log.begun"] { try FileManager.default.removeItem(atPath: "\(bench.data)/\(name)") }
    let gone = LedgerError(.damaged(Fault(.truncated(signed: mark.size), at: 0)))
    await #expect(throws: gone) { try await LogMarking.check(bench.data, bench.vault) }
    await #expect(throws: gone) { try await LogMarking.keep(bench.data, bench.vault) }
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
}
