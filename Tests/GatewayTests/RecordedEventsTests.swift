import Bytes
import Ciphers
import Foundation
import Gateway
import Ledger
import TestKit
import Testing
import Vault

/// What the vault did is in the log when the vault's key signed it there, and not before.
struct RecordedEventsTests {
  @Test func `an event that somebody put into a log of his own is recorded all the same`() async throws {
    let bench = try await TestBench(ScriptedVendor.echo())
    let event = try await bench.vault.note(.restoreDrilled, of: Digest(hashing: [1].span))
    let folder = "\(bench.data)/shards/zzz/log/segments"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let entry = try #require(Entry(event))
    try Data(ForgedRecord.entry(entry.json, at: 1000)).write(
      to: URL(filePath: "\(folder)/00000000000000001000.seg"))
    // As a hand-over leaves it that was broken off.
    try Data().write(to: URL(filePath: "\(bench.data)/vault/outbox.taken"))
    let key = bench.ledger.verifier.key
    #expect(try RecordedEvents.find([event], data: bench.data, signedBy: key).isEmpty)
    #expect(try await bench.gateway.takeVaultEvents())
    #expect(try bench.vault.waitingEvents() == 0)
    let recorded = try await bench.entries().filter { $0["request"]?.string == "event-\(event.id)" }
    #expect(recorded.count == 1)
    // What is there now is known, and known as the very entry that it is.
    #expect(try RecordedEvents.find([event], data: bench.data, signedBy: key).keys.sorted() == [event.id])
    var seed = [UInt8](repeating: 1, count: 32)
    let stranger = try SigningKey(seed: SecretBytes(taking: &seed)).verificationKey
    #expect(try RecordedEvents.find([event], data: bench.data, signedBy: stranger).isEmpty)
  }
}
