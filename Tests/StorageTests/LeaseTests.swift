import Foundation
import GRDB
import Storage
import Synchronization
import TestKit
import Testing

/// A clock that a test moves.
private final class HandClock: Sendable {
  private let milliseconds = Mutex<Int64>(1_000_000)
  func advance(_ count: Int64) { milliseconds.withLock { $0 += count } }
  func clock(start: String = "one") -> MachineClock {
    MachineClock(start: start) { self.milliseconds.withLock { $0 } }
  }
}

struct LeaseTests {
  private let folder: TemporaryFolder
  private let store: Store
  private let hand = HandClock()
  private var leases: StoreLeases { StoreLeases(store, clock: hand.clock()) }

  init() throws {
    folder = try TemporaryFolder()
    store = try Store(path: "\(folder.path)/leases.sqlite", migrations: StoreLeases.migrations)
  }

  @Test func `gives a name to one holder at a time, with a greater token each time`() throws {
    let first = try #require(try leases.acquire("root", by: "a", for: .seconds(10)))
    #expect(try leases.acquire("root", by: "b", for: .seconds(10)) == nil)
    #expect(try leases.acquire("root", by: "a", for: .seconds(10)) == nil)
    hand.advance(10_000)
    let second = try #require(try leases.acquire("root", by: "b", for: .seconds(10)))
    #expect([first.token, second.token] == [FencingToken(1), FencingToken(2)])
    #expect(try leases.check(first) == false)
    #expect(try leases.check(second))
  }

  @Test func `keeps names apart`() throws {
    let root = try leases.acquire("root", by: "a", for: .seconds(10))
    let shard = try leases.acquire("shard-a", by: "b", for: .seconds(10))
    #expect([root?.token, shard?.token] == [FencingToken(1), FencingToken(1)])
  }

  @Test func `lets a holder stay while it renews, and not afterwards`() throws {
    let lease = try #require(try leases.acquire("root", by: "a", for: .seconds(10)))
    hand.advance(9_000)
    #expect(try leases.renew(lease, for: .seconds(10))?.token == lease.token)
    hand.advance(9_000)
    #expect(try leases.acquire("root", by: "b", for: .seconds(10)) == nil)
    hand.advance(1_000)
    #expect(try leases.renew(lease, for: .seconds(10)) == nil)
    #expect(try leases.acquire("root", by: "b", for: .seconds(10))?.token == FencingToken(2))
  }

  @Test(arguments: [(-9, 8), (.max, 7 + 1 << 20), (7 + 1 << 32, 7 + 1 << 20), (12, 13), (1, 8)] as [(Int64, UInt64)])
  func `goes on from what is guarded where the store is behind that, or too far beyond`(
    _ stored: Int64, _ next: UInt64
  ) throws {
    _ = try leases.acquire("root", by: "a", for: .seconds(10))
    try store.write { try $0.execute(sql: "UPDATE lease SET token = ?, end = 0", arguments: [stored]) }
    let lease = try #require(try leases.acquire("root", by: "a", for: .seconds(10), after: FencingToken(7)))
    #expect(lease.token == FencingToken(next))
    #expect(try leases.check(lease))
    #expect(FencingToken(7).mayBeFollowed(by: lease.token))
    #expect(!FencingToken(7).mayBeFollowed(by: FencingToken(UInt64(Int64.max) - 1)))
  }

  @Test func `frees a name at once when its holder releases it, and keeps counting`() throws {
    let lease = try #require(try leases.acquire("root", by: "a", for: .seconds(10)))
    try leases.release(lease)
    let next = try #require(try leases.acquire("root", by: "b", for: .seconds(10)))
    #expect(next.token == FencingToken(2))
    try leases.release(lease)
    #expect(try leases.check(next))
  }

  @Test func `ends every lease when the machine starts again`() throws {
    let lease = try #require(try leases.acquire("root", by: "a", for: .seconds(10)))
    let after = StoreLeases(store, clock: hand.clock(start: "two"))
    #expect(try after.check(lease) == false)
    #expect(try after.acquire("root", by: "b", for: .seconds(10))?.token == FencingToken(2))
  }

  @Test func `gives a token where the store has a number that is none`() throws {
    _ = try leases.acquire("root", by: "a", for: .seconds(10))
    try store.write { try $0.execute(sql: "UPDATE lease SET token = -9, end = 0") }
    #expect(try leases.acquire("root", by: "b", for: .seconds(10))?.token == FencingToken(1))
  }

  @Test func `gives distinct tokens to holders that contend at once`() async throws {
    let tokens = try await withThrowingTaskGroup(of: [FencingToken].self) { group in
      for holder in 0..<4 {
        group.addTask { [leases] in
          var tokens: [FencingToken] = []
          for _ in 0..<25 {
            guard let lease = try leases.acquire("root", by: "\(holder)", for: .seconds(10)) else { continue }
            tokens.append(lease.token)
            try leases.release(lease)
          }
          return tokens
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(tokens.sorted() == (1...tokens.count).map { FencingToken(UInt64($0)) })
  }
}
