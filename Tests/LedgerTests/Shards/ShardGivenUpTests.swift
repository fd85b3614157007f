import Ciphers
import Foundation
import Ledger
import Storage
import TestKit
import Testing

/// A shard that two people take as it is, and what the root log says of it from there on.
struct ShardGivenUpTests {
  private static let time = Timestamp(milliseconds: 1_795_230_000_000)
  private static let origin = Origin.named("log.hospital.example")

  private let folder: TemporaryFolder
  private let sharded: ShardedLog
  private let turn: RootTurn
  private let a: ReplicaName
  private let b: ReplicaName
  private let key: VerificationKey
  private var data: String { "\(folder.path)/data" }
  private var shard: String { sharded.shard(of: a) }

  init() throws {
    folder = try TemporaryFolder()
    sharded = try ShardedLog(data: "\(folder.path)/data", origin: ShardGivenUpTests.origin)
    turn = try RootTurn.open(data: "\(folder.path)/data", database: nil, holder: "a", length: .seconds(600))
    a = try #require(ReplicaName("a"))
    b = try #require(ReplicaName("b"))
    key = try TemporaryLog.key().verificationKey
    #expect(try turn.take())
  }

  private func fill(_ replica: ReplicaName, _ count: Int, _ event: Event = .keyCreated) async throws {
    let log = try AuditLog.open(
      data: sharded.shard(of: replica), key: TemporaryLog.key(), origin: .shard(of: ShardGivenUpTests.origin, replica),
      clock: { ShardGivenUpTests.time })
    for _ in 0..<count { try await log.append(Entry(event, at: ShardGivenUpTests.time)) }
    try await log.close()
  }

  private func record(knowing times: UInt32? = nil) async throws -> ShardRound {
    try await turn.record(
      sharded, knowing: times.map { [a: RootEpoch($0)] }, at: ShardGivenUpTests.time
    ) { try TemporaryLog.key() }
  }

  private func copy(_ from: String, to: String) throws {
    try? FileManager.default.removeItem(atPath: to)
    try FileManager.default.copyItem(atPath: from, toPath: to)
  }

  private var name: String? { Origin.shard(of: ShardGivenUpTests.origin, a).verifier(of: key)?.name }

  private func found() throws -> RootFound { try RootFound(logIn: shard, signedBy: key, named: name) }

  private func agreement(
    _ found: RootFound, _ approval: String = "0123", people: Int = 2, recorded: String? = nil
  ) throws -> RootAgreement {
    RootAgreement(
      approval: try #require(ConfiguredName(approval)), reason: try #require(Justification("the disk is gone")),
      people: try (1...people).map { try #require(Pseudonym("p_0123456789abcdef0123456789abcde\($0)")) }, found: found,
      recorded: try recorded
        ?? "\(RootFound(ShardedLog.record(of: a, in: data, signedBy: key, marked: nil).recorded))")
  }

  /// Has the shard say that it was taken; nil when it is not the one that was agreed on.
  private func take(_ agreement: RootAgreement, _ epoch: UInt32 = 1) async throws -> LogStanding? {
    try await agreement.takeLog(
      in: shard, named: .shard(of: ShardGivenUpTests.origin, a), givingUp: 5, before: nil, beginning: RootEpoch(epoch),
      at: ShardGivenUpTests.time
    ) { try TemporaryLog.key() }
  }

  /// Has the root log say so.
  private func say(_ agreement: RootAgreement, _ epoch: UInt32 = 1, knowing known: UInt64 = 0) async throws {
    #expect(try await isSaid(agreement, epoch, knowing: known))
  }

  private func isSaid(_ agreement: RootAgreement, _ epoch: UInt32 = 1, knowing known: UInt64 = 0) async throws -> Bool {
    try await turn.giveUpShard(
      a, of: sharded, by: agreement, knowing: known, marked: nil, beginning: RootEpoch(epoch),
      at: ShardGivenUpTests.time
    ) { try TemporaryLog.key() }
  }

  private func verify(_ times: UInt32) throws -> ShardedVerification {
    try ShardedLog.verify(
      data: data, witnesses: ShardedVerification.Witnesses(shards: [a: RootEpoch(times)]))
  }

  private func check(_ times: UInt32? = nil) throws {
    let key = key
    let marks = try times.map { times in
      let note = try [UInt8](Data(contentsOf: URL(filePath: "\(shard)/log/checkpoint")))
      return [a: ProvedLogs.ShardMark(note: note, epoch: RootEpoch(times))]
    }
    try ProvedLogs.check(a, of: data, signedBy: key, marks: ProvedLogs.Marks(shards: marks))
    _ = try ProvedLogs(of: data, signedBy: key, marks: ProvedLogs.Marks(shards: marks))
  }

  /// A shard of which five entries are recorded and two are left, beside one that is whole.
  private func shortened() async throws {
    try await fill(a, 2)
    try copy(shard, to: "\(folder.path)/early")
    try await fill(a, 3)
    try await fill(b, 3)
    #expect(try await record().recorded == [a: 0, b: 1])
    try copy(shard, to: "\(folder.path)/late")
    try copy("\(folder.path)/early", to: shard)
  }

  @Test func `everything that follows the root log follows the entry, and says how much was given up`() async throws {
    try await shortened()
    #expect(try await record().refused.mapValues(\.error) == [a: .shrank(recorded: 5)])
    #expect(try verify(0).faults.map(\.code) == [.gap(2..<5)])
    #expect(throws: UnprovedLog.self) { try check(0) }
    let agreed = try agreement(found())
    let taken = try #require(try await take(agreed))
    #expect(taken.size == 3)
    #expect(throws: UnprovedLog.self, "the shard alone gives nothing up") { try check() }
    try await say(agreed)
    #expect(try await record(knowing: 1).refused.isEmpty)
    try await fill(a, 4)
    #expect(try await record(knowing: 1).refused.isEmpty)
    let verification = try verify(1)
    #expect(verification.isWhole)
    let said = try #require(verification.shards.first)
    #expect(said.entries == 7 && said.recorded == 7 && said.givenUp.count == 1)
    #expect(
      said.givenUp.first?.recorded == 5 && said.givenUp.first?.found == 2 && said.givenUp.first?.approval == "0123")
    #expect(verification.shards.last?.givenUp == [])
    try check(1)
    let status = try #require(try ShardedLog.statuses(of: data).first)
    #expect(status.recorded == 7 && status.givenUp?.recorded == 5)
    // What is recorded after it holds, whichever older state is put back.
    try copy("\(folder.path)/early", to: shard)
    #expect(try await record(knowing: 1).refused.mapValues(\.error) == [a: .shrank(recorded: 7)])
    #expect(try verify(1).faults.map(\.code) == [.gap(2..<7)])
    try await fill(a, 9, .serverStarted)
    #expect(try await record(knowing: 1).refused.mapValues(\.error) == [a: .forked(recorded: 7)])
    #expect(throws: UnprovedLog.self) { try check(1) }
  }

