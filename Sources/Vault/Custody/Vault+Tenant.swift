import Bytes
package import Ciphers
import GRDB
package import Storage
import Synchronization
import struct Foundation.Data

extension Vault {
  /// A key for one purpose of another part of the house, such as the token vault; the same each time.
  package func derivedKey(for purpose: String) async throws(VaultError) -> SecretBytes {
    guard duty == .use else { throw VaultError(.forbidden) }
    return try await box(.identity).secret.derived(for: "cordon tenant v1 use \(purpose)")
  }

  /// The key that signs the log: its seed is the secret itself, so that a log from before the vault keeps its key.
  ///
  /// It is given while the kill switch is on, too: what is refused then, and who turns the switch off, is recorded.
  package func logSigningKey() async throws(VaultError) -> SigningKey {
    let seed = try await unlockedBox(.logSigning)
    do throws(CipherError) {
      return try SigningKey(seed: seed.secret)
    } catch {
      throw VaultError(.malformed)
    }
  }

  /// What makes the key that signs the log, for whoever opens logs one after the other.
  package func logSigner() async throws(VaultError) -> LogSigner { LogSigner(seed: try await unlockedBox(.logSigning)) }

  /// The key under which texts that were sent are sealed; its master is the secret itself.
  package func sealingKey() async throws(VaultError) -> SealingKey {
    guard duty == .use else { throw VaultError(.forbidden) }
    let master = try await box(.sealing)
    do throws(CipherError) {
      return try master.sealingKey()
    } catch {
      throw VaultError(.malformed)
    }
  }

  /// The secret of one caller's session tokens: 32 bytes that stay the same.
  package func tokenSecret(ofCaller caller: String) async throws(VaultError) -> SecretBytes {
    guard duty == .use else { throw VaultError(.forbidden) }
    return try await box(.tokens).secret.derived(for: caller)
  }

  /// The cipher of the sealed fields of the store that `label` names.
  package func fieldCipher(_ label: String) async throws(VaultError) -> FieldCipher {
    guard duty == .use else { throw VaultError(.forbidden) }
    return try await ownFieldCipher(label)
  }

  func ownFieldCipher(_ label: String) async throws(VaultError) -> FieldCipher {
    try Vault.fieldCipher(label, try await box(.fields))
  }

  static func fieldCipher(_ label: String, _ fields: SecretBox) throws(VaultError) -> FieldCipher {
    do throws(StorageError) {
      return try FieldCipher(secret: fields.secret, label: label)
    } catch {
      throw VaultError(.malformed)
    }
  }

  /// What stands in the log for a person: `p_` and 32 hexadecimal digits, the same each time.
  package func pseudonym(of person: String) async throws(VaultError) -> String {
    Vault.pseudonym(of: person, try await box(.identity))
  }

  static func pseudonym(of person: String, _ identity: SecretBox) -> String {
    let key = identity.secret.derived(for: "cordon tenant v1 pseudonym")
    return "p_" + Hex.encode(Array(Digest(authenticating: Array(person.utf8), key: key).bytes.prefix(16)))
  }

  /// The secret of this name, from the cache or unwrapped.
  func box(_ name: TenantSecret) async throws(VaultError) -> SecretBox {
    try checkUnlocked()
    let now = clock()
    if let held = cache.withLock({ $0.secrets.value(for: name, at: now) }) { return held }
    let found = try Vault.stored {
      try store.read { database in
        try Row.fetchOne(
          database, sql: "SELECT version, wrapped FROM tenant_secret WHERE name = ?", arguments: [name.rawValue])
      }
    }
    guard let found else { throw VaultError(.missing) }
    let version: Int64 = found["version"]
    let wrapped = [UInt8](found["wrapped"] as Data)
    let key = try await unsealedTenantKey(version)
    let box = SecretBox(
      try key.wrapping.unwrap(wrapped.span, context: Vault.secretContext(name, version: version)))
    cache.withLock { $0.secrets.hold(box, for: name, at: now) }
    return box
  }

  /// A version of the tenant key, from the cache or unwrapped by the provider, whose row is as the vault wrote it.
  func tenantKey(_ version: Int64) async throws(VaultError) -> TenantKey {
    let key = try await unsealedTenantKey(version)
    if key.isSealed.load(ordering: .relaxed) { return key }
    try checkSeal(await box(.evidence))
    key.isSealed.store(true, ordering: .relaxed)
    return key
  }

  /// The same before the seal can be checked: under what is sealed are the keys of the seal.
  private func unsealedTenantKey(_ version: Int64) async throws(VaultError) -> TenantKey {
    try checkUnlocked()
    let now = clock()
    if let held = cache.withLock({ $0.tenant.value(for: version, at: now) }) { return held }
    let found = try Vault.stored {
      try store.read { database in
        try Row.fetchOne(
          database, sql: "SELECT wrapped, state FROM tenant_key WHERE version = ?", arguments: [version])
      }
    }
    guard let found else { throw VaultError(.unknownKey, key: Vault.tenantKeyID(version)) }
    switch Schema.TenantState(rawValue: found["state"]) {
    case .active, .old: break
    case .disabled, .pendingDestruction: throw VaultError(.keyDisabled, key: Vault.tenantKeyID(version))
    case .destroyed: throw VaultError(.keyDestroyed, key: Vault.tenantKeyID(version))
    case nil: throw VaultError(.malformed)
    }
    guard let text = found["wrapped"] as String?, let wrapped = WrappedKey(text) else { throw VaultError(.malformed) }
    let key = try Vault.tenantKey(
      version, try await provider.unwrap(wrapped, context: Vault.tenantContext(id, tenant, version: version)))
    cache.withLock { $0.tenant.hold(key, for: version, at: now) }
    return key
  }

  private static func tenantKey(_ version: Int64, _ secret: consuming SecretBytes) throws(VaultError) -> TenantKey {
    try TenantKey(version: version, secret: secret)
  }

  /// The version of the tenant key that wraps.
  func activeVersion() throws(VaultError) -> Int64 {
    let version = try Vault.stored {
      try store.read { try Int64.fetchOne($0, sql: "SELECT version FROM tenant_key WHERE state = 0") }
    }
    guard let version else { throw VaultError(.keyDisabled) }
    return version
  }

  /// The name of a version of the tenant key in proposals and events.
  package static func tenantKeyID(_ version: Int64) -> KeyID { KeyID("tenant/\(version)") ?? .root }

  /// The version that such a name means: one version has one name, under which everything that was agreed on it is found.
  static func tenantVersion(_ name: String) -> Int64? {
    guard name.hasPrefix("tenant/"), let version = Int64(name.dropFirst("tenant/".count)), version > 0,
      name == "tenant/\(version)"
    else { return nil }
    return version
  }

  static func blob(_ bytes: [UInt8]) -> Data { Data(bytes) }
}
