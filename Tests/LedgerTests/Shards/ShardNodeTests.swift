import Foundation
import Ledger
import Storage
import TestKit
import Testing

/// Processes that write shards and contend for the root log; each is this test program, asked to act as a node.
private final class ShardNode {
  static let variable = "CORDON_SHARD_NODE"
  static let command = ProcessInfo.processInfo.environment[variable]?.split(separator: "|").map(String.init)
  private static let leaseLength = Duration.milliseconds(500)

  let replica: String
  private let process: ChildProcess
  private let diary: String

  init(_ replica: String, data: String, leases: String) throws {
    self.replica = replica
    diary = "\(data)/\(replica).diary"
    try Data().write(to: URL(filePath: diary))
    process = try ChildProcess(
      URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().path,
      ["--testing-library", "swift-testing", "--filter", "ShardNodeTests"],
      environment: ProcessInfo.processInfo.environment.merging([
        ShardNode.variable: [data, replica, leases].joined(separator: "|")
      ]) { $1 })
  }

  func signal(_ number: Int32) { process.signal(number) }

  func end() {
    signal(SIGKILL)
    process.wait()
  }

  /// What the node has written down.
  func lines() throws -> [String] {
    try String(contentsOfFile: diary, encoding: .utf8).split(separator: "\n").map(String.init)
  }

  /// The number in the first line from `start` on that begins so; waits for it.
  func number(after word: String, from start: Int = 0) async throws -> UInt64 {
    try await line(word, from: start).number
  }

  /// The number in the first line from `start` on that begins so and has more than `least`, and the place after that line;
  /// waits for it.
  func line(
    _ word: String, from start: Int = 0, beyond least: UInt64? = nil
  ) async throws -> (number: UInt64, next: Int) {
    struct Silent: Error {
      let replica: String
      let word: String
      let lines: [String]
    }
    let deadline = ContinuousClock.now + .seconds(600)
    while ContinuousClock.now < deadline {
      for (place, line) in try lines().enumerated().dropFirst(start) where line.hasPrefix("\(word) ") {
        guard let number = UInt64(line.dropFirst(word.count + 1)), least.map({ number > $0 }) != false else { continue }
        return (number, place + 1)
      }
      try await Task.sleep(for: .milliseconds(20))
    }
    throw Silent(replica: replica, word: word, lines: try lines())
  }

  private static func leases(at address: String) throws -> any LeaseStore {
    #if canImport(CPostgreSQL)
    if address.hasPrefix("host=") { return try PostgreSQLLeases(PostgreSQLConnection(address)) }
    #endif
    return StoreLeases(try Store(path: address, migrations: StoreLeases.migrations), clock: try .running())
  }

  /// Writes a shard and contends for the root log until somebody ends the process.
  static func act(data: String, replica name: String, leases address: String) async throws {
    let replica = try #require(ReplicaName(name))
    let leases = try leases(at: address)
    let diary = try FileHandle(forWritingTo: URL(filePath: "\(data)/\(name).diary"))
    func note(_ word: String, _ number: UInt64) throws { try diary.write(contentsOf: Data("\(word) \(number)\n".utf8)) }

    let sharded = try ShardedLog(data: data)
    let log = try AuditLog.open(data: sharded.shard(of: replica), key: TemporaryLog.key())
    var lease: Lease?
    let deadline = ContinuousClock.now + .seconds(1800)
    while ContinuousClock.now < deadline, kill(getppid(), 0) == 0 {
      try await log.append(Entry(.keyCreated, at: .now()))
      try await Task.sleep(for: .milliseconds(20))
      guard let held = lease else {
        lease = try leases.acquire(ShardedLog.lease, by: name, for: leaseLength)
        if let lease { try note("holds", lease.token.number) }
        continue
      }
      lease = try leases.renew(held, for: leaseLength)
      if lease != nil, FileManager.default.fileExists(atPath: "\(data)/\(name).pause") {
        try FileManager.default.removeItem(atPath: "\(data)/\(name).pause")
        try note("pauses", held.token.number)
        raise(SIGSTOP)
      }
      do {
        for replica in ["a", "b"].compactMap(ReplicaName.init) {
          // A holder whose lease has ended tries all the same: the root log has to refuse it.
          let index = try await sharded.record(replica, token: held.token, at: .now(), key: { try TemporaryLog.key() })
          if let index { try note(lease == nil ? "recorded-late" : "recorded", index) }
        }
      } catch ShardError.staleHolder(let newest) {
        try note("fenced", newest.number)
        lease = nil
      } catch ShardError.rootInUse {
        // It has not been told yet that it is too late.
        lease = held
        continue
      } catch ShardError.noCheckpoint {
        continue
      } catch let error as LedgerError where error.code == .missing {
        continue
      }
    }
  }
}

@Suite(.serialized)
struct ShardNodeTests {
  @Test(.enabled(if: ShardNode.command != nil))
  func `acts as a node for another test`() async throws {
    let command = try #require(ShardNode.command)
    try await ShardNode.act(data: command[0], replica: command[1], leases: command[2])
  }

  @Test(.enabled(if: ShardNode.command == nil))
  func `fences off a node that slept through its lease, with leases in SQLite`() async throws {
    let folder = try TemporaryFolder()
    let contention = try await contend(in: "\(folder.path)/data", leases: "\(folder.path)/leases.sqlite")
    #expect(contention == .inOrder(missing: contention.missing))
    #expect(!contention.missing.isEmpty)
  }

