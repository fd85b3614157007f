import Bytes
import Ciphers
import Foundation
import TestKit
import Testing
import Vault

struct DisposalTests {
  private let bench: TestVault

  init() throws { bench = try TestVault() }

  private func shred(_ tag: Digest, _ vault: Vault) async throws -> DisposalCertificate {
    _ = try await vault.announceShred(bench.agreed(vault, .shred, tag.description))
    try await bench.record(vault)
    return try await vault.completeShred(tag)
  }

  /// The moment six years after the end of the day on which the clock stands.
  private var end: Moment {
    Moment(milliseconds: (bench.clock().dayNumber + 1) * Moment.day).adding(years: 6)
  }

  private func passUntil(_ moment: Moment) {
    bench.pass(milliseconds: moment.milliseconds - bench.clock().milliseconds)
  }

  @Test(.proves("LIF-01"))
  func `deletes at the end of retention and not before, and a hold wins`() async throws {
    let (use, vault) = try await bench.create()
    let tag = try await use.withSubject(.ada, create: true) { key in Vault.subjectTag(key) }
    let held = try await use.withSubject(.bob, create: true) { key in Vault.subjectTag(key) }
    let placed = try await vault.placeHold(bench.agreed(vault, .placeHold, held.description))
    #expect(placed.name == .holdPlaced)
    let end = end
    passUntil(Moment(milliseconds: end.milliseconds - 1))
    let early = await failure { _ = try await shred(tag, vault) }
    #expect(early == VaultError(.retained(until: end)))
    #expect(try await vault.due(at: bench.clock()).isEmpty)
    bench.pass(milliseconds: 1)
    #expect(await failure { _ = try await shred(held, vault) } == VaultError(.held))
    let purge = try await bench.agreed(vault, .purge, "retention", ["until": String(end.milliseconds)])
    #expect(try await vault.announcePurge(Purge(purge, asking: nil)) == [tag])
    try await bench.record(vault)
    _ = try await vault.completeShred(tag)
    #expect(try await vault.outline(of: tag).isShredded)
    #expect(try await !vault.outline(of: held).isShredded)
    let hold = try #require(try vault.holds(on: held).first)
    _ = try await vault.releaseHold(bench.agreed(vault, .releaseHold, hold))
    _ = try await shred(held, vault)
    #expect(try await vault.outline(of: held).isShredded)
  }

  @Test func `a purge leaves those of whom the log has something later, or was not asked`() async throws {
    let (use, vault) = try await bench.create()
    let (ada, bob, cyd) = (SubjectReference.ada, SubjectReference.bob, SubjectReference(.patient, "Cyd"))
    var tags: [Digest] = []
    for subject in [ada, bob, cyd] {
      tags.append(try await use.withSubject(subject, create: true) { key in Vault.subjectTag(key) })
    }
    passUntil(end)
    #expect(try await vault.due(at: bench.clock()).count == 3)
    let yesterday = bench.clock().adding(days: -1)
    // The log knows of a use of Bob's key that its row does not tell of, and nobody asked it about Cyd.
    let log = LastEntries([tags[0]: nil, tags[1]: yesterday])
    let purge = try await bench.agreed(vault, .purge, "retention", ["until": String(bench.clock().milliseconds)])
    #expect(try await vault.announcePurge(Purge(purge, asking: log)) == [tags[0]])
    try await bench.record(vault)
    _ = try await vault.completeShred(tags[0])
    for tag in tags { #expect(try await vault.outline(of: tag).isShredded == (tag == tags[0])) }
  }

  @Test func `one look shows several people, each with what is wrong with its own row`() async throws {
    let (use, vault) = try await bench.create()
    let ada = try await use.withSubject(.ada, create: true) { key in Vault.subjectTag(key) }
    let bob = try await use.withSubject(.bob, create: true) { key in Vault.subjectTag(key) }
    let cyd = try await use.withSubject(SubjectReference(.patient, "Cyd"), create: true) { Vault.subjectTag($0) }
    _ = try await vault.placeHold(bench.agreed(vault, .placeHold, bob.description))
    let rows = try SubjectRows(bench.folder.path)
    try rows.unchecked("UPDATE subject SET used_day = used_day + 1 WHERE tag = x'\(cyd)'")
    let nobody = Digest(hashing: [1].span)
    let outlines = try await vault.outlines(of: [ada, bob, cyd, nobody])
    #expect(try outlines[ada]?.get().holds == [] && outlines[bob]?.get().holds == vault.holds(on: bob))
    #expect(try outlines[bob]?.get().holds.count == 1)
    for tag in [ada, bob] { #expect(try await outlines[tag] == .success(vault.outline(of: tag))) }
    #expect(outlines[cyd] == .failure(VaultError(.altered(.subjects))))
    #expect(outlines[nobody] == .failure(VaultError(.unknownSubject)))
    #expect(outlines.count == 4)
    try rows.unchecked("DELETE FROM hold")
    #expect(await failure { _ = try await vault.outlines(of: [ada]) } == VaultError(.altered(.holds)))
  }

  @Test(.proves("LIF-04", "ENC-17"))
  func `a destroyed key leaves a backup copy unreadable, and its certificate verifies`() async throws {
    let (use, vault) = try await bench.create()
    let context = Array("entry 1".utf8)
    var random = SystemRandomNumberGenerator()
    let (part, tag) = try await use.withSubject(.ada, create: true) { key in
      (try key.seal(Array("a note".utf8).span, context: context, using: &random), Vault.subjectTag(key))
    }
    let backup = try #require(SealedPart(bytes: part.bytes, commitment: part.commitment))
    let row = try wrappedRow()
    passUntil(end)
    let certificate = try await shred(tag, vault)
    await #expect(throws: VaultError(.unknownSubject)) {
      _ = try await use.withClear(.ada, for: "p_r", recording: { [bench] in try await bench.record(use) }) {
        try await $0.open(backup, context: context)
      }
    }
    // A key that is made anew for the same person opens nothing of the old one.
    _ = try await use.withSubject(.ada, create: true) { _ in }
    await #expect(throws: CipherError(code: .notAuthentic)) {
      _ = try await use.withClear(.ada, for: "p_r", recording: { [bench] in try await bench.record(use) }) {
        try await $0.open(backup, context: context)
      }
    }
    #expect(try files().allSatisfy { $0.range(of: row) == nil })
    let key = try await vault.certificateKey()
    #expect(certificate.verifies(with: key))
    let copy = try #require(DisposalCertificate(certificate.bytes))
    #expect(copy == certificate)
    #expect(try vault.certificate(of: tag) == certificate)
    #expect(copy.statement["method"] == .string("cryptographic erase"))
    #expect(copy.statement["people"]?.array?.count == 2)
    let forged = String(decoding: certificate.bytes, as: UTF8.self)
      .replacingOccurrences(of: "cryptographic erase", with: "cryptographic eraze")
    #expect(DisposalCertificate(Array(forged.utf8))?.verifies(with: key) == false)
  }

