import Ciphers
import GRDB
import Storage
import struct Foundation.Data

/// The wrapped key of a subject, as its row has it.
private struct WrappedRow {
  let id: Int64
  let version: Int64
  let bytes: [UInt8]
}

extension Vault {
  /// The version of the tenant key under which a subject's key is wrapped; nil when there is no key, or one that nothing
  /// unwraps any more.
  func tenantVersion(ofSubject tag: Digest) throws(VaultError) -> Int64? { try wrappedRow(of: tag)?.version }

  /// Throws `malformed` when the key in a subject's row gives another tag than the row has.
  ///
  /// A tag that somebody moved to another row would have the key of that row destroyed, and the certificate would say
  /// that it was the first one's.
  func proveKey(of tag: Digest, under tenant: TenantKey) throws(VaultError) {
    guard let row = try wrappedRow(of: tag), row.version == tenant.version else { throw VaultError(.malformed) }
    guard Vault.isKey(row, of: tag, under: tenant) else { throw VaultError(.malformed) }
  }

  // Not inlined, and without a throw while a key is alive: the optimiser of Swift 6.3.1 frees keys twice on such paths of
  // async functions.
  @inline(never)
  private static func isKey(_ row: WrappedRow, of tag: Digest, under tenant: TenantKey) -> Bool {
    guard
      let secret = try? tenant.wrapping.unwrap(
        row.bytes.span, context: subjectContext(row.id, version: row.version)),
      let key = try? subjectKey(secret)
    else { return false }
    return subjectTag(key) == tag
  }

  private func wrappedRow(of tag: Digest) throws(VaultError) -> WrappedRow? {
    let row = try Vault.stored {
      try store.read { database in
        try Row.fetchOne(
          database,
          sql: """
            SELECT subject.id AS id, subject_key.version AS version, subject_key.wrapped AS wrapped
            FROM subject JOIN subject_key ON subject_key.id = subject.id
            JOIN tenant_key ON tenant_key.version = subject_key.version WHERE tag = ? AND tenant_key.state <> ?
            """, arguments: [Vault.blob(tag.bytes), Schema.TenantState.destroyed.rawValue])
      }
    }
    guard let row, let wrapped = row["wrapped"] as Data? else { return nil }
    return WrappedRow(id: row["id"], version: row["version"], bytes: [UInt8](wrapped))
  }

  /// Of each of these subjects whether nothing opens any more what was sealed for it, and no hold says that it is to stay:
  /// its key was destroyed, or the version of the tenant key was under which it is.
  ///
  /// The seal, the keys and the list of holds are proved once for all of them.
  func beyondReach(among tags: Set<Digest>) async throws(VaultError) -> [Digest: Result<Bool, VaultError>] {
    guard !tags.isEmpty else { return [:] }
    let evidence = try await box(.evidence)
    return try Vault.stored {
      try store.read { database in
        try Vault.checkSeal(evidence, database)
        let codes = RowCodes(.subjects, evidence)
        var reach: [Digest: Result<Bool, VaultError>] = [:]
        var waiting: [Digest] = []
        for tag in tags {
          do {
            let subject = try SubjectRow.find(tag, codes, database)
            reach[tag] = .success(subject?.state == .shredded)
            if let subject, try Vault.isUnderDestroyed(subject, database) { waiting.append(tag) }
          } catch let error as VaultError {
            reach[tag] = .failure(error)
          }
        }
        guard !waiting.isEmpty else { return reach }
        // Under which version a key is, its row says, and whoever can write to the file.
        try Vault.checkKeys(evidence, database)
        let held = try Vault.checkHolds(evidence, database)
        for tag in waiting { reach[tag] = .success(!held.contains(tag.bytes)) }
        return reach
      }
    }
  }

  private static func isUnderDestroyed(_ subject: SubjectRow, _ database: Database) throws -> Bool {
    guard subject.state == .active else { return false }
    let statement = try database.cachedStatement(
      sql: """
        SELECT EXISTS (SELECT 1 FROM subject_key JOIN tenant_key ON tenant_key.version = subject_key.version
        WHERE subject_key.id = ? AND tenant_key.state = ?)
        """)
    return try Bool.fetchOne(statement, arguments: [subject.id, Schema.TenantState.destroyed.rawValue]) == true
  }
}
