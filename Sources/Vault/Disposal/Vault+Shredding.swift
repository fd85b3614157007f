import Bytes
package import Ciphers
import GRDB
import Storage
import Synchronization
import struct Foundation.Data

/// A subject as the vault shows it to people: by tag, never by reference.
package struct SubjectOutline: Hashable, Sendable {
  /// What stands for it in the log.
  package let tag: Digest
  /// What kind it is.
  package let kind: SubjectReference.Kind
  /// When its key was made and last used, as days since 1970.
  package let createdDay: Int64
  /// See `createdDay`.
  package let usedDay: Int64
  /// Whether the key is gone.
  package let isShredded: Bool
  /// When its retention ends; nil when never.
  package let retainedUntil: Moment?
  /// The ids of the holds on it.
  package let holds: [String]
}

// Destroying a subject's key goes in two steps, so that no key is ever gone without the log knowing:
// `announceShred` (two people agree; the key is not used any more; the announcement goes to the outbox), then, when the
// announcement has its entry in the log, `completeShred` (the row is overwritten; the certificate and the second event
// are written with it). A crash in between leaves an announced shredding, which `announcedShreds` lists.
extension Vault {
  /// Announces the destruction of a subject's key; refused under a hold or before the end of its retention.
  ///
  /// `lastEntry` is when something was last recorded about the subject, as the log's index has it; the vault's own record
  /// of the key's last use counts as well.
  package func announceShred(
    _ approval: consuming Approval, lastEntry: Moment? = nil
  ) async throws(VaultError) -> VaultEvent {
    let approval = try approval.spent(on: .shred)
    let tag = try Vault.tag(in: approval)
    let event = announcement(of: tag, approval.people)
    let now = clock()
    let done = try await carryOut(approval, event) { [self] database, evidence in
      try Vault.checkHolds(evidence, database)
      try announce(tag, lastEntry: lastEntry, now, database)
    }
    forgetSubjects()
    return done
  }

  /// Announces the destruction of every subject whose retention has ended by now and that no hold keeps.
  ///
  /// Two people agree to it up to a day (`until`, in milliseconds): what is due later is not touched.
  package func announcePurge(_ approval: consuming Approval) async throws(VaultError) -> [Digest] {
    let approval = try approval.spent(on: .purge)
    guard let until = approval.proposal["until"].flatMap(Int64.init) else { throw VaultError(.proposal(.malformed)) }
    let now = clock()
    let due = try due(at: min(now, Moment(milliseconds: until)))
    let events = announcements(of: due, approval.people)
    try await carryOut(approval, events: events) { [self] database, evidence in
      try Vault.checkHolds(evidence, database)
      for tag in due { try announce(tag, lastEntry: nil, now, database) }
    }
    forgetSubjects()
    return due
  }

  /// The subjects whose retention has ended at a moment and that no hold keeps.
  package func due(at moment: Moment) throws(VaultError) -> [Digest] {
    var due: [Digest] = []
    for kind in SubjectReference.Kind.allCases {
      let rows = try Vault.stored {
        try store.read { database in
          try Row.fetchAll(
            database,
            sql: """
              SELECT tag, used_day FROM subject WHERE state = 0 AND kind = ? AND used_day < ?
              AND NOT EXISTS (SELECT 1 FROM hold WHERE hold.tag = subject.tag AND released IS NULL) ORDER BY id
              """, arguments: [kind.rawValue, moment.dayNumber])
        }
      }
      for row in rows {
        guard let end = settings.retention.end(kind, lastDay: row["used_day"]), end <= moment,
          let tag = Digest([UInt8](row["tag"] as Data).span)
        else { continue }
        due.append(tag)
      }
    }
    return due
  }

  /// The subjects whose destruction is announced and not done.
  package func announcedShreds() throws(VaultError) -> [Digest] {
    let rows = try Vault.stored {
      try store.read { try Data.fetchAll($0, sql: "SELECT tag FROM subject WHERE state = 1 ORDER BY id") }
    }
    return rows.compactMap { Digest([UInt8]($0).span) }
  }

  /// Destroys a subject's key whose announcement is in the log; `unrecorded` until then.
  ///
  /// It returns when the wrapped key is in neither the file nor its journal. Called again, it gives the same certificate.
  package func completeShred(_ tag: Digest) async throws(VaultError) -> DisposalCertificate {
    guard duty == .administration else { throw VaultError(.forbidden) }
    try checkUnlocked()
    let evidence = try await box(.evidence)
    if let version = try tenantVersion(ofSubject: tag) { try proveKey(of: tag, under: await tenantKey(version)) }
    return try destroy(tag, evidence)
  }

