import Backup
import Bytes
import Ciphers
import Foundation
import GRDB
import Ledger
import StorageTestKit
import TestKit
import Testing

struct BackupTests {
  @Test func `restores what was backed up, proves it, and leaves nothing half made`() async throws {
    let site = try await Site()
    let manifest = try site.makeBackup()
    #expect(manifest.log?.size == 20)
    #expect(manifest.rows(of: "subject") == 3)
    #expect(manifest.rows(of: "subject_key") == 0)
    var restoration = try site.restoration()
    #expect(restoration.manifest == manifest)
    let proof = try restoration.prove()
    #expect(proof.log?.entries == 20)
    #expect(proof.subjects == 3)
    #expect(proof.withoutKey == 3)
    #expect(try site.names() == ["backup.age", "data", "restored.partial"])
    try restoration.complete()
    #expect(try site.names() == ["backup.age", "data", "restored"])
    for name in ["log/checkpoint", "log/segments/00000000000000000000.seg", "keys/log.vkey"] {
      #expect(
        FileManager.default.contentsEqual(atPath: "\(site.data)/\(name)", andPath: "\(site.restored)/\(name)"))
    }
    #expect(!FileManager.default.fileExists(atPath: "\(site.restored)/keys/vault.key"))
  }

  @Test func `makes no backup of a store that no restore would take`() async throws {
    let site = try await Site()
    let path = "\(site.data)/vault/vault.sqlite"
    let store = try DatabaseQueue(path: path)
    try await store.writeWithoutTransaction { try $0.execute(sql: "CREATE INDEX by_tag ON subject (tag)") }
    try store.close()
    try site.makeBackup()
    try FileManager.default.removeItem(atPath: site.backup)
    try exchangePages(of: "by_tag", with: "INDEX x ON subject (tag) WHERE id <> 2", in: path)
    #expect(throws: BackupError(.store, name: "vault/vault.sqlite")) { try site.makeBackup() }
    #expect(try site.names() == ["data"])
  }

  @Test func `keeps every key out of the backup, and puts it into the escrow`() async throws {
    let site = try await Site()
    try site.makeBackup()
    try await site.makeEscrow()
    let backup = try site.decrypted(site.backup)
    let escrow = try site.decrypted(site.escrow)
    let secrets =
      (1...3).map(Site.wrappedKey)
      + [try Array(Data(contentsOf: URL(fileURLWithPath: "\(site.data)/keys/vault.key")))]
    for secret in secrets {
      #expect(!contains(backup, secret))
      #expect(contains(escrow, secret))
    }
  }

  @Test func `restores the keys of an escrow, so that the log can go on`() async throws {
    let site = try await Site()
    try await site.makeEscrow()
    try site.makeBackup()
    var restoration = try site.restoration()
    try restoration.add(escrow: site.escrow, with: site.decryptor())
    let proof = try restoration.prove()
    #expect(proof.subjects == 3)
    #expect(proof.withoutKey == 0)
    #expect(proof.destroyedAgain == 0)
    try restoration.complete()
    let log = try AuditLog.open(data: site.restored, key: Site.logKey())
    #expect(try await log.append(Entry(.serverStarted, at: .now())) == 21)
    try await log.close()
    #expect(try keys(in: site.restored) == [1, 2, 3])
  }

  @Test func `brings no destroyed key back from an older escrow`() async throws {
    let site = try await Site()
    try await site.makeEscrow()
    try await site.shred(2)
    try site.makeBackup()
    var restoration = try site.restoration()
    try restoration.add(escrow: site.escrow, with: site.decryptor())
    let proof = try restoration.prove()
    #expect(proof.subjects == 2)
    #expect(proof.destroyed == 1)
    #expect(proof.destroyedAgain == 1)
    try restoration.complete()
    #expect(try keys(in: site.restored) == [1, 3])
    let store = try Data(contentsOf: URL(fileURLWithPath: "\(site.restored)/vault/vault.sqlite"))
    #expect(!contains(Array(store), Site.wrappedKey(2)))
  }

  @Test func `destroys again what only the log knows was destroyed`() async throws {
    let site = try await Site()
    try await site.makeEscrow()
    try await site.shred(3, inStore: false)
    try site.makeBackup()
    var restoration = try site.restoration()
    try restoration.add(escrow: site.escrow, with: site.decryptor())
    let proof = try restoration.prove()
    #expect(proof.subjects == 2)
    #expect(proof.destroyed == 1)
    try restoration.complete()
    #expect(try keys(in: site.restored) == [1, 2])
  }

  /// The subjects whose keys a backup and an escrow of a site bring back, where nobody is shredded by them.
  private func restoredKeys(_ site: Site) throws -> [Int] {
    try site.makeBackup()
    var restoration = try site.restoration()
    try #require(restoration.shreds == [])
    try restoration.add(escrow: site.escrow, with: site.decryptor())
    try #require(try restoration.prove().subjects == 3)
    try restoration.complete()
    return try keys(in: site.restored)
  }

  @Test func `keeps the key of a subject whose destruction nobody signed`() async throws {
    let site = try await Site()
    let segment = URL(fileURLWithPath: "\(site.data)/log/segments/00000000000000000000.seg")
    var entry = Entry(.subjectShredded, at: .now())
    entry.object = ConfiguredName(Site.tag(3).description)
    try await site.makeEscrow()
    let record = ForgedRecord.entry(entry.json, at: 21)
    try (Data(contentsOf: segment) + record).write(to: segment)
    #expect(try restoredKeys(site) == [1, 2, 3])
  }

  @Test func `keeps the key of a subject whose destruction was never announced`() async throws {
    let site = try await Site()
    try await site.shred(3, inStore: false, isAnnounced: false)
    try await site.makeEscrow()
    #expect(try restoredKeys(site) == [1, 2, 3])
  }

  @Test func `keeps the key of a subject whose destruction was announced only`() async throws {
    let site = try await Site()
    var entry = Entry(.subjectShredded, at: .now())
    entry.object = ConfiguredName(Site.tag(3).description)
    entry.rule = ConfiguredName("announced")
    try await site.append([entry])
    try await site.makeEscrow()
    #expect(try restoredKeys(site) == [1, 2, 3])
  }

  @Test func `restores with an escrow older than a subject, which is counted as without a key`() async throws {
    let site = try await Site()
    try await site.makeEscrow()
    let store = try DatabaseQueue(path: "\(site.data)/vault/vault.sqlite")
    try await store.write { try $0.execute(sql: "INSERT INTO subject VALUES (4, x'01', x'02', x'04', 0, \(Site.day))") }
    try store.close()
    try site.makeBackup()
    var restoration = try site.restoration()
    try restoration.add(escrow: site.escrow, with: site.decryptor())
    let proof = try restoration.prove()
    #expect(proof.subjects == 4 && proof.withoutKey == 1)
    try restoration.complete()
    #expect(try keys(in: site.restored) == [1, 2, 3])
  }

  @Test(arguments: [
    (#""store":"vault/vault.sqlite""#, #""store":"../../out/x.sqlite""#),
    (#""store":"vault/vault.sqlite""#, #""store":"/var/out/vt.sqlite""#),
    (#""table":"subject_key","rows":0"#, #""table":"t","rows":99999999999"#),
    (#""table":"subject_key","rows":0"#, #""table":"subject_ke","rows":-1"#),
  ])
  func `refuses a manifest that counts what the archive does not bring`(_ was: String, _ becomes: String) async throws {
    let site = try await Site(entries: 1)
    try site.makeBackup()
    var archive = try site.decrypted(site.backup)
    let listed = try #require(range(of: Array(was.utf8), in: archive))
    let text = becomes + String(repeating: " ", count: was.utf8.count - becomes.utf8.count)
    archive.replaceSubrange(listed, with: Array(text.utf8))
    try site.replaceBackup(with: archive)
    #expect(throws: BackupError(.malformed, name: "manifest.json")) { _ = try site.restoration() }
    #expect(try site.names() == ["backup.age", "data"])
  }

  @Test func `refuses to write over anything`() async throws {
    let site = try await Site()
    try site.makeBackup()
    #expect(throws: BackupError(.exists)) { try site.makeBackup() }
    try FileManager.default.createDirectory(atPath: site.restored, withIntermediateDirectories: true)
    #expect(throws: BackupError(.exists, name: site.restored)) { _ = try site.restoration() }
    #expect(try site.names() == ["backup.age", "data", "restored"])
  }

  @Test func `refuses a log that was cut back, and leaves nothing`() async throws {
    let site = try await Site()
    try site.makeBackup()
    let archive = try site.decrypted(site.backup)
    let listed = try #require(range(of: Array("\"size\":20,".utf8), in: archive))
    var changed = archive
    changed.replaceSubrange(listed, with: Array("\"size\":19,".utf8))
    try site.replaceBackup(with: changed)
    do {
      var restoration = try site.restoration()
      #expect(throws: BackupError(.log)) { _ = try restoration.prove() }
    }
    #expect(try site.names() == ["backup.age", "data"])
  }

  struct Change: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var change: @Sendable (inout [UInt8]) -> Void
  }

  /// Changes to the first header, or to the end: each is refused before anything gets a name.
  static let changes = [
    Change(testDescription: "a name that leads out") { rename(&$0, "../evil") },
    Change(testDescription: "a name from the root") { rename(&$0, "/etc/evil") },
    Change(testDescription: "a name with a dot part") { rename(&$0, "log/./checkpoint") },
    Change(testDescription: "a name with an empty part") { rename(&$0, "log//checkpoint") },
    Change(testDescription: "a name that ends in a slash") { rename(&$0, "log/checkpoint/") },
    Change(testDescription: "no name") { rename(&$0, "") },
    Change(testDescription: "a name that begins with a dash") { rename(&$0, "-rf") },
    Change(testDescription: "a name with a control character") { rename(&$0, "log/a\u{1}") },
    Change(testDescription: "a symbolic link") {
      $0[156] = UInt8(ascii: "2"); seal(&$0)
    },
    Change(testDescription: "a hard link") {
      $0[156] = UInt8(ascii: "1"); seal(&$0)
    },
    Change(testDescription: "a directory") {
      $0[156] = UInt8(ascii: "5"); seal(&$0)
    },
    Change(testDescription: "a device") {
      $0[156] = UInt8(ascii: "3"); seal(&$0)
    },
    Change(testDescription: "an extended header") {
      $0[156] = UInt8(ascii: "x"); seal(&$0)
    },
    Change(testDescription: "a link's target") {
      $0[157] = UInt8(ascii: "a"); seal(&$0)
    },
    Change(testDescription: "a prefix") {
      $0[345] = UInt8(ascii: "a"); seal(&$0)
    },
    Change(testDescription: "another mode") {
      $0[102] = UInt8(ascii: "7"); seal(&$0)
    },
    Change(testDescription: "a wrong sum") { $0[148] ^= 1 },
    Change(testDescription: "a file twice") { $0 = Array($0[..<1024]) + $0 },
    Change(testDescription: "a file that is not listed") { archive in
      var file = Array(archive[..<1024])
      rename(&file, "log/extra")
      archive = file + archive
    },
    Change(testDescription: "a changed content") { $0[512] ^= 1 },
    Change(testDescription: "padding that is not zero") { $0[1023] = 1 },
    Change(testDescription: "an end cut off") { $0.removeLast(512) },
    Change(testDescription: "bytes after the end") { $0 += [UInt8](repeating: 0, count: 512) },
    Change(testDescription: "nothing") { $0 = [] },
  ]

  @Test(arguments: changes) func `refuses an archive that Cordon would not write`(_ change: Change) async throws {
    let site = try await Site(entries: 1)
    try site.makeBackup()
    var archive = try site.decrypted(site.backup)
    change.change(&archive)
    try site.replaceBackup(with: archive)
    #expect(throws: BackupError.self) { _ = try site.restoration() }
    #expect(try site.names() == ["backup.age", "data"])
  }

  @Test func `refuses another key and a file cut off, and leaves nothing`() async throws {
    let site = try await Site()
    try site.makeBackup()
    var random = SystemRandomNumberGenerator()
    #expect(throws: BackupError(.cipher(.noMatchingKey))) {
      let other = AgeDecryptor(with: try AgeIdentity(using: &random))
      _ = try Restoration(of: site.backup, with: other, into: site.restored)
    }
    let file = try Data(contentsOf: URL(fileURLWithPath: site.backup))
    try file.dropLast(100).write(to: URL(fileURLWithPath: site.backup))
    #expect(throws: BackupError(.cipher(.notAuthentic))) { _ = try site.restoration() }
    #expect(try site.names() == ["backup.age", "data"])
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/age"), "no stock age is installed"))
  func `stock age and tar open a backup`() async throws {
    let site = try await Site()
    let manifest = try site.makeBackup()
    try Data(site.identity.utf8).write(to: URL(fileURLWithPath: "\(site.folder.path)/key"))
    let ending = try ChildProcess.run("/bin/sh", ["-c", "age -d -i key backup.age | tar tf -"], in: site.folder.path)
    #expect(ending.status == 0)
    #expect(ending.text.split(separator: "\n").map(String.init) == manifest.files.map(\.name) + ["manifest.json"])
  }

  private func keys(in data: String) throws -> [Int] {
    let store = try DatabaseQueue(path: "\(data)/vault/vault.sqlite")
    let keys = try store.read { try Int.fetchAll($0, sql: "SELECT id FROM subject_key ORDER BY id") }
    try store.close()
    return keys
  }

  private func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool { range(of: part, in: bytes) != nil }

  private func range(of part: [UInt8], in bytes: [UInt8]) -> Range<Int>? {
    Data(bytes).range(of: Data(part))
  }
}

/// Gives the first file of an archive another name.
private func rename(_ archive: inout [UInt8], _ name: String) {
  archive.replaceSubrange(..<100, with: Array(name.utf8) + [UInt8](repeating: 0, count: 100 - name.utf8.count))
  seal(&archive)
}

/// Computes the sum of the first header anew, so that only what was changed is wrong with it.
private func seal(_ archive: inout [UInt8]) {
  for index in 148..<156 { archive[index] = 0x20 }
  let digits = Array(String(archive[..<512].reduce(0) { $0 + Int($1) }, radix: 8).utf8)
  let sum = [UInt8](repeating: 0x30, count: 6 - digits.count) + digits + [0, 0x20]
  archive.replaceSubrange(148..<156, with: sum)
}
