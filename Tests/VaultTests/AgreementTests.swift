import Bytes
import Ciphers
import Foundation
import TestKit
import Testing
import Vault

/// What an agreement of two people is good for, and what nobody can agree to.
struct AgreementTests {
  private let bench: TestVault

  init() throws { bench = try TestVault() }

  private func change(_ sql: String) throws { try SubjectRows(bench.folder.path).change(sql) }

  private func refused(
    _ vault: Vault, _ operation: Proposal.Operation, _ object: String
  ) async -> VaultError? {
    await failure {
      let proposal = vault.draft(operation, object: object)
      try await vault.submit(proposal, by: "alice", signature: bench.alice.sign(proposal, as: .proposer))
    }
  }

  @Test(arguments: [Proposal.Operation.disable, .destroy])
  func `what unlocks, proposes and records is neither disabled nor destroyed`(
    _ operation: Proposal.Operation
  ) async throws {
    let (_, vault) = try await bench.create()
    #expect(await refused(vault, operation, "tenant/1") == VaultError(.inUse, key: Vault.tenantKeyID(1)))
    #expect(await refused(vault, operation, "root") == VaultError(.inUse, key: .root))
    // Agreed to before the version came into use.
    let early = try await bench.agreed(vault, operation, "tenant/2").id
    _ = try await vault.rotateTenantKey(bench.agreed(vault, .rotateTenant, "tenant"))
    let late = await failure {
      let approval = try await vault.approval(of: early)
      _ = try await operation == .disable ? vault.disable(approval) : vault.scheduleDestruction(approval)
    }
    #expect(late == VaultError(.inUse, key: Vault.tenantKeyID(2)))
    #expect(try vault.tenantKeys().map(\.state) == [.enabled, .enabled])
  }

  @Test func `an approval that is held across a rotation disables nothing that came into use`() async throws {
    let (_, vault) = try await bench.create()
    let approval = try await bench.agreed(vault, .disable, "tenant/2")
    _ = try await vault.rotateTenantKey(bench.agreed(vault, .rotateTenant, "tenant"))
    do throws(VaultError) {
      _ = try await vault.disable(approval)
      Issue.record("the key in use was disabled")
    } catch {
      #expect(error == VaultError(.inUse, key: Vault.tenantKeyID(2)))
    }
  }

  @Test func `an old version that is disabled stops nothing but its subjects, and comes back`() async throws {
    let (use, vault) = try await bench.create()
    let tag = try await use.withSubject(.ada, create: true) { key in Vault.subjectTag(key) }
    _ = try await vault.rotateTenantKey(bench.agreed(vault, .rotateTenant, "tenant"))
    _ = try await vault.disable(bench.agreed(vault, .disable, "tenant/1"))
    #expect(await failure { _ = try await use.tag(of: .ada) }?.code == .keyDisabled)
    _ = try await use.withSubject(.bob, create: true) { _ in }
    _ = try await vault.rotateTenantKey(bench.agreed(vault, .rotateTenant, "tenant"))
    #expect(try await vault.rewrapSubjects().keys == 1)
    #expect(try vault.tenantKeys().map(\.subjects) == [1, 0, 1])
    _ = await vault.lock(by: "alice")
    let lock = try require(vault.lockID())
    _ = try await vault.unlock(bench.agreed(vault, .unlock, lock))
    try await bench.record(vault)
    _ = try await vault.enable(bench.agreed(vault, .enable, "tenant/1"))
    #expect(try await use.tag(of: .ada) == tag)
    #expect(try await vault.rewrapSubjects().keys == 1)
  }

  @Test func `an agreement takes off the lock that was on, not the next`() async throws {
    let (use, vault) = try await bench.create()
    #expect(try vault.lockID() == nil)
    #expect(await refused(vault, .unlock, "vault") == VaultError(.notLocked))
    _ = await vault.lock(by: "alice")
    let first = try require(vault.lockID())
    #expect(await refused(vault, .unlock, "another") == VaultError(.proposal(.changed)))
    #expect(vault.draft(.unlock, object: "vault").object == first)
    let spare = try await bench.agreed(vault, .unlock, first).id
    let held = try await vault.approval(of: spare)
    _ = try await vault.unlock(bench.agreed(vault, .unlock, first))
    #expect(!use.isLocked)
    #expect(await failure { _ = try await vault.approval(of: spare) } == VaultError(.notLocked))
    _ = await vault.lock(by: "alice")
    #expect(await failure { _ = try await vault.approval(of: spare) } == VaultError(.proposal(.changed)))
    do throws(VaultError) {
      _ = try await vault.unlock(held)
      Issue.record("an agreement took off a lock that nobody had seen")
    } catch {
      #expect(error == VaultError(.proposal(.changed)))
    }
    #expect(use.isLocked)
  }

