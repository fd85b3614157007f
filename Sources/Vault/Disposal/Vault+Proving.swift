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

  /// Whether nothing opens any more what was sealed for a subject, and no hold says that it is to stay: its key was
  /// destroyed, or the version of the tenant key was under which it is.
  func isBeyondReach(_ tag: Digest) async throws(VaultError) -> Bool {
    let evidence = try await box(.evidence)
    return try Vault.stored {
      try store.read { database in
        try Vault.checkSeal(evidence, database)
        guard let subject = try SubjectRow.find(tag, RowCodes(.subjects, evidence), database) else { return false }
        guard subject.state != .shredded else { return true }
        let isUnderDestroyed = try Bool.fetchOne(
          database,
          sql: """
            SELECT EXISTS (SELECT 1 FROM subject_key JOIN tenant_key ON tenant_key.version = subject_key.version
            WHERE subject_key.id = ? AND tenant_key.state = ?)
            """, arguments: [subject.id, Schema.TenantState.destroyed.rawValue])
        guard subject.state == .active, isUnderDestroyed == true else { return false }
        // Under which version a key is, its row says, and whoever can write to the file.
        try Vault.checkKeys(evidence, database)
        return try !Vault.checkHolds(evidence, database).contains(tag.bytes)
      }
    }
  }
}
