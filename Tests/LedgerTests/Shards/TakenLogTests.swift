import Ciphers
import Foundation
import Ledger
import Synchronization
import Testing

/// A log that two people take as a kill, or a copy of files that were being written, has left it.
struct TakenLogTests {
  private static let time = Timestamp(milliseconds: 1_795_230_000_000)
  private static let origin = Origin.named("log.hospital.example")

  private let key: VerificationKey

  init() throws { key = try TemporaryLog.key().verificationKey }

  private func agreement(_ found: RootFound, _ approval: String = "0123") throws -> RootAgreement {
    RootAgreement(
      approval: try #require(ConfiguredName(approval)), reason: try #require(Justification("a snapshot was put back")),
      people: [try #require(Pseudonym("p_0123456789abcdef0123456789abcdef"))], found: found)
  }

  private func found(_ data: String) throws -> RootFound { try RootFound(logIn: data, signedBy: key) }

  private func take(
    _ data: String, _ agreement: RootAgreement, at time: Timestamp = TakenLogTests.time
  ) async throws -> LogStanding? {
    try await agreement.takeLog(
      in: data, named: TakenLogTests.origin, givingUp: 99, before: nil, beginning: RootEpoch(1), at: time
    ) { try TemporaryLog.key() }
  }

  private func events(_ data: String) throws -> [Event?] {
    var reader = try EntryReader(data: data)
    var events: [Event?] = []
    while let entry = try reader.next() { events.append(entry.outline.event) }
    return events
  }

  private func published(_ data: String) throws -> Checkpoint {
    let note = try Data(contentsOf: URL(filePath: "\(data)/log/checkpoint"))
    return try #require(Checkpoint(note: Array(note), signedBy: Custody.verifier(data: data)))
  }

  @Test(arguments: [false, true]) func `one that was being written is taken up to its last seal`(
    _ isTorn: Bool
  ) async throws {
    let log = try TemporaryLog()
    let image = try await log.image(4)
    if isTorn { try log.tear(image) }
    let checkpoint = try published(image)
    #expect(checkpoint.size == 1)
    let found = try found(image)
    #expect(found.size == 4)
    // What was agreed about the published checkpoint is not about what lies behind it.
    let short = try #require(RootFound("1:\(checkpoint.root)"))
    #expect(try await take(image, agreement(short)) == nil)
    #expect(try self.found(image) == found)
    let taken = try #require(try await take(image, agreement(found)))
    let opening: [Event?] = isTorn ? [.logRecovered] : []
    let end = opening + [.rootGivenUp]
    #expect(try events(image).suffix(end.count) == end[...])
    #expect(taken.size == UInt64(4 + end.count))
    #expect(try AuditLog.verify(data: image, key: Custody.verifier(data: image)).isWhole)
    // The vault never heard of it: the same agreement goes on, and no other does.
    #expect(try await take(image, agreement(found, "4567")) == nil)
    #expect(try #require(try await take(image, agreement(found))).size == taken.size + 1)
  }

  @Test func `one that was opened and killed before it said so is taken by the same agreement`() async throws {
    let log = try TemporaryLog()
    let image = try await log.image(4)
    try log.tear(image)
    let agreement = try agreement(found(image))
    let ledger = try AuditLog.open(data: image, key: TemporaryLog.key(), clock: { TakenLogTests.time })
    try await ledger.close()
    #expect(try events(image).last == .logRecovered)
    #expect(try await take(image, agreement) != nil)
    // An entry that the log did not make by itself is another log.
    let other = try AuditLog.open(data: image, key: TemporaryLog.key(), clock: { TakenLogTests.time })
    try await other.append(TemporaryLog.entry(0))
    try await other.close()
    #expect(try await take(image, agreement) == nil)
  }

  @Test func `one that refused is taken without what it refused, at the first time and again`() async throws {
    let log = try TemporaryLog()
    let calls = Mutex(0)
    let disk = Disk(failureOfSynchronisation: {
      calls.withLock { calls in
        calls += 1
        return calls == 3 ? EIO : 0
      }
    })
    let ledger = try log.open(disk: disk)
    for number in 0..<2 { try await ledger.append(TemporaryLog.entry(number)) }
    await #expect(throws: LedgerError(.stopped, number: EIO)) { try await ledger.append(TemporaryLog.entry(2)) }
    await #expect(throws: LedgerError(.stopped, number: EIO)) { try await ledger.close() }
    // The batch that was refused lies on the disk, with its seal.
    #expect(try events(log.data).count == 3)
    let found = try found(log.data)
    #expect(found.size == 2)
    let taken = try #require(try await take(log.data, agreement(found)))
    #expect(try events(log.data).dropFirst(2) == [.logRecovered, .logRefusing, .rootGivenUp])
    #expect(try #require(try await take(log.data, agreement(found))).size == taken.size + 1)
  }

  @Test func `what a log says of the clock and the disk makes it no other`() async throws {
    let log = try TemporaryLog()
    try await log.fill(3)
    let found = try found(log.data)
    let hour = Timestamp(milliseconds: TakenLogTests.time.milliseconds - 3_600_000)
    let taken = try #require(try await take(log.data, agreement(found), at: hour))
    #expect(try events(log.data).dropFirst(3) == [.rootGivenUp, .clockStepped])
    #expect(try #require(try await take(log.data, agreement(found), at: hour)).size == taken.size + 1)
  }

  @Test func `one that was begun anew and had no segment yet is taken by the same agreement alone`() async throws {
    let log = try TemporaryLog()
    try await log.fill(3)
    let segment = try #require(try log.segments().first)
    var bytes = try log.bytes(segment)
    bytes[bytes.count / 2] ^= 1
    try log.write(bytes, to: segment)
    #expect(try found(log.data) == .damaged)
    let agreement = try agreement(.damaged)
    _ = try #require(try await take(log.data, agreement))
    #expect(FileManager.default.fileExists(atPath: "\(log.data)/log.given-up-0123"))
    // As a kill leaves it behind the first checkpoint.
    for name in try FileManager.default.contentsOfDirectory(atPath: log.path("")) {
      try FileManager.default.removeItem(atPath: log.path(name))
    }
    let empty = try TemporaryLog()
    try await empty.fill(0)
    try log.write(try empty.bytes(empty.path("checkpoint")), to: log.path("checkpoint"))
    try log.write(try empty.bytes("\(empty.data)/keys/log.vkey"), to: "\(log.data)/keys/log.vkey")
    #expect(try found(log.data) == .nothing)
    #expect(try await take(log.data, self.agreement(.damaged, "4567")) == nil)
    #expect(try await take(log.data, agreement)?.size == 1)
    #expect(try events(log.data) == [.rootGivenUp])
  }
}

extension TemporaryLog {
  /// A copy of the files of a log of `count` entries that is open and has published one of them.
  fileprivate func image(_ count: Int) async throws -> String {
    try await fill(1)
    let first = try bytes(path("checkpoint"))
    let ledger = try open()
    for number in 1..<count { try await ledger.append(TemporaryLog.entry(number)) }
    try await ledger.close()
    let image = "\(data)/image"
    try FileManager.default.createDirectory(atPath: image, withIntermediateDirectories: false)
    for name in ["log", "keys"] {
      try FileManager.default.copyItem(atPath: "\(data)/\(name)", toPath: "\(image)/\(name)")
    }
    // The others were sealed, and were to be published.
    try write(first, to: "\(image)/log/checkpoint")
    return image
  }

  /// Ends a log with the beginning of a batch: an entry's record whose seal was never written.
  fileprivate func tear(_ data: String) throws {
    let segment = "\(data)/log/segments/00000000000000000000.seg"
    let bytes = try self.bytes(segment)
    let records = TemporaryLog.records(in: bytes)
    try write(bytes + bytes[records[records.count - 2]].dropLast(3), to: segment)
  }
}
