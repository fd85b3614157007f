import Bytes
import Ciphers
import GRDB
import Storage

extension Vault {
  /// Makes keys for subjects whom nobody refers to, many in a transaction: what a rotation is measured with.
  package func makeSubjects(_ count: Int) async throws(VaultError) {
    guard duty == .administration else { throw VaultError(.forbidden) }
    let key = try await tenantKey(activeVersion())
    try setAsideTenantUses(Int64(count), key.version)
    let day = clock().dayNumber
    var random = SystemRandomNumberGenerator()
    for first in stride(from: 0, to: count, by: 8192) {
      try Vault.stored {
        try store.write { database in
          for _ in first..<min(count, first + 8192) { try makeSubject(under: key, day, &random, database) }
        }
      }
    }
  }

  private func makeSubject(
    under key: TenantKey, _ day: Int64, _ random: inout SystemRandomNumberGenerator, _ database: Database
  ) throws {
    let secret = SecretBytes(count: SubjectKey.secretByteCount, using: &random)
    let tag = try Vault.subjectTag(Vault.subjectKey(secret))
    try database.cachedStatement(
      sql: """
        INSERT INTO subject (lookup, reference, kind, tag, created_day, used_day, uses, state)
        VALUES (?, x'', 'record', ?, ?, ?, 0, 0)
        """
    ).execute(arguments: [Vault.blob([UInt8](randomCount: 32, using: &random)), Vault.blob(tag.bytes), day, day])
    let id = database.lastInsertedRowID
    let wrapped = try key.wrapping.wrap(
      secret, context: Vault.subjectContext(id, version: key.version), using: &random)
    try database.cachedStatement(sql: "INSERT INTO subject_key (id, version, wrapped) VALUES (?, ?, ?)")
      .execute(arguments: [id, key.version, Vault.blob(wrapped)])
  }
}
