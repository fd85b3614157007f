import Bytes
import Ciphers
import Foundation
import GRDB
import TestKit
import Testing
import Vault

/// What somebody can do who writes to the vault's file but has no key, and what the vault tells of what it did.
struct EvidenceTests {
  private let bench: TestVault

  init() throws { bench = try TestVault() }

  private func pastRetention() {
    bench.pass(days: 6 * 366 + 2)
  }

  enum Tampering: String, CaseIterable {
    case deleted = "DELETE FROM hold"
    case released = "UPDATE hold SET released = 1"
    case moved = "UPDATE hold SET tag = x'00'"
    case renamed = "UPDATE hold SET proposal = 'other'"
    case added = "INSERT INTO hold (proposal, tag, placed) VALUES ('more', x'00', 1)"
    case recoded = "UPDATE vault SET holds_code = zeroblob(32)"
  }

  enum Act: CaseIterable {
    case announce, complete, purge, destroy, place
  }

  @Test(arguments: Tampering.allCases, Act.allCases)
  func `a hold that was changed beside the vault stops every destruction`(
    _ tampering: Tampering, _ act: Act
  ) async throws {
    let (use, vault) = try await bench.create()
    let held = try await use.withSubject(.ada, create: true) { key in Vault.subjectTag(key) }
    let free = try await use.withSubject(.bob, create: true) { key in Vault.subjectTag(key) }
    _ = try await vault.placeHold(bench.agreed(vault, .placeHold, held.description))
    _ = try await vault.rotateTenantKey(bench.agreed(vault, .rotateTenant, "tenant"))
    pastRetention()
    _ = try await vault.announceShred(bench.agreed(vault, .shred, free.description))
    try await bench.record(vault)
    try SubjectRows(bench.folder.path).change(tampering.rawValue)
    let damaged = VaultError(.altered(tampering == .recoded ? .vault : .holds))
    let until = String(bench.clock().milliseconds)
    switch act {
    case .announce:
      #expect(
        await failure {
          let id = try await bench.agreed(vault, .shred, held.description).id
          _ = try await vault.announceShred(vault.approval(of: id))
        } == damaged)
    case .complete: #expect(await failure { _ = try await vault.completeShred(free) } == damaged)
    case .purge:
      #expect(
        await failure {
          let id = try await bench.agreed(vault, .purge, "retention", ["until": until]).id
          _ = try await vault.announcePurge(Purge(vault.approval(of: id), asking: nil))
        } == damaged)
    case .destroy:
      #expect(
        await failure {
          let id = try await bench.agreed(vault, .destroy, "tenant/1").id
          _ = try await vault.scheduleDestruction(vault.approval(of: id))
        } == damaged)
    case .place:
      #expect(
        await failure {
          let id = try await bench.agreed(vault, .placeHold, held.description).id
          _ = try await vault.placeHold(vault.approval(of: id))
        } == damaged)
    }
  }

  @Test func `holds that come and go keep their list whole`() async throws {
    let (use, vault) = try await bench.create()
    let tag = try await use.withSubject(.ada, create: true) { key in Vault.subjectTag(key) }
    for _ in 0..<3 { _ = try await vault.placeHold(bench.agreed(vault, .placeHold, tag.description)) }
    for hold in try vault.holds(on: tag) {
      pastRetention()
      #expect(
        await failure { _ = try await vault.announceShred(bench.agreed(vault, .shred, tag.description)) }
          == VaultError(.held))
      _ = try await vault.releaseHold(bench.agreed(vault, .releaseHold, hold))
    }
    _ = try await vault.announceShred(bench.agreed(vault, .shred, tag.description))
  }

  @Test func `proves each subject's key, and finds one that is missing, changed or another's`() async throws {
    let (use, vault) = try await bench.create()
    for number in 0..<5 {
      _ = try await use.withSubject(SubjectReference(.patient, "mrn|\(number)"), create: true) { _ in }
    }
    let tag = try await use.tag(of: SubjectReference(.patient, "mrn|0"))
    _ = try await vault.rotateTenantKey(bench.agreed(vault, .rotateTenant, "tenant"))
    #expect(try await vault.reapply(shreds: [tag]) == 1)
    _ = try await use.withSubject(.ada, create: true) { _ in }
    let proof = try await vault.proveSubjectKeys()
    #expect(proof.keys == 5 && proof.tombstones == 1 && proof.disabled == 0)
    let rows = try SubjectRows(bench.folder.path)
    let (second, third) = (try rows.wrapped(2), try rows.wrapped(3))
    try rows.change("UPDATE subject_key SET wrapped = ? WHERE id = 3", [second])
    #expect(await failure { _ = try await vault.proveSubjectKeys() } == VaultError(.notAuthentic))
    try rows.change("UPDATE subject_key SET wrapped = ? WHERE id = 3", [third])
    try rows.change("DELETE FROM subject_key WHERE id = 3")
    #expect(await failure { _ = try await vault.proveSubjectKeys() } == VaultError(.altered(.subjectKeys)))
    // What an escrow brings back is what there is, once each key is proved.
    try await vault.adoptRestoredKeys()
    #expect(try await vault.proveSubjectKeys().keyless == 1)
    use.forget()
    #expect(await failure { _ = try await use.tag(of: SubjectReference(.patient, "mrn|2")) } == VaultError(.keyless))
    try rows.change("DELETE FROM subject WHERE id = 3")
    #expect(await failure { _ = try await vault.proveSubjectKeys() } == VaultError(.altered(.subjects)))
  }

  @Test func `an escrow is for those whom two people signed for, and spends their proposal`() async throws {
    let (use, vault) = try await bench.create()
    let file = Digest(hashing: [1].span)
    let readers = try require(EscrowReaders(["age1b", "age1a", "age1b"]))
    #expect(readers == EscrowReaders(["age1a", "age1b"]))
    let changed = VaultError(.proposal(.changed))
    let named = ["recipients": readers.text]
    let wrong = try await bench.agreed(vault, .export, "something", named).id
    #expect(await failure { try await vault.checkExport(wrong, to: readers) } == changed)
    #expect(
      await failure { _ = try await bench.agreed(vault, .export, "escrow") } == VaultError(.proposal(.malformed)))
    let id = try await bench.agreed(vault, .export, "escrow", named).id
    #expect(await failure { _ = try await use.exportKeys(id, to: readers, in: file) } == VaultError(.forbidden))
    for other in [EscrowReaders(["age1a"]), EscrowReaders(["age1a", "age1b", "age1c"]), .passphrase] {
      let other = try require(other)
      #expect(await failure { try await vault.checkExport(id, to: other) } == changed)
      #expect(await failure { _ = try await vault.exportKeys(id, to: other, in: file) } == changed)
    }
    try await bench.record(vault)
    let event = try await vault.exportKeys(id, to: readers, in: file)
    #expect(event.name == .keyExported && event.object == file.description && event.people.count == 2)
    let done = VaultError(.proposal(.alreadyDone))
    #expect(await failure { _ = try await vault.exportKeys(id, to: readers, in: file) } == done)
    #expect(await failure { try await vault.checkExport(id, to: readers) } == done)
    #expect(try await bench.record(vault).map(\.name) == [.keyExported])
  }

  @Test func `notes of what is done beside the vault wait for the log, also while it is locked`() async throws {
    let (_, vault) = try await bench.create()
    let file = Digest(hashing: [7].span)
    await vault.lock(by: "alice")
    for note in [Note.backupMade, .restoreCompleted, .restoreDrilled, .logExported] {
      let event = try await vault.note(note, of: file, by: ["alice"])
      #expect(event.object == file.description && event.people.count == 1)
    }
    let names = try await bench.record(vault).map(\.name)
    #expect(names == [.vaultLocked, .backupMade, .restoreCompleted, .restoreDrilled, .logExported])
  }

  @Test func `each change of the people is an event of its own, with the person's pseudonym`() async throws {
    let (use, vault) = try await bench.create()
    try await bench.add(bench.carol, [.auditor], to: vault)
    _ = try await vault.setRoles(bench.agreed(vault, .setRoles, "carol", ["roles": "revealer"]))
    _ = try await vault.removeCustodian(bench.agreed(vault, .removeCustodian, "carol"))
    let carol = try await use.pseudonym(of: "carol")
    let changes = try await bench.record(vault).filter { $0.name.rawValue.hasPrefix("custodian") }
    #expect(changes.map(\.name) == [.custodianAdded, .custodianChanged, .custodianRemoved])
    #expect(changes.allSatisfy { $0.object == carol && $0.people.count == 2 })
  }
}
