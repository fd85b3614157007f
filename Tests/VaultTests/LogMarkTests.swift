import Ciphers
import TestKit
import Testing
import Vault

/// What the vault keeps of where a log stood.
struct LogMarkTests {
  private let bench: TestVault

  init() throws { bench = try TestVault() }

  private func mark(_ size: UInt64, of log: String = "root-log", in epoch: UInt32 = 0) -> LogMark {
    LogMark(log: log, epoch: epoch, size: size, note: [UInt8](repeating: UInt8(size), count: 5))
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
    #expect(try Vault.unsealedMarks(data: bench.folder.path) == [mark(2, of: "other"), mark(7)])
    #expect(try Vault.unsealedMarks(data: "\(bench.folder.path)/none") == nil)
    // Also while the kill switch is on.
    await administration.lock(by: "alice")
    #expect(try await use.mark(of: "root-log") == mark(7))
  }

  @Test(arguments: [
    "UPDATE log_mark SET size = 1", "UPDATE log_mark SET note = x'00'", "UPDATE log_mark SET log = 'x'",
    "DELETE FROM log_mark", "INSERT INTO log_mark (log, size, note) VALUES ('x', 1, x'00')",
    "UPDATE log_mark SET size = 3, note = x'0303030303'", "UPDATE log_mark SET epoch = 1",
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

  @Test func `a vault that was sealed before there were marks and facts is opened`() async throws {
    let (_, vault) = try await bench.create()
    _ = vault.isLocked
    let rows = try SubjectRows(bench.folder.path)
    try rows.unchecked(
      """
      DROP TABLE log_mark; DROP TABLE fact; DROP TABLE consent; ALTER TABLE subject DROP COLUMN consents;
      DELETE FROM migration WHERE position > 0;
      """)
    let reopened = try Vault.open(data: bench.folder.path, provider: bench.provider(), for: .use, clock: bench.clock)
    #expect(try await reopened.mark(of: "root-log") == nil)
    try await reopened.keep(mark(1))
    #expect(try await reopened.mark(of: "root-log") == mark(1))
  }

  @Test func `a vault that was sealed before there were epochs is opened, and read without its key`() async throws {
    let (use, _) = try await bench.create()
    try await use.keep(mark(7))
    let rows = try SubjectRows(bench.folder.path)
    let note = "x'0707070707'"
    let facts = try rows.text(
      "SELECT group_concat('(' || quote(name) || ', ' || number || ', ' || quote(text) || ')') FROM fact")
    try rows.unchecked(
      """
      DROP TABLE log_mark; DROP TABLE fact; DROP TABLE consent; ALTER TABLE subject DROP COLUMN consents;
      DELETE FROM migration WHERE position > 1;
      CREATE TABLE log_mark (log TEXT PRIMARY KEY, size INTEGER NOT NULL, note BLOB NOT NULL) STRICT;
      INSERT INTO log_mark VALUES ('root-log', 7, \(note));
      """)
    #expect(try Vault.unsealedMark(of: "root-log", data: bench.folder.path) == mark(7))
    let reopened = try Vault.open(data: bench.folder.path, provider: bench.provider(), for: .use, clock: bench.clock)
    try rows.unchecked("INSERT INTO fact VALUES \(facts)")
    #expect(try await reopened.mark(of: "root-log") == mark(7))
    try rows.unchecked("UPDATE log_mark SET epoch = 1")
    #expect(await failure { _ = try await reopened.mark(of: "root-log") } == VaultError(.altered(.vault)))
  }

  private func parameters(_ mark: LogMark?, _ reason: String = "the disk is gone") -> [String: String] {
    [
      LogGivenUp.reason: reason, LogGivenUp.mark: mark?.word ?? LogGivenUp.none, LogGivenUp.found: "0",
      LogGivenUp.fault: "the root log is gone, and had 7 entries",
    ]
  }

  @Test func `goes back when two people give up, once, which is an event with their reason`() async throws {
    let (use, vault) = try await bench.create()
    try await use.keep(mark(7))
    try await bench.record(vault)
    let (before, after) = (Digest(hashing: [1].span), Digest(hashing: [2].span))
    let id = try await bench.agreed(vault, .giveUpRoot, "root-log", parameters(mark(7))).id
    let agreed = try await vault.agreementToGiveUp(id)
    #expect(agreed.reason == "the disk is gone" && agreed.found == "0" && agreed.people.count == 2)
    #expect(
      await failure { try await use.giveUp(agreed, for: mark(1, in: 1), before: before, after: after) }
        == VaultError(.forbidden))
    try await vault.giveUp(agreed, for: mark(1, in: 1), before: before, after: after)
    #expect(try await use.mark(of: "root-log") == mark(1, in: 1))
    let event = try #require(try await bench.record(vault).last)
    let people = [try await use.pseudonym(of: "alice"), try await use.pseudonym(of: "bruno")]
    #expect(event.name == .rootGivenUp && event.object == "root-log:1" && event.people == people)
    #expect(event.approval == id && event.reason == "the disk is gone")
    #expect(event.change == StoredChange(from: before, to: after))
    // The agreement is spent, and what comes late about the one that was given up is not kept.
    #expect(await failure { _ = try await vault.agreementToGiveUp(id) } == VaultError(.proposal(.alreadyDone)))
    #expect(
      await failure { try await vault.giveUp(agreed, for: mark(1, in: 2), before: nil, after: after) }
        == VaultError(.proposal(.alreadyDone)))
    try await use.keep(mark(9))
    #expect(try await use.mark(of: "root-log") == mark(1, in: 1))
    try await use.keep(mark(2, in: 1))
    #expect(try await use.mark(of: "root-log") == mark(2, in: 1))
  }

