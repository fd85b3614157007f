import Ciphers
import StorageTestKit
import TestKit
import Testing
import Vault

/// What the vault keeps of what patients authorize and restrict.
struct ConsentTests {
  private let bench: TestVault

  init() throws { bench = try TestVault() }

  private func create() async throws -> (use: Vault, administration: Vault, officer: ConsentOfficer) {
    let (use, administration) = try await bench.create()
    try await bench.add(bench.carol, [.privacyOfficer], to: administration)
    return (use, administration, try await use.officer(bench.carol, changing: true))
  }

  private func put(_ text: String, of subject: SubjectReference, _ vault: Vault, _ officer: ConsentOfficer) async throws
  {
    try await vault.changeConsents(of: subject, by: officer, as: .consentRecorded, restrictingUntil: { _ in nil }) {
      _ in
      (Array(text.utf8), (), "recorded \(text)")
    }
  }

  @Test func `keeps what it is given for each patient, and tells of each change and reading`() async throws {
    let (use, administration, officer) = try await create()
    #expect(try await use.consents(of: .ada) == nil)
    #expect(try use.consentGeneration() == nil)
    // Somebody is there to keep it, though nothing was.
    #expect(try await use.keepsConsents())
    try await put("one", of: .ada, use, officer)
    try await put("two", of: .bob, use, officer)
    let seen = try await use.changeConsents(of: .ada, by: officer, as: .consentEnded, restrictingUntil: { _ in nil }) {
      was in
      (was.map { $0 + [0x21] }, was, nil)
    }
    #expect(seen == Array("one".utf8))
    #expect(try await use.consents(of: .ada) == Array("one!".utf8))
    #expect(try await use.consents(of: .bob) == Array("two".utf8))
    #expect(try use.consentGeneration() == 3)
    // What changes nothing is no change.
    try await use.changeConsents(of: .bob, by: officer, as: .consentEnded, restrictingUntil: { _ in nil }) { _ in
      (nil, (), nil)
    }
    #expect(try use.consentGeneration() == 3)
    _ = try await use.consents(of: .bob, for: officer)
    let told = try await bench.record(administration).filter { $0.name.rawValue.hasPrefix("consent.") }
    #expect(told.map(\.name) == [.consentRecorded, .consentRecorded, .consentEnded, .consentRead])
    #expect(told[0].change.before == nil && told[0].change.after == told[2].change.before)
    #expect(told[2].change.after != told[2].change.before && told[2].object == told[0].object)
    #expect(Set(told.flatMap(\.people)).count == 1)
    #expect(told.map(\.reason) == ["recorded one", "recorded two", nil, nil])
  }

  @Test func `a full register takes in what ends, and nothing else`() async throws {
    let (use, _, officer) = try await create()
    let whole = String(repeating: "x", count: 1 << 20)
    try await put(whole, of: .ada, use, officer)
    #expect(await failure { try await put(whole + "x", of: .ada, use, officer) } == VaultError(.tooMuchKept))
    try await use.changeConsents(of: .ada, by: officer, as: .consentEnded, restrictingUntil: { _ in nil }) { _ in
      (Array((whole + "x").utf8), (), nil)
    }
    #expect(try await use.consents(of: .ada)?.count == whole.utf8.count + 1)
  }

  @Test func `only a privacy officer changes it, and an auditor reads it`() async throws {
    let (use, administration) = try await bench.create()
    #expect(try await !use.keepsConsents())
    #expect(!Role.mayGoTogether([.privacyOfficer, .keyAdministrator]))
    #expect(!Role.mayGoTogether([.privacyOfficer, .logAdministrator]))
    for changing in [true, false] {
      #expect(await failure { _ = try await use.officer(bench.alice, changing: changing) } == VaultError(.forbidden))
    }
    try await bench.add(bench.carol, [.auditor], to: administration)
    #expect(await failure { _ = try await use.officer(bench.carol, changing: true) } == VaultError(.forbidden))
    let auditor = try await use.officer(bench.carol, changing: false)
    #expect(await failure { try await put("one", of: .ada, use, auditor) } == VaultError(.forbidden))
    // Whoever has the name without the key is somebody else.
    var random = SystemRandomNumberGenerator()
    let other = try require(CustodianKey(name: "carol", using: &random))
    #expect(await failure { _ = try await use.officer(other, changing: false) } == VaultError(.forbidden))
  }

  @Test(arguments: [
    "DELETE FROM consent", "UPDATE consent SET body = zeroblob(64)",
    "UPDATE consent SET body = (SELECT body FROM consent WHERE id = 2) WHERE id = 1",
  ])
  func `what somebody took away, changed or exchanged in the file is not read for what it was`(
    _ change: String
  ) async throws {
    let (use, _, officer) = try await create()
    try await put("one", of: .ada, use, officer)
    try await put("two", of: .bob, use, officer)
    try SubjectRows(bench.folder.path).change(change)
    #expect(await failure { _ = try await use.consents(of: .ada) } == VaultError(.altered(.consents)))
    #expect(await failure { try await put("x", of: .ada, use, officer) } == VaultError(.altered(.consents)))
  }

