import Ciphers
import TestKit
import Testing
import Vault

/// Who hands the waiting events over, and what of them is in a log already.
struct HandOverTests {
  private struct Broken: Error {}

  private let bench: TestVault

  init() throws { bench = try TestVault() }

  @Test func `one process at a time hands events over`() async throws {
    let (use, vault) = try await bench.create()
    try await bench.record(vault)
    _ = try await bench.agreed(vault, .rotateTenant, "tenant")
    var others: [Int?] = []
    var log: [VaultEvent.Name] = []
    let taken = try await vault.takeOutbox { event in
      // Another replica, whose turn it is meanwhile.
      others.append(try await use.takeOutbox { _ in throw Broken() })
      log.append(event.name)
      return UInt64(log.count)
    }
    #expect(taken == 2 && others == [nil, nil] && log == [.proposalMade, .proposalApproved])
    #expect(try await use.takeOutbox { _ in throw Broken() } == 0)
  }

  @Test func `what a broken hand-over left in a log is found there, and not handed over again`() async throws {
    let (use, vault) = try await bench.create()
    try await bench.record(vault)
    _ = try await bench.agreed(vault, .rotateTenant, "tenant")
    var first: [VaultEvent] = []
    // The entry is in the log, and the process ends before that is noted.
    await #expect(throws: Broken.self) {
      try await vault.takeOutbox(known: { _ in throw Absent() }) { event in
        first.append(event)
        throw Broken()
      }
    }
    #expect(first.count == 1)
    #expect(try vault.waitingEvents() == 2)
    var asked: [[String]] = []
    var second: [VaultEvent] = []
    let taken = try await use.takeOutbox { events in
      asked.append(events.map(\.id))
      return [first[0].id: 5]
    } _: { event in
      second.append(event)
      return 9
    }
    #expect(taken == 2 && asked.count == 1 && asked[0].count == 2 && asked[0][0] == first[0].id)
    #expect(second.map(\.id) == [asked[0][1]])
    #expect(try vault.waitingEvents() == 0)
    // Nobody has to look after one that ended well.
    _ = try await bench.agreed(vault, .rotateTenant, "tenant")
    #expect(try await vault.takeOutbox(known: { _ in throw Absent() }) { _ in 10 } == 2)
  }
}

/// What becomes of events that somebody puts back who has a copy of the vault's file.
struct ReplayedEventTests {
  private let bench: TestVault

  init() throws { bench = try TestVault() }

  /// A log that knows what is in it.
  private actor Log {
    private(set) var events: [VaultEvent] = []
    private(set) var asked = 0

    func append(_ event: VaultEvent) -> UInt64 {
      events.append(event)
      return UInt64(events.count - 1)
    }

    func find(_ sought: [VaultEvent]) -> [String: UInt64] {
      asked += 1
      return Dictionary(
        uniqueKeysWithValues: sought.compactMap { event in
          events.firstIndex { $0.id == event.id }.map { (event.id, UInt64($0)) }
        })
    }
  }

  @discardableResult
  private func take(_ vault: Vault, _ log: Log) async throws -> Int? {
    try await vault.takeOutbox {
      await log.find($0)
    } _: {
      await log.append($0)
    }
  }

  private func rows() throws -> SubjectRows { try SubjectRows(bench.folder.path) }

  @Test(arguments: [1..<2, 0..<2, 0..<3])
  func `an event that waits again is noted and not handed over again`(_ which: Range<Int>) async throws {
    let (_, vault) = try await bench.create()
    _ = try await bench.agreed(vault, .rotateTenant, "tenant")
    let copy = try rows().waiting()
    let log = Log()
    let count = try #require(try await take(vault, log))
    #expect(count == copy.count && count >= 2)
    try rows().putBack(copy[which.clamped(to: copy.indices)])
    #expect(try vault.waitingEvents() > 0)
    #expect(try await take(vault, log) == 0)
    #expect(try vault.waitingEvents() == 0)
    #expect(await log.events.count == count)
    // What comes after it is handed over as ever, and nothing is asked for any more.
    let asked = await log.asked
    _ = try await bench.agreed(vault, .rotateTenant, "tenant")
    #expect(try await take(vault, log) == 2)
    let askedLater = await log.asked
    #expect(askedLater == asked)
    // Beside what really waits, too.
    _ = try await bench.agreed(vault, .rotateTenant, "tenant")
    try rows().putBack(copy[which.clamped(to: copy.indices)])
    #expect(try await take(vault, log) == 2)
    #expect(await log.events.count == count + 4)
  }

  @Test func `one that no log has stays a fault, and what comes after it is in the log`() async throws {
    let (_, vault) = try await bench.create()
    _ = try await bench.agreed(vault, .rotateTenant, "tenant")
    let copy = try rows().waiting()
    let (log, another) = (Log(), Log())
    try await take(vault, log)
    try rows().putBack(copy[1...1])
    _ = try await bench.agreed(vault, .rotateTenant, "tenant")
    // Another log was put in the place of the one that had it.
    let altered = VaultError(.altered(.outbox))
    #expect(await failure { try await take(vault, another) } == altered)
    #expect(await another.events.map(\.name) == [.proposalMade, .proposalApproved])
    #expect(await failure { try await take(vault, another) } == altered)
    let (count, asked) = (await another.events.count, await another.asked)
    #expect(count == 2 && asked == 1)
    try rows().unchecked("DELETE FROM outbox WHERE entry IS NULL")
    #expect(try await take(vault, another) == 0)
  }

  @Test func `one that is put back for another that is taken away hides nothing`() async throws {
    let (_, vault) = try await bench.create()
    _ = try await bench.agreed(vault, .rotateTenant, "tenant")
    let copy = try rows().waiting()
    let log = Log()
    try await take(vault, log)
    _ = try await bench.agreed(vault, .rotateTenant, "tenant")
    try rows().unchecked("DELETE FROM outbox WHERE entry IS NULL AND number = (SELECT max(number) FROM outbox)")
    try rows().putBack(copy[1...1])
    #expect(await failure { try await take(vault, log) } == VaultError(.altered(.outbox)))
  }
}
