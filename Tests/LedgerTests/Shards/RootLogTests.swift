import Ciphers
import Foundation
import Ledger
import Storage
import TestKit
import Testing

/// What somebody does with the root log who can write to the data directory, and who finds it.
struct RootLogTests {
  private static let time = Timestamp(milliseconds: 1_795_230_000_000)
  private static let origin = Origin.named("log.hospital.example")

  private let folder: TemporaryFolder
  private let turn: RootTurn
  private let a: ReplicaName
  private let b: ReplicaName
  private var data: String { "\(folder.path)/data" }
  private var root: String { "\(data)/root" }

  init() throws {
    folder = try TemporaryFolder()
    _ = try ShardedLog(data: "\(folder.path)/data", origin: RootLogTests.origin)
    turn = try RootTurn.open(
      data: "\(folder.path)/data", database: nil, holder: "a", length: .seconds(600))
    a = try #require(ReplicaName("a"))
    b = try #require(ReplicaName("b"))
    #expect(try turn.take())
  }

  /// The sharded log as a process knows it that has just begun.
  private func sharded() throws -> ShardedLog { try ShardedLog(data: data, origin: RootLogTests.origin) }

  private func fill(_ replica: ReplicaName, _ entries: [Entry]) async throws {
    let log = try AuditLog.open(
      data: ShardedLog.shard(of: replica, in: data), key: TemporaryLog.key(),
      origin: .shard(of: RootLogTests.origin, replica), clock: { RootLogTests.time })
    for entry in entries { try await log.append(entry) }
    try await log.close()
  }

  private func fill(_ replica: ReplicaName, _ count: Int) async throws {
    try await fill(replica, [Entry](repeating: Entry(.keyCreated, at: RootLogTests.time), count: count))
  }

  @discardableResult
  private func record(marked mark: RootCheckpoint? = nil) async throws -> RootCheckpoint {
    let round = try await turn.record(sharded(), marked: mark.map { self.mark($0) }, at: RootLogTests.time) {
      try TemporaryLog.key()
    }
    return try #require(round.root)
  }

  private func standing(_ mark: RootCheckpoint?) throws(RootFault) -> RootCheckpoint? {
    let key: VerificationKey
    do { key = try TemporaryLog.key().verificationKey } catch { throw .anotherKey }
    return try ShardedLog.root(of: data, extending: mark.map { self.mark($0) }, signedBy: key)
  }

  private func fault(of root: RootCheckpoint?, against claim: RootClaim) throws -> RootFault? {
    try ShardedLog.fault(of: root, in: .first, against: claim, in: data, signedBy: key())
  }

  private func key() throws -> VerificationKey { try TemporaryLog.key().verificationKey }

  private func verify(_ mark: RootCheckpoint?, older: [Checkpoint] = []) throws -> ShardedVerification {
    try ShardedLog.verify(
      data: data, witnesses: ShardedVerification.Witnesses(older: older, mark: mark.map { self.mark($0) }))
  }

  private func mark(_ root: RootCheckpoint) -> RootMark { RootMark(note: root.note, epoch: .first) }

  private func keep(_ path: String, as name: String) throws {
    try FileManager.default.copyItem(atPath: path, toPath: "\(folder.path)/\(name)")
  }

  private func putBack(_ name: String, to path: String) throws {
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.copyItem(atPath: "\(folder.path)/\(name)", toPath: path)
  }

  /// Two rounds: the first root log is kept aside; gives where it stood after the first and the second.
  private func rounds() async throws -> (first: RootCheckpoint, second: RootCheckpoint) {
    try await fill(a, 2)
    let first = try await record()
    try keep(root, as: "root.first")
    try keep(ShardedLog.shard(of: a, in: data), as: "a.first")
    try await fill(a, 3)
    try await fill(b, 1)
    return (first, try await record(marked: first))
  }

