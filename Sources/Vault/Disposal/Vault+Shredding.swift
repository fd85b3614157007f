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
  /// Announces the destruction of a subject's key; refused under a hold, while the patient's restriction is in force, or before
  /// the end of its retention.
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
    // What could not be completed is not announced: the key in the row is this subject's.
    if let version = try tenantVersion(ofSubject: tag) { try proveKey(of: tag, under: await tenantKey(version)) }
    let done = try await carryOut(approval, event) { [self] database, evidence in
      let held = try Vault.checkHolds(evidence, database)
      try Vault.checkSubjects(evidence, database)
      try announce(tag, held, lastEntry: lastEntry, now, evidence, database)
    }
    forgetSubjects()
    return done
  }

  /// Announces the destruction of every subject whose retention has ended by now and that neither a hold nor a restriction keeps.
  ///
  /// Two people agree to it up to a day (`until`, in milliseconds): what is due later is not touched. With a log, neither
  /// is one whose last entry is later, or about whom the log was not asked.
  package func announcePurge(_ purge: Purge) async throws(VaultError) -> [Digest] {
    let (approval, log) = (purge.agreement, purge.log)
    guard let until = approval.proposal["until"].flatMap(Int64.init) else { throw VaultError(.proposal(.malformed)) }
    let now = clock()
    let moment = min(now, Moment(milliseconds: until))
    let events = try await carryOut(approval) { [self] database, evidence in
      let held = try Vault.checkHolds(evidence, database)
      var due = try due(at: moment, held, evidence, database)
      if let log { due = due.filter { log.isKnown($0) } }
      var events: [VaultEvent] = []
      for tag in due {
        do {
          try announce(tag, held, lastEntry: log?[tag], moment, evidence, database)
        } catch let error as VaultError {
          // The log knows of something later than the key's last use.
          guard case .retained = error.code else { throw error }
          continue
        }
        events.append(announcement(of: tag, approval.people))
      }
      return events
    }
    forgetSubjects()
    return events.compactMap { $0.object.flatMap { Digest(hexadecimal: $0) } }
  }

  /// The subjects whose retention has ended at a moment, by the day of their keys' last use, and that no hold keeps.
  package func due(at moment: Moment) async throws(VaultError) -> [Digest] {
    let evidence = try await box(.evidence)
    return try Vault.stored {
      try store.read { database in
        try Vault.checkSeal(evidence, database)
        return try due(at: moment, Vault.checkHolds(evidence, database), evidence, database)
      }
    }
  }

  private func due(
    at moment: Moment, _ held: Set<[UInt8]>, _ evidence: SecretBox, _ database: Database
  ) throws -> [Digest] {
    var due: [Digest] = []
    let today = clock().dayNumber
    try Vault.checkSubjects(evidence, database) { subject in
      guard subject.state == .active, let tag = Digest(subject.tag.span), !held.contains(subject.tag),
        !subject.isRestricted(on: today),
        let end = settings.retention.end(try subject.subjectKind, lastDay: subject.usedDay), end <= moment
      else { return }
      due.append(tag)
    }
    return due
  }

  /// The subjects whose destruction is announced and not done, as the file has them.
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
    let isDone = try change(evidence) { database -> Bool in
      guard let subject = try SubjectRow.find(tag, RowCodes(.subjects, evidence), database) else {
        throw VaultError(.unknownSubject)
      }
      if subject.state == .shredded { return true }
      // An announcement that is in the place of one that waits says nothing.
      try Outbox.check(evidence, database)
      guard subject.state == .shredding,
        let row = try Outbox.find(Vault.announcementID(tag), evidence, database), let entry = row.entry
      else { throw VaultError(.unrecorded) }
      guard try !Vault.checkHolds(evidence, database).contains(tag.bytes) else { throw VaultError(.held) }
      let announced = try row.event
      let statement = try statement(tag, subject, announced: announced, entry: entry, at: now)
      let certificate = try DisposalCertificate(statement, key: Vault.certificateKey(evidence))
      try Vault.erase(subject, evidence, database)
      try Vault.oweFlush(database)
      try database.execute(
        sql: "INSERT INTO certificate (tag, body) VALUES (?, ?)",
        arguments: [Vault.blob(tag.bytes), Vault.blob(certificate.bytes)])
      try put(
        event(.subjectShredded, object: tag.description, people: announced.people), evidence, database)
      return false
    }
    if !isDone { forgetSubjects() }
    try flush(evidence)
    return try certificate(of: tag)
  }

  /// Takes back an announced destruction when a hold has come in between: the key is used again.
  ///
  /// The announcement has its entry in the log by then, else it is `unrecorded`; the event says that it holds no more.
  @discardableResult
  package func resumeUse(of tag: Digest, by person: String) async throws(VaultError) -> VaultEvent? {
    guard duty == .administration else { throw VaultError(.forbidden) }
    try checkUnlocked()
    let evidence = try await box(.evidence)
    let event = event(.subjectResumed, object: tag.description, people: [try await pseudonym(of: person)])
    return try change(evidence) { database in
      guard try Vault.checkHolds(evidence, database).contains(tag.bytes) else { throw VaultError(.forbidden) }
      guard let subject = try SubjectRow.find(tag, RowCodes(.subjects, evidence), database) else {
        throw VaultError(.unknownSubject)
      }
      guard subject.state != .shredded else { throw VaultError(.shredded) }
      guard subject.state == .shredding else { return nil }
      try Outbox.check(evidence, database)
      guard let announcement = try Outbox.find(Vault.announcementID(tag), evidence, database),
        announcement.entry != nil
      else { throw VaultError(.unrecorded) }
      var resumed = subject
      resumed.state = .active
      try subject.replace(by: resumed, evidence, database)
      // Another announcement of this subject has its name.
      try Outbox.remove(announcement, evidence, database)
      try put(event, evidence, database)
      return event
    }
  }

  /// The certificate of a destroyed key, which is in neither the file nor its journal when this returns.
  package func certificate(of tag: Digest) throws(VaultError) -> DisposalCertificate {
    if try owesFlush { try emptyJournal() }
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
  package func outline(of tag: Digest) async throws(VaultError) -> SubjectOutline {
    guard let outline = try await outlines(of: [tag])[tag] else { throw VaultError(.unknownSubject) }
    return try outline.get()
  }

  /// Each of these subjects, as the file has them at one moment, or what is wrong with its row.
  ///
  /// The seal and the list of holds are proved once for all of them.
  package func outlines(
    of tags: Set<Digest>
  ) async throws(VaultError) -> [Digest: Result<SubjectOutline, VaultError>] {
    let evidence = try await box(.evidence)
    return try Vault.stored {
      try store.read { database in
        try Vault.checkSeal(evidence, database)
        // A hold that somebody took away in the file keeps what it kept.
        let held = try Vault.checkHolds(evidence, database)
        let codes = RowCodes(.subjects, evidence)
        var outlines: [Digest: Result<SubjectOutline, VaultError>] = [:]
        for tag in tags {
          do {
            let holds = held.contains(tag.bytes) ? try Vault.holds(tag, database) : []
            outlines[tag] = .success(try outline(of: tag, holds, codes, database))
          } catch let error as VaultError {
            outlines[tag] = .failure(error)
          }
        }
        return outlines
      }
    }
  }

  private func outline(
    of tag: Digest, _ holds: [String], _ codes: RowCodes, _ database: Database
  ) throws -> SubjectOutline {
    guard let row = try SubjectRow.find(tag, codes, database) else { throw VaultError(.unknownSubject) }
    let kind = try row.subjectKind
    return SubjectOutline(
      tag: tag, kind: kind, createdDay: row.createdDay, usedDay: row.usedDay, isShredded: row.state == .shredded,
      retainedUntil: settings.retention.end(kind, lastDay: row.usedDay), holds: holds)
  }

  /// Destroys again what the log says was destroyed, after old rows were restored: how many keys that were there.
  package func reapply(shreds tags: [Digest]) async throws(VaultError) -> Int {
    try checkUnlocked()
    let evidence = try await box(.evidence)
    var erased = 0
    try change(evidence) { database in
      let codes = RowCodes(.subjects, evidence)
      for tag in tags {
        guard let row = try SubjectRow.find(tag, codes, database), row.state != .shredded else { continue }
        try Vault.erase(row, evidence, database)
        try Vault.oweFlush(database)
        try put(event(.subjectShredded, object: tag.description), evidence, database)
        erased += 1
      }
    }
    try beginEpoch()
    forgetSubjects()
    try flush(evidence)
    return erased
  }
}