  @Test func `a destruction that a hold has come before is taken back, which is an event, and can be announced again`()
    async throws
  {
    let (use, vault) = try await bench.create()
    let tag = try await use.withSubject(.ada, create: true) { key in Vault.subjectTag(key) }
    bench.pass(days: 7 * 366)
    _ = try await vault.announceShred(bench.agreed(vault, .shred, tag.description))
    // Nobody takes it back without a hold, nor before the log knows of it.
    #expect(await failure { try await vault.resumeUse(of: tag, by: "alice") } == VaultError(.forbidden))
    let hold = try await vault.placeHold(bench.agreed(vault, .placeHold, tag.description))
    #expect(hold.name == .holdPlaced)
    #expect(await failure { try await vault.resumeUse(of: tag, by: "alice") } == VaultError(.unrecorded))
    try await bench.record(vault)
    #expect(await failure { _ = try await vault.completeShred(tag) } == VaultError(.held))
    #expect(await failure { try await use.resumeUse(of: tag, by: "alice") } == VaultError(.forbidden))
    let event = try #require(try await vault.resumeUse(of: tag, by: "alice"))
    let alice = try await use.pseudonym(of: "alice")
    let recorded = try #require(try await bench.record(vault).last)
    #expect(event.name == .subjectResumed && recorded.id == event.id && recorded.people == [alice])
    #expect(recorded.object == tag.description && recorded.change.before != recorded.change.after)
    #expect(try vault.announcedShreds().isEmpty)
    #expect(try await vault.resumeUse(of: tag, by: "alice") == nil)
    #expect(try await use.withSubject(.ada, create: false) { key in Vault.subjectTag(key) } == tag)
    // When the hold is over and the time as well, the same subject is disposed of.
    bench.pass(days: 7 * 366)
    let id = try #require(try vault.holds(on: tag).first)
    _ = try await vault.releaseHold(bench.agreed(vault, .releaseHold, id))
    _ = try await vault.announceShred(bench.agreed(vault, .shred, tag.description))
    try await bench.record(vault)
    #expect(try await vault.completeShred(tag).bytes.isEmpty == false)
    #expect(await failure { try await vault.resumeUse(of: tag, by: "alice") }?.code == .forbidden)
  }

  @Test func `a key is not destroyed while its announcement is not in the log`() async throws {
    let (use, vault) = try await bench.create()
    let tag = try await use.withSubject(.ada, create: true) { key in Vault.subjectTag(key) }
    passUntil(end)
    let intent = try await vault.announceShred(bench.agreed(vault, .shred, tag.description))
    #expect(intent.phase == .intent && intent.name == .subjectShredded)
    #expect(await failure { _ = try await vault.completeShred(tag) } == VaultError(.unrecorded))
    #expect(try vault.announcedShreds() == [tag])
    // It is not used any more, also by who had it in memory.
    use.forget()
    #expect(await failure { _ = try await use.tag(of: .ada) } == VaultError(.shredded))
    await #expect(throws: LogDown.self) { try await vault.takeOutbox(LogDown.append) }
    #expect(await failure { _ = try await vault.completeShred(tag) } == VaultError(.unrecorded))
    try await bench.record(vault)
    _ = try await vault.completeShred(tag)
    let events = try await bench.record(vault)
    #expect(events.map(\.name) == [.subjectShredded] && events.map(\.phase) == [.done])
    #expect(try vault.announcedShreds().isEmpty)
  }

