import Ciphers
import Foundation
import Ledger
import Storage
import TestKit
import Testing

struct ShardedLogTests {
  private let folder: TemporaryFolder
  private let sharded: ShardedLog
  private var data: String { "\(folder.path)/data" }

  init() throws {
    folder = try TemporaryFolder()
    sharded = try ShardedLog(data: "\(folder.path)/data")
  }

  private static let time = Timestamp(milliseconds: 1_795_230_000_000)

  private func fill(_ replica: ReplicaName, _ count: Int, key: UInt8 = 7) async throws {
    let log = try AuditLog.open(
      data: sharded.shard(of: replica), key: TemporaryLog.key(key), clock: { ShardedLogTests.time })
    for _ in 0..<count { try await log.append(Entry(.keyCreated, at: ShardedLogTests.time)) }
    try await log.close()
  }

  private func record(_ replica: ReplicaName, _ token: UInt64) async throws -> UInt64? {
    try await sharded.record(
      replica, token: FencingToken(token), at: ShardedLogTests.time, key: { try TemporaryLog.key() })
  }

  private func replica(_ name: String) throws -> ReplicaName { try #require(ReplicaName(name)) }

  @Test func `records how far each shard was, and finds it all again`() async throws {
    let (a, b) = (try replica("a"), try replica("b"))
    try await fill(a, 5)
    try await fill(b, 3)
    #expect(try await record(a, 1) == 0)
    #expect(try await record(b, 1) == 1)
    #expect(try await record(a, 1) == nil, "nothing new")
    try await fill(a, 2)
    #expect(try await record(a, 2) == 2)
    try await fill(b, 4)
    let verification = try ShardedLog.verify(data: data)
    #expect(verification.faults == [])
    #expect(verification.rootEntries == 3)
    let shards = verification.shards.map { shard in
      "\(shard.replica) \(shard.entries) \(shard.recorded) \(shard.checkpoints) \(shard.uncovered)"
    }
    #expect(shards == ["a 7 7 2 0", "b 7 3 1 4"])
  }

  @Test func `refuses a holder whose token is older than one that the root log has`() async throws {
    let (a, b) = (try replica("a"), try replica("b"))
    try await fill(a, 1)
    try await fill(b, 1)
    #expect(try await record(a, 4) == 0)
    #expect(try await record(a, 5) == 1, "the first entry of a lease is made though the shard has nothing new")
    await #expect(throws: ShardError.staleHolder(newest: FencingToken(5))) { try await record(b, 4) }
    // Another process, which has read nothing yet, refuses as well.
    let other = try ShardedLog(data: data)
    await #expect(throws: ShardError.staleHolder(newest: FencingToken(5))) {
      try await other.record(b, token: FencingToken(4), at: ShardedLogTests.time, key: { try TemporaryLog.key() })
    }
    #expect(try ShardedLog.verify(data: data).faults == [ShardFault(replica: b, rootIndex: nil, code: .foreign)])
  }

  private var rootSegment: String { "\(data)/root/log/segments/00000000000000000000.seg" }

  private func changeRoot(_ change: (inout [UInt8], [Range<Int>]) -> Void) throws {
    var bytes = [UInt8](try Data(contentsOf: URL(filePath: rootSegment)))
    change(&bytes, TemporaryLog.records(in: bytes))
    try Data(bytes).write(to: URL(filePath: rootSegment))
  }

