import Ciphers
import Foundation
import Ledger
import Storage
import TestKit
import Testing

/// What is said of a root log that is given up, and of the one after it.
struct RootEpochTests {
  private static let time = Timestamp(milliseconds: 1_795_230_000_000)
  private static let origin = Origin.named("log.hospital.example")

  private let folder: TemporaryFolder
  private let turn: RootTurn
  private let a: ReplicaName
  private let b: ReplicaName
  private let key: VerificationKey
  private var data: String { "\(folder.path)/data" }
  private var root: String { "\(data)/root" }

  init() throws {
    folder = try TemporaryFolder()
    _ = try ShardedLog(data: "\(folder.path)/data", origin: RootEpochTests.origin)
    turn = try RootTurn.open(data: "\(folder.path)/data", database: nil, holder: "a", length: .seconds(600))
    a = try #require(ReplicaName("a"))
    b = try #require(ReplicaName("b"))
    key = try TemporaryLog.key().verificationKey
    #expect(try turn.take())
  }

  private func sharded() throws -> ShardedLog { try ShardedLog(data: data, origin: RootEpochTests.origin) }

  private func fill(_ replica: ReplicaName, _ entries: [Entry]) async throws {
    let log = try AuditLog.open(
      data: ShardedLog.shard(of: replica, in: data), key: TemporaryLog.key(),
      origin: .shard(of: RootEpochTests.origin, replica), clock: { RootEpochTests.time })
    for entry in entries { try await log.append(entry) }
    try await log.close()
  }

