import Ciphers
import TestKit
import Testing
import Vault

/// Which set of policies two people have adopted.
struct PolicyAdoptionTests {
  private let bench: TestVault
  private let first = Digest(hashing: [1].span)
  private let second = Digest(hashing: [2].span)

  init() throws { bench = try TestVault() }

  @Test func `the set in force is the one that two people adopted last, which is an event with both hashes`()
    async throws
  {
    let (use, vault) = try await bench.create()
    #expect(try await use.adoptedPolicies() == nil)
    let one = try await bench.agreed(vault, .adoptPolicy, first.description, ["instead_of": "none"])
    let oneID = one.id
    // A gateway does not carry it out, whoever agreed.
    #expect(await failure { _ = try await use.adoptPolicies(use.approval(of: oneID)) } == VaultError(.forbidden))
    _ = try await vault.adoptPolicies(one)
    #expect(try await use.adoptedPolicies() == PolicyAdoption(digest: first, proposalID: oneID))
    let two = try await bench.agreed(
      vault, .adoptPolicy, second.description, ["instead_of": first.description])
    let twoID = two.id
    _ = try await vault.adoptPolicies(two)
    #expect(try await use.adoptedPolicies() == PolicyAdoption(digest: second, proposalID: twoID))
    let event = try #require(try await bench.record(vault).last)
    #expect(event.name == .policyAdopted && event.approval == twoID && event.people.count == 2)
    #expect(event.change == StoredChange(from: first, to: second))
    // What was carried out is not carried out again.
    #expect(
      await failure { _ = try await vault.adoptPolicies(vault.approval(of: oneID)) }
        == VaultError(.proposal(.alreadyDone)))
  }

  @Test func `one person adopts nothing, nor do two what is no hash`() async throws {
    let (use, vault) = try await bench.create()
    let proposal = vault.draft(.adoptPolicy, object: first.description, parameters: ["instead_of": "none"])
    try await vault.submit(proposal, by: "alice", signature: bench.alice.sign(proposal, as: .proposer))
    #expect(
      await failure { _ = try await vault.adoptPolicies(vault.approval(of: proposal.id)) }
        == VaultError(.proposal(.notYetApproved)))
    #expect(try await use.adoptedPolicies() == nil)
    for (object, parameters) in [
      ("hospital", ["instead_of": "none"]), (first.description, [:]), (first.description, ["instead_of": "hospital"]),
    ] {
      #expect(
        await failure { _ = try await bench.agreed(vault, .adoptPolicy, object, parameters).id }
          == VaultError(.proposal(.malformed)))
    }
  }

  @Test func `a set takes the place of the one that two people knew, and of no other`() async throws {
    let (use, vault) = try await bench.create()
    let (one, other) = (
      try await bench.agreed(vault, .adoptPolicy, first.description, ["instead_of": "none"]).id,
      try await bench.agreed(vault, .adoptPolicy, second.description, ["instead_of": "none"]).id
    )
    _ = try await vault.adoptPolicies(vault.approval(of: one))
    #expect(
      await failure { _ = try await vault.adoptPolicies(vault.approval(of: other)) }
        == VaultError(.proposal(.changed)))
    #expect(try await use.adoptedPolicies() == PolicyAdoption(digest: first, proposalID: one))
    let next = try await bench.agreed(
      vault, .adoptPolicy, second.description, ["instead_of": first.description]
    ).id
    _ = try await vault.adoptPolicies(vault.approval(of: next))
    #expect(try await use.adoptedPolicies() == PolicyAdoption(digest: second, proposalID: next))
  }

  @Test(arguments: [
    "UPDATE proposal SET done = 1, done_number = 1", "DELETE FROM proposal",
    "UPDATE proposal SET body = CAST(replace(body, 'adopt_policy', 'place_hold') AS BLOB)",
  ])
  func `what was adopted cannot be changed in the file`(_ change: String) async throws {
    let (use, vault) = try await bench.create()
    let approval = try await bench.agreed(vault, .adoptPolicy, first.description, ["instead_of": "none"])
    _ = try await vault.adoptPolicies(approval)
    try SubjectRows(bench.folder.path).unchecked(change)
    await #expect(throws: VaultError.self) { try await use.adoptedPolicies() }
  }
}
