import Ciphers
import Foundation
import GRDB
import Ledger
import Storage
import TestKit
import Testing

/// A store of leases that lost what it had, or that somebody wrote into, ends recording for a moment and not for good.
struct RootTurnTests {
  private static let time = Timestamp(milliseconds: 1_795_230_000_000)
  private static let origin = Origin.named("log.hospital.example")

  @Test(arguments: [.max - 1, .max, 3, -7, 1 << 40] as [Int64])
  func `goes on from the root log's token`(_ stored: Int64) async throws {
    let folder = try TemporaryFolder()
    let data = "\(folder.path)/data"
    let shards = try ShardedLog(data: data, origin: RootTurnTests.origin)
    let store = try Store(path: "\(folder.path)/leases.sqlite", migrations: StoreLeases.migrations)
    let turn = RootTurn(StoreLeases(store, clock: try .running()), holder: "a", length: .seconds(600))
    for _ in 0..<6 {
      turn.give()
      #expect(try turn.take())
    }
    let name = try #require(ReplicaName("a"))
    try await fill(name, data)
    let first = try await turn.record(shards, at: RootTurnTests.time) { try TemporaryLog.key() }
    #expect(first.recorded[name] == 0)

    turn.give()
    try store.write { try $0.execute(sql: "UPDATE lease SET token = ?, end = 0", arguments: [stored]) }
    try await fill(name, data)
    var recorded: UInt64?
    for _ in 0..<3 where recorded == nil {
      #expect(try turn.take())
      do {
        recorded = try await turn.record(shards, at: RootTurnTests.time) { try TemporaryLog.key() }.recorded[name]
      } catch ShardError.staleHolder(let newest) {
        #expect(newest == FencingToken(6))
      } catch ShardError.strayToken(let newest) {
        #expect(newest == FencingToken(6))
      }
    }
    #expect(recorded == 1)
    // A process that knows nothing of it yet goes on as well.
    turn.give()
    let other = RootTurn(StoreLeases(store, clock: try .running()), holder: "b", length: .seconds(600))
    try await fill(name, data)
    #expect(try other.take())
    let last = try await other.record(shards, at: RootTurnTests.time) { try TemporaryLog.key() }
    #expect(last.recorded[name] == 2)
    #expect(try ShardedLog.verify(data: data).isWhole)
  }

  @Test func `a token that the root log never came near is not written into it`() async throws {
    let folder = try TemporaryFolder()
    let shards = try ShardedLog(data: "\(folder.path)/data", origin: RootTurnTests.origin)
    let name = try #require(ReplicaName("a"))
    try await fill(name, shards.data)
    await #expect(throws: ShardError.strayToken(newest: FencingToken(0))) {
      try await shards.record(name, token: FencingToken(UInt64(Int64.max) - 1), at: RootTurnTests.time) {
        try TemporaryLog.key()
      }
    }
    let index = try await shards.record(name, token: FencingToken(7), at: RootTurnTests.time) { try TemporaryLog.key() }
    #expect(index == 0)
  }

  private func fill(_ replica: ReplicaName, _ data: String) async throws {
    let log = try AuditLog.open(
      data: ShardedLog.shard(of: replica, in: data), key: TemporaryLog.key(),
      origin: .shard(of: RootTurnTests.origin, replica), clock: { RootTurnTests.time })
    try await log.append(Entry(.keyCreated, at: RootTurnTests.time))
    try await log.close()
  }
}
