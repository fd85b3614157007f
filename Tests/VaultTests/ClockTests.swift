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

  @Test func `from one machine to another days go by no faster`() async throws {
    let (_, vault) = try await bench.create()
    let machines = ["5e3c", "77d0"].map(Machine.init)
    let honest = try ahead(0, uptime: { machines[0].uptime })
    _ = try await honest.rotateTenantKey(bench.agreed(honest, .rotateTenant, "tenant"))
    _ = try await honest.scheduleDestruction(bench.agreed(honest, .destroy, "tenant/1"))
    try await bench.record(honest)
    for days: Int64 in 1...20 {
      for machine in machines { try await ahead(days, uptime: { machine.uptime }).proveKept() }
      try await honest.proveKept()
    }
    let key = Vault.tenantKeyID(1)
    #expect(try #require(try await vault.waitingPeriod(of: key)).counted <= 2)
    #expect(try await ahead(20, uptime: { machines[1].uptime }).destroyDue().isEmpty)
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

  /// Some containers have a file of their own over `boot_id`, from the first day on or after an upgrade.
  @Test(arguments: ["-", "5e3c"])
  func `where it is not known which run it is, the time since the start counts the days`(_ before: String) async throws
  {
    let (_, vault) = try await bench.create()
    let (known, machine) = (Machine(before), Machine("-"))
    let first = try ahead(0, uptime: { known.uptime })
    _ = try await first.rotateTenantKey(bench.agreed(first, .rotateTenant, "tenant"))
    _ = try await first.scheduleDestruction(bench.agreed(first, .destroy, "tenant/1"))
    try await bench.record(first)
    for days: Int64 in 1...30 { try await ahead(days, uptime: { machine.uptime }).proveKept() }
    let honest = try ahead(0, uptime: { machine.uptime })
    #expect(try await honest.waitingPeriod(of: Vault.tenantKeyID(1)) == WaitingPeriod(counted: 0, days: 7))
    for _ in 1...7 {
      #expect(try await honest.destroyDue().isEmpty)
      bench.pass(days: 1)
      machine.pass(days: 1)
      try await honest.proveKept()
    }
    #expect(try await honest.destroyDue().count == 1)
    #expect(try vault.tenantKeys()[0].state == .destroyed)
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

  /// What one person gains by having the clock say a day on which an agreement of two was not over.
  @Test(arguments: [Proposal.Operation.rotateTenant, .unlock])
  func `an agreement that was over stays over under a clock that is set back`(_ operation: Proposal.Operation)
    async throws
  {
    _ = try await bench.create()
    let machine = Machine()
    let honest = try ahead(0, uptime: { machine.uptime })
    if operation == .unlock { try Vault.lock(data: bench.folder.path) }
    let object = operation == .unlock ? "vault" : "tenant"
    let id = try await bench.agreed(honest, operation, object).id
    #expect(await failure { _ = try await honest.approval(of: id) } == nil)
    // Nobody used the vault since: it is the machine that has counted.
    machine.pass(days: 3)
    for uptime in [machine.uptime, nil, Uptime("1 5e3c")] {
      let back = try ahead(0, uptime: { uptime })
      #expect(await failure { _ = try await back.approval(of: id) } == VaultError(.proposal(.expired)))
    }
  }

  @Test func `an agreement is over when more days were counted than it had, whatever machine and clock say`()
    async throws
  {
    let (_, vault) = try await bench.create()
    let agreed = try await bench.agreed(vault, .rotateTenant, "tenant")
    let id = agreed.id
    for day: Int64 in 1...2 {
      let later = try ahead(day)
      try await later.proveKept()
    }
    #expect(await failure { _ = try await vault.approval(of: id) } == VaultError(.proposal(.expired)))
    // Nor does an approval help that was had before.
    do {
      _ = try await vault.rotateTenantKey(agreed)
      Issue.record("carried out")
    } catch {
      #expect(error == VaultError(.proposal(.expired)))
    }
    // A proposal that nobody has approved is as old.
    let waiting = vault.draft(.rotateTenant, object: "tenant")
    try await vault.submit(waiting, by: "alice", signature: bench.alice.sign(waiting, as: .proposer))
    for day: Int64 in 3...4 { try await ahead(day).proveKept() }
    let refused = await failure {
      try await vault.approve(waiting.id, by: "bruno", signature: bench.bruno.sign(waiting, as: .approver))
    }
    #expect(refused == VaultError(.proposal(.expired)))
    #expect(try SubjectRows(bench.folder.path).text("SELECT count(*) FROM fact WHERE name LIKE 'proposed %'") == "2")
    for day: Int64 in 5...14 { try await ahead(day).proveKept() }
    #expect(try SubjectRows(bench.folder.path).text("SELECT count(*) FROM fact WHERE name LIKE 'proposed %'") == "0")
  }

  @Test func `what is known of a proposal's age is under the seal`() async throws {
    let (_, vault) = try await bench.create()
    let id = try await bench.agreed(vault, .rotateTenant, "tenant").id
    try SubjectRows(bench.folder.path).unchecked("UPDATE fact SET number = 9 WHERE name LIKE 'proposed %'")
    #expect(await failure { _ = try await vault.approval(of: id) } == VaultError(.altered(.vault)))
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
  private let boot: String

  init(_ boot: String = "5e3c") { self.boot = boot }

  var uptime: Uptime? { Uptime("\(seconds.withLock { $0 }) \(boot)") }

  func pass(days: Int64) { seconds.withLock { $0 += days * 86_400 } }
}
