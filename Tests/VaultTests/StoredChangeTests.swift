import Ciphers
import TestKit
import Testing
import Vault

struct StoredChangeTests {
  private let bench: TestVault

  init() throws { bench = try TestVault() }

  /// The events about a subject or a hold on it, in their order.
  private func events(_ all: [VaultEvent], _ objects: [String]) -> [VaultEvent] {
    all.filter { event in event.object.map(objects.contains) == true }
  }

  @Test func `each change of a subject begins with the code that the last one ended with`() async throws {
    let (use, vault) = try await bench.create()
    let tag = try await use.withSubject(.ada, create: true) { key in Vault.subjectTag(key) }
    _ = try await vault.placeHold(bench.agreed(vault, .placeHold, tag.description))
    let hold = try #require(try vault.holds(on: tag).first)
    _ = try await vault.releaseHold(bench.agreed(vault, .releaseHold, hold))
    let end = Moment(milliseconds: (bench.clock().dayNumber + 1) * Moment.day).adding(years: 6)
    bench.pass(milliseconds: end.milliseconds - bench.clock().milliseconds)
    _ = try await vault.announceShred(bench.agreed(vault, .shred, tag.description))
    var all = try await bench.record(vault)
    _ = try await vault.completeShred(tag)
    all += try await bench.record(vault)

    let about = events(all, [tag.description])
    #expect(about.map(\.name) == [.subjectCreated, .holdPlaced, .subjectShredded, .subjectShredded])
    let changes = about.map(\.change)
    #expect(changes[0].before == nil && changes[0].after != nil)
    #expect(changes[1].before == changes[0].after)
    // The hold was released in between: the row is what it was before it.
    #expect(changes[2].before == changes[0].after)
    #expect(changes[3].before == changes[2].after && changes[3].after != changes[3].before)
    #expect(changes.map(\.method) == [nil, nil, nil, .cryptographicErase])
    let released = try #require(events(all, [hold]).last)
    #expect(released.name == .holdReleased)
    #expect(released.change.before != nil && released.change.before != released.change.after)
  }

  @Test func `a code tells nothing to who tries what it could be of`() async throws {
    let (_, vault) = try await bench.create()
    let (_, other) = try await TestVault().create()
    let reason = Array("INC-2026-014".utf8)
    let code = try #require(try await vault.code(of: reason))
    #expect(try await vault.code(of: reason) == code)
    #expect(code != Digest(hashing: reason.span))
    #expect(try await other.code(of: reason) != code)
    #expect(try await vault.code(of: nil) == nil)
  }

  @Test func `people, proposals and keys have codes, and what is equal has none`() async throws {
    let (_, vault) = try await bench.create()
    try await bench.add(bench.carol, [.auditor], to: vault)
    _ = try await vault.rotateTenantKey(bench.agreed(vault, .rotateTenant, "tenant"))
    let all = try await bench.record(vault)
    for name in [VaultEvent.Name.custodianAdded, .keyRotated, .proposalApproved] {
      let change = try #require(all.first { $0.name == name }?.change)
      #expect(change.before != nil && change.after != nil && change.before != change.after, "\(name)")
    }
    let made = try #require(all.first { $0.name == .proposalMade }?.change)
    #expect(made.before == nil && made.after == all.first { $0.name == .proposalApproved }?.change.before)
  }

  @Test func `notes carry what became of a file`() async throws {
    let (_, vault) = try await bench.create()
    let change = StoredChange(
      from: Digest(hashing: [1].span), to: Digest(hashing: [2].span), by: .overwrite)
    _ = try await vault.note(.agreementsChanged, about: "agreements", by: ["alice"], change: change)
    let event = try #require(try await bench.record(vault).last)
    #expect(event.change == change)
  }
}
