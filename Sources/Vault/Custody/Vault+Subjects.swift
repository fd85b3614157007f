import Bytes
package import Ciphers
import GRDB
import Storage
import Synchronization
import struct Foundation.Data

/// A subject's key in memory.
final class HeldSubject: Sendable {
  let id: Int64
  let tag: Digest
  // A field, because no noncopyable value may be alive where an async function throws (see the invariant of `Agreement`).
  let sealer: SubjectSealer
  let usedDay: Atomic<Int64>

  init(id: Int64, key: consuming SubjectKey, usedDay: Int64) {
    self.id = id
    tag = Vault.subjectTag(key)
    sealer = SubjectSealer(key, tag: tag)
    self.usedDay = Atomic(usedDay)
  }
}

extension Vault {
  /// Uses of a subject's key that are set aside at a time; a crash loses them, and can never count too few.
  static let usesSetAside: Int64 = 4096

  /// What `body` seals and names with the key of a subject, which it can neither keep nor copy, nor open anything with.
  ///
  /// A key that is made is on stable storage before `body` begins. `seals` is the most that `body` seals: one key seals
  /// 2^32 times under random nonces (NIST SP 800-38D, section 8.3), and each use moves the subject's last day.
  ///
  /// - Throws: `tooManySubjects` when the subject is new and `caller`, if one is given, has had its number of new ones.
  package func withSubject<Value>(
    _ reference: SubjectReference, create: Bool, for caller: String? = nil, seals: Int64 = 16,
    _ body: (borrowing SubjectSealer) throws -> Value
  ) async throws -> Value {
    let held = try await subject(reference, create: create, for: caller)
    try await setAside(seals, held)
    return try body(held.sealer)
  }

  /// The same with the key itself, for what the vault's own parts open and record in ways of their own.
  func withSubjectKey<Value>(
    _ reference: SubjectReference, create: Bool, seals: Int64 = 16, _ body: (borrowing SubjectKey) throws -> Value
  ) async throws -> Value {
    let held = try await subject(reference, create: create)
    try await setAside(seals, held)
    return try body(held.sealer.key)
  }

  /// Whether the subject has a key that may be used.
  package func knows(_ reference: SubjectReference) async throws(VaultError) -> Bool {
    do throws(VaultError) {
      _ = try await subject(reference, create: false)
      return true
    } catch {
      guard error.code == .unknownSubject || error.code == .shredded else { throw error }
      return false
    }
  }

  /// What stands for a subject in the log while its key exists, and for a tombstone afterwards.
  package static func subjectTag(_ key: borrowing SubjectKey) -> Digest {
    let nothing: [UInt8] = []
    return key.tag("subject", nothing.span)
  }

  /// The tag of a subject.
  package func tag(of reference: SubjectReference) async throws(VaultError) -> Digest {
    try await subject(reference, create: false).tag
  }

  func subject(
    _ reference: SubjectReference, create: Bool, for caller: String? = nil
  ) async throws(VaultError) -> HeldSubject {
    guard duty == .use else { throw VaultError(.forbidden) }
    try checkUnlocked()
    let now = clock()
    let lookup = Vault.lookup(of: reference, try await box(.identity))
    if let held = cache.withLock({ $0.subjects.value(for: lookup, at: now) }) { return held }
    if let held = try await load(lookup, now) { return held }
    guard create else { throw VaultError(.unknownSubject) }
    if let caller {
      guard cache.withLock({ $0.newSubjects.take(caller, at: now) }) else { throw VaultError(.tooManySubjects) }
    }
    return try await make(reference, lookup, now)
  }

  // INVARIANT: no noncopyable value is alive across an `await` here: Swift 6.3.1 misplaces such locals.
  static func lookup(of reference: SubjectReference, _ identity: SecretBox) -> [UInt8] {
    let index = identity.secret.derived(for: "cordon tenant v1 subject index")
    var text = Array(reference.text.utf8)
    defer { text.wipe() }
    return Digest(authenticating: text, key: index).bytes
  }