  @Test func `an agreement to give up is good for the log that two people saw`() async throws {
    let (use, vault) = try await bench.create()
    let early = try await bench.agreed(vault, .giveUpRoot, "root-log", parameters(nil)).id
    try await use.keep(mark(7))
    #expect(await failure { _ = try await vault.agreementToGiveUp(early) } == VaultError(.proposal(.changed)))
    let id = try await bench.agreed(vault, .giveUpRoot, "root-log", parameters(mark(7))).id
    let agreed = try await vault.agreementToGiveUp(id)
    try await use.keep(mark(8))
    let after = Digest(hashing: [2].span)
    #expect(
      await failure { try await vault.giveUp(agreed, for: mark(1, in: 1), before: nil, after: after) }
        == VaultError(.proposal(.changed)))
    let shard = try await bench.agreed(vault, .giveUpRoot, "shards/a", parameters(nil)).id
    let shardAgreed = try await vault.agreementToGiveUp(shard)
    #expect(
      await failure { try await vault.giveUp(shardAgreed, for: mark(1, in: 1), before: nil, after: after) }
        == VaultError(.proposal(.changed)), "what was agreed about one log gives up no other")
    let other = try await bench.agreed(vault, .rotateTenant, "tenant").id
    #expect(await failure { _ = try await vault.agreementToGiveUp(other) } == VaultError(.proposal(.changed)))
    #expect(try await use.mark(of: "root-log") == mark(8))
  }

  @Test(arguments: ["", "   ", String(repeating: "x", count: 201)])
  func `giving up needs a reason`(_ reason: String) async throws {
    let (_, vault) = try await bench.create()
    let refused = await failure { _ = try await bench.agreed(vault, .giveUpRoot, "root-log", parameters(nil, reason)) }
    #expect(refused == VaultError(.proposal(.malformed)))
  }

  @Test func `nobody gives up alone, and no administrator of logs has a part in it`() async throws {
    let (_, vault) = try await bench.create()
    try await bench.add(bench.carol, [.logAdministrator], to: vault)
    let proposal = vault.draft(.giveUpRoot, object: "root-log", parameters: parameters(nil))
    #expect(
      await failure {
        try await vault.submit(proposal, by: "carol", signature: bench.carol.sign(proposal, as: .proposer))
      }
        == VaultError(.proposal(.logAdministrator)))
    try await vault.submit(proposal, by: "alice", signature: bench.alice.sign(proposal, as: .proposer))
    #expect(
      await failure { _ = try await vault.agreementToGiveUp(proposal.id) } == VaultError(.proposal(.notYetApproved)))
    for (name, fault) in [("alice", VaultError.ProposalFault.samePerson), ("carol", .logAdministrator)] {
      let signature =
        try name == "alice" ? bench.alice.sign(proposal, as: .approver) : bench.carol.sign(proposal, as: .approver)
      #expect(
        await failure { try await vault.approve(proposal.id, by: name, signature: signature) }
          == VaultError(.proposal(fault)))
    }
    #expect(
      await failure { _ = try await vault.agreementToGiveUp(proposal.id) } == VaultError(.proposal(.notYetApproved)))
  }
}