extension Vault {
  private static func announcementID(_ tag: Digest) -> String { "shred.\(tag)" }

  private func announcement(of tag: Digest, _ people: [String]) -> VaultEvent {
    VaultEvent(
      .subjectShredded, .intent, object: tag.description, people: people, at: clock(), id: Vault.announcementID(tag))
  }

  private func announce(
    _ tag: Digest, _ held: Set<[UInt8]>, lastEntry: Moment?, _ now: Moment, _ evidence: SecretBox,
    _ database: Database
  ) throws {
    guard let row = try SubjectRow.find(tag, RowCodes(.subjects, evidence), database) else {
      throw VaultError(.unknownSubject)
    }
    guard row.state == .active else { throw VaultError(.shredded) }
    guard !held.contains(tag.bytes) else { throw VaultError(.held) }
    guard !row.isRestricted(on: clock().dayNumber) else { throw VaultError(.restricted) }
    let lastDay = max(row.usedDay, lastEntry?.dayNumber ?? .min)
    guard let end = settings.retention.end(try row.subjectKind, lastDay: lastDay) else {
      throw VaultError(.retained(until: Moment(milliseconds: .max)))
    }
    guard end <= now else { throw VaultError(.retained(until: end)) }
    var announced = row
    announced.state = .shredding
    try row.replace(by: announced, evidence, database)
  }

