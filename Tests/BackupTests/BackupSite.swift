import Backup
import Bytes
import Ciphers
import Foundation
import GRDB
import Ledger
import TestKit

/// A data directory with a log, a vault of three subjects and a configuration.
struct Site {
  let folder: TemporaryFolder
  let identity: String
  let recipient: AgeRecipient

  var data: String { "\(folder.path)/data" }
  var backup: String { "\(folder.path)/backup.age" }
  var escrow: String { "\(folder.path)/escrow.age" }
  var restored: String { "\(folder.path)/restored" }

  init(entries: Int = 20) async throws {
    folder = try TemporaryFolder()
    var random = SystemRandomNumberGenerator()
    let identity = try AgeIdentity(using: &random)
    self.identity = identity.revealingText()
    recipient = identity.recipient
    try await append([Entry](repeating: Entry(.serverStarted, at: .now()), count: entries))
    try FileManager.default.createDirectory(atPath: "\(data)/vault", withIntermediateDirectories: true)
    try Data(repeating: 0x5A, count: 97).write(to: URL(fileURLWithPath: "\(data)/keys/vault.key"))
    let store = try DatabaseQueue(path: "\(data)/vault/vault.sqlite")
    try await store.write { database in
      try database.execute(
        sql: """
          CREATE TABLE vault (id TEXT);
          CREATE TABLE subject (id INTEGER PRIMARY KEY, lookup BLOB, reference BLOB, tag BLOB, state INTEGER NOT NULL,
            created_day INTEGER NOT NULL DEFAULT 19000);
          CREATE TABLE subject_key (id INTEGER PRIMARY KEY REFERENCES subject (id), version INTEGER, wrapped BLOB);
          INSERT INTO vault VALUES ('0123456789abcdef0123456789abcdef');
          """)
      for id in 1...3 {
        try database.execute(
          sql: "INSERT INTO subject VALUES (?, x'01', x'02', ?, 0, 19000)", arguments: [id, Data(Site.tag(id).bytes)])
        try database.execute(
          sql: "INSERT INTO subject_key VALUES (?, 1, ?)", arguments: [id, Data(Site.wrappedKey(id))])
      }
    }
    try store.close()
  }

  static func logKey() throws -> SigningKey {
    var seed = [UInt8](repeating: 9, count: 32)
    return try SigningKey(seed: SecretBytes(taking: &seed))
  }

  static func tag(_ id: Int) -> Digest { Digest(hashing: [UInt8(id)].span) }
  static func wrappedKey(_ id: Int) -> [UInt8] { [UInt8](repeating: 0xA0 + UInt8(id), count: 61) }

  func append(_ entries: [Entry]) async throws {
    let log = try AuditLog.open(data: data, key: Site.logKey())
    for entry in entries { try await log.append(entry) }
    try await log.close()
  }

  @discardableResult
  func makeBackup() throws -> Manifest {
    var random = SystemRandomNumberGenerator()
    let archive = try Backup(data: data).write(
      to: backup, for: .keys([recipient]), configuration: Array("listen: x\n".utf8), at: 1_700_000_000_000,
      using: &random)
    try archive.publish()
    return archive.manifest
  }

  /// The day on which backups and escrows are made.
  static let day: Int64 = 1_700_000_000_000 / 86_400_000

  /// An escrow that the log says was made, unless it is not to.
  @discardableResult
  func makeEscrow(of data: String? = nil, isRecorded: Bool = true) async throws -> Manifest {
    var random = SystemRandomNumberGenerator()
    let data = data ?? self.data
    let archive = try Backup(data: data).writeEscrow(
      to: escrow, for: .keys([recipient]), at: 1_700_000_000_000, using: &random)
    try archive.publish()
    let (manifest, digest) = (archive.manifest, archive.digest)
    if isRecorded {
      var entry = Entry(.keyExported, at: .now())
      entry.object = ConfiguredName(digest.description)
      try await append([entry])
    }
    return manifest
  }

  func decryptor() throws -> AgeDecryptor { AgeDecryptor(with: try AgeIdentity(text: identity)) }

  func restoration() throws -> Restoration { try Restoration(of: backup, with: decryptor(), into: restored) }

  func shred(_ id: Int, inStore: Bool = true, isAnnounced: Bool = true) async throws {
    var entry = Entry(.subjectShredded, at: .now())
    entry.object = ConfiguredName(Site.tag(id).description)
    var announcement = entry
    announcement.rule = ConfiguredName("announced")
    try await append(isAnnounced ? [announcement, entry] : [entry])
    guard inStore else { return }
    let store = try DatabaseQueue(path: "\(data)/vault/vault.sqlite")
    try await store.write { database in
      try database.execute(sql: "DELETE FROM subject_key WHERE id = ?", arguments: [id])
      try database.execute(
        sql: "UPDATE subject SET state = 2, lookup = NULL, reference = NULL WHERE id = ?", arguments: [id])
    }
    try store.close()
  }

  func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }

  func decrypted(_ path: String) throws -> [UInt8] {
    var decryptor = try decryptor()
    var plain: [UInt8] = []
    let file = try Array(Data(contentsOf: URL(fileURLWithPath: path)))
    try decryptor.update(file.span, into: &plain)
    try decryptor.finish(into: &plain)
    return plain
  }

  /// Replaces the backup by an archive with other bytes, encrypted to the same recipient.
  func replaceBackup(with archive: [UInt8]) throws {
    var random = SystemRandomNumberGenerator()
    var encryptor = try AgeEncryptor(to: [recipient], using: &random)
    var file: [UInt8] = []
    try encryptor.update(archive.span, into: &file)
    try encryptor.finish(into: &file)
    try Data(file).write(to: URL(fileURLWithPath: backup))
  }
}
