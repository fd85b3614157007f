import Ciphers
import Foundation
import Ledger
import Storage
import TestKit
import Testing

struct ShardRoundTests {
  private static let time = Timestamp(milliseconds: 1_795_230_000_000)

  private let folder: TemporaryFolder
  private let sharded: ShardedLog
  private let a: ReplicaName
  private let b: ReplicaName
  private var data: String { "\(folder.path)/data" }

  init() throws {
    folder = try TemporaryFolder()
    sharded = try ShardedLog(data: "\(folder.path)/data", origin: .named("log.hospital.example"))
    a = try #require(ReplicaName("a"))
    b = try #require(ReplicaName("b"))
  }

  private func turn(_ holder: String) throws -> RootTurn {
    try RootTurn.open(data: data, database: nil, holder: holder, length: .seconds(600))
  }

  private func fill(_ replica: ReplicaName, _ count: Int, _ event: Event = .keyCreated) async throws {
    let log = try AuditLog.open(
      data: sharded.shard(of: replica), key: TemporaryLog.key(),
      origin: .shard(of: .named("log.hospital.example"), replica), clock: { ShardRoundTests.time })
    for _ in 0..<count { try await log.append(Entry(event, at: ShardRoundTests.time)) }
    try await log.close()
  }

  private func record(_ turn: RootTurn) async throws -> ShardRound {
    try await turn.record(sharded, at: ShardRoundTests.time) { try TemporaryLog.key() }
  }

  /// Writes the shard anew behind its first entries, with a head that its key signed.
  private func rewrite(_ replica: ReplicaName, keeping kept: Int, to count: Int) async throws {
    try FileManager.default.removeItem(atPath: sharded.shard(of: replica))
    try await fill(replica, kept)
    try await fill(replica, count - kept, .serverStarted)
  }

  @Test func `records no shard of another key, and no copy under another name`() async throws {
    try await fill(a, 5)
    let copy = try #require(ReplicaName("copy"))
    try FileManager.default.copyItem(atPath: sharded.shard(of: a), toPath: sharded.shard(of: copy))
    let foreign = try AuditLog.open(
      data: sharded.shard(of: b), key: TemporaryLog.key(9),
      origin: .shard(of: .named("log.hospital.example"), b), clock: { ShardRoundTests.time })
    try await foreign.append(Entry(.keyCreated, at: ShardRoundTests.time))
    try await foreign.close()
    let turn = try turn("a")
    #expect(try turn.take())
    let round = try await record(turn)
    #expect(round.recorded == [a: 0])
    #expect(round.refused.mapValues(\.error) == [b: .anotherKey, copy: .anotherKey])
    #expect(try !ShardedLog.verify(data: data).faults.isEmpty)
  }

  @Test func `records all shards in one opening, each with an origin of its own`() async throws {
    try await fill(a, 5)
    try await fill(b, 3)
    let turn = try turn("a")
    #expect(try turn.take())
    #expect(try await record(turn).recorded == [a: 0, b: 1])
    #expect(try await record(turn).recorded == [:])
    try await fill(b, 1)
    #expect(try await record(turn).recorded == [b: 2])
    #expect(try ShardedLog.verify(data: data).faults == [])
    let names = try [a, b].map { try Custody.verifier(data: sharded.shard(of: $0)).name }
    #expect(names == ["log.hospital.example/a", "log.hospital.example/b"])
    let statuses = try ShardedLog.statuses(of: data)
    #expect(statuses.map(\.recorded) == [5, 4] && statuses.map(\.behind) == [0, 0])
  }

  @Test(arguments: [false, true])
  func `refuses a shard that was written anew under a larger head, and records the others`(
    _ withoutTiles: Bool
  ) async throws {
    try await fill(a, 300)
    try await fill(b, 3)
    let turn = try turn("b")
    #expect(try turn.take())
    _ = try await record(turn)
    try await rewrite(a, keeping: 299, to: 700)
    // Where the tiles prove nothing the entries are read.
    if withoutTiles { try FileManager.default.removeItem(atPath: "\(sharded.shard(of: a))/log/tile") }
    try await fill(b, 1)
    let round = try await record(turn)
    #expect(round.recorded == [b: 2])
    let refusal = try #require(round.refused[a])
    #expect(refusal.error == .forked(recorded: 300))
    #expect(refusal.recorded != nil && refusal.published != nil && refusal.recorded != refusal.published)
    #expect(
      try ShardedLog.verify(data: data).faults.map(\.code) == [.forked(size: 300)], "the root log shows it as well")
  }

  @Test func `goes on with a shard whose tiles are lost`() async throws {
    try await fill(a, 300)
    let turn = try turn("a")
    #expect(try turn.take())
    _ = try await record(turn)
    try await fill(a, 400)
    try FileManager.default.removeItem(atPath: "\(sharded.shard(of: a))/log/tile")
    #expect(try await record(turn).recorded == [a: 1])
  }

  @Test func `names a shard that is gone, and passes over one that has only been begun`() async throws {
    try await fill(a, 2)
    let turn = try turn("a")
    #expect(try turn.take())
    try FileManager.default.createDirectory(
      atPath: sharded.shard(of: b), withIntermediateDirectories: true)
    var round = try await record(turn)
    #expect(round.recorded == [a: 0] && round.refused.isEmpty)
    try FileManager.default.removeItem(atPath: sharded.shard(of: a))
    round = try await record(turn)
    #expect(round.refused.mapValues(\.error) == [a: .vanished(recorded: 2)])
  }

  @Test func `records nothing when the turn is another's, or was lost`() async throws {
    try await fill(a, 2)
    let (first, second) = (try turn("a"), try turn("b"))
    #expect(try first.take())
    #expect(try !second.take())
    await #expect(throws: ShardError.leaseEnded) { try await record(second) }
    first.give()
    #expect(try second.take())
    #expect(try await record(second).recorded == [a: 0])
    await #expect(throws: ShardError.leaseEnded) { try await record(first) }
    #expect(try !first.take() && !first.isHeld && second.isHeld)
  }

  @Test func `looks through the shards, and through what one gateway wrote before`() async throws {
    #expect(try ShardedLog.logs(of: data).map(\.replica) == [nil], "there is always one to look at")
    try await fill(a, 1)
    try await fill(b, 1)
    #expect(try ShardedLog.logs(of: data).map(\.replica) == [a, b])
    try await AuditLog.open(data: data, key: TemporaryLog.key(), clock: { ShardRoundTests.time }).close()
    #expect(try ShardedLog.logs(of: data).map(\.replica) == [nil, a, b])
    #expect(ShardedLog.isSharded(data) && !ShardedLog.isSharded(folder.path))
  }
}
