import Bytes
package import Ciphers
import GRDB
import Storage
import Synchronization
import struct Foundation.Data

/// What becomes unreadable when a key is destroyed: counts and tags, never references.
package struct DestructionPlan: Hashable, Sendable {
  /// The key.
  package let key: KeyID
  /// How many subjects' keys it wraps, directly or through others.
  package let subjects: Int
  /// How many of them there are of each kind.
  package let byKind: [SubjectReference.Kind: Int]
  /// How many of them were made on each day, counted from 1970-01-01.
  package let byDay: [Int64: Int]
  /// The tags of the first of them.
  package let tags: [Digest]
  /// The secrets of the tenant that it wraps.
  package let secrets: [TenantSecret]
  /// How many of the subjects a hold keeps.
  package let held: Int
  /// Of how many of the subjects a restriction is in force.
  package let restricted: Int
  /// When the retention of the last of them ends; nil when nothing is retained.
  package let retainedUntil: Moment?
}

/// A version of a key as it stands.
package struct TenantKeyState: Hashable, Sendable {
  /// Its name.
  package let key: KeyID
  /// How it stands.
  package let state: KeyDescription.State
  /// Whether it is the one that wraps.
  package let isActive: Bool
  /// When it was made.
  package let created: Moment
  /// When it is to be destroyed.
  package let destruction: Moment?
  /// How many subjects' keys are wrapped under it.
  package let subjects: Int
  /// How many of its 2^32 uses are set aside.
  package let uses: Int64
}

// A key is destroyed in three steps: two people schedule it (it is not used from then on, and the event of that is its
// announcement), the waiting period passes, and `destroyDue` erases it when the announcement has its entry in the log.
extension Vault {
  /// What would become unreadable: the dry run of a destruction.
  package func plan(destroying key: KeyID, tags limit: Int = 1000) throws(VaultError) -> DestructionPlan {
    let version = Vault.tenantVersion(key.description)
    guard version != nil || key == root else { throw VaultError(.unknownKey, key: key) }
    return try Vault.stored { try store.read { try plan(key, version, limit, $0) } }
  }

  /// Every version of the tenant key, as the file has them.
  package func tenantKeys() throws(VaultError) -> [TenantKeyState] {
    try Vault.stored { try store.read { try Vault.tenantKeys($0) } }
  }

  /// The same, found to be as the vault left them, with everything else that it keeps.
  package func provedTenantKeys() async throws(VaultError) -> [TenantKeyState] {
    let evidence = try await box(.evidence)
    return try Vault.stored {
      try store.read { database in
        try Vault.checkSeal(evidence, database)
        try Vault.checkKept(evidence, database)
        return try Vault.tenantKeys(database)
      }
    }
  }