  /// Overwrites a wrapped key, then deletes it; `secure_delete` overwrites what the row held besides.
  private static func erase(_ subject: SubjectRow, _ evidence: SecretBox, _ database: Database) throws {
    let version = try Int64.fetchOne(
      database, sql: "SELECT version FROM subject_key WHERE id = ?", arguments: [subject.id])
    if let version {
      var tally = try keys(under: version, evidence, database)
      tally.remove(try KeyWeights(evidence).weight(subject.id))
      try set(keys: tally, under: version, evidence, database)
    }
    try database.execute(
      sql: "UPDATE subject_key SET wrapped = zeroblob(length(wrapped)), version = 0 WHERE id = ?",
      arguments: [subject.id])
    try database.execute(sql: "DELETE FROM subject_key WHERE id = ?", arguments: [subject.id])
    try eraseConsents(of: subject.id, database)
    var tombstone = subject
    tombstone.state = .shredded
    tombstone.lookup = nil
    tombstone.reference = nil
    tombstone.consents = nil
    try subject.replace(by: tombstone, evidence, database)
  }

  private func forgetSubjects() { cache.withLock { $0.subjects.removeAll() } }

  static func certificateKey(_ evidence: SecretBox) throws(VaultError) -> SigningKey {
    do throws(CipherError) {
      return try SigningKey(seed: evidence.secret.derived(for: "cordon vault v1 certificates ed25519"))
    } catch {
      throw VaultError(.malformed)
    }
  }

  private func statement(
    _ tag: Digest, _ subject: SubjectRow, announced: VaultEvent, entry: Int64, at now: Moment
  ) throws(VaultError) -> JSONValue {
    let (kind, usedDay) = (try subject.subjectKind, subject.usedDay)
    let rule = settings.retention[kind]
    return .object([
      JSONMember("certificate", .string("cordon disposal 1")), JSONMember("vault", .string(id)),
      JSONMember("method", .string("cryptographic erase")), JSONMember("standard", .string("NIST SP 800-88 Rev. 2")),
      JSONMember("what", .string("the AES-256 key of one subject and everything sealed under it")),
      JSONMember("subject", .string(tag.description)), JSONMember("kind", .string(kind.rawValue)),
      JSONMember("key", .string("subject/\(subject.id)")),
      JSONMember("last_used", .string(Moment(milliseconds: usedDay * Moment.day).description.prefix(10).description)),
      JSONMember("retention", .string(rule.map { "\($0.years) years: \($0.citation)" } ?? "none")),
      JSONMember("announced_at", .string(announced.time.description)),
      JSONMember("announced_in_entry", .number(String(entry))),
      JSONMember("destroyed_at", .string(now.description)),
      JSONMember("people", .array(announced.people.map { .string($0) })),
    ])
  }
}