  private func destroy(_ tag: Digest, _ evidence: SecretBox) throws(VaultError) -> DisposalCertificate {
    let now = clock()
    let name = Vault.announcementID(tag)
    let rows = try Vault.stored {
      try store.read { database in
        (
          try Row.fetchOne(
            database, sql: "SELECT id, state, kind, used_day FROM subject WHERE tag = ?",
            arguments: [Vault.blob(tag.bytes)]),
          try Row.fetchOne(database, sql: "SELECT body, code, entry FROM outbox WHERE id = ?", arguments: [name])
        )
      }
    }
    guard let subject = rows.0 else { throw VaultError(.unknownSubject) }
    if subject["state"] == Schema.SubjectState.shredded.rawValue {
      try flush()
      return try certificate(of: tag)
    }
    guard subject["state"] == Schema.SubjectState.shredding.rawValue, let row = rows.1,
      let entry = row["entry"] as Int64?
    else { throw VaultError(.unrecorded) }
    let announced = try Vault.event(row, evidence)
    let kind = SubjectReference.Kind(rawValue: subject["kind"])
    let statement = statement(
      tag, id: subject["id"], kind: kind, usedDay: subject["used_day"], announced: announced, entry: entry, at: now)
    let certificate = try DisposalCertificate(statement, key: Vault.certificateKey(evidence))
    let done = event(.subjectShredded, object: tag.description, people: announced.people)
    let id: Int64 = subject["id"]
    try Vault.stored {
      try store.write { database in
        guard try Vault.holds(tag, evidence, database).isEmpty else { throw VaultError(.held) }
        try Vault.erase(id, database)
        try database.execute(
          sql: "INSERT INTO certificate (tag, body) VALUES (?, ?)",
          arguments: [Vault.blob(tag.bytes), Vault.blob(certificate.bytes)])
        try Outbox.put(done, evidence, database)
      }
    }
    forgetSubjects()
    try flush()
    return certificate
  }

  /// Takes back an announced destruction when a hold has come in between.
  package func resumeUse(of tag: Digest) async throws(VaultError) {
    guard duty == .administration else { throw VaultError(.forbidden) }
    let evidence = try await box(.evidence)
    try Vault.stored {
      try store.write { database in
        guard try !Vault.holds(tag, evidence, database).isEmpty else { throw VaultError(.forbidden) }
        try database.execute(
          sql: "UPDATE subject SET state = 0 WHERE tag = ? AND state = 1", arguments: [Vault.blob(tag.bytes)])
        try database.execute(sql: "DELETE FROM outbox WHERE id = ?", arguments: [Vault.announcementID(tag)])
      }
    }
  }

  /// The certificate of a destroyed key.
  package func certificate(of tag: Digest) throws(VaultError) -> DisposalCertificate {
    let body = try Vault.stored {
      try store.read { database in
        try Data.fetchOne(
          database, sql: "SELECT body FROM certificate WHERE tag = ?", arguments: [Vault.blob(tag.bytes)])
      }
    }
    guard let body else { throw VaultError(.missing) }
    guard let certificate = DisposalCertificate([UInt8](body)) else { throw VaultError(.malformed) }
    return certificate
  }

  /// The key with which certificates are checked.
  package func certificateKey() async throws(VaultError) -> VerificationKey {
    try Vault.certificateKey(await box(.evidence)).verificationKey
  }

  /// A subject by its tag.
  package func outline(of tag: Digest) throws(VaultError) -> SubjectOutline {
    let row = try Vault.stored {
      try store.read { database in
        try Row.fetchOne(
          database, sql: "SELECT kind, created_day, used_day, state FROM subject WHERE tag = ?",
          arguments: [Vault.blob(tag.bytes)])
      }
    }
    guard let row, let kind = SubjectReference.Kind(rawValue: row["kind"]) else { throw VaultError(.unknownSubject) }
    return SubjectOutline(
      tag: tag, kind: kind, createdDay: row["created_day"], usedDay: row["used_day"],
      isShredded: row["state"] == Schema.SubjectState.shredded.rawValue,
      retainedUntil: settings.retention.end(kind, lastDay: row["used_day"]), holds: try holds(on: tag))
  }

