import Ciphers
import Foundation
import TestKit
import Testing
import Vault

/// Each step that takes two people fails in an orderly way: a failure never ends the process.
struct RefusalTests {
  private let bench: TestVault

  init() throws { bench = try TestVault() }

  static let acts: [(Proposal.Operation, String)] = [
    (.rotateRoot, "another"), (.rotateTenant, "another"), (.retireTenant, "tenant/1"), (.retireTenant, "nothing"),
    (.disable, "nothing"), (.disable, "tenant/9"), (.enable, "tenant/1"), (.enable, "nothing"), (.destroy, "nothing"),
    (.destroy, "tenant/1"), (.cancelDestruction, "tenant/1"), (.cancelDestruction, "nothing"), (.unlock, "another"),
    (.addCustodian, "alice"), (.addCustodian, "carol"), (.removeCustodian, "nobody"), (.removeCustodian, "alice"),
    (.setRoles, "nobody"), (.setRoles, "alice"), (.placeHold, "nothing"),
    (.placeHold, String(repeating: "0", count: 64)),
    (.releaseHold, "nothing"), (.shred, "nothing"), (.shred, String(repeating: "0", count: 64)),
    (.purge, "retention"), (.export, "nothing"), (.giveUpRoot, "root-log"),
    (.adoptPolicy, "hospital"),
  ]

  @Test(arguments: acts) func `refuses what cannot be done, and what is done by the wrong process or twice`(
    _ operation: Proposal.Operation, _ object: String
  ) async throws {
    let (use, vault) = try await bench.create()
    _ = try await use.withSubject(.ada, create: true) { _ in }
    for place in [vault, use] {
      for act in [operation, .rotateRoot] {
        let refused = await failure {
          try await RefusalTests.carryOut(bench.agreed(vault, operation, object).id, act, place)
        }
        #expect(refused != nil)
      }
    }
    await vault.lock(by: "alice")
    let id = vault.draft(operation, object: object).id
    #expect(await failure { try await RefusalTests.carryOut(id, operation, vault) } != nil)
    #expect(await failure { _ = try await use.withSubject(.bob, create: true) { _ in } } == VaultError(.locked))
  }

  @Test func `a lock or a lost key file in the middle of a step is a refusal`() async throws {
    let (use, vault) = try await bench.create()
    _ = try await use.withSubject(.ada, create: true) { _ in }
    _ = try await vault.rotateTenantKey(bench.agreed(vault, .rotateTenant, "tenant"))
    let operations: [(Proposal.Operation, String)] = [
      (.rotateTenant, "tenant"), (.rotateRoot, "root"), (.removeCustodian, "bruno"), (.disable, "tenant/1"),
    ]
    for (operation, object) in operations {
      let approval = try await bench.agreed(vault, operation, object)
      try Vault.lock(data: bench.folder.path)
      let refused = await RefusalTests.refusal(operation, approval, vault)
      #expect(refused?.code == .locked)
      try FileManager.default.removeItem(atPath: bench.folder.path + "/vault/locked")
    }
    let approval = try await bench.agreed(vault, .rotateTenant, "tenant")
    try FileManager.default.removeItem(atPath: bench.folder.path + "/keys/vault.key")
    vault.forget()
    #expect(await RefusalTests.refusal(.rotateTenant, approval, vault) != nil)
    #expect(await failure { _ = try await vault.proveSubjectKeys() } != nil)
  }

  private static func refusal(
    _ operation: Proposal.Operation, _ approval: consuming Approval, _ vault: Vault
  ) async -> VaultError? {
    do throws(VaultError) {
      switch operation {
      case .rotateTenant: _ = try await vault.rotateTenantKey(approval)
      case .rotateRoot: _ = try await vault.rotateRoot(approval)
      case .removeCustodian: _ = try await vault.removeCustodian(approval)
      default: _ = try await vault.disable(approval)
      }
      return nil
    } catch {
      return error
    }
  }

  private static func carryOut(
    _ id: String, _ operation: Proposal.Operation, _ vault: Vault
  ) async throws(VaultError) {
    switch operation {
    case .rotateRoot: _ = try await vault.rotateRoot(vault.approval(of: id))
    case .rotateTenant: _ = try await vault.rotateTenantKey(vault.approval(of: id))
    case .retireTenant: _ = try await vault.retireTenantKey(vault.approval(of: id))
    case .disable: _ = try await vault.disable(vault.approval(of: id))
    case .enable: _ = try await vault.enable(vault.approval(of: id))
    case .destroy: _ = try await vault.scheduleDestruction(vault.approval(of: id))
    case .cancelDestruction: _ = try await vault.cancelDestruction(vault.approval(of: id))
    case .unlock: _ = try await vault.unlock(vault.approval(of: id))
    case .addCustodian: _ = try await vault.addCustodian(vault.approval(of: id))
    case .removeCustodian: _ = try await vault.removeCustodian(vault.approval(of: id))
    case .setRoles: _ = try await vault.setRoles(vault.approval(of: id))
    case .placeHold: _ = try await vault.placeHold(vault.approval(of: id))
    case .releaseHold: _ = try await vault.releaseHold(vault.approval(of: id))
    case .shred: _ = try await vault.announceShred(vault.approval(of: id))
    case .purge: _ = try await vault.announcePurge(Purge(vault.approval(of: id), asking: nil))
    case .export, .revealMany: _ = try await vault.exportKeys(id, to: .passphrase, in: Digest(hashing: [1].span))
    case .adoptPolicy: _ = try await vault.adoptPolicies(vault.approval(of: id))
    case .giveUpRoot:
      let agreed = try await vault.agreementToGiveUp(id)
      let root = Digest(hashing: [1].span)
      try await vault.giveUp(
        agreed, for: LogMark(log: "root-log", epoch: 1, size: 1, note: [1]), before: nil, after: root)
    }
  }
}