  /// Another round of recording, and where the root log stands then.
  private func record(_ mark: RootMark?) async throws -> RootMark {
    try await fill(a, [Entry(.keyCreated, at: RootEpochTests.time)])
    let round = try await turn.record(sharded(), marked: mark, at: RootEpochTests.time) { try TemporaryLog.key() }
    return RootMark(note: try #require(round.root).note, epoch: round.epoch)
  }

  private func rounds(_ count: Int, _ mark: RootMark? = nil) async throws -> RootMark {
    var mark = mark
    for _ in 0..<count { mark = try await record(mark) }
    return try #require(mark)
  }

  private func checkpoint(_ mark: RootMark) throws -> RootCheckpoint {
    try #require(RootCheckpoint(note: mark.note, signedBy: key))
  }

  /// A replica says where the root log stands.
  private func claim(_ replica: ReplicaName, _ mark: RootMark) async throws {
    try await fill(replica, [checkpoint(mark).entry(in: mark.epoch, at: RootEpochTests.time)])
  }

  private func verify(_ mark: RootMark?) throws -> ShardedVerification {
    try ShardedLog.verify(data: data, witnesses: ShardedVerification.Witnesses(mark: mark))
  }

  private func agreement(_ approval: String = "0123", _ found: RootFound? = nil) throws -> RootAgreement {
    RootAgreement(
      approval: try #require(ConfiguredName(approval)), reason: try #require(Justification("the disk is gone")),
      people: [try #require(Pseudonym("p_0123456789abcdef0123456789abcdef"))],
      found: try found ?? RootFound(logIn: root, signedBy: key))
  }

  /// Gives the root log up as the vault's side would have it done, by all that is known.
  private func giveUp(
    _ mark: RootMark?, _ agreement: RootAgreement? = nil, isDamaged: Bool = false
  ) async throws -> RootMark? {
    let known = try verify(mark)
    #expect(isDamaged ? known.rootDamage != nil : !known.contradictions.isEmpty)
    let taken = try await turn.giveUpRoot(
      of: sharded(), by: agreement ?? self.agreement(), upTo: known.knownSize,
      before: mark.map { try checkpoint($0).checkpoint.root }, after: known.knownEpoch, at: RootEpochTests.time
    ) { try TemporaryLog.key() }
    return taken.map { RootMark(note: $0.root.note, epoch: $0.epoch) }
  }

  private func removeRoot() throws { try FileManager.default.removeItem(atPath: root) }

  private func keep(_ name: String) throws {
    try FileManager.default.copyItem(atPath: root, toPath: "\(folder.path)/\(name)")
  }

  private func putBack(_ name: String) throws {
    try? removeRoot()
    try FileManager.default.copyItem(atPath: "\(folder.path)/\(name)", toPath: root)
  }

  private func startFault(_ replica: ReplicaName, _ mark: RootMark) throws -> RootFault? {
    let claim = try #require(try RootClaim.newest(in: ShardedLog.shard(of: replica, in: data), signedBy: key))
    let standing = try ShardedLog.root(of: data, extending: mark, signedBy: key)
    return try ShardedLog.fault(of: standing, in: mark.epoch, against: claim, in: data, signedBy: key)
  }

  /// One bad byte is nothing that anybody says of it, and it can be given up all the same: its files stay.
  @Test func `one that is damaged is put aside, and another begun`() async throws {
    let mark = try await rounds(3)
    let segment = "\(root)/log/segments/00000000000000000000.seg"
    var bytes = try [UInt8](Data(contentsOf: URL(filePath: segment)))
    bytes[bytes.count / 2] ^= 1
    let damaged = bytes
    // While it is whole nobody takes it away who agreed to that.
    let agreed = try agreement("0123", .damaged)
    let known = try verify(mark)
    #expect(known.rootDamage == nil && RootFound("damaged") == .damaged && "\(RootFound.damaged)" == "damaged")
    let whole = try await turn.giveUpRoot(
      of: sharded(), by: agreed, upTo: known.knownSize, before: nil, after: known.knownEpoch, at: RootEpochTests.time
    ) { try TemporaryLog.key() }
    #expect(whole == nil && FileManager.default.fileExists(atPath: segment))
    try Data(damaged).write(to: URL(filePath: segment))
    let taken = try #require(try await giveUp(mark, agreed, isDamaged: true))
    #expect(taken.epoch == mark.epoch.next)
    #expect(try checkpoint(taken).checkpoint.size == 1)
    #expect(try verify(taken).rootDamage == nil)
    let aside = URL(filePath: "\(root)/log.given-up-0123/segments/00000000000000000000.seg")
    #expect(try [UInt8](Data(contentsOf: aside)) == damaged)
    // It goes on, and what was put aside comes back as one that was given up.
    let next = try await rounds(1, taken)
    #expect(try verify(next).isWhole)
  }

  @Test func `the entry says who, why, by which agreement, and which epoch begins`() async throws {
    let first = try await rounds(1)
    try keep("first")
    let third = try await rounds(2, first)
    try await claim(b, third)
    try putBack("first")
    let taken = try #require(try await giveUp(third))
    #expect(try checkpoint(taken).checkpoint.size == 2 && taken.epoch == RootEpoch(1))
    var entries = try EntryReader(data: root, from: 1)
    let entry = try #require(try entries.next())
    let json = String(decoding: entry.json, as: UTF8.self)
    let roots = [try checkpoint(first).checkpoint.root, try checkpoint(third).checkpoint.root]
    #expect(entry.outline.event == .rootGivenUp)
    for part in [
      #""object":"3:1""#, #""approval":"0123""#, #""justification":"the disk is gone""#, "\(roots[0])", "\(roots[1])",
      "p_0123456789abcdef0123456789abcdef",
    ] {
      #expect(json.contains(part))
    }
    let last = try await record(taken)
    let verification = try verify(last)
    #expect(verification.faults == [] && verification.givenUp == 3 && verification.epoch == RootEpoch(1))
    #expect(try startFault(b, taken) == nil)
  }

  @Test func `what is said of the new root log holds below the size of the one that was given up`() async throws {
    let old = try await rounds(9)
    try await claim(a, old)
    try await claim(b, old)
    try removeRoot()
    let new = try #require(try await giveUp(old))
    try keep("new.begun")
    let grown = try await rounds(3, new)
    try await claim(b, grown)
    #expect(try verify(grown).faults == [] && startFault(b, grown) == nil)
    // The new one is put back with the vault: what the shard says of it is below the size that was given up.
    try putBack("new.begun")
    let codes = try verify(new).faults.filter { $0.replica == nil }.map(\.code)
    let size = try checkpoint(grown).checkpoint.size
    #expect(size < 9)
    #expect(codes == [.rootCut(had: size, found: 1, by: .shard(b, entry: 1))])
    #expect(try startFault(b, new) == .cut(marked: size, found: 1))
    // And so it is when it is written on from there.
    for _ in 0..<5 { _ = try await record(nil) }
    #expect(try verify(nil).faults.map(\.code).contains(.rootForked(size: size, by: .shard(b, entry: 1))))
  }

  @Test func `an older root log that is put back is found by who speaks of the one after it`() async throws {
    let old = try await rounds(4)
    try keep("old")
    try removeRoot()
    let begun = try #require(try await giveUp(old))
    let new = try await record(begun)
    try await claim(b, new)
    try putBack("old")
    // The vault was put back with it.
    let codes = try verify(old).faults.filter { $0.replica == nil }.map(\.code)
    #expect(codes == [.rootPast(known: RootEpoch(1), found: .first, by: .shard(b, entry: 0))])
    #expect(try startFault(b, old) == .past(known: RootEpoch(1), found: .first))
    #expect(try verify(new).faults.map(\.code).contains(.rootPast(known: RootEpoch(1), found: .first, by: .vault)))
    let third = try #require(try await giveUp(old))
    #expect(try third.epoch == RootEpoch(2) && verify(third).contradictions == [])
  }

  @Test func `however often it is given up, nothing is left that contradicts it`() async throws {
    var mark = try await rounds(5)
    for number in 1...4 {
      try await claim(a, mark)
      try await claim(b, mark)
      if number % 2 == 0 { try await claim(a, mark) }
      // By turns lost, put back as it was, and written on in another way.
      switch number {
      case 1, 4: try removeRoot()
      case 2: try putBack("early")
      default:
        try putBack("early")
        for _ in 0..<4 { _ = try await record(nil) }
      }
      let given = try #require(try await giveUp(mark))
      #expect(given.epoch == RootEpoch(UInt32(number)))
      #expect(try startFault(a, given) == nil && startFault(b, given) == nil)
      mark = try await rounds(2, given)
      try? FileManager.default.removeItem(atPath: "\(folder.path)/early")
      try keep("early")
      mark = try await rounds(3 - number / 2, mark)
      #expect(try verify(mark).faults == [])
    }
    #expect(try verify(mark).epoch == RootEpoch(4))
  }

  @Test func `one that was broken off before the vault knew is said, and the same agreement goes on`() async throws {
    let old = try await rounds(3)
    try keep("old")
    let ahead = try await rounds(1, old)
    try await claim(b, ahead)
    try putBack("old")
    let agreement = try agreement()
    // The process ends here: the vault still says what it said.
    _ = try #require(try await giveUp(old, agreement))
    #expect(throws: RootFault.unfinished(known: .first, found: RootEpoch(1))) {
      try ShardedLog.root(of: data, extending: old, signedBy: key)
    }
    await #expect(throws: RootFault.unfinished(known: .first, found: RootEpoch(1))) { try await record(old) }
    #expect(try verify(old).contradictions.map(\.code) == [.rootUnfinished(known: .first, found: RootEpoch(1))])
    // Another proposal was made for another root log than that.
    #expect(try await giveUp(old, self.agreement("4567", agreement.found)) == nil)
    let taken = try #require(try await giveUp(old, agreement))
    #expect(try taken.epoch == RootEpoch(2) && verify(taken).contradictions == [])
  }

  @Test func `nothing is taken but the root log that was agreed on`() async throws {
    let first = try await rounds(1)
    try keep("first")
    let third = try await rounds(2, first)
    try keep("third")
    try removeRoot()
    let nothing = try agreement()
    #expect(nothing.found == .nothing && "\(nothing.found)" == "0" && RootFound("0") == .nothing)
    // Somebody puts another in its place between the two signatures and the act.
    try putBack("first")
    let before = try FileManager.default.subpathsOfDirectory(atPath: root).sorted()
    #expect(try await giveUp(third, nothing) == nil)
    #expect(try FileManager.default.subpathsOfDirectory(atPath: root).sorted() == before)
    let agreed = try agreement()
    #expect(agreed.found.size == 1 && RootFound("\(agreed.found)") == agreed.found)
    try removeRoot()
    #expect(try await giveUp(third, agreed) == nil)
    try putBack("third")
    let standing = try checkpoint(third)
    #expect(try RootFound(logIn: root, signedBy: key) == RootFound("3:\(standing.checkpoint.root)"))
    for word in ["", "1", "1:", "01:\(standing.checkpoint.root)", "x:\(standing.checkpoint.root)", "0:00", "2:zz"] {
      #expect(RootFound(word) == nil)
    }
  }

  @Test func `entries from before there were epochs are read by the size that was given up`() async throws {
    func old(_ size: UInt64, _ root: Digest?, _ event: Event) -> Entry {
      var entry = Entry(event, at: RootEpochTests.time)
      entry.object = ConfiguredName("\(size)")
      if event == .rootCheckpoint { entry.tags = root.map { [$0] } ?? [] } else { entry.before = root }
      return entry
    }
    let lost = try await rounds(4)
    let lostRoot = try checkpoint(lost).checkpoint.root
    try await fill(b, [old(4, lostRoot, .rootCheckpoint)])
    try removeRoot()
    let log = try AuditLog.open(
      data: root, key: TemporaryLog.key(), origin: RootEpochTests.origin, clock: { RootEpochTests.time })
    try await log.append(old(4, lostRoot, .rootGivenUp))
    try await log.close()
    let grown = try await rounds(6)
    #expect(grown.epoch == .first)
    let verification = try verify(grown)
    #expect(verification.faults == [] && verification.givenUp == 4 && verification.epoch == .first)
    #expect(try startFault(b, grown) == nil)
    // Beyond that size they hold, and those that name an epoch hold whatever their size.
    let (size, grownRoot) = (try checkpoint(grown).checkpoint.size, try checkpoint(grown).checkpoint.root)
    #expect(size > 6)
    try await fill(b, [old(size, grownRoot, .rootCheckpoint)])
    #expect(try verify(grown).faults == [] && startFault(b, grown) == nil)
    try await fill(b, [old(6, lostRoot, .rootCheckpoint)])
    #expect(try verify(grown).faults.map(\.code) == [.rootForked(size: 6, by: .shard(b, entry: 2))])
    #expect(try startFault(b, grown) == .forked(marked: 6))
    try removeRoot()
    let taken = try #require(try await giveUp(grown))
    let after = try await record(taken)
    #expect(try taken.epoch == RootEpoch(1) && verify(after).faults == [])
  }

  @Test(arguments: ["5", "5:0", "0:4294967295"])
  func `a size and an epoch are one word of an entry`(_ word: String) async throws {
    var entry = Entry(.rootCheckpoint, at: RootEpochTests.time)
    entry.object = ConfiguredName(word)
    entry.tags = [Digest(hashing: [1].span)]
    try await fill(a, [entry])
    let claim = try #require(try RootClaim.newest(in: ShardedLog.shard(of: a, in: data), signedBy: key))
    #expect([claim.epoch.map { "\(claim.size):\($0)" } ?? "\(claim.size)"] == [word])
  }

  @Test(arguments: ["", "5:", ":5", "5:1:2", "5:-1", "5:+1", "5:01", "5:4294967296", "x", "-1"])
  func `another word says nothing`(_ word: String) async throws {
    var entry = Entry(.rootCheckpoint, at: RootEpochTests.time)
    entry.object = ConfiguredName(word)
    entry.tags = [Digest(hashing: [1].span)]
    try await fill(a, [entry])
    #expect(try RootClaim.newest(in: ShardedLog.shard(of: a, in: data), signedBy: key) == nil)
  }

  @Test func `what the system refuses is no alteration, and what is missing is one`() {
    for number in [EIO, EACCES, ENOSPC, EMFILE, EROFS, ESTALE] {
      let error = LedgerError(.system(.read), number: number)
      #expect(RootFault(error) == .unreachable(error) && !RootFault(error).isAlteration)
    }
    for error in [
      LedgerError(.system(.open), number: ENOENT), LedgerError(.system(.open), number: ENOTDIR),
      LedgerError(.damaged(Fault(.unreadableRecord, at: 3))), LedgerError(.replaced), LedgerError(.invalidKey),
    ] {
      #expect(RootFault(error) == .damaged(error) && RootFault(error).isAlteration)
    }
    #expect(!RootFault(LedgerError(.stopped)).isAlteration)
  }
}