  @Test(arguments: ["", "stop\n"])
  func `a marker made by hand is a lock as well`(_ content: String) async throws {
    let (use, vault) = try await bench.create()
    try content.write(toFile: bench.folder.path + "/vault/locked", atomically: true, encoding: .utf8)
    #expect(use.isLocked)
    let lock = try require(vault.lockID())
    #expect(lock == Hex.encode(Array(Digest(hashing: Array(content.utf8).span).bytes.prefix(16))))
    _ = try await vault.unlock(bench.agreed(vault, .unlock, lock))
    #expect(!use.isLocked)
  }

  enum Replay: String, CaseIterable {
    case cleared = "UPDATE proposal SET done = NULL, done_number = NULL"
    case undone = "UPDATE proposal SET done = NULL"
    case unnumbered = "UPDATE proposal SET done_number = NULL"
    case later = "UPDATE proposal SET done = done + 1 WHERE done IS NOT NULL"
    case deleted = "DELETE FROM proposal WHERE done IS NOT NULL"
    case recoded = "UPDATE vault SET done_code = zeroblob(32)"
  }

  @Test(arguments: Replay.allCases)
  func `an agreement that was carried out is not carried out again by a change of the file`(
    _ replay: Replay
  ) async throws {
    let (_, vault) = try await bench.create()
    let approval = try await bench.agreed(vault, .rotateTenant, "tenant")
    let id = approval.id
    let other = try await bench.agreed(vault, .rotateTenant, "tenant").id
    _ = try await vault.rotateTenantKey(approval)
    try change(replay.rawValue)
    let again = await failure { _ = try await vault.rotateTenantKey(vault.approval(of: id)) }
    #expect([.altered(.proposals), .proposal(.alreadyDone), .proposal(.unknown)].contains(again?.code))
    // Nor is anything else until the file is put right.
    let damaged = VaultError(.altered(.proposals))
    #expect(await failure { _ = try await vault.approval(of: other) } == damaged)
    let refused = await failure { _ = try await bench.agreed(vault, .rotateTenant, "tenant") }
    #expect(refused == damaged || refused == VaultError(.altered(.vault)))
    #expect(try vault.tenantKeys().count == 2)
  }

  @Test(arguments: ["a\u{1B}[2J", "a\nb", "a\u{202E}b", "\u{7F}"])
  func `a proposal that a terminal would not show as it is is refused`(_ text: String) async throws {
    let (_, vault) = try await bench.create()
    for proposal in [
      vault.draft(.retireTenant, object: text), vault.draft(.retireTenant, object: "tenant/1", parameters: [text: "x"]),
      vault.draft(.retireTenant, object: "tenant/1", parameters: ["x": text]),
    ] {
      let refusal = await failure {
        try await vault.submit(proposal, by: "alice", signature: bench.alice.sign(proposal, as: .proposer))
      }
      #expect(refusal == VaultError(.proposal(.malformed)))
      #expect(Proposal(proposal.bytes) == nil)
    }
  }

  @Test func `a hold that comes after the announcement stops the destruction`() async throws {
    let (use, vault) = try await bench.create()
    let tag = try await use.withSubject(.ada, create: true) { key in Vault.subjectTag(key) }
    bench.pass(days: 6 * 366 + 2)
    _ = try await vault.announceShred(bench.agreed(vault, .shred, tag.description))
    try await bench.record(vault)
    _ = try await vault.placeHold(bench.agreed(vault, .placeHold, tag.description))
    #expect(await failure { _ = try await vault.completeShred(tag) } == VaultError(.held))
    #expect(try SubjectRows(bench.folder.path).wrapped(1).count > 0)
  }