  #if canImport(CPostgreSQL)
  @Test(.enabled(if: ShardNode.command == nil && PostgreSQLServer.isInstalled))
  func `fences off a node that slept through its lease, with leases in PostgreSQL`() async throws {
    let folder = try TemporaryFolder()
    let server = try PostgreSQLServer()
    let contention = try await contend(in: "\(folder.path)/data", leases: server.address)
    #expect(contention == .inOrder(missing: contention.missing))
    #expect(!contention.missing.isEmpty)
  }
  #endif

  @Test(.enabled(if: ShardNode.command == nil))
  func `goes on after nodes that were killed while they wrote`() async throws {
    let folder = try TemporaryFolder()
    let (data, leases) = ("\(folder.path)/data", "\(folder.path)/leases.sqlite")
    _ = try ShardedLog(data: data)
    let seed = UInt64.random(in: 0 ... .max)
    print("seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    var holder = try ShardNode("a", data: data, leases: leases)
    defer { holder.end() }
    _ = try await holder.number(after: "recorded")
    var other = try ShardNode("b", data: data, leases: leases)
    defer { other.end() }
    for _ in 0..<5 {
      let start = try other.lines().count
      // Somewhere in the middle of whatever it does, in its own shard or in the root log.
      try await Task.sleep(for: .milliseconds(Int.random(in: 0..<60, using: &generator)))
      holder.end()
      _ = try await other.number(after: "recorded", from: start)
      (holder, other) = (other, try ShardNode(holder.replica, data: data, leases: leases))
    }
    holder.end()
    other.end()
    // What they left unfinished is cut off by the next opening.
    for replica in ["a", "b"].compactMap(ReplicaName.init) {
      try await AuditLog.open(data: try ShardedLog(data: data).shard(of: replica), key: TemporaryLog.key()).close()
    }
    try await AuditLog.open(data: "\(data)/root", key: TemporaryLog.key()).close()
    #expect(try ShardedLog.verify(data: data).faults == [])
  }

  /// What happened when one node slept through its lease, another took it over, and the first woke up and went on.
  private struct Contention: Equatable {
    /// Whether the second node had a later token than the first.
    var passesOn: Bool
    /// Whether the first, when it woke up, learnt of the second's token or of a later one.
    var fencesOff: Bool
    /// What is wrong with the log when both were killed while they wrote.
    var faults: [ShardFault.Code]
    /// Whose shards there are.
    var replicas: [String]
    /// Whether of each shard something is recorded, and nothing that it does not have.
    var recordsAll: Bool
    /// The entries that a disk lacks which is older than the root log.
    var missing: Range<UInt64>
    /// What is wrong with the log when a node came back with that disk.
    var faultsAfterwards: [ShardFault.Code]

    /// As it has to be.
    static func inOrder(missing: Range<UInt64>) -> Contention {
      Contention(
        passesOn: true, fencesOff: true, faults: [], replicas: ["a", "b"], recordsAll: true, missing: missing,
        faultsAfterwards: [.gap(missing)])
    }
  }

  private func contend(in data: String, leases: String) async throws -> Contention {
    let sharded = try ShardedLog(data: data)
    let shard = sharded.shard(of: try #require(ReplicaName("a")))
    let a = try ShardNode("a", data: data, leases: leases)
    defer { a.end() }
    _ = try await a.number(after: "recorded")
    let b = try ShardNode("b", data: data, leases: leases)
    defer { b.end() }

    // The worst moment: it has just seen that its lease lasts, and is about to append.
    let start = try b.lines().count
    try Data().write(to: URL(filePath: "\(data)/a.pause"))
    let old = try await a.number(after: "pauses")
    // On a busy machine the lease goes to and fro before.
    let (new, next) = try await b.line("holds", from: start, beyond: old)
    _ = try await b.number(after: "recorded", from: next)
    let copied = try #require(try ShardedLog.verify(data: data).shards.first).entries
    let copy = "\(data)/copy-of-a"
    try FileManager.default.copyItem(atPath: shard, toPath: copy)

    let resumed = try a.lines().count
    a.signal(SIGCONT)
    let fence = try await a.number(after: "fenced", from: resumed)

    // Both go on, and whoever holds the lease records both shards; then both are killed in the middle of it.
    let deadline = ContinuousClock.now + .seconds(600)
    while try ShardedLog.verify(data: data).shards.first?.recorded ?? 0 <= copied, ContinuousClock.now < deadline {
      try await Task.sleep(for: .milliseconds(100))
    }
    a.end()
    b.end()
    let verification = try ShardedLog.verify(data: data)

    // The killed node comes back with the disk that it had when it was paused.
    try FileManager.default.removeItem(atPath: shard)
    try FileManager.default.copyItem(atPath: copy, toPath: shard)
    let found = try ShardedLog.verify(data: data)
    let shards = try #require(found.shards.first)
    try #require(shards.entries == copied && copied <= shards.recorded)
    return Contention(
      passesOn: new > old, fencesOff: fence >= new, faults: verification.faults.map(\.code),
      replicas: verification.shards.map(\.replica.description),
      recordsAll: verification.shards.allSatisfy { $0.entries >= $0.recorded && $0.recorded > 0 },
      missing: copied..<shards.recorded, faultsAfterwards: found.faults.map(\.code))
  }
}
