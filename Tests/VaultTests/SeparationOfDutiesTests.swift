import Bytes
import Ciphers
import Foundation
import TestKit
import Testing
import Vault

struct SeparationOfDutiesTests {
  private let bench: TestVault

  init() throws { bench = try TestVault() }

  @Test(.proves("ENC-08"))
  func `a key administrator cannot decrypt data, a data user cannot rotate, one person cannot destroy`() async throws {
    let (use, administration) = try await bench.create()
    _ = try await use.withSubject(.ada, create: true) { _ in }
    // Key administrators: no path from their duty to data, and no role that has one.
    #expect(await failure { _ = try await administration.tag(of: .ada) } == VaultError(.forbidden))
    #expect(
      await failure { _ = try await administration.withSubject(.ada, create: false) { _ in } } == VaultError(.forbidden)
    )
    #expect(await failure { _ = try await administration.sealingKey() } == VaultError(.forbidden))
    #expect(await failure { _ = try await administration.fieldCipher("tokens") } == VaultError(.forbidden))
    #expect(!Role.mayGoTogether([.keyAdministrator, .keyUser]))
    #expect(!Role.mayGoTogether([.keyAdministrator, .revealer]))
    // A data user: neither the person nor the process can rotate.
    try await bench.add(bench.carol, [.keyUser], to: administration)
    let rotation = use.draft(.rotateTenant, object: "tenant")
    let proposed = await failure {
      try await use.submit(rotation, by: "carol", signature: bench.carol.sign(rotation, as: .proposer))
    }
    #expect(proposed == VaultError(.proposal(.wrongRole)))
    let rotated = await failure {
      _ = try await use.rotateTenantKey(bench.agreed(administration, .rotateTenant, "tenant"))
    }
    #expect(rotated == VaultError(.forbidden))
    // One person: proposing is not enough, and nobody approves what he proposed.
    _ = try await administration.rotateTenantKey(bench.agreed(administration, .rotateTenant, "tenant"))
    let destruction = administration.draft(.destroy, object: "tenant/1")
    try await administration.submit(destruction, by: "alice", signature: bench.alice.sign(destruction, as: .proposer))
    #expect(
      await failure { _ = try await administration.approval(of: destruction.id) }
        == VaultError(.proposal(.notYetApproved)))
    let himself = await failure {
      try await administration.approve(
        destruction.id, by: "alice", signature: bench.alice.sign(destruction, as: .approver))
    }
    #expect(himself == VaultError(.proposal(.samePerson)))
    #expect(try administration.tenantKeys().map(\.state) == [.enabled, .enabled])
  }

  @Test func `a proposal is refused when expired, replayed, changed, signed for another part or by a stranger`()
    async throws
  {
    let (_, vault) = try await bench.create()
    let proposal = vault.draft(.retireTenant, object: "tenant/1", validFor: 3_600_000)
    let signature = try bench.alice.sign(proposal, as: .proposer)
    #expect(
      await failure { try await vault.submit(proposal, by: "carol", signature: signature) }
        == VaultError(.proposal(.wrongRole)))
    #expect(
      await failure { try await vault.submit(proposal, by: "bruno", signature: signature) }
        == VaultError(.proposal(.badSignature)))
    try await vault.submit(proposal, by: "alice", signature: signature)
    #expect(
      await failure { try await vault.submit(proposal, by: "alice", signature: signature) }
        == VaultError(.proposal(.replayed)))
    let wrongPart = try bench.bruno.sign(proposal, as: .proposer)
    #expect(
      await failure { try await vault.approve(proposal.id, by: "bruno", signature: wrongPart) }
        == VaultError(.proposal(.badSignature)))
    let other = vault.draft(.retireTenant, object: "tenant/2")
    let changed = try bench.bruno.sign(other, as: .approver)
    #expect(
      await failure { try await vault.approve(proposal.id, by: "bruno", signature: changed) }
        == VaultError(.proposal(.badSignature)))
    bench.pass(milliseconds: 3_600_000)
    let late = try bench.bruno.sign(proposal, as: .approver)
    #expect(
      await failure { try await vault.approve(proposal.id, by: "bruno", signature: late) }
        == VaultError(.proposal(.expired)))
    #expect(Proposal(proposal.bytes) == proposal)
    #expect(Proposal(proposal.bytes + [0x20]) == nil)
  }

  @Test func `an agreement is good once, and only for what was agreed`() async throws {
    let (_, vault) = try await bench.create()
    let approval = try await bench.agreed(vault, .rotateTenant, "tenant")
    let id = approval.id
    let other = await failure { _ = try await vault.disable(vault.approval(of: id)) }
    #expect(other == VaultError(.proposal(.changed)))
    let second = try await vault.approval(of: id)
    _ = try await vault.rotateTenantKey(approval)
    do throws(VaultError) {
      _ = try await vault.rotateTenantKey(second)
      Issue.record("an agreement was carried out twice")
    } catch {
      #expect(error == VaultError(.proposal(.alreadyDone)))
    }
    #expect(try vault.tenantKeys().count == 2)
  }

  @Test func `a log administrator takes part in nothing, nor does one key under two names`() async throws {
    let (_, vault) = try await bench.create()
    #expect(!Role.mayGoTogether([.logAdministrator, .keyAdministrator]))
    #expect(!Role.mayGoTogether([.auditor, .logAdministrator]), "reports on people are not for who runs the log")
    #expect(
      await failure { try await bench.add(bench.carol, [.auditor, .logAdministrator], to: vault) }
        == VaultError(.rolesConflict))
    try await bench.add(bench.carol, [.logAdministrator], to: vault)
    let proposal = vault.draft(.placeHold, object: "00")
    let refused = await failure {
      try await vault.submit(proposal, by: "carol", signature: bench.carol.sign(proposal, as: .proposer))
    }
    #expect(refused == VaultError(.proposal(.logAdministrator)))
    let again = await failure {
      let key = Base64.encode(bench.alice.verificationKey.bytes)
      let parameters = ["key": key, "roles": "key_administrator"]
      _ = try await vault.addCustodian(bench.agreed(vault, .addCustodian, "alicia", parameters))
    }
    #expect(again == VaultError(.proposal(.sameKey)))
    let both = await failure {
      let parameters = ["roles": "key_administrator,log_administrator"]
      _ = try await vault.setRoles(bench.agreed(vault, .setRoles, "alice", parameters))
    }
    #expect(both == VaultError(.rolesConflict))
    let removal = await failure {
      _ = try await vault.removeCustodian(bench.agreed(vault, .removeCustodian, "bruno"))
    }
    #expect(removal == VaultError(.tooFewCustodians))
  }

  @Test func `a role that was taken away counts no more`() async throws {
    let (_, vault) = try await bench.create()
    try await bench.add(bench.carol, [.keyAdministrator], to: vault)
    let proposal = vault.draft(.rotateTenant, object: "tenant")
    try await vault.submit(proposal, by: "carol", signature: bench.carol.sign(proposal, as: .proposer))
    try await vault.approve(proposal.id, by: "bruno", signature: bench.bruno.sign(proposal, as: .approver))
    _ = try await vault.setRoles(bench.agreed(vault, .setRoles, "carol", ["roles": "auditor"]))
    #expect(await failure { _ = try await vault.approval(of: proposal.id) } == VaultError(.proposal(.wrongRole)))
  }

  @Test(arguments: [true, false])
  func `a person's key file opens again, with its passphrase when it has one`(_ sealed: Bool) throws {
    let passphrase = sealed ? TestVault.passphrase : nil
    let text = try bench.alice.revealingFile(passphrase: passphrase, parameters: require(TestVault.parameters))
    let again = try CustodianKey(file: text, passphrase: passphrase)
    #expect(again.name == "alice" && again.verificationKey == bench.alice.verificationKey)
    if sealed { #expect(throws: VaultError(.noPassphrase)) { _ = try CustodianKey(file: text, passphrase: nil) } }
  }

  @Test func `each step is an event, in order and with the pseudonyms of its people`() async throws {
    let (use, vault) = try await bench.create()
    _ = try await vault.rotateTenantKey(bench.agreed(vault, .rotateTenant, "tenant"))
    let events = try await bench.record(use)
    #expect(events.map(\.name) == [.proposalMade, .proposalApproved, .keyRotated])
    let people = [try await use.pseudonym(of: "alice"), try await use.pseudonym(of: "bruno")]
    #expect(events.map(\.people) == [[people[0]], [people[1]], people])
    #expect(try await bench.record(use).isEmpty)
  }
}
