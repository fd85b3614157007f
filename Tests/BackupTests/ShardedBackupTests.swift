import Backup
import Ciphers
import Foundation
import GRDB
import Ledger
import Storage
import TestKit
import Testing

/// A data directory of two replicas, with a vault that knows where their root log stood.
private struct ShardedSite {
  static let time = Timestamp(milliseconds: 1_795_230_000_000)
  static let long = String(repeating: "b", count: 32)

  let folder: TemporaryFolder
  let identity: String
  let recipient: AgeRecipient
  let turn: RootTurn

  var data: String { "\(folder.path)/data" }
  var restored: String { "\(folder.path)/restored" }

  init() async throws {
    folder = try TemporaryFolder()
    var random = SystemRandomNumberGenerator()
    let identity = try AgeIdentity(using: &random)
    self.identity = identity.revealingText()
    recipient = identity.recipient
    let data = "\(folder.path)/data"
    _ = try ShardedLog(data: data)
    turn = try RootTurn.open(data: data, database: nil, holder: "a", length: .seconds(600))
    #expect(try turn.take())
    try FileManager.default.createDirectory(atPath: "\(data)/vault", withIntermediateDirectories: true)
    let store = try DatabaseQueue(path: "\(data)/vault/vault.sqlite")
    try await store.write { database in
      try database.execute(
        sql: """
          CREATE TABLE vault (id TEXT);
          CREATE TABLE subject (id INTEGER PRIMARY KEY, lookup BLOB, reference BLOB, tag BLOB, state INTEGER NOT NULL);
          CREATE TABLE subject_key (id INTEGER PRIMARY KEY REFERENCES subject (id), version INTEGER, wrapped BLOB);
          CREATE TABLE log_mark (log TEXT PRIMARY KEY, size INTEGER NOT NULL, note BLOB NOT NULL);
          INSERT INTO vault VALUES ('0123456789abcdef0123456789abcdef');
          """)
    }
    try store.close()
    try await fill("a", 4)
    try await fill(ShardedSite.long, 3)
    try await record()
  }

  static func logKey() throws -> SigningKey {
    var seed = [UInt8](repeating: 9, count: 32)
    return try SigningKey(seed: SecretBytes(taking: &seed))
  }

  func fill(_ name: String, _ count: Int) async throws {
    let replica = try #require(ReplicaName(name))
    let log = try AuditLog.open(
      data: "\(data)/shards/\(name)", key: ShardedSite.logKey(), origin: .shard(of: .derived, replica))
    for _ in 0..<count { try await log.append(Entry(.serverStarted, at: ShardedSite.time)) }
    try await log.close()
  }

  /// A round of recording, after which the vault knows where the root log stands.
  func record() async throws {
    let round = try await turn.record(ShardedLog(data: data), at: ShardedSite.time) { try ShardedSite.logKey() }
    let root = try #require(round.root)
    let store = try DatabaseQueue(path: "\(data)/vault/vault.sqlite")
    try await store.write { database in
      try database.execute(
        sql: "INSERT OR REPLACE INTO log_mark VALUES (?, ?, ?)",
        arguments: [ShardedLog.lease, Int64(root.checkpoint.size), Data(root.note)])
    }
    try store.close()
  }

  @discardableResult
  func makeBackup(unproved: Set<ReplicaName> = []) throws -> Manifest {
    var random = SystemRandomNumberGenerator()
    let archive = try Backup(data: data).write(
      to: "\(folder.path)/backup.age", for: .keys([recipient]), configuration: nil, unproved: unproved,
      at: 1_700_000_000_000, using: &random)
    try archive.publish()
    return archive.manifest
  }

  func restoration(accepting accepted: Set<ReplicaName> = []) throws -> Restoration {
    try Restoration(
      of: "\(folder.path)/backup.age", with: AgeDecryptor(with: AgeIdentity(text: identity)), into: restored,
      accepting: accepted)
  }

  func copy(_ name: String, to other: String) throws {
    try? FileManager.default.removeItem(atPath: "\(folder.path)/\(other)")
    try FileManager.default.copyItem(atPath: "\(folder.path)/\(name)", toPath: "\(folder.path)/\(other)")
  }

  /// What a restore says is wrong.
  func refusal() throws -> BackupError? {
    var restoration = try restoration()
    do {
      _ = try restoration.prove()
      return nil
    } catch {
      return error
    }
  }
}

