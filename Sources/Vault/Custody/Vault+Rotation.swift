import Bytes
import Ciphers
import GRDB
import Storage
import Synchronization
import struct Foundation.Data

extension Vault {
  /// Gives the root key a new version, by two people, and wraps the tenant keys anew under it.
  package func rotateRoot(_ approval: consuming Approval) async throws(VaultError) -> VaultEvent {
    let approval = try approval.spent(on: .rotateRoot, object: root.description)
    let people = approval.people
    let intent = event(.keyRotated, .intent, object: root.description, people: people)
    _ = try await carryOut(approval, intent) { _, _ in }
    let before = try await keysCode()
    let description = try await provider.rotate(root)
    _ = try await rewrapTenantKeys()
    var rotated = event(.keyRotated, object: "\(root)/\(description.version)", people: people)
    rotated.change = StoredChange(from: before, to: try await keysCode())
    return try await tell(rotated)
  }

  /// Wraps every tenant key anew under the newest version of the root key: how many.
  @discardableResult
  package func rewrapTenantKeys() async throws(VaultError) -> Int {
    let evidence = try await box(.evidence)
    let rows = try Vault.stored {
      try store.read { database in
        try Vault.checkSeal(evidence, database)
        return try Row.fetchAll(database, sql: "SELECT version, wrapped FROM tenant_key WHERE wrapped IS NOT NULL")
      }
    }
    for row in rows {
      let version: Int64 = row["version"]
      let old: String = row["wrapped"]
      guard let wrapped = WrappedKey(old) else { throw VaultError(.malformed) }
      let newer = try await provider.rewrap(
        wrapped, context: Vault.tenantContext(id, tenant, version: version)
      ).description
      try change(evidence) { database in
        try database.execute(
          sql: "UPDATE tenant_key SET wrapped = ? WHERE version = ? AND wrapped = ?", arguments: [newer, version, old])
      }
    }
    return rows.count
  }

  /// Makes a new version of the tenant key, by two people; from now on it wraps, and the old one only unwraps.
  ///
  /// Data is not touched. `rewrapSubjects` moves the subjects' keys, during which everything goes on.
  package func rotateTenantKey(_ approval: consuming Approval) async throws(VaultError) -> VaultEvent {
    let approval = try approval.spent(on: .rotateTenant, object: "tenant")
    guard duty == .administration else { throw VaultError(.forbidden) }
    let now = clock()
    let old = try activeVersion()
    let version = old + 1
    let (key, text) = try await Vault.newTenantKey(
      version, Vault.tenantContext(id, tenant, version: version), root, provider)
    var rewrapped: [(TenantSecret, [UInt8])] = []
    var random = SystemRandomNumberGenerator()
    for name in TenantSecret.allCases {
      let wrapped = try await key.wrapping.wrap(
        box(name).secret, context: Vault.secretContext(name, version: version), using: &random)
      rewrapped.append((name, wrapped))
    }
    let secrets = rewrapped
    let event = event(.keyRotated, object: Vault.tenantKeyID(version).description, people: approval.people)
    return try await carryOut(approval, event) { database, evidence in
      try database.execute(sql: "UPDATE tenant_key SET state = 1 WHERE version = ? AND state = 0", arguments: [old])
      guard database.changesCount == 1 else { throw VaultError(.exists) }
      try database.execute(
        sql: "INSERT INTO tenant_key (version, wrapped, created, state, uses, subjects) VALUES (?, ?, ?, 0, ?, x'')",
        arguments: [version, text, now.milliseconds, secrets.count])
      try Vault.set(keys: Tally(), under: version, evidence, database)
      for (name, wrapped) in secrets {
        try database.execute(
          sql: "UPDATE tenant_secret SET version = ?, wrapped = ? WHERE name = ?",
          arguments: [version, Vault.blob(wrapped), name.rawValue])
      }
    }
  }

  /// Destroys an old version of the tenant key under which nothing is wrapped any more, by two people.
  package func retireTenantKey(_ approval: consuming Approval) async throws(VaultError) -> VaultEvent {
    let approval = try approval.spent(on: .retireTenant)
    let object = approval.proposal.object
    guard let version = Vault.tenantVersion(object) else { throw VaultError(.proposal(.malformed)) }
    let announced = event(.keyDestroyed, object: object, people: approval.people)
    let event = try await carryOut(approval, announced) { database, evidence in
      try Vault.checkKeys(evidence, database)
      let used =
        try Bool.fetchOne(
          database,
          sql: """
            SELECT EXISTS (SELECT 1 FROM subject_key WHERE version = ?)
              OR EXISTS (SELECT 1 FROM tenant_secret WHERE version = ?)
            """, arguments: [version, version]) ?? true
      guard !used else { throw VaultError(.exists, key: Vault.tenantKeyID(version)) }
      try database.execute(
        sql: "UPDATE tenant_key SET state = 4, wrapped = NULL WHERE version = ? AND state = 1", arguments: [version])
      guard database.changesCount == 1 else { throw VaultError(.unknownKey, key: Vault.tenantKeyID(version)) }
      try Vault.oweFlush(database)
    }
    cache.withLock { $0.tenant.drop(version) }
    try flush(await box(.evidence))
    return event
  }
}
