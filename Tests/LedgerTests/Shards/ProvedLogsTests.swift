import Ciphers
import Foundation
import Ledger
import Storage
import TestKit
import Testing

/// What reports, retention and restores read of a data directory that somebody without a key has written to.
struct ProvedLogsTests {
  private static let time = Timestamp(milliseconds: 1_795_230_000_000)

  private let folder: TemporaryFolder
  private let turn: RootTurn
  private let a: ReplicaName
  private let b: ReplicaName
  private var data: String { "\(folder.path)/data" }

  init() throws {
    folder = try TemporaryFolder()
    _ = try ShardedLog(data: "\(folder.path)/data")
    turn = try RootTurn.open(data: "\(folder.path)/data", database: nil, holder: "a", length: .seconds(600))
    a = try #require(ReplicaName("a"))
    b = try #require(ReplicaName("b"))
    #expect(try turn.take())
  }

  private static func strange() throws -> SigningKey {
    var seed = [UInt8](repeating: 66, count: 32)
    return try SigningKey(seed: SecretBytes(taking: &seed))
  }

  private func fill(_ replica: ReplicaName, _ count: Int) async throws {
    let log = try AuditLog.open(
      data: ShardedLog.shard(of: replica, in: data), key: TemporaryLog.key(), origin: .shard(of: .derived, replica))
    for _ in 0..<count { try await log.append(Entry(.keyCreated, at: ProvedLogsTests.time)) }
    try await log.close()
  }

  private func record() async throws -> RootMark {
    let round = try await turn.record(ShardedLog(data: data), at: ProvedLogsTests.time) { try TemporaryLog.key() }
    return RootMark(note: try #require(round.root).note, epoch: round.epoch)
  }

  /// How many entries each of the logs has.
  private func sizes(_ mark: RootMark?, own: [UInt8]? = nil) throws -> [ReplicaName?: UInt64] {
    let key = try TemporaryLog.key().verificationKey
    let logs = try ProvedLogs(of: data, signedBy: key, marks: ProvedLogs.Marks(own: own, root: mark))
    var sizes: [ReplicaName?: UInt64] = [:]
    for log in logs.logs {
      var reader = try log.reader()
      while try reader.next() != nil {}
      sizes[log.replica] = reader.evaluated
    }
    return sizes
  }

  private func copy(_ name: String, to other: String) throws {
    try? FileManager.default.removeItem(atPath: "\(folder.path)/\(other)")
    try FileManager.default.copyItem(atPath: "\(folder.path)/\(name)", toPath: "\(folder.path)/\(other)")
  }

  @Test func `a log that somebody puts beside the shards is not believed`() async throws {
    try await fill(a, 3)
    let mark = try await record()
    #expect(try sizes(mark) == [a: 3])
    let log = try AuditLog.open(data: data, key: ProvedLogsTests.strange())
    try await log.append(Entry(.subjectShredded, at: ProvedLogsTests.time))
    try await log.close()
    #expect(throws: UnprovedLog.self) { try sizes(mark) }
    // Nor a copy of a shard in its place, which would count everything twice.
    for name in ["data/log", "data/keys"] {
      try FileManager.default.removeItem(atPath: "\(folder.path)/\(name)")
      try copy("data/shards/a/\(name.dropFirst(5))", to: name)
    }
    #expect(throws: UnprovedLog.self) { try sizes(mark) }
  }

  @Test func `a shard under a key or a name of somebody's own is not believed`() async throws {
    try await fill(a, 3)
    let mark = try await record()
    try copy("data/shards/a", to: "data/shards/b")
    #expect(throws: UnprovedLog.self) { try sizes(mark) }
    try FileManager.default.removeItem(atPath: "\(data)/shards/b")
    let log = try AuditLog.open(
      data: ShardedLog.shard(of: b, in: data), key: ProvedLogsTests.strange(), origin: .shard(of: .derived, b))
    try await log.append(Entry(.subjectShredded, at: ProvedLogsTests.time))
    try await log.close()
    #expect(throws: UnprovedLog.self) { try sizes(mark) }
  }

  @Test func `a shard has to be as long as it was recorded`() async throws {
    try await fill(a, 3)
    try await fill(b, 2)
    _ = try await record()
    try copy("data/shards/a", to: "a.first")
    try await fill(a, 2)
    let mark = try await record()
    #expect(try sizes(mark) == [a: 5, b: 2])
    try copy("a.first", to: "data/shards/a")
    #expect(throws: UnprovedLog.self) { try sizes(mark) }
    try FileManager.default.removeItem(atPath: "\(data)/shards/a")
    #expect(throws: UnprovedLog.self) { try sizes(mark) }
    // With the root log gone nobody knows how long a shard was, but the vault knows that there was one.
    try FileManager.default.removeItem(atPath: "\(data)/root")
    #expect(throws: UnprovedLog.self) { try sizes(mark) }
  }

  @Test func `the log of a single gateway has to be as long as the vault says`() async throws {
    try FileManager.default.removeItem(atPath: "\(data)/shards")
    try FileManager.default.removeItem(atPath: "\(data)/root")
    #expect(try sizes(nil) == [:])
    let note = try await own(3)
    try copy("data/log", to: "log.first")
    let newer = try await own(1)
    #expect(try sizes(nil, own: newer) == [nil: 4] && sizes(nil, own: note) == [nil: 4])
    try copy("log.first", to: "data/log")
    #expect(throws: UnprovedLog.self) { try sizes(nil, own: newer) }
    for name in ["data/log", "data/keys"] { try FileManager.default.removeItem(atPath: "\(folder.path)/\(name)") }
    #expect(throws: UnprovedLog.self) { try sizes(nil, own: newer) }
    #expect(try sizes(nil) == [:])
  }

  /// Appends so many entries to the data directory's own log, and gives the checkpoint that it has published then.
  private func own(_ count: Int) async throws -> [UInt8] {
    let log = try AuditLog.open(data: data, key: TemporaryLog.key())
    for _ in 0..<count { try await log.append(Entry(.keyCreated, at: ProvedLogsTests.time)) }
    try await log.close()
    return try Array(Data(contentsOf: URL(filePath: "\(data)/log/checkpoint")))
  }
}