  @Test func `bears out what it said, and grows`() async throws {
    #expect(try standing(nil) == nil)
    let (first, second) = try await rounds()
    #expect(first.checkpoint.size == 1 && second.checkpoint.size == 3)
    #expect(try standing(first) == second && standing(second) == second)
    let verification = try verify(second, older: [first.checkpoint])
    #expect(verification.faults == [] && verification.rootWitnesses == 2)
  }

  @Test func `is missed when it is taken away with the shard that it recorded`() async throws {
    let (_, second) = try await rounds()
    try FileManager.default.removeItem(atPath: root)
    try putBack("a.first", to: ShardedLog.shard(of: a, in: data))
    #expect(throws: RootFault.vanished(marked: 3)) { try standing(second) }
    // No other is begun in its place.
    await #expect(throws: RootFault.vanished(marked: 3)) { try await record(marked: second) }
    let faults = try verify(second).faults
    #expect(faults.first { $0.replica == nil }?.code == .rootCut(had: 3, found: 0, by: .vault))
    // Who is told of no mark finds nothing to check the shards with.
    #expect(throws: LedgerError(.missing)) { _ = try verify(nil) }
  }

  @Test func `is found when it is put back as it was, with the shard`() async throws {
    let (first, second) = try await rounds()
    try putBack("root.first", to: root)
    try putBack("a.first", to: ShardedLog.shard(of: a, in: data))
    try FileManager.default.removeItem(atPath: ShardedLog.shard(of: b, in: data))
    #expect(throws: RootFault.cut(marked: 3, found: 1)) { try standing(second) }
    await #expect(throws: RootFault.cut(marked: 3, found: 1)) { try await record(marked: second) }
    #expect(try verify(second).faults.map(\.code) == [.rootCut(had: 3, found: 1, by: .vault)])
    #expect(
      try verify(first, older: [second.checkpoint]).faults.map(\.code) == [.rootCut(had: 3, found: 1, by: .checkpoint)])
    // It is consistent in itself: only who kept something finds it.
    #expect(try verify(first).faults == [])
  }

  @Test(arguments: [false, true])
  func `is found when it was written anew beyond where it stood`(_ withoutTiles: Bool) async throws {
    let (_, second) = try await rounds()
    try putBack("root.first", to: root)
    for _ in 0..<4 {
      try await fill(a, 1)
      try await record()
    }
    if withoutTiles { try FileManager.default.removeItem(atPath: "\(root)/log/tile") }
    #expect(throws: RootFault.forked(marked: 3)) { try standing(second) }
    await #expect(throws: RootFault.forked(marked: 3)) { try await record(marked: second) }
    #expect(try verify(second).faults.map(\.code).contains(.rootForked(size: 3, by: .vault)))
  }

  @Test func `is refused when its key did not sign what it has published, or it cannot be read`() async throws {
    let (_, second) = try await rounds()
    let foreign = SignedNote(
      text: second.checkpoint.text, signature: try TemporaryLog.key(9).sign(second.checkpoint.text.span),
      by: try #require(VerifierKey(name: second.checkpoint.origin, key: TemporaryLog.key(9).verificationKey)))
    for note in [foreign.bytes, Array("no checkpoint\n".utf8)] {
      try Data(note).write(to: URL(filePath: "\(root)/log/checkpoint"))
      #expect(throws: RootFault.damaged(.init(.damaged(Fault(.invalidCheckpoint, at: 0))))) { try standing(second) }
    }
    try FileManager.default.removeItem(atPath: "\(root)/log/checkpoint")
    #expect(throws: RootFault.vanished(marked: 3)) { try standing(second) }
    #expect(throws: RootFault.damaged(.init(.damaged(Fault(.missingCheckpoint, at: 0))))) { try standing(nil) }
  }

  @Test func `is not believed to have stood where its key did not sign it`() async throws {
    let (_, second) = try await rounds()
    let text = String(decoding: second.note, as: UTF8.self)
    let doctored = Array(text.replacingOccurrences(of: "\n3\n", with: "\n1\n").utf8)
    let key = try TemporaryLog.key().verificationKey
    #expect(throws: RootFault.doctored) {
      try ShardedLog.root(of: data, extending: RootMark(note: doctored, epoch: .first), signedBy: key)
    }
    let verification = try ShardedLog.verify(
      data: data, witnesses: ShardedVerification.Witnesses(mark: RootMark(note: doctored, epoch: .first)))
    #expect(verification.faults.map(\.code) == [.doctoredMark])
    // A shard's checkpoint is signed by the same key, and is none of the root log.
    let shard = try Data(contentsOf: URL(filePath: "\(ShardedLog.shard(of: a, in: data))/log/checkpoint"))
    let foreign = RootMark(note: Array(shard), epoch: .first)
    #expect(throws: RootFault.anotherKey) { try ShardedLog.root(of: data, extending: foreign, signedBy: key) }
    let faults = try ShardedLog.verify(data: data, witnesses: ShardedVerification.Witnesses(mark: foreign)).faults
    #expect(faults.map(\.code) == [.doctoredMark])
  }

  @Test func `is contradicted by a shard that ran on`() async throws {
    let (first, second) = try await rounds()
    try await fill(b, [second.entry(in: .first, at: RootLogTests.time)])
    let claim = try #require(try RootClaim.newest(in: ShardedLog.shard(of: b, in: data), signedBy: key()))
    #expect(claim.size == 3 && claim.root == second.checkpoint.root && claim.index == 1)
    #expect(try verify(nil).faults == [] && verify(nil).rootWitnesses == 1)
    #expect(try fault(of: standing(nil), against: claim) == nil)
    // Everything is put back but that shard: the vault as well.
    try putBack("root.first", to: root)
    try putBack("a.first", to: ShardedLog.shard(of: a, in: data))
    let codes = try verify(first).faults.filter { $0.replica == nil }.map(\.code)
    #expect(codes == [.rootCut(had: 3, found: 1, by: .shard(b, entry: 1))])
    #expect(
      try fault(of: standing(first), against: claim) == .cut(marked: 3, found: 1))
    #expect(try fault(of: nil, against: claim) == .vanished(marked: 3))
    // And when the root log was written on from there.
    for _ in 0..<3 {
      try await fill(a, 1)
      try await record()
    }
    #expect(try verify(nil).faults.map(\.code).contains(.rootForked(size: 3, by: .shard(b, entry: 1))))
    #expect(try fault(of: standing(nil), against: claim) == .forked(marked: 3))
  }

  @Test func `an empty folder among the shards is none`() async throws {
    _ = try await rounds()
    let empty = "\(data)/shards/0"
    try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: true)
    #expect(try ShardedLog.logs(of: data).map(\.replica) == [a, b])
    #expect(try verify(nil).faults == [])
    // One whose log was taken away is not passed over.
    try FileManager.default.removeItem(atPath: "\(ShardedLog.shard(of: b, in: data))/log")
    #expect(try ShardedLog.logs(of: data).map(\.replica) == [a, b])
    #expect(try !verify(nil).isWhole)
  }

  @Test func `an event that was handed over twice is named, and is no fault`() async throws {
    func event(_ id: String) -> Entry { Entry(.keyRotated, at: RootLogTests.time, request: RequestID("event-\(id)")) }
    let (twice, once) = (String(repeating: "a", count: 32), String(repeating: "b", count: 32))
    try await fill(a, [event(twice), event(once)])
    try await fill(b, [Entry(.keyCreated, at: RootLogTests.time), event(twice)])
    try await record()
    let verification = try verify(nil)
    let id = try #require(RequestID("event-\(twice)"))
    #expect(verification.isWhole)
    let repeated = verification.repetitions.map { "\($0.id) \($0.replica) \($0.index)" }
    #expect(repeated == ["\(id) b 1"])
    let shard = ShardedLog.shard(of: b, in: data)
    let other = try #require(RequestID("event-\(once)"))
    let found = try RecentEntries.find([id, other], since: RootLogTests.time, in: shard)
    #expect(found == [id: 1])
    #expect(try RecentEntries.find([id], since: RootLogTests.time, in: "\(data)/shards/none").isEmpty)
  }
}
