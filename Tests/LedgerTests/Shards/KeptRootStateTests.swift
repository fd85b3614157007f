import Ciphers
import Foundation
import Ledger
import Storage
import TestKit
import Testing

/// Who reads the root log goes on from where its key signed what it had said, and believes nothing else for that.
struct KeptRootStateTests {
  private static let time = Timestamp(milliseconds: 1_795_230_000_000)
  /// More than the root log grows by before its state is kept anew.
  private static let many = 5000

  private let folder: TemporaryFolder
  private let a: ReplicaName
  private let b: ReplicaName
  private let key: VerificationKey
  private var data: String { "\(folder.path)/data" }
  private var state: URL { URL(filePath: "\(data)/root/log/state") }
  private var segment: URL { URL(filePath: "\(data)/root/log/segments/00000000000000000000.seg") }

  init() throws {
    folder = try TemporaryFolder()
    a = try #require(ReplicaName("a"))
    b = try #require(ReplicaName("b"))
    key = try TemporaryLog.key().verificationKey
    _ = try ShardedLog(data: data)
  }

  private func fill(_ replica: ReplicaName, _ count: Int = 1) async throws {
    let log = try AuditLog.open(
      data: ShardedLog.shard(of: replica, in: data), key: TemporaryLog.key(), origin: .shard(of: .derived, replica))
    for _ in 0..<count { try await log.append(Entry(.keyCreated, at: KeptRootStateTests.time)) }
    try await log.close()
  }

  /// A round of recording by a process that knows nothing of the root log yet.
  @discardableResult
  private func record() async throws -> ShardRound {
    let turn = try RootTurn.open(data: data, database: nil, holder: "a", length: .seconds(600))
    #expect(try turn.take())
    defer { turn.give() }
    return try await turn.record(ShardedLog(data: data), at: KeptRootStateTests.time) { try TemporaryLog.key() }
  }

  /// Lets the root log grow by entries that say nothing of shards.
  private func grow(_ count: Int) async throws {
    let log = try AuditLog.open(data: "\(data)/root", key: TemporaryLog.key())
    var rest = count
    while rest > 0 {
      // No more at a time than may wait.
      let some = min(rest, 256)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<some { group.addTask { try await log.append(Entry(.keyCreated, at: KeptRootStateTests.time)) } }
        try await group.waitForAll()
      }
      rest -= some
    }
    try await log.close()
  }

  private func proved() throws(UnprovedLog) { _ = try ProvedLogs(of: data, signedBy: key, marks: ProvedLogs.Marks()) }

  private func isKept() -> Bool { FileManager.default.fileExists(atPath: state.path) }

  /// Changes the second entry of the root log, and makes its checksum right again.
  private func changeAnEarlyEntry() throws {
    var bytes = try [UInt8](Data(contentsOf: segment))
    let place = try #require(TemporaryLog.records(in: bytes).dropFirst(2).first)
    var record = Array(bytes[place])
    record[16 + (record.count - 16) / 2] ^= 1
    correctChecksum(&record)
    bytes.replaceSubrange(place, with: record)
    try Data(bytes).write(to: segment)
  }

  private func keepState() async throws {
    try await fill(a, 3)
    try await fill(b)
    try await record()
    #expect(!isKept())
    try await grow(KeptRootStateTests.many)
    try await fill(a)
    try await record()
    try #require(isKept())
  }

  @Test func `a reading goes on from it, and the whole check reads every byte`() async throws {
    try await keepState()
    try proved()
    try changeAnEarlyEntry()
    try proved()
    let verifier = try Custody.verifier(data: "\(data)/root")
    #expect(try AuditLog.verify(data: "\(data)/root", key: verifier).fault != nil)
    try FileManager.default.removeItem(at: state)
    #expect(throws: UnprovedLog.self) { try proved() }
  }

  @Test func `one that its key did not sign, or that somebody changed, is passed over`() async throws {
    try await keepState()
    let note = try [UInt8](Data(contentsOf: state))
    try changeAnEarlyEntry()
    for place in stride(from: 0, to: note.count, by: 37) {
      var changed = note
      changed[place] ^= 1
      try Data(changed).write(to: state)
      #expect(throws: UnprovedLog.self, "the byte \(place)") { try proved() }
    }
    for length in [0, 1, note.count / 2, note.count - 1] {
      try Data(note.prefix(length)).write(to: state)
      #expect(throws: UnprovedLog.self, "\(length) bytes") { try proved() }
    }
  }

  @Test func `one of another log of the same key is passed over, and replaced`() async throws {
    try await keepState()
    let other = try Data(contentsOf: state)
    try FileManager.default.removeItem(atPath: "\(data)/root")
    try FileManager.default.removeItem(atPath: "\(data)/shards")
    _ = try ShardedLog(data: data)
    try await fill(a)
    try await fill(b, 7)
    try await record()
    try other.write(to: state)
    try proved()
    try await fill(a)
    #expect(try await record().refused.isEmpty)
    // One of fewer entries than there are, of another log: the tree says so.
    try await grow(3 * KeptRootStateTests.many)
    try other.write(to: state)
    try proved()
    try await fill(b)
    #expect(try await record().refused.isEmpty)
    #expect(try Data(contentsOf: state) != other)
    try changeAnEarlyEntry()
    try proved()
  }

  @Test func `one of more entries than are published is passed over, however long the segment is`() async throws {
    try await keepState()
    let other = try Data(contentsOf: state)
    let length = try Data(contentsOf: segment).count
    try FileManager.default.removeItem(atPath: "\(data)/root")
    try FileManager.default.removeItem(atPath: "\(data)/shards")
    _ = try ShardedLog(data: data)
    try await fill(a, 2)
    try await record()
    try other.write(to: state)
    // What follows the last seal is passed over by who reads, and cut off by who records next.
    var bytes = try Data(contentsOf: segment)
    bytes.append(Data(repeating: 0, count: length))
    try bytes.write(to: segment)
    #expect(try ShardedLog.record(of: b, in: data, signedBy: key, marked: nil).recorded == nil)
    #expect(try ShardedLog.record(of: a, in: data, signedBy: key, marked: nil).recorded?.size == 2)
    try await fill(a)
    #expect(try await record().recorded[a] != nil)
    #expect(try ShardedLog.record(of: a, in: data, signedBy: key, marked: nil).recorded?.size == 3)
  }

  @Test func `one that cannot be read is none`() async throws {
    try await keepState()
    try FileManager.default.removeItem(at: state)
    try FileManager.default.createDirectory(at: state, withIntermediateDirectories: false)
    try proved()
    try await fill(a)
    #expect(try await record().refused.isEmpty)
  }

  @Test func `what it says of a shard is held against the shard`() async throws {
    try await keepState()
    try FileManager.default.removeItem(atPath: ShardedLog.shard(of: b, in: data))
    try await fill(a)
    #expect(try await record().refused[b]?.error == .vanished(recorded: 1))
    try FileManager.default.removeItem(atPath: ShardedLog.shard(of: a, in: data))
    try await fill(a, 2)
    #expect(try await record().refused[a]?.error == .shrank(recorded: 5))
  }
}