  /// Destroys again what the log says was destroyed, after old rows were restored: how many keys that were there.
  package func reapply(shreds tags: [Digest]) async throws(VaultError) -> Int {
    try checkUnlocked()
    let evidence = try await box(.evidence)
    var erased = 0
    try Vault.stored {
      try store.write { database in
        for tag in tags {
          let row = try Row.fetchOne(
            database, sql: "SELECT id, state FROM subject WHERE tag = ?", arguments: [Vault.blob(tag.bytes)])
          guard let row, row["state"] != Schema.SubjectState.shredded.rawValue else { continue }
          try Vault.erase(row["id"], database)
          try Outbox.put(event(.subjectShredded, object: tag.description), evidence, database)
          erased += 1
        }
      }
    }
    try beginEpoch()
    forgetSubjects()
    try flush()
    return erased
  }
}

extension Vault {
  private static func announcementID(_ tag: Digest) -> String { "shred.\(tag)" }

  private func announcement(of tag: Digest, _ people: [String]) -> VaultEvent {
    VaultEvent(
      .subjectShredded, .intent, object: tag.description, people: people, at: clock(), id: Vault.announcementID(tag))
  }

  private func announcements(of tags: [Digest], _ people: [String]) -> [VaultEvent] {
    tags.map { announcement(of: $0, people) }
  }

  private func announce(_ tag: Digest, lastEntry: Moment?, _ now: Moment, _ database: Database) throws {
    let row = try Row.fetchOne(
      database, sql: "SELECT kind, used_day, state FROM subject WHERE tag = ?", arguments: [Vault.blob(tag.bytes)])
    guard let row, let kind = SubjectReference.Kind(rawValue: row["kind"]) else { throw VaultError(.unknownSubject) }
    guard row["state"] == Schema.SubjectState.active.rawValue else { throw VaultError(.shredded) }
    guard try Vault.holds(tag, database).isEmpty else { throw VaultError(.held) }
    let lastDay = max(row["used_day"], lastEntry?.dayNumber ?? .min)
    guard let end = settings.retention.end(kind, lastDay: lastDay) else {
      throw VaultError(.retained(until: Moment(milliseconds: .max)))
    }
    guard end <= now else { throw VaultError(.retained(until: end)) }
    try database.execute(sql: "UPDATE subject SET state = 1 WHERE tag = ?", arguments: [Vault.blob(tag.bytes)])
  }

  /// Overwrites a wrapped key, then deletes it; `secure_delete` overwrites what the row held besides.
  private static func erase(_ id: Int64, _ database: Database) throws {
    try database.execute(
      sql: "UPDATE subject_key SET wrapped = zeroblob(length(wrapped)), version = 0 WHERE id = ?", arguments: [id])
    try database.execute(sql: "DELETE FROM subject_key WHERE id = ?", arguments: [id])
    try database.execute(
      sql: "UPDATE subject SET state = 2, lookup = NULL, reference = NULL WHERE id = ?", arguments: [id])
  }

  private func forgetSubjects() { cache.withLock { $0.subjects.removeAll() } }

  /// Empties the journal, where the row was; a reader in the way is waited for.
  func flush() throws(VaultError) {
    for attempt in 1... {
      do throws(StorageError) {
        return try store.flush()
      } catch {
        guard error.code == .inUse, attempt < 5 else { throw VaultError(.storage, number: Int64(error.number)) }
      }
    }
  }

  static func certificateKey(_ evidence: SecretBox) throws(VaultError) -> SigningKey {
    do throws(CipherError) {
      return try SigningKey(seed: evidence.secret.derived(for: "cordon vault v1 certificates ed25519"))
    } catch {
      throw VaultError(.malformed)
    }
  }

  private func statement(
    _ tag: Digest, id subject: Int64, kind: SubjectReference.Kind?, usedDay: Int64, announced: VaultEvent,
    entry: Int64, at now: Moment
  ) -> JSONValue {
    let rule = kind.flatMap { settings.retention[$0] }
    return .object([
      JSONMember("certificate", .string("cordon disposal 1")), JSONMember("vault", .string(id)),
      JSONMember("method", .string("cryptographic erase")), JSONMember("standard", .string("NIST SP 800-88 Rev. 2")),
      JSONMember("what", .string("the AES-256 key of one subject and everything sealed under it")),
      JSONMember("subject", .string(tag.description)), JSONMember("kind", .string(kind?.rawValue ?? "unknown")),
      JSONMember("key", .string("subject/\(subject)")),
      JSONMember("last_used", .string(Moment(milliseconds: usedDay * Moment.day).description.prefix(10).description)),
      JSONMember("retention", .string(rule.map { "\($0.years) years: \($0.citation)" } ?? "none")),
      JSONMember("announced_at", .string(announced.time.description)),
      JSONMember("announced_in_entry", .number(String(entry))),
      JSONMember("destroyed_at", .string(now.description)),
      JSONMember("people", .array(announced.people.map { .string($0) })),
    ])
  }
}
