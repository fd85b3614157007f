import Bytes
import Ciphers
import GRDB
import Storage

/// What is counted of the subjects that a transaction makes.
private struct MadeSubjects {
  let codes: RowCodes
  let weights: KeyWeights
  var subjects: Tally
  var keys: Tally
}

extension Vault {
  /// Makes keys for subjects whom nobody refers to, many in a transaction: what a rotation is measured with.
  package func makeSubjects(_ count: Int) async throws(VaultError) {
    guard duty == .administration else { throw VaultError(.forbidden) }
    let key = try await tenantKey(activeVersion())
    let evidence = try await box(.evidence)
    try setAsideTenantUses(Int64(count), key.version, evidence)
    let day = clock().dayNumber
    var random = SystemRandomNumberGenerator()
    let (codes, weights) = (RowCodes(.subjects, evidence), KeyWeights(evidence))
    for first in stride(from: 0, to: count, by: 8192) {
      try change(evidence) { database in
        var made = MadeSubjects(
          codes: codes, weights: weights, subjects: try Vault.subjects(evidence, database),
          keys: try Vault.keys(under: key.version, evidence, database))
        for _ in first..<min(count, first + 8192) { try makeSubject(under: key, day, &random, &made, database) }
        try Vault.set(subjects: made.subjects, evidence, database)
        try Vault.set(keys: made.keys, under: key.version, evidence, database)
      }
    }
  }

  private func makeSubject(
    under key: TenantKey, _ day: Int64, _ random: inout SystemRandomNumberGenerator, _ made: inout MadeSubjects,
    _ database: Database
  ) throws {
    let secret = SecretBytes(count: SubjectKey.secretByteCount, using: &random)
    let tag = try Vault.subjectTag(Vault.subjectKey(secret))
    var row = SubjectRow(
      lookup: [UInt8](randomCount: 32, using: &random), reference: [], kind: .record, tag: tag, day: day, uses: 0)
    try row.insert(made.codes, &made.subjects, database)
    let id = row.id
    made.keys.add(try made.weights.weight(id))
    let wrapped = try key.wrapping.wrap(
      secret, context: Vault.subjectContext(id, version: key.version), using: &random)
    try database.cachedStatement(sql: "INSERT INTO subject_key (id, version, wrapped) VALUES (?, ?, ?)")
      .execute(arguments: [id, key.version, Vault.blob(wrapped)])
  }
}