  /// The member of the workforce with this tag; nil when there is none, or the key is gone.
  func workforce(tagged tag: Digest) async throws(VaultError) -> HeldSubject? {
    guard duty == .use else { throw VaultError(.forbidden) }
    try checkUnlocked()
    let codes = RowCodes(.subjects, try await box(.evidence))
    let row = try Vault.stored { try store.read { try SubjectRow.find(tag, codes, $0) } }
    if row == nil, try hasSubject(tag) { throw VaultError(.altered(.subjects)) }
    guard let row, try row.subjectKind == .workforce, row.state == .active, let lookup = row.lookup else { return nil }
    let now = clock()
    if let held = cache.withLock({ $0.subjects.value(for: lookup, at: now) }) { return held }
    do throws(VaultError) {
      return try await load(lookup, now)
    } catch {
      // The name of one of the workforce is no reason to keep a patient's report from the patient.
      switch error.code {
      case .shredded, .keyless, .keyDestroyed, .keyDisabled: return nil
      default: throw error
      }
    }
  }

  private func load(_ lookup: [UInt8], _ now: Moment) async throws(VaultError) -> HeldSubject? {
    let codes = RowCodes(.subjects, try await box(.evidence))
    let (subject, key) = try Vault.stored {
      try store.read { database -> (SubjectRow?, (version: Int64, wrapped: [UInt8])?) in
        guard let subject = try SubjectRow.find("lookup = ?", [Vault.blob(lookup)], codes, database) else {
          return (nil, nil)
        }
        let key = try Row.fetchOne(
          database, sql: "SELECT version, wrapped FROM subject_key WHERE id = ?", arguments: [subject.id])
        return (subject, key.map { ($0["version"], [UInt8]($0["wrapped"] as Data)) })
      }
    }
    guard let subject else { return nil }
    guard subject.lookup == lookup else { throw VaultError(.altered(.subjects)) }
    guard subject.state == .active else { throw VaultError(.shredded) }
    guard let key else { throw VaultError(.keyless) }
    let held = try hold(
      subject.id, key.wrapped, await tenantKey(key.version), usedDay: subject.usedDay, lookup, now)
    guard held.tag.bytes == subject.tag else { throw VaultError(.notAuthentic) }
    return held
  }

  private func make(
    _ reference: SubjectReference, _ lookup: [UInt8], _ now: Moment
  ) async throws(VaultError) -> HeldSubject {
    // An index that leaves somebody out must not give him a second key: his accesses would be two people's.
    guard try tags(lookedUpBy: lookup).isEmpty else {
      if let held = try await load(lookup, now) { return held }
      throw VaultError(.altered(.subjects))
    }
    let (fields, evidence) = (try await box(.fields), try await box(.evidence))
    for _ in 0..<3 {
      let key = try await tenantKey(activeVersion())
      if let held = try insert(reference, lookup, key, fields, evidence, now) { return held }
      if let held = try await load(lookup, now) { return held }
    }
    throw VaultError(.storage)
  }

  /// Puts the row of a new subject in; nil when a rotation or somebody else was faster.
  ///
  /// Not inlined: in an asynchronous function the secret would be freed twice where it throws (see `isKey`).
  @inline(never)
  private func insert(
    _ reference: SubjectReference, _ lookup: [UInt8], _ key: TenantKey, _ fields: SecretBox, _ evidence: SecretBox,
    _ now: Moment
  ) throws(VaultError) -> HeldSubject? {
    let fields = try Vault.fieldCipher("vault", fields)
    try setAsideTenantUses(1, key.version, evidence)
    var random = SystemRandomNumberGenerator()
    let secret = SecretBytes(count: SubjectKey.secretByteCount, using: &random)
    let tag = try Vault.subjectTag(Vault.subjectKey(secret))
    let made = event(.subjectCreated, object: tag.description)
    // A typed closure would have to borrow the secret across the transaction; the row is wrapped by id inside it.
    let id: Int64? = try change(evidence) { database -> Int64? in
      let active = try Int64.fetchOne(database, sql: "SELECT version FROM tenant_key WHERE state = 0")
      let exists = try Bool.fetchOne(
        database, sql: "SELECT EXISTS (SELECT 1 FROM subject WHERE lookup = ?)", arguments: [Vault.blob(lookup)])
      // A rotation came between, or somebody else made the key: look again.
      guard active == key.version, exists == false else { return nil }
      let sealed = try fields.seal(
        reference.text, at: FieldPlace("subject", "reference", row: tag.bytes), using: &random)
      var row = SubjectRow(
        lookup: lookup, reference: sealed, kind: reference.kind, tag: tag, day: now.dayNumber, uses: Vault.usesSetAside)
      var subjects = try Vault.subjects(evidence, database)
      try row.insert(RowCodes(.subjects, evidence), &subjects, database)
      try Vault.set(subjects: subjects, evidence, database)
      let wrapped = try key.wrapping.wrap(
        secret, context: Vault.subjectContext(row.id, version: key.version), using: &random)
      try database.execute(
        sql: "INSERT INTO subject_key (id, version, wrapped) VALUES (?, ?, ?)",
        arguments: [row.id, key.version, Vault.blob(wrapped)])
      var keys = try Vault.keys(under: key.version, evidence, database)
      keys.add(try KeyWeights(evidence).weight(row.id))
      try Vault.set(keys: keys, under: key.version, evidence, database)
      try put(made, evidence, database)
      return row.id
    }
    guard let id else { return nil }
    cache.withLock { $0.usesLeft[id] = Vault.usesSetAside }
    return try hold(id, secret, usedDay: now.dayNumber, lookup, now)
  }