  @Test func `a retired version of the tenant key is in no file, also while another process reads`() async throws {
    let (use, vault) = try await bench.create()
    let wrapped = try SubjectRows(bench.folder.path).text("SELECT wrapped FROM tenant_key WHERE version = 1")
    _ = try await vault.rotateTenantKey(bench.agreed(vault, .rotateTenant, "tenant"))
    _ = try await use.withSubject(.ada, create: true) { _ in }
    _ = try await vault.retireTenantKey(bench.agreed(vault, .retireTenant, "tenant/1"))
    for name in try FileManager.default.contentsOfDirectory(atPath: bench.folder.path + "/vault") {
      let content = FileManager.default.contents(atPath: bench.folder.path + "/vault/" + name) ?? Data()
      #expect(content.range(of: Data(wrapped.utf8)) == nil, "\(name)")
    }
  }

  @Test func `a key is not destroyed because its row says so`() async throws {
    let (_, vault) = try await bench.create()
    _ = try await vault.rotateTenantKey(bench.agreed(vault, .rotateTenant, "tenant"))
    let damaged = VaultError(.altered(.vault))
    try change("UPDATE tenant_key SET state = 3, destruction = 0 WHERE version = 1")
    #expect(await failure { _ = try await vault.destroyDue() } == damaged)
    try change("UPDATE tenant_key SET state = 1, destruction = NULL WHERE version = 1")
    _ = try await vault.scheduleDestruction(bench.agreed(vault, .destroy, "tenant/1"))
    #expect(try await vault.destroyDue().isEmpty)
    let due = try SubjectRows(bench.folder.path).text("SELECT destruction FROM tenant_key WHERE version = 1")
    try change("UPDATE tenant_key SET destruction = 0 WHERE version = 1")
    #expect(await failure { _ = try await vault.destroyDue() } == damaged)
    try change("UPDATE tenant_key SET destruction = \(due) WHERE version = 1")
    bench.pass(days: 7)
    #expect(await failure { _ = try await vault.destroyDue() } == VaultError(.unrecorded))
    _ = try await vault.cancelDestruction(bench.agreed(vault, .cancelDestruction, "tenant/1"))
    try await bench.record(vault)
    try change("UPDATE tenant_key SET state = 3 WHERE version = 1")
    #expect(await failure { _ = try await vault.destroyDue() } == damaged)
    #expect(try vault.tenantKeys().map(\.state) == [.pendingDestruction, .enabled])
  }

  @Test func `a row that was put among the waiting events keeps none of them from the log`() async throws {
    let (_, vault) = try await bench.create()
    try change("INSERT INTO outbox (id, body, code, lasting) VALUES ('x', x'00', x'00', 0)")
    _ = try await bench.agreed(vault, .rotateTenant, "tenant")
    var log: [VaultEvent.Name] = []
    let damage = await failure {
      try await vault.takeOutbox { event in
        log.append(event.name)
        return UInt64(log.count)
      }
    }
    #expect(damage == VaultError(.altered(.outbox)))
    #expect(log == [.proposalMade, .proposalApproved])
    #expect(try vault.waitingEvents() == 1)
  }

  @Test func `a tag that was moved to another row destroys neither key`() async throws {
    let (use, vault) = try await bench.create()
    let ada = try await use.withSubject(.ada, create: true) { key in Vault.subjectTag(key) }
    let bob = try await use.withSubject(.bob, create: true) { key in Vault.subjectTag(key) }
    bench.pass(days: 6 * 366 + 2)
    try change("UPDATE subject SET tag = zeroblob(32) WHERE tag = x'\(ada)'")
    try change("UPDATE subject SET tag = x'\(ada)' WHERE tag = x'\(bob)'")
    try change("UPDATE subject SET tag = x'\(bob)' WHERE tag = zeroblob(32)")
    let refused = await failure { _ = try await vault.announceShred(bench.agreed(vault, .shred, ada.description)) }
    #expect(refused?.isAboutAlteration == true)
    #expect(await failure { _ = try await vault.due(at: bench.clock()) } == VaultError(.altered(.subjects)))
    try await bench.record(vault)
    #expect(await failure { _ = try await vault.completeShred(ada) }?.code != nil)
    #expect(try SubjectRows(bench.folder.path).wrapped(1).count > 0)
    #expect(try SubjectRows(bench.folder.path).wrapped(2).count > 0)
  }
}
