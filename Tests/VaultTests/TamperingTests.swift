import Bytes
import Ciphers
import Foundation
import TestKit
import Testing
import Vault

/// What somebody can do by hand in the file of a vault: each change is refused where a decision hangs from it, or does
/// nothing, and no key is destroyed by it.
struct TamperingTests {
  private let bench: TestVault

  init() throws { bench = try TestVault() }

  struct Change: Sendable, CustomTestStringConvertible {
    let sql: String
    /// What the vault says of it; nothing when the change does nothing.
    let record: VaultError.Record?

    var testDescription: String { sql }

    init(_ sql: String, _ record: VaultError.Record?) {
      self.sql = sql
      self.record = record
    }
  }

  /// Each column of each table, and each deletion.
  static let changes = [
    Change("UPDATE subject SET id = id + 100 WHERE id = 3", .subjects),
    Change("UPDATE subject SET lookup = x'00' WHERE id = 1", .subjects),
    Change("UPDATE subject SET reference = x'00' WHERE id = 1", .subjects),
    Change("UPDATE subject SET kind = 'record' WHERE id = 1", .subjects),
    Change("UPDATE subject SET tag = x'00' WHERE id = 1", .subjects),
    Change("UPDATE subject SET created_day = 1 WHERE id = 1", .subjects),
    Change("UPDATE subject SET used_day = 1 WHERE id = 1", .subjects),
    Change("UPDATE subject SET uses = 0 WHERE id = 1", .subjects),
    Change("UPDATE subject SET state = 1 WHERE id = 1", .subjects),
    Change("UPDATE subject SET state = 2 WHERE id = 1", .subjects),
    Change("UPDATE subject SET state = 0 WHERE id = 2", .subjects),
    Change("UPDATE subject SET state = 9 WHERE id = 1", .subjects),
    Change("UPDATE subject SET code = zeroblob(16) WHERE id = 1", .subjects),
    Change("DELETE FROM subject WHERE id = 3", .subjects),
    Change(
      "UPDATE subject SET tag = x'01', code = (SELECT code FROM subject WHERE id = 2) WHERE id = 1", .subjects),
    Change("UPDATE subject_key SET version = 2 WHERE id = 1", .subjectKeys),
    Change("UPDATE subject_key SET version = 9 WHERE id = 1", .subjectKeys),
    Change("DELETE FROM subject_key WHERE id = 1", .subjectKeys),
    Change("UPDATE tenant_key SET version = 9 WHERE version = 1", .vault),
    Change("UPDATE tenant_key SET wrapped = 'x' WHERE version = 1", .vault),
    Change("UPDATE tenant_key SET created = 1 WHERE version = 1", .vault),
    Change("UPDATE tenant_key SET state = 3 WHERE version = 1", .vault),
    Change("UPDATE tenant_key SET state = 2 WHERE version = 1", .vault),
    Change("UPDATE tenant_key SET uses = 0 WHERE version = 2", .vault),
    Change("UPDATE tenant_key SET destruction = 1 WHERE version = 1", .vault),
    Change("UPDATE tenant_key SET subjects = zeroblob(40) WHERE version = 1", .vault),
    Change("DELETE FROM tenant_key WHERE version = 1", .vault),
    Change("UPDATE vault SET roster_code = zeroblob(32)", .vault),
    Change("UPDATE vault SET holds_code = zeroblob(32)", .vault),
    Change("UPDATE vault SET done_code = zeroblob(32)", .vault),
    Change("UPDATE vault SET created = 1", .vault),
    Change("UPDATE vault SET subjects = zeroblob(40)", .vault),
    Change("UPDATE vault SET waiting = zeroblob(40)", .vault),
    Change("UPDATE vault SET code = zeroblob(16)", .vault),
    Change("UPDATE fact SET number = number + 9", .vault),
    Change("UPDATE fact SET text = 'x'", .vault),
    Change("DELETE FROM fact WHERE name = 'day'", .vault),
    Change("UPDATE hold SET proposal = 'x'", .holds),
    Change("UPDATE hold SET tag = x'00'", .holds),
    Change("UPDATE hold SET placed = 1", .holds),
    Change("UPDATE hold SET released = 1", .holds),
    Change("DELETE FROM hold", .holds),
    Change("UPDATE proposal SET id = 'x' WHERE done_number = 1", .proposals),
    Change("UPDATE proposal SET done = 1 WHERE done_number = 1", .proposals),
    Change("UPDATE proposal SET done = NULL WHERE done_number = 1", .proposals),
    Change("UPDATE proposal SET done_number = 9 WHERE done_number = 1", .proposals),
    Change("DELETE FROM proposal WHERE done_number = 1", .proposals),
    Change("UPDATE outbox SET number = number + 1000 WHERE id LIKE 'shred%'", .outbox),
    Change("UPDATE outbox SET id = 'x' WHERE id LIKE 'shred%'", .outbox),
    Change("UPDATE outbox SET body = x'00' WHERE id LIKE 'shred%'", .outbox),
    Change("UPDATE outbox SET code = x'00' WHERE id LIKE 'shred%'", .outbox),
    Change("UPDATE outbox SET lasting = 0 WHERE id LIKE 'shred%'", .outbox),
    Change("UPDATE outbox SET entry = 1 WHERE id LIKE 'shred%'", .outbox),
    Change("DELETE FROM outbox WHERE id LIKE 'shred%'", .outbox),
    // What was signed names its proposer and approver in the signatures, and what is done is done.
    Change("UPDATE proposal SET proposer = 'x' WHERE done_number = 1", nil),
  ]

