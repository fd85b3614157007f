import Backup
import Bytes
import Ciphers
import Foundation
import GRDB
import Ledger
import TestKit
import Testing

/// What a backup and an escrow have to say of each other and of the log before they are believed.
struct BackupTrustTests {
  /// Who has write access to a copy of the data knows the recipients of the last escrow, which are public.
  @Test func `refuses an escrow that somebody else made without a key, and one that lacks keys of old subjects`()
    async throws
  {
    let site = try await Site()
    let forged = "\(site.folder.path)/forged"
    try FileManager.default.createDirectory(atPath: forged, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: "\(site.data)/vault", toPath: "\(forged)/vault")
    let store = try DatabaseQueue(path: "\(forged)/vault/vault.sqlite")
    try await store.write { try $0.execute(sql: "DELETE FROM subject_key WHERE id = 2") }
    try store.close()
    try await site.makeEscrow(of: forged, isRecorded: false)
    try site.makeBackup()
    #expect(refusal(of: site, []) == BackupError(.unrecordedEscrow))
    #expect(refusal(of: site, .unrecorded) == BackupError(.incompleteEscrow, number: 1))
    #expect(refusal(of: site, [.unrecorded, .incomplete]) == nil)
  }

  @Test func `what a store says is in the log that comes with it, also of what is written meanwhile`() async throws {
    let site = try await Site(entries: 1)
    // A note of each entry, written after it; and something to copy.
    let notes = try DatabasePool(path: "\(site.data)/vault/zz.sqlite")
    try await notes.write { database in
      try database.execute(sql: "CREATE TABLE note (entry INTEGER); CREATE TABLE ballast (x BLOB)")
      for _ in 0..<40 { try database.execute(sql: "INSERT INTO ballast VALUES (randomblob(100000))") }
    }
    let log = try AuditLog.open(data: site.data, key: Site.logKey())
    let writing = Task {
      while !Task.isCancelled {
        let index = try await log.append(Entry(.serverStarted, at: .now()))
        try await notes.write { try $0.execute(sql: "INSERT INTO note VALUES (?)", arguments: [Int64(index)]) }
      }
    }
    while try await notes.read({ try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM note") }) ?? 0 < 3 {
      await Task.yield()
    }
    try site.makeBackup()
    writing.cancel()
    try? await writing.value
    try await log.close()
    try notes.close()
    // The last of its entries can be sealed and not published yet.
    let (last, entries) = try lastNote(in: site)
    #expect(UInt64(try #require(last)) < entries)
  }

  /// The last entry that the restored store has a note of, and how many the restored log has.
  private func lastNote(in site: Site) throws -> (last: Int64?, entries: UInt64) {
    let restoration = try site.restoration()
    let restored = try DatabaseQueue(path: "\(restoration.path)/vault/zz.sqlite")
    let last = try restored.read { try Int64.fetchOne($0, sql: "SELECT MAX(entry) FROM note") }
    let key = try Custody.verifier(data: restoration.path)
    return (last, try AuditLog.verify(data: restoration.path, key: key).entries)
  }

  /// Why an escrow is not put back; nil when it is.
  private func refusal(of site: Site, _ lenience: Restoration.Lenience) -> BackupError? {
    do {
      var restoration = try site.restoration()
      try restoration.add(escrow: site.escrow, with: site.decryptor(), allowing: lenience)
      return nil
    } catch {
      return error as? BackupError
    }
  }
}
