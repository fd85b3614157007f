import Bytes
import Ciphers
import GRDB
import Storage
import Synchronization

/// Owns the keys of one tenant: root (in its provider) → tenant → subjects.
///
///     <data>/vault/vault.sqlite   wrapped keys, people, proposals, holds, the outbox
///     <data>/vault/locked         the kill switch, when it is on
///     <data>/vault/epoch          changes when keys in memory may not be used any more
///
/// Nothing here reads or writes the log. What the vault does is told to it by events in the outbox, written in the same
/// transaction as the effect; a destruction waits until its announcement is in the log (see `Outbox`).
package final class Vault: Sendable {
  /// What a process uses the vault for: nobody who uses keys on data changes keys in the same process.
  package enum Duty: Hashable, Sendable {
    /// Uses keys on data: the gateway.
    case use
    /// Changes keys: a command of two custodians.
    case administration
  }

  /// How the vault behaves.
  package struct Settings: Hashable, Sendable {
    /// How long an unwrapped key is kept.
    package var keyLifetimeSeconds: Int64 = 60
    /// How many unwrapped subject keys are kept at most.
    package var keysKept = 16_384
    /// The shortest time between scheduling a destruction and it; no setting makes it shorter than a day.
    package var waitingDays: Int64 = 7
    /// How many new subjects one caller may have made at once, and again in a day; nil for any number.
    package var newSubjectsPerDay: Int64? = 10_000
    /// How long each class of record is kept.
    package var retention = RetentionSchedule.healthRecords

    /// How many tokens of one scope one person turns back in a day alone; more take two people.
    package var revealsPerDay: Int64 = 100

    /// The usual settings.
    package init() {}
  }

  struct Cache {
    var tenant: KeyCache<Int64, TenantKey>
    var secrets: KeyCache<TenantSecret, SecretBox>
    var subjects: KeyCache<[UInt8], HeldSubject>
    /// Uses of a key that are set aside in its row and not spent: no secret, so it outlives the cached key.
    var usesLeft: [Int64: Int64] = [:]
    var tenantUsesLeft: [Int64: Int64] = [:]
    var newSubjects: NewSubjects
    /// Events that were put back beside the vault and that no log has: they are asked for once.
    var strayEvents: Set<Int64> = []
    /// What the file looked like by which other processes say that keys changed.
    var epoch: FileStamp?
  }

  static let storeName = "vault.sqlite"
  static let markerName = "locked"
  static let epochName = "epoch"

  /// What tells this vault from every other: 32 hexadecimal digits.
  package let id: String
  /// The root key that everything hangs from.
  package let root: KeyID
  let duty: Duty
  let store: Store
  let provider: any KeyProvider
  let folder: Folder
  let settings: Settings
  let tenant: String
  let clock: @Sendable () -> Moment
  let uptime: @Sendable () -> Uptime?
  let cache: Mutex<Cache>
  /// Nil until somebody is asked for who is not known.
  let registered = Mutex<RegisteredSubjects?>(nil)

  /// Opens the vault of a data directory.
  package static func open(
    data: String, provider: any KeyProvider, for duty: Duty, settings: Settings = Settings(),
    clock: @escaping @Sendable () -> Moment = Moment.now, uptime: @escaping @Sendable () -> Uptime? = Uptime.now
  ) throws(VaultError) -> Vault {
    let folder = Folder("\(data)/vault")
    guard try folder.contains(storeName) else { throw VaultError(.missing) }
    return try Vault(
      folder: folder, provider: provider, duty: duty, settings: settings, clock: clock, uptime: uptime)
  }

  /// Makes the data directory, for its owner only, unless it is there.
  package static func prepare(data: String) throws(VaultError) { try Folder(data).create() }

  /// Makes the vault of a data directory, with its first two people, both key administrators.
  ///
  /// Keys that exist already, such as the seed of a log, are taken over.
  package static func create(
    data: String, provider: any KeyProvider, root: KeyID = .root, tenant: String = "main", people: [Custodian],
    adopting existing: [TenantSecret: [UInt8]] = [:], settings: Settings = Settings(),
    clock: @escaping @Sendable () -> Moment = Moment.now, uptime: @escaping @Sendable () -> Uptime? = Uptime.now
  ) async throws(VaultError) -> Vault {
    let roster = try Roster(first: people)
    let folder = Folder("\(data)/vault")
    try folder.create()
    let store = try VaultFile.vault.open(in: folder)
    guard try stored({ try store.read { try Row.fetchOne($0, sql: "SELECT 1 FROM vault") } }) == nil else {
      throw VaultError(.exists)
    }
    var random = SystemRandomNumberGenerator()
    let id = Hex.encode([UInt8](randomCount: 16, using: &random))
    let now = clock()
    let (key, wrapped) = try await newTenantKey(1, tenantContext(id, tenant, version: 1), root, provider)
    let secrets = try newSecrets(existing, key)
    guard let evidence = secrets.first(where: { $0.0 == .evidence })?.2 else { throw VaultError(.malformed) }
    let code = rosterCode(roster, evidence)
    try stored {
      try store.write { database in
        try database.execute(
          sql: """
            INSERT INTO vault (
              one, id, tenant, root, created, roster, roster_code, done_code, holds_code, code, subjects, waiting)
            VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, x'', ?, ?)
            """,
          arguments: [
            id, tenant, root.description, now.milliseconds, blob(roster.bytes), blob(code),
            blob(doneCode([], evidence)), blob(holdsCode([], evidence)),
            blob(Tally().hidden(as: "subjects", evidence)), blob(Tally().hidden(as: "waiting", evidence)),
          ])
        try database.execute(
          sql: "INSERT INTO tenant_key (version, wrapped, created, state, uses, subjects) VALUES (1, ?, ?, 0, ?, ?)",
          arguments: [
            wrapped, now.milliseconds, secrets.count, blob(Tally().hidden(as: "keys 1", evidence)),
          ])
        for (name, wrapped, _) in secrets {
          try database.execute(
            sql: "INSERT INTO tenant_secret (name, version, wrapped) VALUES (?, 1, ?)",
            arguments: [name.rawValue, blob(wrapped)])
        }
        try seal(evidence, database)
      }
    }
    try folder.synchronise()
    return try Vault(
      folder: folder, provider: provider, duty: .administration, settings: settings, clock: clock, uptime: uptime)
  }

  /// A fresh version of the tenant key, and the text of its wrapped form.
  static func newTenantKey(
    _ version: Int64, _ context: KeyContext, _ root: KeyID, _ provider: any KeyProvider
  ) async throws(VaultError) -> (TenantKey, String) {
    try tenantKey(version, try await provider.generateDataKey(under: root, context: context))
  }

  private static func newSecrets(
    _ existing: [TenantSecret: [UInt8]], _ key: TenantKey
  ) throws(VaultError) -> [(TenantSecret, [UInt8], SecretBox)] {
    var random = SystemRandomNumberGenerator()
    var secrets: [(TenantSecret, [UInt8], SecretBox)] = []
    for name in TenantSecret.allCases {
      var bytes = existing[name] ?? [UInt8](randomCount: 32, using: &random)
      guard bytes.count == 32 else { throw VaultError(.malformed) }
      let secret = SecretBytes(taking: &bytes)
      let wrapped = try key.wrapping.wrap(secret, context: secretContext(name, version: 1), using: &random)
      secrets.append((name, wrapped, SecretBox(secret)))
    }
    return secrets
  }

  private static func tenantKey(
    _ version: Int64, _ made: consuming DataKey
  ) throws(VaultError) -> (TenantKey, String) {
    (try TenantKey(version: version, secret: made.plaintext), made.wrapped.description)
  }

  private init(
    folder: Folder, provider: any KeyProvider, duty: Duty, settings: Settings,
    clock: @escaping @Sendable () -> Moment, uptime: @escaping @Sendable () -> Uptime?
  ) throws(VaultError) {
    let store = try VaultFile.vault.open(in: folder)
    let row = try Vault.stored {
      try store.read { try Row.fetchOne($0, sql: "SELECT id, tenant, root FROM vault") }
    }
    guard let row, let root = KeyID(row["root"] as String) else { throw VaultError(.missing) }
    self.id = row["id"]
    self.root = root
    self.tenant = row["tenant"]
    self.duty = duty
    self.store = store
    self.provider = provider
    self.folder = folder
    self.settings = settings
    self.clock = clock
    self.uptime = uptime
    let lifetime = settings.keyLifetimeSeconds * 1000
    cache = Mutex(
      Cache(
        tenant: KeyCache(lifetime: lifetime, capacity: 64), secrets: KeyCache(lifetime: lifetime, capacity: 64),
        subjects: KeyCache(lifetime: lifetime, capacity: settings.keysKept),
        newSubjects: NewSubjects(perDay: settings.newSubjectsPerDay)))
    // A reader in the way is not waited for here: who gives a certificate out waits.
    if try owesFlush { try? Vault.stored { try store.flush() } }
  }

  /// Wipes keys that are too old; to be called now and then by whoever has a timer.
  package func sweep() {
    let now = clock()
    cache.withLock { cache in
      cache.tenant.sweep(at: now)
      cache.secrets.sweep(at: now)
      cache.subjects.sweep(at: now)
    }
  }

  /// What `body` gives; an error that is not the vault's own becomes one without the database's words.
  static func stored<Value>(_ body: () throws -> Value) throws(VaultError) -> Value {
    do {
      return try body()
    } catch let error as VaultError {
      throw error
    } catch let error as StorageError {
      throw VaultError(.storage, number: Int64(error.number))
    } catch {
      throw VaultError(.storage)
    }
  }

  static func tenantContext(_ id: String, _ tenant: String, version: Int64) -> KeyContext {
    KeyContext(["purpose": "cordon-tenant-key", "vault": id, "tenant": tenant, "version": String(version)])
  }

  static func secretContext(_ name: TenantSecret, version: Int64) -> [UInt8] {
    KeyContext(["secret": name.rawValue, "version": String(version)]).bytes
  }

  static func rosterCode(_ roster: Roster, _ evidence: SecretBox) -> [UInt8] {
    Digest(authenticating: roster.bytes, key: evidence.secret.derived(for: "cordon vault v1 roster")).bytes
  }
}
