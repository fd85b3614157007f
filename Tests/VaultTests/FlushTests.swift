import Ciphers
import Foundation
import GRDB
import TestKit
import Testing
import Vault

struct FlushTests {
  @Test func `what a crash left in the journal is gone when the vault is opened, before it is certified`() async throws
  {
    let bench = try TestVault()
    let (use, vault) = try await bench.create()
    let tag = try await use.withSubject(.ada, create: true) { key in Vault.subjectTag(key) }
    let row = try SubjectRows(bench.folder.path).wrapped(1)
    bench.pass(days: 6 * 366 + 2)
    _ = try await vault.announceShred(bench.agreed(vault, .shred, tag.description))
    try await bench.record(vault)

    // Somebody reads an older state: the journal cannot be emptied. What is copied then is what a crash would leave.
    let reader = try DatabasePool(path: "\(bench.folder.path)/vault/vault.sqlite")
    let snapshot = try reader.makeSnapshot()
    #expect(try await snapshot.read { try Int.fetchOne($0, sql: "SELECT state FROM subject") } == 1)
    async let certificate = vault.completeShred(tag)
    while try await reader.read({ try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM certificate") }) == 0 {
      try await Task.sleep(for: .milliseconds(5))
    }
    let crashed = try TemporaryFolder()
    try FileManager.default.copyItem(atPath: "\(bench.folder.path)/vault", toPath: "\(crashed.path)/vault")
    try snapshot.close()
    try reader.close()
    // Where the reader was slower than the vault is patient, the next opening does it.
    if (try? await certificate) == nil {
      _ = try Vault.open(
        data: bench.folder.path, provider: bench.provider(), for: .administration, clock: bench.clock, uptime: { nil })
    }
    #expect(try files(bench.folder.path).allSatisfy { $0.range(of: row) == nil })

    #expect(try files(crashed.path).contains { $0.range(of: row) != nil }, "the attempt is one")
    let reopened = try Vault.open(
      data: crashed.path, provider: bench.provider(), for: .administration, clock: bench.clock, uptime: { nil })
    _ = try reopened.certificate(of: tag)
    #expect(try files(crashed.path).allSatisfy { $0.range(of: row) == nil })
  }

  private func files(_ data: String) throws -> [Data] {
    try FileManager.default.contentsOfDirectory(atPath: data + "/vault").compactMap {
      FileManager.default.contents(atPath: data + "/vault/" + $0)
    }
  }
}
