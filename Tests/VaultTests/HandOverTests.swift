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