  @Test func `another shard than the one that was taken does not follow the entry`() async throws {
    try await shortened()
    let agreed = try agreement(found())
    _ = try #require(try await take(agreed))
    try await say(agreed)
    // In the moment before it is recorded again.
    try FileManager.default.removeItem(atPath: shard)
    try await fill(a, 9, .serverStarted)
    #expect(try await record(knowing: 1).refused.mapValues(\.error) == [a: .forked(recorded: 2)])
    #expect(try verify(1).faults.map(\.code) == [.forked(size: 2)])
    try FileManager.default.removeItem(atPath: shard)
    #expect(try await record(knowing: 1).refused.mapValues(\.error) == [a: .vanished(recorded: 2)])
    #expect(try verify(1).faults.map(\.code) == [.gap(0..<2)])
  }

  @Test func `what the vault does not know of is broken off, and the same agreement says it once`() async throws {
    try await shortened()
    let agreed = try agreement(found())
    _ = try #require(try await take(agreed))
    try await say(agreed)
    #expect(
      try await record(knowing: 0).refused.mapValues(\.error) == [a: .unfinished(known: .first, found: RootEpoch(1))])
    #expect(try verify(0).faults.map(\.code) == [.unfinished(known: .first, found: RootEpoch(1))])
    #expect(throws: UnprovedLog.self) { try check(0) }
    try await say(agreed)
    _ = try await record(knowing: 1)
    #expect(try verify(1).shards.first?.givenUp.count == 1)
    // Another agreement is another time.
    try await say(try agreement(found(), "4567"), 2)
    _ = try await record(knowing: 2)
    let givenUp = try #require(try verify(2).shards.first).givenUp
    #expect(givenUp.map(\.epoch) == [RootEpoch(1), RootEpoch(2)] && givenUp.last?.recorded == 3)
    #expect(try verify(2).isWhole)
  }

  @Test(arguments: ["lost", "damaged", "another's name"])
  func `one that cannot be taken is put aside, and another begun`(_ state: String) async throws {
    try await fill(a, 5)
    try await fill(b, 3)
    _ = try await record()
    let segment = "\(shard)/log/segments/00000000000000000000.seg"
    switch state {
    case "lost": try FileManager.default.removeItem(atPath: shard)
    case "damaged":
      var bytes = try [UInt8](Data(contentsOf: URL(filePath: segment)))
      bytes[bytes.count / 2] ^= 1
      try Data(bytes).write(to: URL(filePath: segment))
    default: try copy(sharded.shard(of: b), to: shard)
    }
    let found = try found()
    #expect(found == (state == "lost" ? .nothing : .damaged))
    let agreed = try agreement(found)
    #expect(try #require(try await take(agreed)).size == 1)
    let aside = FileManager.default.fileExists(atPath: "\(shard)/log.given-up-0123")
    #expect(try aside == (state != "lost") && agreed.hasPutAside(shard) == aside)
    try await say(agreed)
    #expect(try await record(knowing: 1).refused.isEmpty)
    try await fill(a, 1)
    _ = try await record(knowing: 1)
    let verification = try verify(1)
    #expect(verification.isWhole && verification.shards.map(\.recorded) == [2, 3])
    #expect(verification.shards.first?.givenUp.map(\.found) == [0])
    try check(1)
    #expect(try Custody.verifier(data: shard).name == name)
  }

  @Test func `an entry that one person made, or about other sizes, gives nothing up`() async throws {
    try await shortened()
    let found = try found()
    let root = try AuditLog.open(
      data: "\(data)/root", key: TemporaryLog.key(), origin: ShardGivenUpTests.origin, clock: { ShardGivenUpTests.time }
    )
    for (object, people) in [("5:2:1", 1), ("4:2:1", 2), ("5:2:0", 2), ("5:2", 2)] {
      var entry = Entry(.shardGivenUp, at: ShardGivenUpTests.time)
      entry.server = ConfiguredName("a")
      entry.object = ConfiguredName(object)
      entry.after = found.takenRoot
      let agreed = try agreement(found, people: people)
      (entry.approval, entry.justification, entry.people) = (agreed.approval, agreed.reason, agreed.people)
      try await root.append(entry)
    }
    try await root.close()
    sharded.forget()
    #expect(try await record(knowing: 1).refused.mapValues(\.error) == [a: .shrank(recorded: 5)])
    let codes = try verify(1).faults.map(\.code)
    #expect(codes == Array(repeating: .notGivenUp, count: 4) + [.gap(2..<5)])
    #expect(throws: UnprovedLog.self) { try check(1) }
  }

  @Test func `it is in the state that is kept of the root log, and who goes on from there knows it`() async throws {
    try await shortened()
    let agreed = try agreement(found())
    #expect(try await take(agreed) != nil)
    try await say(agreed)
    #expect(try await record(knowing: 1).refused.isEmpty)
    let before = try ShardedLog.record(of: a, in: data, signedBy: key, marked: nil)
    // More than the root log grows by before its state is kept.
    let root = try AuditLog.open(data: "\(data)/root", key: TemporaryLog.key(), origin: ShardGivenUpTests.origin)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<5000 { group.addTask { try await root.append(Entry(.keyCreated, at: ShardGivenUpTests.time)) } }
      try await group.waitForAll()
    }
    try await root.close()
    try await fill(b, 1)
    #expect(try await record(knowing: 1).refused.isEmpty)
    let state = try String(contentsOfFile: "\(data)/root/log/state", encoding: .utf8)
    #expect(state.contains("\ngiven-up a 5 ") && state.contains(" 2 ") && state.contains(" 1 0123\n"))
    let after = try ShardedLog.record(of: a, in: data, signedBy: key, marked: nil)
    #expect(after.givenUp == before.givenUp && after.givenUp?.approval == "0123")
    #expect(after.recorded == before.recorded && after.recorded != nil)
    try check(1)
  }

  @Test func `what was recorded since two people agreed is not given up`() async throws {
    try await shortened()
    let agreed = try agreement(found())
    // All is well again, and more is recorded.
    try copy("\(folder.path)/late", to: shard)
    try await fill(a, 3)
    #expect(try await record().refused.isEmpty)
    try copy("\(folder.path)/early", to: shard)
    #expect(try await !isSaid(agreed))
    #expect(try await record().refused.mapValues(\.error) == [a: .shrank(recorded: 8)])
    #expect(try verify(0).faults.map(\.code) == [.gap(2..<8)])
    try await say(try agreement(found()))
  }

  @Test(arguments: [("4", false), ("6", false), ("05", false), ("five", false), ("5", true)])
  func `an agreement from when the size alone was signed is about a shard of that size`(
    _ recorded: String, _ isTaken: Bool
  ) async throws {
    try await shortened()
    #expect(try await isSaid(try agreement(found(), recorded: recorded)) == isTaken)
  }

  @Test func `what the vault knew of beyond what was recorded is said as given up`() async throws {
    try await shortened()
    let agreed = try agreement(found())
    _ = try #require(try await take(agreed))
    try await say(agreed, knowing: 30)
    #expect(try await record(knowing: 1).refused.isEmpty)
    let said = try #require(try verify(1).shards.first?.givenUp.first)
    #expect(said.recorded == 5 && said.known == 30 && said.found == 2)
    #expect(said.description.hasPrefix("30 entries were known when two people gave it up, 5 of them recorded"))
    #expect(try ShardedLog.record(of: a, in: data, signedBy: key, marked: nil).givenUp == said)
  }

  @Test func `a log says that it was given up until something else is written`() async throws {
    try await shortened()
    #expect(try RootFound.lastGivingUp(of: shard, signedBy: key) == nil)
    #expect(try await take(agreement(found()), 3) != nil)
    let last = try #require(try RootFound.lastGivingUp(of: shard, signedBy: key))
    #expect(last.epoch == RootEpoch(3) && last.approval == "0123")
    try await fill(a, 1)
    #expect(try RootFound.lastGivingUp(of: shard, signedBy: key) == nil)
    #expect(try RootFound.lastGivingUp(of: "\(folder.path)/none", signedBy: key) == nil)
  }

  @Test func `a folder of the name stops no putting aside, and is not written over`() async throws {
    try await fill(a, 5)
    let segment = "log/segments/00000000000000000000.seg"
    var bytes = try [UInt8](Data(contentsOf: URL(filePath: "\(shard)/\(segment)")))
    bytes[bytes.count / 2] ^= 1
    try Data(bytes).write(to: URL(filePath: "\(shard)/\(segment)"))
    let other = "\(shard)/log.given-up-0123"
    try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: false)
    #expect(try await take(agreement(found())) != nil)
    #expect(try FileManager.default.contentsOfDirectory(atPath: other) == [])
    let aside = "\(shard)/log.given-up-0123.2/segments/00000000000000000000.seg"
    #expect(try [UInt8](Data(contentsOf: URL(filePath: aside))) == bytes)
  }

  @Test func `one that was damaged and is gone is another`() async throws {
    try await fill(a, 5)
    _ = try await record()
    let agreed = try agreement(.damaged)
    try FileManager.default.removeItem(atPath: shard)
    #expect(try await take(agreed) == nil)
    #expect(try await take(agreement(.nothing)) != nil)
  }

  @Test func `what the root log has forgotten, the vault's count says`() async throws {
    try await shortened()
    let agreed = try agreement(found())
    _ = try #require(try await take(agreed))
    try await say(agreed)
    #expect(try await record(knowing: 1).refused.isEmpty)
    #expect(try verify(1).shards.map(\.forgotten) == [nil, nil])
    let twice = try verify(2)
    let forgotten = try #require(twice.shards.first?.forgotten)
    #expect(twice.isWhole && forgotten.known == RootEpoch(2) && forgotten.said == RootEpoch(1))
    let note = try [UInt8](Data(contentsOf: URL(filePath: "\(shard)/log/checkpoint")))
    func notes(_ times: UInt32) throws -> [String] {
      let marks = ProvedLogs.Marks(shards: [a: ProvedLogs.ShardMark(note: note, epoch: RootEpoch(times))])
      return try ProvedLogs(of: data, signedBy: key, marks: marks).notes
    }
    #expect(try notes(1).count == 1 && notes(1).first?.hasPrefix("shard a: 5 entries were recorded") == true)
    let last = try #require(try notes(2).last)
    #expect(try notes(2).count == 2 && last.hasPrefix("shard a: the vault says that it was given up 2 times"))
  }

  @Test func `an entry that gives nothing up makes no shard of its name`() async throws {
    try await fill(b, 3)
    #expect(try await record().refused.isEmpty)
    let root = try AuditLog.open(
      data: "\(data)/root", key: TemporaryLog.key(), origin: ShardGivenUpTests.origin, clock: { ShardGivenUpTests.time }
    )
    var entry = Entry(.shardGivenUp, at: ShardGivenUpTests.time)
    (entry.server, entry.object) = (ConfiguredName("a"), ConfiguredName("7:0:1"))
    let agreed = try agreement(.nothing)
    entry.after = RootFound.nothing.takenRoot
    (entry.approval, entry.justification, entry.people) = (agreed.approval, agreed.reason, agreed.people)
    try await root.append(entry)
    try await root.close()
    sharded.forget()
    let verification = try verify(0)
    #expect(verification.faults.map(\.code) == [.notGivenUp] && verification.shards.map(\.replica) == [b])
    #expect(try ShardedLog.statuses(of: data).map(\.replica) == [b])
    #expect(try ProvedLogs(of: data, signedBy: key, marks: ProvedLogs.Marks()).logs.map(\.replica) == [b])
  }
}
