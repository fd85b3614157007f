import Ciphers
import TestKit
import Testing
import Vault

/// What the vault keeps of where a log stood.
struct LogMarkTests {
  private let bench: TestVault

  init() throws { bench = try TestVault() }

  private func mark(_ size: UInt64, of log: String = "root-log") -> LogMark {
    LogMark(log: log, size: size, note: [UInt8](repeating: UInt8(size), count: 5))
  }

  @Test func `keeps where a log stood furthest, for each log`() async throws {
    let (use, administration) = try await bench.create()
    #expect(try await use.mark(of: "root-log") == nil)
    #expect(try Vault.unsealedMark(of: "root-log", data: bench.folder.path) == nil)
    for size: UInt64 in [3, 7, 5] { try await use.keep(mark(size)) }
    try await use.keep(mark(2, of: "other"))
    #expect(try await administration.mark(of: "root-log") == mark(7))
    #expect(try await administration.mark(of: "other") == mark(2, of: "other"))
    #expect(try Vault.unsealedMark(of: "root-log", data: bench.folder.path) == mark(7))
    #expect(try Vault.unsealedMark(of: "root-log", data: "\(bench.folder.path)/none") == nil)
    // Also while the kill switch is on.
    await administration.lock(by: "alice")
    #expect(try await use.mark(of: "root-log") == mark(7))
  }

  @Test(arguments: [
    "UPDATE log_mark SET size = 1", "UPDATE log_mark SET note = x'00'", "UPDATE log_mark SET log = 'x'",
    "DELETE FROM log_mark", "INSERT INTO log_mark (log, size, note) VALUES ('x', 1, x'00')",
    "UPDATE log_mark SET size = 3, note = x'0303030303'",
  ])
  func `refuses one that was changed, taken away or put back by hand`(_ change: String) async throws {
    let (use, vault) = try await bench.create()
    try await use.keep(mark(3))
    try await use.keep(mark(7))
    try SubjectRows(bench.folder.path).unchecked(change)
    let altered = VaultError(.altered(.vault))
    #expect(await failure { _ = try await use.mark(of: "root-log") } == altered)
    #expect(await failure { try await use.keep(mark(9)) } == altered)
    #expect(await failure { try await bench.record(vault) } == altered)
  }

  @Test func `a vault that was sealed before there were marks is opened`() async throws {
    let (_, vault) = try await bench.create()
    _ = vault.isLocked
    let rows = try SubjectRows(bench.folder.path)
    try rows.unchecked("DROP TABLE log_mark; DELETE FROM migration WHERE name = 'vault 3'")
    let reopened = try Vault.open(data: bench.folder.path, provider: bench.provider(), for: .use, clock: bench.clock)
    #expect(try await reopened.mark(of: "root-log") == nil)
    try await reopened.keep(mark(1))
    #expect(try await reopened.mark(of: "root-log") == mark(1))
  }

  @Test func `goes back when somebody gives up, which is an event`() async throws {
    let (use, vault) = try await bench.create()
    try await use.keep(mark(7))
    try await bench.record(vault)
    let (before, after) = (Digest(hashing: [1].span), Digest(hashing: [2].span))
    try await use.giveUp(for: mark(1), before: before, after: after, by: ["alice"])
    #expect(try await use.mark(of: "root-log") == mark(1))
    let event = try #require(try await bench.record(vault).first)
    let alice = try await use.pseudonym(of: "alice")
    #expect(event.name == .rootGivenUp && event.object == "root-log" && event.people == [alice])
    #expect(event.change == StoredChange(from: before, to: after))
  }
}

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