  @Test(arguments: changes)
  func `a change of the file by hand is refused by name, and destroys nothing`(_ change: Change) async throws {
    let (use, vault) = try await bench.create()
    let tags = try await tags(use)
    _ = try await vault.rotateTenantKey(bench.agreed(vault, .rotateTenant, "tenant"))
    _ = try await vault.placeHold(bench.agreed(vault, .placeHold, tags[0].description))
    bench.pass(days: 7 * 366)
    // The second subject's destruction is announced, and waits for the log.
    _ = try await vault.announceShred(bench.agreed(vault, .shred, tags[1].description))
    let rows = try SubjectRows(bench.folder.path)
    let keys = try (1...3).map { try rows.wrapped(Int64($0)) }
    try rows.unchecked(change.sql)

    let found = [
      await failure { try await bench.record(vault) },
      await failure { _ = try await vault.proveSubjectKeys() },
      await failure { _ = try await vault.due(at: bench.clock()) },
      await failure { _ = try await vault.completeShred(tags[1]) },
      await failure { _ = try await vault.scheduleDestruction(bench.agreed(vault, .destroy, "tenant/1")) },
      await failure { _ = try await vault.announceShred(bench.agreed(vault, .shred, tags[2].description)) },
    ].compactMap { $0?.code }
    if let record = change.record { #expect(found.contains(.altered(record)), "\(found)") }
    // Of those that nobody was to destroy, each key that was not taken away by hand is there.
    for (id, key) in zip([1, 3] as [Int64], [keys[0], keys[2]]) where !change.sql.contains("DELETE FROM subject_key") {
      #expect(try rows.wrapped(id) == key)
    }
  }

  @Test func `an older copy of one row is found among the others`() async throws {
    let (use, vault) = try await bench.create()
    let tags = try await tags(use)
    let rows = try SubjectRows(bench.folder.path)
    func older(_ column: String) throws -> String { try rows.text("SELECT \(column) FROM subject WHERE id = 1") }
    let (day, uses, code) = (try older("used_day"), try older("uses"), try older("hex(code)"))
    bench.pass(days: 4 * 366)
    use.forget()
    _ = try await use.withSubject(SubjectReference(.patient, "0"), create: false) { _ in }
    bench.pass(days: 3 * 366)
    try rows.change("UPDATE subject SET used_day = \(day), uses = \(uses), code = x'\(code)' WHERE id = 1")
    let refused = await failure {
      _ = try await vault.announceShred(bench.agreed(vault, .shred, tags[0].description))
    }
    #expect(refused == VaultError(.altered(.subjects)))
  }

  @Test func `an event that is taken away before it is in the log is missed, and the others are in the log`()
    async throws
  {
    let (_, vault) = try await bench.create()
    _ = try await bench.agreed(vault, .rotateTenant, "tenant")
    try SubjectRows(bench.folder.path).unchecked("DELETE FROM outbox WHERE number = 1")
    var log: [VaultEvent.Name] = []
    let missed = await failure {
      try await vault.takeOutbox { event in
        log.append(event.name)
        return UInt64(log.count)
      }
    }
    #expect(missed == VaultError(.altered(.outbox)))
    #expect(log == [.proposalApproved])
  }

  @Test func `a file that would act by itself is not opened`() async throws {
    let (_, vault) = try await bench.create()
    _ = vault.isLocked
    try SubjectRows(bench.folder.path).unchecked(
      "CREATE TRIGGER t AFTER UPDATE ON subject BEGIN DELETE FROM hold; END")
    #expect(throws: VaultError(.altered(.vault))) {
      _ = try Vault.open(data: bench.folder.path, provider: bench.provider(), for: .use, clock: bench.clock)
    }
  }

