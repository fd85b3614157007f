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
  let key: SubjectKey
  let usedDay: Atomic<Int64>

  init(id: Int64, key: consuming SubjectKey, usedDay: Int64) {
    self.id = id
    tag = Vault.subjectTag(key)
    self.key = key
    self.usedDay = Atomic(usedDay)
  }
}

extension Vault {
  /// Uses of a subject's key that are set aside at a time; a crash loses them, and can never count too few.
  static let usesSetAside: Int64 = 4096

  /// What `body` makes with the key of a subject, which it can neither keep nor copy.
  ///
  /// A key that is made is on stable storage before `body` begins. `seals` is the most that `body` seals: one key seals
  /// 2^32 times under random nonces (NIST SP 800-38D, section 8.3), and each use moves the subject's last day.
  package func withSubject<Value>(
    _ reference: SubjectReference, create: Bool, seals: Int64 = 16, _ body: (borrowing SubjectKey) throws -> Value
  ) async throws -> Value {
    let held = try await subject(reference, create: create)
    try setAside(seals, held)
    return try body(held.key)
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

  private func subject(_ reference: SubjectReference, create: Bool) async throws(VaultError) -> HeldSubject {
    guard duty == .use else { throw VaultError(.forbidden) }
    try checkUnlocked()
    let now = clock()
    let lookup = Vault.lookup(of: reference, try await box(.identity))
    if let held = cache.withLock({ $0.subjects.value(for: lookup, at: now) }) { return held }
    if let held = try await load(lookup, now) { return held }
    guard create else { throw VaultError(.unknownSubject) }
    return try await make(reference, lookup, now)
  }

  // INVARIANT: no noncopyable value is alive across an `await` here: Swift 6.3.1 misplaces such locals.
  private static func lookup(of reference: SubjectReference, _ identity: SecretBox) -> [UInt8] {
    let index = identity.secret.derived(for: "cordon tenant v1 subject index")
    var text = Array(reference.text.utf8)
    defer { text.wipe() }
    return Digest(authenticating: text, key: index).bytes
  }

  private func load(_ lookup: [UInt8], _ now: Moment) async throws(VaultError) -> HeldSubject? {
    let found = try Vault.stored {
      try store.read { database in
        try Row.fetchOne(
          database,
          sql: """
            SELECT subject.id AS id, state, used_day, version, wrapped
            FROM subject LEFT JOIN subject_key ON subject_key.id = subject.id WHERE lookup = ?
            """, arguments: [Vault.blob(lookup)])
      }
    }
    guard let found else { return nil }
    guard found["state"] == Schema.SubjectState.active.rawValue, let version = found["version"] as Int64?,
      let wrapped = found["wrapped"] as Data?
    else { throw VaultError(.shredded) }
    let id: Int64 = found["id"]
    return try hold(id, [UInt8](wrapped), await tenantKey(version), usedDay: found["used_day"], lookup, now)
  }

  private func make(
    _ reference: SubjectReference, _ lookup: [UInt8], _ now: Moment
  ) async throws(VaultError) -> HeldSubject {
    let (fields, evidence) = (try await box(.fields), try await box(.evidence))
    for _ in 0..<3 {
      let key = try await tenantKey(activeVersion())
      if let held = try insert(reference, lookup, key, fields, evidence, now) { return held }
      if let held = try await load(lookup, now) { return held }
    }
    throw VaultError(.storage)
  }

  /// Puts the row of a new subject in; nil when a rotation or somebody else was faster.
  private func insert(
    _ reference: SubjectReference, _ lookup: [UInt8], _ key: TenantKey, _ fields: SecretBox, _ evidence: SecretBox,
    _ now: Moment
  ) throws(VaultError) -> HeldSubject? {
    let fields = try Vault.fieldCipher("vault", fields)
    try setAsideTenantUses(1, key.version)
    var random = SystemRandomNumberGenerator()
    let secret = SecretBytes(count: SubjectKey.secretByteCount, using: &random)
    let tag = try Vault.subjectTag(Vault.subjectKey(secret))
    let made = event(.subjectCreated, object: tag.description)
    // A typed closure would have to borrow the secret across the transaction; the row is wrapped by id inside it.
    let id: Int64? = try Vault.stored {
      try store.write { database -> Int64? in
        let active = try Int64.fetchOne(database, sql: "SELECT version FROM tenant_key WHERE state = 0")
        let exists = try Bool.fetchOne(
          database, sql: "SELECT EXISTS (SELECT 1 FROM subject WHERE lookup = ?)", arguments: [Vault.blob(lookup)])
        // A rotation came between, or somebody else made the key: look again.
        guard active == key.version, exists == false else { return nil }
        let sealed = try fields.seal(
          reference.text, at: FieldPlace("subject", "reference", row: tag.bytes), using: &random)
        try database.execute(
          sql: """
            INSERT INTO subject (lookup, reference, kind, tag, created_day, used_day, uses, state)
            VALUES (?, ?, ?, ?, ?, ?, ?, 0)
            """,
          arguments: [
            Vault.blob(lookup), Vault.blob(sealed), reference.kind.rawValue, Vault.blob(tag.bytes), now.dayNumber,
            now.dayNumber, Vault.usesSetAside,
          ])
        let id = database.lastInsertedRowID
        let wrapped = try key.wrapping.wrap(
          secret, context: Vault.subjectContext(id, version: key.version), using: &random)
        try database.execute(
          sql: "INSERT INTO subject_key (id, version, wrapped) VALUES (?, ?, ?)",
          arguments: [id, key.version, Vault.blob(wrapped)])
        try Outbox.put(made, evidence, database)
        return id
      }
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
  private func setAside(_ count: Int64, _ held: HeldSubject) throws(VaultError) {
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
    try Vault.stored {
      try store.write { database in
        try database.execute(
          sql: """
            UPDATE subject SET uses = uses + ?, used_day = MAX(used_day, ?)
            WHERE id = ? AND state = 0 AND uses + ? <= ?
            """,
          arguments: [more, today, held.id, more, WrappingKey.mostUses])
        guard database.changesCount == 1 else {
          let state = try Int64.fetchOne(database, sql: "SELECT state FROM subject WHERE id = ?", arguments: [held.id])
          throw VaultError(state == Schema.SubjectState.active.rawValue ? .usedUp : .shredded)
        }
      }
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
  func setAsideTenantUses(_ count: Int64, _ version: Int64) throws(VaultError) {
    let enough = cache.withLock { cache in
      guard let left = cache.tenantUsesLeft[version], left >= count else { return false }
      cache.tenantUsesLeft[version] = left - count
      return true
    }
    guard !enough else { return }
    let more = max(count, 1 << 16)
    try Vault.stored {
      try store.write { database in
        try database.execute(
          sql: "UPDATE tenant_key SET uses = uses + ? WHERE version = ? AND uses + ? <= ?",
          arguments: [more, version, more, WrappingKey.mostUses])
        guard database.changesCount == 1 else { throw VaultError(.usedUp, key: Vault.tenantKeyID(version)) }
      }
    }
    cache.withLock { $0.tenantUsesLeft[version] = more - count }
  }
}