  @Test func `a row that says that there is nothing is not as the vault wrote it`() async throws {
    let (use, _, officer) = try await create()
    try await put("one", of: .ada, use, officer)
    let rows = try SubjectRows(bench.folder.path)
    try rows.change("UPDATE subject SET consents = NULL")
    try rows.change("DELETE FROM consent")
    #expect(await failure { _ = try await use.consents(of: .ada) } == VaultError(.altered(.subjects)))
  }

  @Test func `an index that leaves a patient out lifts nothing`() async throws {
    let (use, _, officer) = try await create()
    try await put("one", of: .ada, use, officer)
    let tag = try await use.tag(of: .ada)
    try exchangePages(
      of: "sqlite_autoindex_subject_1", with: "UNIQUE INDEX x ON subject (lookup) WHERE tag <> x'\(tag)'",
      in: bench.folder.path + "/vault/vault.sqlite")
    use.forget()
    #expect(await failure { _ = try await use.consents(of: .ada) } == VaultError(.altered(.subjects)))
    #expect(try await use.consents(of: .bob) == nil)
  }

  @Test func `says how each register stands by the codes of events, and keeps how far it was compared`() async throws {
    let (use, administration, officer) = try await create()
    try await put("one", of: .ada, use, officer)
    try await put("two", of: .ada, use, officer)
    try await put("three", of: .bob, use, officer)
    let (ada, bob) = (try await use.tag(of: .ada), try await use.tag(of: .bob))
    let nobody = Digest(hashing: ada.bytes.span)
    let (stands, told) = try await use.consentStands(of: [ada, bob, nobody])
    let (first, second) = (told.filter { $0.object == ada.description }, told.filter { $0.object == bob.description })
    #expect(told.count == 3 && first.map(\.reason) == ["recorded one", "recorded two"])
    #expect(first[0].change.after == first[1].change.before && first[1].change.after != nil)
    #expect(
      stands == [
        ada: .holds(first[1].change.after?.bytes), bob: .holds(second[0].change.after?.bytes), nobody: .nobody,
      ])