  @Test func `a later entry in the log prolongs the retention`() async throws {
    let (use, vault) = try await bench.create()
    let tag = try await use.withSubject(.ada, create: true) { key in Vault.subjectTag(key) }
    passUntil(end)
    let last = bench.clock().adding(days: -10)
    let refused = await failure {
      _ = try await vault.announceShred(bench.agreed(vault, .shred, tag.description), lastEntry: last)
    }
    let until = Moment(milliseconds: (last.dayNumber + 1) * Moment.day).adding(years: 6)
    #expect(refused == VaultError(.retained(until: until)))
  }

  @Test func `what was destroyed is destroyed again after old rows came back`() async throws {
    let (use, vault) = try await bench.create()
    let tag = try await use.withSubject(.ada, create: true) { key in Vault.subjectTag(key) }
    #expect(try await vault.reapply(shreds: [tag]) == 1)
    #expect(try await vault.reapply(shreds: [tag]) == 0)
    use.forget()
    #expect(await failure { _ = try await use.tag(of: .ada) } == VaultError(.unknownSubject))
  }

  @Test func `a dry run counts what a destruction makes unreadable and names nobody`() async throws {
    let (use, vault) = try await bench.create()
    var tags: [Digest] = []
    for number in 0..<3 {
      tags.append(
        try await use.withSubject(SubjectReference(.patient, "mrn|\(number)"), create: true) { key in
          Vault.subjectTag(key)
        })
      bench.pass(days: 1)
    }
    _ = try await use.withSubject(SubjectReference(.workforce, "jones"), create: true) { _ in }
    let day = bench.clock().dayNumber
    let plan = try vault.plan(destroying: Vault.tenantKeyID(1), tags: 3)
    #expect(plan.byKind == [.patient: 3, .workforce: 1])
    #expect(plan.byDay == [day - 3: 1, day - 2: 1, day - 1: 1, day: 1])
    #expect(plan.tags == tags && plan.secrets.count == TenantSecret.allCases.count && plan.held == 0)
    #expect(try vault.plan(destroying: .root).subjects == 4)
  }

  @Test func `a tenant key is destroyed after its waiting period, not before, and not while it is kept`() async throws {
    let (use, vault) = try await bench.create()
    _ = try await use.withSubject(.ada, create: true) { _ in }
    _ = try await vault.rotateTenantKey(bench.agreed(vault, .rotateTenant, "tenant"))
    let kept = await failure {
      _ = try await vault.scheduleDestruction(bench.agreed(vault, .destroy, "tenant/1"))
    }
    #expect(kept == VaultError(.retained(until: end), key: Vault.tenantKeyID(1)))
    let hasty = await failure {
      _ = try await vault.scheduleDestruction(bench.agreed(vault, .destroy, "tenant/1", ["days": "6"]))
    }
    #expect(hasty == VaultError(.waiting(until: nil)))
    _ = try await vault.rewrapSubjects()
    let scheduled = try await vault.scheduleDestruction(bench.agreed(vault, .destroy, "tenant/1", ["days": "7"]))
    #expect(scheduled.phase == .intent)
    #expect(try vault.tenantKeys().map(\.state) == [.pendingDestruction, .enabled])
    for _ in 1...6 {
      bench.pass(days: 1)
      try await vault.proveKept()
    }
    bench.pass(days: 1, milliseconds: -1)
    try await bench.record(vault)
    #expect(try await vault.destroyDue().isEmpty)
    bench.pass(milliseconds: 1)
    #expect(try await vault.destroyDue().map(\.name) == [.keyDestroyed])
    #expect(try vault.tenantKeys().map(\.state) == [.destroyed, .enabled])
    let cancel = await failure {
      _ = try await vault.cancelDestruction(bench.agreed(vault, .cancelDestruction, "tenant/1"))
    }
    #expect(cancel?.code == .keyDisabled)
    _ = try await use.tag(of: .ada)
  }

  private func files() throws -> [Data] {
    try FileManager.default.contentsOfDirectory(atPath: bench.folder.path + "/vault").compactMap {
      FileManager.default.contents(atPath: bench.folder.path + "/vault/" + $0)
    }
  }

  /// The wrapped key of the first subject, as it lies in the file.
  private func wrappedRow() throws -> Data {
    try SubjectRows(bench.folder.path).wrapped(1)
  }
}

struct LogDown: Error {
  static func append(_ event: VaultEvent) async throws -> UInt64 {
    await Task.yield()
    throw LogDown()
  }
}
