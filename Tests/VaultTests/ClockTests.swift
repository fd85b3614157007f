import Ciphers
import Foundation
import Synchronization
import TestKit
import Testing
import Vault

/// What one person gains by having a command told another date.
struct ClockTests {
  private let bench: TestVault

  init() throws { bench = try TestVault() }

  /// The same vault, seen by a process whose clock runs so many days ahead.
  private func ahead(_ days: Int64, uptime: @escaping @Sendable () -> Uptime? = { nil }) throws -> Vault {
    try Vault.open(
      data: bench.folder.path, provider: bench.provider(), for: .administration,
      clock: { [bench] in bench.clock().adding(days: days) }, uptime: uptime)
  }

  @Test func `what one person proposes under a clock that runs ahead the next does not approve`() async throws {
    let (use, vault) = try await bench.create()
    let tag = try await use.withSubject(.ada, create: true) { key in Vault.subjectTag(key) }
    let later = try ahead(2200)
    let proposal = later.draft(.shred, object: tag.description)
    try await later.submit(proposal, by: "alice", signature: bench.alice.sign(proposal, as: .proposer))
    let refused = await failure {
      try await vault.approve(proposal.id, by: "bruno", signature: bench.bruno.sign(proposal, as: .approver))
    }
    #expect(refused == VaultError(.proposal(.madeLater)))
    #expect(await failure { _ = try await vault.approval(of: proposal.id) } == VaultError(.proposal(.madeLater)))
    // Nor does it help her that both agreed today: then it is over.
    _ = try await bench.agreed(vault, .shred, tag.description)
    let today = try #require(try vault.proposals().last)
    #expect(await failure { _ = try await later.approval(of: today.id) } == VaultError(.proposal(.expired)))
    #expect(try await !vault.outline(of: tag).isShredded)
  }

  @Test func `a waiting period is not over because a clock says so, in one step or day by day`() async throws {
    let (_, vault) = try await bench.create()
    let machine = Machine()
    let honest = try ahead(0, uptime: { machine.uptime })
    _ = try await honest.rotateTenantKey(bench.agreed(honest, .rotateTenant, "tenant"))
    _ = try await honest.scheduleDestruction(bench.agreed(honest, .destroy, "tenant/1"))
    try await bench.record(honest)
    let key = Vault.tenantKeyID(1)
    #expect(try await ahead(8, uptime: { machine.uptime }).destroyDue().isEmpty)
    for days: Int64 in 1...30 {
      let stepped = try ahead(days, uptime: { machine.uptime })
      try await stepped.proveKept()
      #expect(try await stepped.destroyDue().isEmpty)
    }
    #expect(try vault.tenantKeys()[0].state == .pendingDestruction)
    #expect(try await honest.waitingPeriod(of: key) == WaitingPeriod(counted: 0, days: 7))

    // Seven days of the machine on which the vault was in use.
    for day: Int64 in 1...7 {
      #expect(try await honest.destroyDue().isEmpty)
      bench.pass(days: 1)
      machine.pass(days: 1)
      try await honest.proveKept()
      #expect(try await honest.waitingPeriod(of: key)?.counted == day)
    }
    #expect(try await honest.destroyDue().map(\.name) == [.keyDestroyed])
  }

  @Test func `a day on which the vault was not in use does not count`() async throws {
    let (_, vault) = try await bench.create()
    _ = try await vault.rotateTenantKey(bench.agreed(vault, .rotateTenant, "tenant"))
    _ = try await vault.scheduleDestruction(bench.agreed(vault, .destroy, "tenant/1"))
    try await bench.record(vault)
    bench.pass(days: 8)
    #expect(try await vault.destroyDue().isEmpty)
    for _ in 1...6 {
      bench.pass(days: 1)
      try await vault.proveKept()
    }
    #expect(try await vault.destroyDue().map(\.name) == [.keyDestroyed])
  }

  @Test(arguments: [
    "UPDATE fact SET number = 400 WHERE name = 'days'", "UPDATE fact SET number = -9 WHERE name LIKE 'destroy.%'",
    "DELETE FROM fact WHERE name LIKE 'destroy.%'", "DELETE FROM fact",
    "INSERT INTO fact (name, number) VALUES ('x', 1)",
  ])
  func `the days that were counted are under the seal`(_ change: String) async throws {
    let (_, vault) = try await bench.create()
    _ = try await vault.rotateTenantKey(bench.agreed(vault, .rotateTenant, "tenant"))
    _ = try await vault.scheduleDestruction(bench.agreed(vault, .destroy, "tenant/1"))
    try await bench.record(vault)
    bench.pass(days: 8)
    try SubjectRows(bench.folder.path).unchecked(change)
    #expect(await failure { _ = try await vault.destroyDue() } == VaultError(.altered(.vault)))
  }

  @Test func `the uptime of this machine grows`() throws {
    let (first, second) = (try #require(Uptime.now()), try #require(Uptime.now()))
    #expect(Uptime(first.description) == first)
    #expect(Set([first, second].map { $0.description.split(separator: " ")[1] }).count == 1)
  }

  @Test(arguments: ["tenant/01", "tenant/+1", "tenant/1 ", "tenant/", "tenant/0", "Tenant/1"])
  func `a key has one name, and no other spelling of it is agreed on`(_ name: String) async throws {
    let (_, vault) = try await bench.create()
    _ = try await vault.rotateTenantKey(bench.agreed(vault, .rotateTenant, "tenant"))
    for operation: Proposal.Operation in [.destroy, .cancelDestruction, .disable, .enable, .retireTenant] {
      let refused = await failure { _ = try await bench.agreed(vault, operation, name) }
      #expect(refused == VaultError(.unknownKey))
    }
  }

  @Test func `a destruction that was called off begins anew when it is agreed to anew`() async throws {
    let (_, vault) = try await bench.create()
    _ = try await vault.rotateTenantKey(bench.agreed(vault, .rotateTenant, "tenant"))
    _ = try await vault.scheduleDestruction(bench.agreed(vault, .destroy, "tenant/1"))
    _ = try await vault.cancelDestruction(bench.agreed(vault, .cancelDestruction, "tenant/1"))
    for _ in 1...8 {
      bench.pass(days: 1)
      try await vault.proveKept()
    }
    _ = try await vault.scheduleDestruction(bench.agreed(vault, .destroy, "tenant/1", ["days": "30"]))
    try await bench.record(vault)
    #expect(try await vault.destroyDue().isEmpty)
    #expect(try await vault.waitingPeriod(of: Vault.tenantKeyID(1)) == WaitingPeriod(counted: 0, days: 30))
  }
}

/// A machine that has run for as long as a test says.
private final class Machine: Sendable {
  private let seconds = Mutex<Int64>(100_000)

  var uptime: Uptime? { Uptime("\(seconds.withLock { $0 }) 5e3c") }

  func pass(days: Int64) { seconds.withLock { $0 += days * 86_400 } }
}