    #expect(try await use.consentsCompared() == [:])
    try await use.keepConsentsCompared(["log@0": 12, "shards/a@1": 7])
    #expect(try await use.consentsCompared() == ["log@0": 12, "shards/a@1": 7])
    // Who compared less far does not take back what another found.
    try await use.keepConsentsCompared(["log@0": 9, "shards/a@1": 7])
    #expect(try await use.consentsCompared() == ["log@0": 12, "shards/a@1": 7])
    // Who only reads the register does not say what counts.
    let reader = try await use.officer(bench.carol, changing: false)
    #expect(
      await failure { try await use.settleConsents(at: ["log@0": 20], as: "ab", saying: "1 patients", by: reader) }
        == VaultError(.forbidden))
    #expect(try await use.consentsCompared() == ["log@0": 12, "shards/a@1": 7])
    let changes = try use.consentGeneration()
    try await use.settleConsents(at: ["log@0": 20], as: "ab", saying: "1 patients", by: officer)
    #expect(try await use.consentsCompared() == ["log@0": 20] && use.consentGeneration() != changes)
    let settled = try #require(try await bench.record(administration).last)
    #expect(settled.name == .consentSettled && settled.object == "ab" && settled.reason == "1 patients")
    #expect(settled.people.count == 1)
    // Nobody changes it beside the vault.
    try SubjectRows(bench.folder.path).change("UPDATE fact SET text = '{}' WHERE name = 'consents compared'")
    #expect(await failure { _ = try await use.consentsCompared() } == VaultError(.altered(.vault)))
  }

  private static let gone = "DELETE FROM consent; DELETE FROM subject_key; DELETE FROM subject"
  private static let misnamed = "UPDATE subject SET lookup = x'00' WHERE id = 1"

  @Test(arguments: [gone, misnamed], [true, false])
  func `who is taken out of the table lifts nothing, neither for who runs nor after a start`(
    _ change: String, _ runs: Bool
  ) async throws {
    let (use, _, officer) = try await create()
    try await put("one", of: .ada, use, officer)
    #expect(try await use.consents(of: .bob) == nil)
    try SubjectRows(bench.folder.path).change(change)
    use.forget()
    let vault =
      runs ? use : try Vault.open(data: bench.folder.path, provider: bench.provider(), for: .use, clock: bench.clock)
    #expect(await failure { _ = try await vault.consents(of: .ada) } == VaultError(.altered(.subjects)))
  }

  @Test func `who is not known is looked for in memory, also when others are put there by others`() async throws {
    let (use, administration, officer) = try await create()
    let other = try Vault.open(data: bench.folder.path, provider: bench.provider(), for: .use, clock: bench.clock)
    try await put("one", of: .ada, use, officer)
    #expect(try await use.consents(of: .bob) == nil)
    try await put("two", of: .bob, other, officer)
    #expect(try await use.consents(of: .bob) == Array("two".utf8))
    // Whose key was destroyed is nobody, as somebody of whom nothing was ever there.
    let tag = try await use.tag(of: .ada)
    bench.pass(days: 6 * 366 + 2)
    _ = try await administration.announceShred(bench.agreed(administration, .shred, tag.description))
    try await bench.record(administration)
    _ = try await administration.completeShred(tag)
    use.forget()
    #expect(try await use.consents(of: .ada) == nil)
    #expect(try await use.consents(of: .bob) == Array("two".utf8))
  }

  @Test func `a key stays while something in the register restricts, whatever two people agree to`() async throws {
    let (use, vault, officer) = try await create()
    let start = bench.clock().dayNumber
    func put(_ subject: SubjectReference, until day: Int64?) async throws -> Digest {
      try await use.changeConsents(of: subject, by: officer, as: .consentRecorded, restrictingUntil: { _ in day }) {
        _ in
        (Array("one".utf8), (), nil)
      }
      return try await use.tag(of: subject)
    }
    let last = start + 6 * 366 + 10
    let endless = try await put(.ada, until: .max)
    let ending = try await put(.bob, until: last)
    let free = try await put(SubjectReference(.patient, "Cyd"), until: nil)
    bench.pass(days: last - start)
    for tag in [endless, ending] {
      let refused = await failure { _ = try await vault.announceShred(bench.agreed(vault, .shred, tag.description)) }
      #expect(refused == VaultError(.restricted))
    }
    #expect(try await vault.due(at: bench.clock()) == [free])
    #expect(try await use.consents(of: .ada) == Array("one".utf8))
    // The day after the last one, and when the officer has ended it, nothing keeps it any more.
    bench.pass(days: 1)
    #expect(try await vault.due(at: bench.clock()) == [ending, free])
    _ = try await put(.ada, until: nil)
    bench.pass(days: 6 * 366 + 2)
    #expect(try await vault.due(at: bench.clock()) == [endless, ending, free])
    _ = try await vault.announceShred(bench.agreed(vault, .shred, endless.description))
  }

  @Test func `a row that says no day restricts, as nobody knows until when`() {
    let digest = [UInt8](repeating: 0xFF, count: 32)
    func isRestricted(until day: Int64, on today: Int64) -> Bool {
      let bytes = (0..<8).reversed().map { UInt8(truncatingIfNeeded: day >> ($0 * 8)) }
      return Vault.isRestricted(digest + bytes, on: today)
    }
    #expect(!Vault.isRestricted(nil, on: 20_000))
    #expect(Vault.isRestricted(digest, on: 20_000) && Vault.isRestricted([], on: 20_000))
    #expect(!isRestricted(until: 0, on: 20_000) && !isRestricted(until: 19_999, on: 20_000))
    #expect(isRestricted(until: 20_000, on: 20_000) && isRestricted(until: .max, on: 20_000))
  }

  @Test func `a version of the tenant key stays under which the key of somebody is who restricts`() async throws {
    let (use, vault, officer) = try await create()
    try await use.changeConsents(of: .ada, by: officer, as: .consentRecorded, restrictingUntil: { _ in .max }) { _ in
      (Array("one".utf8), (), nil)
    }
    _ = try await vault.rotateTenantKey(bench.agreed(vault, .rotateTenant, "tenant"))
    bench.pass(days: 6 * 366 + 10)
    let refused = await failure { _ = try await vault.scheduleDestruction(bench.agreed(vault, .destroy, "tenant/1")) }
    #expect(refused?.code == .restricted)
  }

  @Test func `it goes with the patient's key, and stays while a hold keeps that`() async throws {
    let (use, vault, officer) = try await create()
    try await put("one", of: .ada, use, officer)
    try await put("two", of: .bob, use, officer)
    let tag = try await use.tag(of: .ada)
    let hold = try await vault.placeHold(bench.agreed(vault, .placeHold, tag.description))
    bench.pass(days: 6 * 366 + 2)
    #expect(
      await failure { _ = try await vault.announceShred(bench.agreed(vault, .shred, tag.description)) }
        == VaultError(.held))
    #expect(try await use.consents(of: .ada) == Array("one".utf8))
    let id = try #require(try vault.holds(on: tag).first)
    #expect(hold.name == .holdPlaced)
    _ = try await vault.releaseHold(bench.agreed(vault, .releaseHold, id))
    _ = try await vault.announceShred(bench.agreed(vault, .shred, tag.description))
    try await bench.record(vault)
    _ = try await vault.completeShred(tag)
    let rows = try SubjectRows(bench.folder.path)
    #expect(
      try rows.text("SELECT group_concat(id) FROM consent") == rows.text("SELECT id FROM subject WHERE state = 0"))
    #expect(try rows.text("SELECT COUNT(*) FROM subject WHERE consents IS NOT NULL") == "1")
    #expect(try await use.consents(of: .bob) == Array("two".utf8))
  }
}