  private static func tenantKeys(_ database: Database) throws -> [TenantKeyState] {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT version, created, state, uses, destruction,
          (SELECT COUNT(*) FROM subject_key WHERE subject_key.version = tenant_key.version) AS subjects
        FROM tenant_key ORDER BY version
        """)
    return rows.map { row in
      let state = Schema.TenantState(rawValue: row["state"]) ?? .disabled
      return TenantKeyState(
        key: Vault.tenantKeyID(row["version"]), state: state.described, isActive: state == .active,
        created: Moment(milliseconds: row["created"]),
        destruction: (row["destruction"] as Int64?).map { Moment(milliseconds: $0) }, subjects: row["subjects"],
        uses: row["uses"])
    }
  }

  /// Refuses every further use of an old version of the tenant key, by two people.
  package func disable(_ approval: consuming Approval) async throws(VaultError) -> VaultEvent {
    let approval = try approval.spent(on: .disable)
    let key = approval.proposal.object
    let event = event(.keyDisabled, object: key, people: approval.people)
    let done = try await setState(approval, event, key, from: [.old], to: .disabled) { [self] database, _ in
      try refuseInUse(key, database)
    }
    forget()
    return done
  }

  /// Takes back `disable`, by two people.
  package func enable(_ approval: consuming Approval) async throws(VaultError) -> VaultEvent {
    let approval = try approval.spent(on: .enable)
    let key = approval.proposal.object
    let event = event(.keyEnabled, object: key, people: approval.people)
    return try await setState(approval, event, key, from: [.disabled], to: .old)
  }

  /// Schedules the destruction of an old version of the tenant key, by two people, after `days` days; refused while a
  /// hold or retention keeps what it protects.
  package func scheduleDestruction(_ approval: consuming Approval) async throws(VaultError) -> VaultEvent {
    let approval = try approval.spent(on: .destroy)
    let key = approval.proposal.object
    let now = clock()
    let due = now.adding(days: try waitingDays(of: approval.proposal))
    let event = VaultEvent(
      .keyDestructionScheduled, .intent, object: key, people: approval.people, at: now, id: "destroy.\(approval.id)")
    let (id, version) = (approval.id, Vault.tenantVersion(key))
    let done = try await setState(approval, event, key, from: [.old, .disabled], to: .pendingDestruction, due: due) {
      [self] database, evidence in
      try refuseInUse(key, database)
      try Vault.checkKept(evidence, database)
      try refuseWhileKept(plan(Vault.tenantKeyID(version ?? 0), version, 0, database), until: due)
      try Vault.beginWaiting(for: id, database)
    }
    forget()
    return done
  }

  /// Takes back a destruction that is not done, by two people; the key is left disabled.
  package func cancelDestruction(_ approval: consuming Approval) async throws(VaultError) -> VaultEvent {
    let approval = try approval.spent(on: .cancelDestruction)
    let key = approval.proposal.object
    let event = event(.keyDestructionCancelled, object: key, people: approval.people)
    return try await setState(approval, event, key, from: [.pendingDestruction], to: .disabled)
  }

  /// Destroys the versions of the tenant key whose time has come and whose announcement is in the log: their events.
  ///
  /// That a version is to be destroyed, and when, is read from what two people agreed to, not from its row.
  package func destroyDue() async throws(VaultError) -> [VaultEvent] {
    guard duty == .administration else { throw VaultError(.forbidden) }
    try checkUnlocked()
    let now = clock()
    let versions = try Vault.stored {
      try store.read { try Int64.fetchAll($0, sql: "SELECT version FROM tenant_key WHERE state = 3 ORDER BY version") }
    }
    guard !versions.isEmpty else { return [] }
    let evidence = try await box(.evidence)
    var events: [VaultEvent] = []
    for version in versions {
      let key = Vault.tenantKeyID(version)
      let done = event(.keyDestroyed, object: key.description)
      let isDone = try change(evidence) { database -> Bool in
        guard try isDue(key, at: now, evidence, database) else { return false }
        try refuseInUse(key.description, database)
        try Vault.checkKept(evidence, database)
        try refuseWhileKept(plan(key, version, 0, database), until: now)
        try database.execute(
          sql: "UPDATE tenant_key SET state = 4, wrapped = NULL WHERE version = ? AND state = 3", arguments: [version])
        guard database.changesCount == 1 else { throw VaultError(.waiting(until: nil)) }
        try Vault.oweFlush(database)
        try put(done, evidence, database)
        return true
      }
      if isDone { events.append(done) }
    }
    guard !events.isEmpty else { return [] }
    forget()
    try beginEpoch()
    try flush(evidence)
    return events
  }

  /// How many days the destruction that is proposed waits.
  func waitingDays(of proposal: Proposal) throws(VaultError) -> Int64 {
    let shortest = max(1, settings.waitingDays)
    guard let days = Int64(proposal["days"] ?? String(shortest)), (shortest...365).contains(days) else {
      throw VaultError(.waiting(until: nil))
    }
    return days
  }

  /// Refuses a key from which hangs what unlocks, proposes and records: nobody could take back what was done to it.
  func refuseInUse(_ name: String, _ database: Database) throws {
    if name == root.description { throw VaultError(.inUse, key: root) }
    guard let version = Vault.tenantVersion(name) else { return }
    let isInUse =
      try Bool.fetchOne(
        database,
        sql: """
          SELECT EXISTS (SELECT 1 FROM tenant_key WHERE version = ?1 AND state = 0)
            OR EXISTS (SELECT 1 FROM tenant_secret WHERE version = ?1)
          """, arguments: [version]) ?? true
    guard !isInUse else { throw VaultError(.inUse, key: Vault.tenantKeyID(version)) }
  }
}

extension Vault {
  /// Whether the waiting period of a destruction that two people agreed to is over, by the clock and by the days that
  /// were counted; `unrecorded` when it is and the announcement is not in the log, `malformed` when nobody agreed.
  private func isDue(_ key: KeyID, at now: Moment, _ evidence: SecretBox, _ database: Database) throws -> Bool {
    guard let (proposal, time) = try Vault.lastAgreement(on: key.description, evidence, database),
      proposal.operation == .destroy
    else { throw VaultError(.malformed, key: key) }
    let days = days(agreedIn: proposal)
    guard time.adding(days: days) <= now else { return false }
    try Outbox.check(evidence, database)
    guard let row = try Outbox.find("destroy.\(proposal.id)", evidence, database) else {
      throw VaultError(.malformed, key: key)
    }
    guard try row.event.object == key.description else { throw VaultError(.malformed, key: key) }
    guard row.entry != nil else { throw VaultError(.unrecorded) }
    guard let waited = try Vault.daysWaited(for: proposal.id, database) else {
      try Vault.beginWaiting(for: proposal.id, database)
      return false
    }
    guard waited >= days else { return false }
    try Vault.endWaiting(for: proposal.id, database)
    return true
  }

  /// How much of the waiting period of a key's destruction is over; nil when none was agreed to.
  package func waitingPeriod(of key: KeyID) async throws(VaultError) -> WaitingPeriod? {
    let evidence = try await box(.evidence)
    return try Vault.stored {
      try store.read { database in
        try Vault.checkSeal(evidence, database)
        guard let (proposal, _) = try Vault.lastAgreement(on: key.description, evidence, database),
          proposal.operation == .destroy
        else { return nil }
        return WaitingPeriod(
          counted: try Vault.daysWaited(for: proposal.id, database) ?? 0, days: days(agreedIn: proposal))
      }
    }
  }

  private func days(agreedIn proposal: Proposal) -> Int64 {
    let shortest = max(1, settings.waitingDays)
    return max(shortest, Int64(proposal["days"] ?? "") ?? shortest)
  }

  /// Throws `altered` unless the subjects are as the vault left them, whatever became of the rest; it reads all of them.
  package func proveSubjects() async throws(VaultError) {
    let evidence = try await box(.evidence)
    try Vault.stored {
      try store.read { database in
        try Vault.checkSeal(evidence, database)
        try Vault.checkSubjects(evidence, database)
      }
    }
  }

  /// Throws `altered` unless everything that the vault keeps beside its subjects is as it left it; it reads all of it.
  ///
  /// Today counts as a day on which the vault was in use.
  package func proveKept() async throws(VaultError) {
    let evidence = try await box(.evidence)
    try change(evidence) { _ in }
    try Vault.stored {
      try store.read { database in
        try Vault.checkSeal(evidence, database)
        try Vault.checkHolds(evidence, database)
        try Vault.checkKeys(evidence, database)
      }
    }
    for file in [VaultFile.vault, .tokens, .kept] { try file.prove(in: folder) }
  }

  /// Throws `altered` unless holds, subjects and what is wrapped under each version are as the vault left them.
  private static func checkKept(_ evidence: SecretBox, _ database: Database) throws {
    try checkHolds(evidence, database)
    try checkSubjects(evidence, database)
    try checkKeys(evidence, database)
  }

  private func refuseWhileKept(_ plan: DestructionPlan, until due: Moment) throws(VaultError) {
    guard plan.held == 0 else { throw VaultError(.held, key: plan.key) }
    guard plan.restricted == 0 else { throw VaultError(.restricted, key: plan.key) }
    guard let until = plan.retainedUntil, until > due else { return }
    throw VaultError(.retained(until: until), key: plan.key)
  }

  private func plan(
    _ key: KeyID, _ version: Int64?, _ limit: Int, _ database: Database
  ) throws -> DestructionPlan {
    let arguments: StatementArguments = [version]
    let scope =
      """
      FROM subject JOIN subject_key ON subject_key.id = subject.id WHERE (?1 IS NULL OR subject_key.version = ?1)
      """
    var byKind: [SubjectReference.Kind: Int] = [:]
    var until: Moment?
    for row in try Row.fetchAll(
      database, sql: "SELECT kind, COUNT(*) AS count, MAX(used_day) AS day \(scope) GROUP BY kind",
      arguments: arguments)
    {
      guard let kind = SubjectReference.Kind(rawValue: row["kind"]) else { throw VaultError(.malformed) }
      byKind[kind] = row["count"]
      let end = settings.retention.end(kind, lastDay: row["day"]) ?? Moment(milliseconds: .max)
      until = max(until ?? end, end)
    }
    var byDay: [Int64: Int] = [:]
    for row in try Row.fetchAll(
      database, sql: "SELECT created_day, COUNT(*) AS count \(scope) GROUP BY created_day", arguments: arguments)
    {
      byDay[row["created_day"]] = row["count"]
    }
    let tags = try Data.fetchAll(
      database, sql: "SELECT tag \(scope) ORDER BY subject.id LIMIT \(limit)", arguments: arguments)
    let held =
      try Int.fetchOne(
        database,
        sql: """
          SELECT COUNT(*) \(scope) AND EXISTS (
            SELECT 1 FROM hold NOT INDEXED WHERE hold.tag = subject.tag AND released IS NULL)
          """, arguments: arguments) ?? 0
    let restricted =
      try Int.fetchOne(
        database,
        sql: """
          SELECT COUNT(*) \(scope) AND consents IS NOT NULL AND (length(consents) <= 32 OR substr(consents, 33) >= ?2)
          """, arguments: [version, Vault.blob(SubjectRow.bytes(ofDay: clock().dayNumber))]) ?? 0
    let secrets = try String.fetchAll(
      database, sql: "SELECT name FROM tenant_secret WHERE (?1 IS NULL OR version = ?1) ORDER BY name",
      arguments: arguments)
    return DestructionPlan(
      key: key, subjects: byKind.values.reduce(0, +), byKind: byKind, byDay: byDay,
      tags: tags.compactMap { Digest([UInt8]($0).span) }, secrets: secrets.compactMap(TenantSecret.init(rawValue:)),
      held: held, restricted: restricted, retainedUntil: until)
  }

  private func setState(
    _ approval: Agreement, _ event: VaultEvent, _ key: String, from: [Schema.TenantState],
    to state: Schema.TenantState, due: Moment? = nil, _ check: @escaping Effect = { _, _ in }
  ) async throws(VaultError) -> VaultEvent {
    guard let version = Vault.tenantVersion(key) else { throw VaultError(.unknownKey) }
    return try await carryOut(approval, event) { database, evidence in
      try check(database, evidence)
      let now = try Int64.fetchOne(
        database, sql: "SELECT state FROM tenant_key WHERE version = ?", arguments: [version]
      ).flatMap(Schema.TenantState.init(rawValue:))
      guard let now, from.contains(now) else { throw VaultError(.keyDisabled, key: Vault.tenantKeyID(version)) }
      try database.execute(
        sql: "UPDATE tenant_key SET state = ?, destruction = ? WHERE version = ?",
        arguments: [state.rawValue, due?.milliseconds, version])
    }
  }
}

extension Schema.TenantState {
  fileprivate var described: KeyDescription.State {
    switch self {
    case .active, .old: .enabled
    case .disabled: .disabled
    case .pendingDestruction: .pendingDestruction
    case .destroyed: .destroyed
    }
  }
}