  @Test func `still fences after the torn write of another holder`() async throws {
    let a = try replica("a")
    try await fill(a, 1)
    #expect(try await record(a, 1) == 0)
    // A holder was killed in the middle of its write: its entry is there, its seal is not.
    try changeRoot { bytes, records in
      var torn = Array(bytes[records[0]])
      torn[8] = 1
      correctChecksum(&torn)
      bytes += torn
    }
    try await fill(a, 1)
    #expect(try await record(a, 1) == 2, "the torn entry is cut off, and that is recorded as entry 1")
    try await fill(a, 1)
    let other = try ShardedLog(data: data)
    #expect(
      try await other.record(a, token: FencingToken(5), at: ShardedLogTests.time, key: { try TemporaryLog.key() }) == 3)
    try await fill(a, 1)
    await #expect(throws: ShardError.staleHolder(newest: FencingToken(5))) { try await record(a, 1) }
    #expect(try ShardedLog.verify(data: data).faults == [])
  }

  @Test func `believes no entry of the root log that is not sealed`() async throws {
    let a = try replica("a")
    try await fill(a, 1)
    #expect(try await record(a, 9) == 0)
    // The seal of the only batch never arrived, and so nothing of it was acknowledged.
    try changeRoot { bytes, records in bytes.removeSubrange(records[1]) }
    let other = try ShardedLog(data: data)
    await #expect(throws: LedgerError.self) {
      try await other.record(a, token: FencingToken(1), at: ShardedLogTests.time, key: { try TemporaryLog.key() })
    }
  }

  @Test func `refuses a root log that became shorter than it was`() async throws {
    let a = try replica("a")
    try await fill(a, 1)
    #expect(try await record(a, 1) == 0)
    let before = try Data(contentsOf: URL(filePath: rootSegment))
    try await fill(a, 1)
    #expect(try await record(a, 2) == 1)
    #expect(try await record(a, 2) == nil, "it has read what it wrote")
    try before.write(to: URL(filePath: rootSegment))
    await #expect(throws: LedgerError(.damaged(Fault(.truncated(signed: 2), at: 0)))) { try await record(a, 3) }
  }

  @Test func `refuses a shard that has other entries than it had`() async throws {
    let a = try replica("a")
    try await fill(a, 5)
    #expect(try await record(a, 1) == 0)
    try FileManager.default.removeItem(atPath: sharded.shard(of: a))
    let log = try AuditLog.open(data: sharded.shard(of: a), key: TemporaryLog.key(), clock: { ShardedLogTests.time })
    for _ in 0..<5 { try await log.append(Entry(.serverStarted, at: ShardedLogTests.time)) }
    try await log.close()
    await #expect(throws: ShardError.forked(recorded: 5)) { try await record(a, 1) }
    await #expect(throws: ShardError.forked(recorded: 5)) { try await record(a, 2) }
  }

  @Test func `reports a shard that nothing vouches for`() async throws {
    let (a, b) = (try replica("a"), try replica("b"))
    try await fill(a, 1)
    try await fill(b, 1)
    #expect(try await record(a, 1) == 0)
    try FileManager.default.removeItem(atPath: "\(sharded.shard(of: b))/keys")
    #expect(
      try ShardedLog.verify(data: data).faults == [ShardFault(replica: b, rootIndex: nil, code: .unverifiable)])
  }

  @Test func `names a shard that the root log has never recorded`() async throws {
    let (a, b) = (try replica("a"), try replica("b"))
    try await fill(a, 1)
    #expect(try await record(a, 1) == 0)
    try await fill(b, 2, key: 9)
    #expect(try ShardedLog.verify(data: data).faults == [ShardFault(replica: b, rootIndex: nil, code: .foreign)])
    let key = try Custody.verifier(data: sharded.shard(of: b))
    #expect(try ShardedLog.verify(data: data, keys: [b: key]).faults == [])
  }

  @Test func `records nothing under a lease that has ended`() async throws {
    let a = try replica("a")
    try await fill(a, 1)
    let store = try Store(path: "\(folder.path)/leases.sqlite", migrations: StoreLeases.migrations)
    let leases = StoreLeases(store, clock: try .running())
    let lease = try #require(try leases.acquire(ShardedLog.lease, by: "a", for: .seconds(60)))
    #expect(
      try await sharded.record(a, under: lease, of: leases, at: ShardedLogTests.time, key: { try TemporaryLog.key() })
        == 0)
    try leases.release(lease)
    await #expect(throws: ShardError.leaseEnded) {
      try await sharded.record(a, under: lease, of: leases, at: ShardedLogTests.time, key: { try TemporaryLog.key() })
    }
  }

  @Test func `reports which entries of a shard are missing`() async throws {
    let a = try replica("a")
    try await fill(a, 5)
    let copy = "\(folder.path)/copy"
    try FileManager.default.copyItem(atPath: sharded.shard(of: a), toPath: copy)
    try await fill(a, 4)
    #expect(try await record(a, 1) == 0)
    try FileManager.default.removeItem(atPath: sharded.shard(of: a))
    #expect(
      try ShardedLog.verify(data: data).faults == [ShardFault(replica: a, rootIndex: 0, code: .gap(0..<9))])
    try FileManager.default.copyItem(atPath: copy, toPath: sharded.shard(of: a))
    #expect(
      try ShardedLog.verify(data: data).faults == [ShardFault(replica: a, rootIndex: 0, code: .gap(5..<9))])
    await #expect(throws: ShardError.shrank(recorded: 9)) { try await record(a, 2) }
  }

  @Test func `finds a shard that was written anew under its own key`() async throws {
    let a = try replica("a")
    try await fill(a, 5)
    #expect(try await record(a, 1) == 0)
    for name in ["log", "keys"] { try FileManager.default.removeItem(atPath: "\(sharded.shard(of: a))/\(name)") }
    // The same key signs another log, with other entries.
    let log = try AuditLog.open(data: sharded.shard(of: a), key: TemporaryLog.key(), clock: { ShardedLogTests.time })
    for _ in 0..<6 { try await log.append(Entry(.serverStarted, at: ShardedLogTests.time)) }
    try await log.close()
    #expect(
      try ShardedLog.verify(data: data).faults == [ShardFault(replica: a, rootIndex: 0, code: .forked(size: 5))])
  }

  @Test func `finds a shard whose key was replaced with it`() async throws {
    let a = try replica("a")
    try await fill(a, 2)
    #expect(try await record(a, 1) == 0)
    try FileManager.default.removeItem(atPath: sharded.shard(of: a))
    try await fill(a, 2, key: 8)
    #expect(
      try ShardedLog.verify(data: data).faults == [ShardFault(replica: a, rootIndex: 0, code: .notSigned)])
    await #expect(throws: ShardError.anotherKey) { try await record(a, 2) }
  }

  @Test(arguments: ["", "A", "a/b", "..", "-a", "a b", String(repeating: "a", count: 33)])
  func `takes no name that could lead out of its folder`(_ name: String) {
    #expect(ReplicaName(name) == nil)
  }
}