struct ShardedBackupTests {
  @Test func `holds the root log and every shard, and proves each`() async throws {
    let site = try await ShardedSite()
    // The longest name that a file of a shard can have.
    let digest = Digest(hashing: [1].span).description
    let blob = "shards/\(ShardedSite.long)/log/blobs/\(digest.prefix(2))/\(digest)"
    let folders = "\(site.data)/\(blob)".split(separator: "/").dropLast().joined(separator: "/")
    try FileManager.default.createDirectory(atPath: "/\(folders)", withIntermediateDirectories: true)
    try Data([1]).write(to: URL(filePath: "\(site.data)/\(blob)"))
    // What was begun a moment ago, and is in no root log yet.
    try await site.fill("c", 1)

    let manifest = try site.makeBackup()
    #expect(manifest.log == nil && manifest.rootLog?.size == 2)
    #expect(manifest.shards.map(\.replica.description) == ["a", ShardedSite.long, "c"])
    #expect(manifest.shards.map(\.log.size) == [4, 3, 1])
    #expect(manifest.files.contains { $0.name == blob })
    #expect(!manifest.files.contains { $0.name.contains("tile/") })
    var restoration = try site.restoration()
    #expect(restoration.manifest == manifest)
    let proof = try restoration.prove()
    #expect(proof.log == nil && proof.shards?.rootEntries == 2 && proof.shards?.rootWitnesses == 1)
    #expect(proof.shards?.shards.map(\.entries) == [4, 3, 1])
    try restoration.complete()
    for name in ["root/log/checkpoint", "shards/a/log/checkpoint", "shards/c/keys/log.vkey", blob] {
      #expect(FileManager.default.contentsEqual(atPath: "\(site.data)/\(name)", andPath: "\(site.restored)/\(name)"))
    }
    #expect(FileManager.default.fileExists(atPath: "\(site.restored)/vault/outbox.taken"))
    // It goes on where it was.
    let log = try AuditLog.open(
      data: "\(site.restored)/shards/a", key: ShardedSite.logKey(),
      origin: .shard(of: .derived, #require(ReplicaName("a"))))
    #expect(try await log.append(Entry(.serverStarted, at: ShardedSite.time)) == 4)
    try await log.close()
  }

  /// Who can write to the directory, and has no key, makes a log with a key of their own.
  @Test func `refuses a log that somebody put beside the shards, whatever it says was destroyed`() async throws {
    let site = try await ShardedSite()
    var entry = Entry(.subjectShredded, at: ShardedSite.time)
    entry.object = ConfiguredName(Digest(hashing: [1].span).description)
    var announcement = entry
    announcement.rule = ConfiguredName("announced")
    var seed = [UInt8](repeating: 66, count: 32)
    let log = try AuditLog.open(data: site.data, key: SigningKey(seed: SecretBytes(taking: &seed)))
    for one in [announcement, entry] { try await log.append(one) }
    try await log.close()
    try site.makeBackup()
    #expect(throws: BackupError(.foreignLog, name: "log")) { _ = try site.restoration() }
    #expect(!FileManager.default.fileExists(atPath: site.restored))
  }

  @Test func `holds the log of the gateway that was alone before`() async throws {
    let site = try await ShardedSite()
    let log = try AuditLog.open(data: site.data, key: ShardedSite.logKey())
    try await log.append(Entry(.serverStarted, at: ShardedSite.time))
    try await log.close()
    let manifest = try site.makeBackup()
    #expect(manifest.log?.size == 1 && manifest.rootLog?.size == 2)
    var restoration = try site.restoration()
    let proof = try restoration.prove()
    #expect(proof.log?.entries == 1 && proof.shards?.rootEntries == 2)
  }

  @Test func `refuses a root log that is older than the vault says, and one that is gone`() async throws {
    let site = try await ShardedSite()
    try site.copy("data/root", to: "older")
    try await site.fill("a", 1)
    try await site.record()
    try site.copy("older", to: "data/root")
    try site.makeBackup()
    #expect(try site.refusal() == BackupError(.shards, name: "root"))
    try FileManager.default.removeItem(atPath: "\(site.folder.path)/backup.age")
    try FileManager.default.removeItem(atPath: "\(site.data)/root")
    #expect(throws: BackupError(.missing, name: "root/log/checkpoint")) { try site.makeBackup() }
    #expect(!FileManager.default.fileExists(atPath: "\(site.folder.path)/backup.age"))
  }

  @Test func `refuses a shard that is not what the root log says`() async throws {
    let site = try await ShardedSite()
    try site.copy("data/shards/a", to: "older")
    try await site.fill("a", 1)
    try await site.record()
    try site.copy("older", to: "data/shards/a")
    try site.makeBackup()
    #expect(try site.refusal() == BackupError(.shards, name: "shards/a"))
  }

  @Test func `holds a shard that two people gave up, says so, and what was put aside comes along`() async throws {
    let site = try await ShardedSite()
    let replica = try #require(ReplicaName("a"))
    let segment = "log/segments/00000000000000000000.seg"
    var bytes = try [UInt8](Data(contentsOf: URL(filePath: "\(site.data)/shards/a/\(segment)")))
    bytes[bytes.count / 2] ^= 1
    try Data(bytes).write(to: URL(filePath: "\(site.data)/shards/a/\(segment)"))
    let key = try ShardedSite.logKey().verificationKey
    let recorded = try ShardedLog.record(of: replica, in: site.data, signedBy: key, marked: nil).recorded
    let agreement = RootAgreement(
      approval: try #require(ConfiguredName("0123")), reason: try #require(Justification("a bad disk")),
      people: try ["0", "1"].map { try #require(Pseudonym("p_0123456789abcdef0123456789abcde\($0)")) }, found: .damaged,
      recorded: "\(RootFound(recorded))")
    let taken = try await agreement.takeLog(
      in: "\(site.data)/shards/a", named: .shard(of: .derived, replica), givingUp: 4, before: nil,
      beginning: RootEpoch(1), at: ShardedSite.time
    ) { try ShardedSite.logKey() }
    let mark = try #require(taken)
    let isSaid = try await site.turn.giveUpShard(
      replica, of: ShardedLog(data: site.data), by: agreement, marked: nil, beginning: RootEpoch(1),
      at: ShardedSite.time
    ) { try ShardedSite.logKey() }
    #expect(isSaid)
    try await site.record()
    try site.makeBackup()
    // The vault has to know: see `unfinished`.
    #expect(try site.refusal() == BackupError(.shards, name: "shards/a"))
    try FileManager.default.removeItem(atPath: "\(site.folder.path)/backup.age")
    let store = try DatabaseQueue(path: "\(site.data)/vault/vault.sqlite")
    try await store.write { database in
      try database.execute(sql: "ALTER TABLE log_mark ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0")
      try database.execute(
        sql: "INSERT INTO log_mark (log, size, note, epoch) VALUES ('shards/a', ?, ?, 1)",
        arguments: [Int64(mark.size), Data(mark.note)])
    }
    try store.close()
    let aside = "shards/a/log.given-up-0123/segments/00000000000000000000.seg"
    #expect(try site.makeBackup().files.contains { $0.name == aside })
    var restoration = try site.restoration()
    let shards = try #require(try restoration.prove().shards).shards
    #expect(shards.map { $0.givenUp.map(\.recorded) } == [[4], []] && shards.map(\.recorded) == [1, 3])
    try restoration.complete()
    #expect(try [UInt8](Data(contentsOf: URL(filePath: "\(site.restored)/\(aside)"))) == bytes)
  }

  @Test(arguments: ["older", "lost", "another key's"])
  func `holds a shard that nothing proves as it is, and restores it for who accepts that`(_ state: String) async throws
  {
    let site = try await ShardedSite()
    let a = try #require(ReplicaName("a"))
    try site.copy("data/shards/a", to: "older")
    try await site.fill("a", 1)
    try await site.record()
    try FileManager.default.removeItem(atPath: "\(site.data)/shards/a")
    switch state {
    case "older": try site.copy("older", to: "data/shards/a")
    case "lost": break
    default:
      var seed = [UInt8](repeating: 4, count: 32)
      let log = try AuditLog.open(
        data: "\(site.data)/shards/a", key: SigningKey(seed: SecretBytes(taking: &seed)),
        origin: .shard(of: .derived, a))
      try await log.append(Entry(.serverStarted, at: ShardedSite.time))
      try await log.close()
    }
    let manifest = try site.makeBackup(unproved: [a])
    #expect(manifest.unproved == [a] && manifest.shards.map(\.replica.description) == [ShardedSite.long])
    #expect(try site.refusal() == BackupError(.unproved, name: "shards/a"))
    var restoration = try site.restoration(accepting: [a])
    #expect(restoration.manifest == manifest)
    let proof = try restoration.prove()
    #expect(proof.unproved == [a] && proof.shards?.isWhole == false)
    #expect(proof.shards?.faults.allSatisfy { $0.replica == a } == true)
    try restoration.complete()
    let folders = [site.data, site.restored].map { "\($0)/shards/a/log/segments/00000000000000000000.seg" }
    let exist = folders.map { FileManager.default.fileExists(atPath: $0) }
    #expect(exist == Array(repeating: state != "lost", count: 2))
    #expect(state == "lost" || FileManager.default.contentsEqual(atPath: folders[0], andPath: folders[1]))
  }

  @Test func `restores a shard that was damaged before the backup for who accepts that alone`() async throws {
    let site = try await ShardedSite()
    let segment = "\(site.data)/shards/a/log/segments/00000000000000000000.seg"
    var bytes = try [UInt8](Data(contentsOf: URL(filePath: segment)))
    bytes[bytes.count / 2] ^= 1
    try Data(bytes).write(to: URL(filePath: segment))
    try site.makeBackup()
    #expect(throws: BackupError(.log, name: "shards/a")) { _ = try site.restoration() }
    let (a, other) = (try #require(ReplicaName("a")), try #require(ReplicaName(ShardedSite.long)))
    #expect(throws: BackupError(.log, name: "shards/a")) { _ = try site.restoration(accepting: [other]) }
    var restoration = try site.restoration(accepting: [a])
    #expect(try restoration.prove().unproved == [a])
  }

  @Test func `refuses a shard of another key`() async throws {
    let site = try await ShardedSite()
    var seed = [UInt8](repeating: 4, count: 32)
    let log = try AuditLog.open(
      data: "\(site.data)/shards/x", key: SigningKey(seed: SecretBytes(taking: &seed)),
      origin: .shard(of: .derived, #require(ReplicaName("x"))))
    try await log.append(Entry(.serverStarted, at: ShardedSite.time))
    try await log.close()
    try site.makeBackup()
    #expect(throws: BackupError(.foreignLog, name: "shards/x")) { _ = try site.restoration() }
  }
}