  @Test(arguments: [
    "CREATE TRIGGER t AFTER INSERT ON outbox BEGIN DELETE FROM hold; END",
    "CREATE VIEW v AS SELECT 1",
    "CREATE TABLE z (code BLOB PRIMARY KEY)",
    "DROP INDEX hold_by_tag",
    """
    PRAGMA writable_schema = ON;
    UPDATE sqlite_schema SET sql = replace(sql, 'tag BLOB NOT NULL', 'tag BLOB NOT NULL REFERENCES subject (tag) ON DELETE CASCADE')
    WHERE name = 'hold'
    """,
  ])
  func `nothing is done in a file that has other tables than the vault makes`(_ sql: String) async throws {
    let (use, vault) = try await bench.create()
    let held = try await tags(use)[0].description
    try SubjectRows(bench.folder.path).unchecked(sql)
    let altered = VaultError(.altered(.vault))
    #expect(await failure { _ = try await vault.placeHold(bench.agreed(vault, .placeHold, held)) } == altered)
    #expect(await failure { _ = try await self.tags(use, from: 9) } == altered)
    #expect(await failure { _ = try await vault.provedTenantKeys() } == altered)
  }

  @Test func `what was changed is found by a look at everything, though nobody asks for it`() async throws {
    let (use, vault) = try await bench.create()
    let tag = try await tags(use)[0]
    _ = try await vault.placeHold(bench.agreed(vault, .placeHold, tag.description))
    try await use.proveKept()
    try SubjectRows(bench.folder.path).change("DELETE FROM hold")
    #expect(await failure { try await use.proveKept() } == VaultError(.altered(.holds)))
  }

  @Test func `an index that leaves a hold out does not take it away`() async throws {
    let (use, vault) = try await bench.create()
    let tag = try await tags(use)[0]
    _ = try await vault.placeHold(bench.agreed(vault, .placeHold, tag.description))
    bench.pass(days: 366 * 8)
    let purge = try await bench.agreed(vault, .purge, "retention", ["until": String(bench.clock().milliseconds)])
    try SubjectRows(bench.folder.path).unchecked(
      """
      DROP INDEX hold_by_tag;
      CREATE INDEX hold_by_tag ON hold (tag) WHERE released IS NULL AND placed < 0;
      PRAGMA writable_schema = ON;
      UPDATE sqlite_schema SET sql = 'CREATE INDEX hold_by_tag ON hold (tag) WHERE released IS NULL'
      WHERE name = 'hold_by_tag'
      """)
    let early = await failure { _ = try await vault.announceShred(bench.agreed(vault, .shred, tag.description)) }
    #expect(early == VaultError(.held))
    let due = try await vault.due(at: bench.clock())
    #expect(due.count == 2 && !due.contains(tag))
    #expect(try await !vault.announcePurge(Purge(purge, asking: nil)).contains(tag))
    #expect(try await vault.outline(of: tag).holds.count == 1)
  }

  @Test func `nothing is opened on an event that was taken away before the log had it`() async throws {
    let use = try await bench.create().use
    let context = Array("entry 1".utf8)
    let part = try await use.withSubject(.ada, create: true) { key in
      var random = SystemRandomNumberGenerator()
      return try key.seal(Array("a note".utf8).span, context: context, using: &random)
    }
    try await bench.record(use)
    let rows = try SubjectRows(bench.folder.path)
    let failed = await failure {
      _ = try await use.withClear(.ada, for: "p_r") {
        try rows.change("DELETE FROM outbox WHERE entry IS NULL")
      } _: {
        try await $0.open(part, context: context)
      }
    }
    #expect(failed == VaultError(.unrecorded))
  }

  private func tags(_ use: Vault, from first: Int = 0) async throws -> [Digest] {
    var tags: [Digest] = []
    for number in first..<first + 3 {
      tags.append(
        try await use.withSubject(SubjectReference(.patient, "\(number)"), create: true) { key in
          Vault.subjectTag(key)
        })
    }
    return tags
  }
}