  private func hold(
    _ id: Int64, _ wrapped: [UInt8], _ tenant: TenantKey, usedDay: Int64, _ lookup: [UInt8], _ now: Moment
  ) throws(VaultError) -> HeldSubject {
    let secret = try tenant.wrapping.unwrap(
      wrapped.span, context: Vault.subjectContext(id, version: tenant.version))
    return try hold(id, secret, usedDay: usedDay, lookup, now)
  }

  private func hold(
    _ id: Int64, _ secret: borrowing SecretBytes, usedDay: Int64, _ lookup: [UInt8], _ now: Moment
  ) throws(VaultError) -> HeldSubject {
    let held = HeldSubject(id: id, key: try Vault.subjectKey(secret), usedDay: usedDay)
    cache.withLock { $0.subjects.hold(held, for: lookup, at: now) }
    return held
  }

  static func subjectKey(_ secret: borrowing SecretBytes) throws(VaultError) -> SubjectKey {
    do throws(CipherError) {
      return try SubjectKey(secret: secret)
    } catch {
      throw VaultError(.malformed)
    }
  }

  static func subjectContext(_ id: Int64, version: Int64) -> [UInt8] {
    var bytes = Array("cordon subject ".utf8)
    bytes.append(bigEndian: UInt64(bitPattern: id))
    bytes.append(bigEndian: UInt64(bitPattern: version))
    return bytes
  }

  /// Takes `count` uses of a subject's key out of those that its row has set aside, and sets more aside when needed.
  func setAside(_ count: Int64, _ held: HeldSubject) async throws(VaultError) {
    precondition(count >= 0 && count <= Vault.usesSetAside, "a body seals at most \(Vault.usesSetAside) times")
    guard count > 0 else { return }
    let today = clock().dayNumber
    let enough = cache.withLock { cache in
      guard let left = cache.usesLeft[held.id], left >= count else { return false }
      cache.usesLeft[held.id] = left - count
      return true
    }
    if enough && held.usedDay.load(ordering: .relaxed) >= today { return }
    let more = enough ? 0 : Vault.usesSetAside
    let evidence = try await box(.evidence)
    try change(evidence) { database in
      let subject = try SubjectRow.find("id = ?", [held.id], RowCodes(.subjects, evidence), database)
      guard let subject, subject.tag == held.tag.bytes else { throw VaultError(.altered(.subjects)) }
      guard subject.state == .active else { throw VaultError(.shredded) }
      var used = subject
      used.uses += more
      used.usedDay = max(subject.usedDay, today)
      guard used.uses <= WrappingKey.mostUses else { throw VaultError(.usedUp) }
      try subject.replace(by: used, evidence, database)
    }
    held.usedDay.store(today, ordering: .relaxed)
    guard more > 0 else { return }
    cache.withLock { cache in
      // The counts are no secret but take room: those of a hundred thousand subjects at most.
      if cache.usesLeft.count > 100_000 { cache.usesLeft.removeAll() }
      cache.usesLeft[held.id] = more - count
    }
  }

  /// The same for a version of the tenant key.
  func setAsideTenantUses(_ count: Int64, _ version: Int64, _ evidence: SecretBox) throws(VaultError) {
    let enough = cache.withLock { cache in
      guard let left = cache.tenantUsesLeft[version], left >= count else { return false }
      cache.tenantUsesLeft[version] = left - count
      return true
    }
    guard !enough else { return }
    let more = max(count, 1 << 16)
    try change(evidence) { database in
      try database.execute(
        sql: "UPDATE tenant_key SET uses = uses + ? WHERE version = ? AND uses + ? <= ?",
        arguments: [more, version, more, WrappingKey.mostUses])
      guard database.changesCount == 1 else { throw VaultError(.usedUp, key: Vault.tenantKeyID(version)) }
    }
    cache.withLock { $0.tenantUsesLeft[version] = more - count }
  }
}
