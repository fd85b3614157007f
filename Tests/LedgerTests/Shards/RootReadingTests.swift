import Ciphers
import Foundation
import Ledger
import Storage
import Synchronization
import TestKit
import Testing

/// The root log is read by its tree up to what was signed, and not by each of its signatures.
struct RootReadingTests {
  private static let time = Timestamp(milliseconds: 1_795_230_000_000)
  private static let rounds = 5

  private let folder: TemporaryFolder
  private let a: ReplicaName
  private let key: VerificationKey
  private var data: String { "\(folder.path)/data" }
  private var segment: URL { URL(filePath: "\(data)/root/log/segments/00000000000000000000.seg") }

  init() throws {
    folder = try TemporaryFolder()
    a = try #require(ReplicaName("a"))
    key = try TemporaryLog.key().verificationKey
  }

  private func fill() async throws {
    let log = try AuditLog.open(
      data: ShardedLog.shard(of: a, in: data), key: TemporaryLog.key(), origin: .shard(of: .derived, a))
    try await log.append(Entry(.keyCreated, at: RootReadingTests.time))
    try await log.close()
  }

  /// A round of recording by a process that knows nothing of the root log yet.
  private func record(_ turn: RootTurn, _ mark: RootMark? = nil) async throws -> RootMark {
    try await fill()
    let round = try await turn.record(ShardedLog(data: data), marked: mark, at: RootReadingTests.time) {
      try TemporaryLog.key()
    }
    return RootMark(note: try #require(round.root).note, epoch: round.epoch)
  }

  private func turn() throws -> RootTurn {
    _ = try ShardedLog(data: data)
    let turn = try RootTurn.open(data: data, database: nil, holder: "a", length: .seconds(600))
    #expect(try turn.take())
    return turn
  }

  private func unproved(_ mark: RootMark) throws -> UnprovedLog? {
    do throws(UnprovedLog) {
      _ = try ProvedLogs(of: data, signedBy: key, marks: ProvedLogs.Marks(root: mark))
      return nil
    } catch {
      return error
    }
  }

  /// Changes the middle of a record of the root log, and makes its checksum right again.
  private func change(_ place: Range<Int>, of bytes: [UInt8]) throws {
    var record = Array(bytes[place])
    record[16 + (record.count - 16) / 2] ^= 1
    correctChecksum(&record)
    var changed = bytes
    changed.replaceSubrange(place, with: record)
    try Data(changed).write(to: segment)
  }

  @Test func `an entry that was changed is found by every reader, and named`() async throws {
    let turn = try turn()
    let first = try await record(turn)
    var last = first
    for _ in 1..<RootReadingTests.rounds { last = try await record(turn, last) }
    #expect(try unproved(last) == nil)
    let bytes = try [UInt8](Data(contentsOf: segment))
    let records = TemporaryLog.records(in: bytes)
    try #require(records.count == 2 * RootReadingTests.rounds)
    for number in 0..<RootReadingTests.rounds {
      try change(records[2 * number], of: bytes)
      let damage = LedgerError(.damaged(Fault(.changed(before: UInt64(number) + 1), at: UInt64(number))))
      #expect(try unproved(last)?.reason == .root(.damaged(damage)))
      await #expect(throws: damage) { try await record(turn) }
      #expect(throws: RootFault.damaged(damage)) { try ShardedLog.root(of: data, extending: first, signedBy: key) }
    }
  }

  @Test func `a signature before the last is for the whole check, and the last is checked`() async throws {
    let turn = try turn()
    let first = try await record(turn)
    var last = first
    for _ in 1..<RootReadingTests.rounds { last = try await record(turn, last) }
    let bytes = try [UInt8](Data(contentsOf: segment))
    let records = TemporaryLog.records(in: bytes)
    for number in 0..<RootReadingTests.rounds {
      try change(records[2 * number + 1], of: bytes)
      let fault = Fault(.changed(before: UInt64(number) + 1), at: UInt64(number))
      let verifier = try Custody.verifier(data: "\(data)/root")
      #expect(try AuditLog.verify(data: "\(data)/root", key: verifier).fault == fault)
      let isLast = number == RootReadingTests.rounds - 1
      // What it has is what a signature that holds covers.
      #expect(try unproved(last)?.reason == (isLast ? .root(.damaged(LedgerError(.damaged(fault)))) : nil))
    }
  }

  /// Leases of which the first ends as soon as it is given.
  private final class ShortLeases: LeaseStore {
    private let leases: StoreLeases
    private let given = Atomic(0)

    init(_ leases: StoreLeases) { self.leases = leases }

    func acquire(
      _ name: String, by holder: String, for duration: Duration, after newest: FencingToken
    ) throws -> Lease? {
      let isFirst = given.add(1, ordering: .relaxed).oldValue == 0
      return try leases.acquire(name, by: holder, for: isFirst ? .milliseconds(1) : duration, after: newest)
    }

    func renew(_ lease: Lease, for duration: Duration) throws -> Lease? { try leases.renew(lease, for: duration) }
    func release(_ lease: Lease) throws { try leases.release(lease) }
    func check(_ lease: Lease) throws -> Bool { try leases.check(lease) }
  }

  @Test func `a turn that ended while the root log was read is taken again`() async throws {
    _ = try ShardedLog(data: data)
    let store = try Store(path: "\(folder.path)/leases.sqlite", migrations: StoreLeases.migrations)
    let leases = StoreLeases(store, clock: try .running())
    func ended(_ holder: String) async throws -> RootTurn {
      let turn = RootTurn(ShortLeases(leases), holder: holder, length: .seconds(600))
      #expect(try turn.take())
      while turn.isHeld { try await Task.sleep(for: .milliseconds(1)) }
      return turn
    }
    let turn = try await ended("a")
    let mark = try await record(turn)
    #expect(try unproved(mark) == nil && turn.isHeld)
    turn.give()
    // One that another has meanwhile is not.
    let late = try await ended("b")
    let other = RootTurn(leases, holder: "c", length: .seconds(600))
    // The store's clock ends a lease up to a millisecond later than its holder's.
    while try !other.take() { try await Task.sleep(for: .milliseconds(1)) }
    await #expect(throws: ShardError.leaseEnded) { try await record(late, mark) }
  }
}
