import Ciphers
import GRDB
import Storage
import struct Foundation.Data

// What there is much of has a code in each row, or is sealed in itself, and a tally of all rows under the seal. A row is
// checked when it is used; a decision that hangs from all of them, or from the absence of one, checks the tally.
extension Vault {
  /// The tally of all subjects.
  static func subjects(_ evidence: SecretBox, _ database: Database) throws -> Tally {
    guard let stored = try Data.fetchOne(database.cachedStatement(sql: "SELECT subjects FROM vault")) else {
      throw VaultError(.altered(.vault))
    }
    return try Tally([UInt8](stored), as: "subjects", evidence)
  }

  static func set(subjects tally: Tally, _ evidence: SecretBox, _ database: Database) throws {
    try database.cachedStatement(sql: "UPDATE vault SET subjects = ?")
      .execute(arguments: [blob(tally.hidden(as: "subjects", evidence))])
  }

  /// The tally of the subjects' keys under a version of the tenant key.
  static func keys(under version: Int64, _ evidence: SecretBox, _ database: Database) throws -> Tally {
    let statement = try database.cachedStatement(sql: "SELECT subjects FROM tenant_key WHERE version = ?")
    guard let stored = try Data.fetchOne(statement, arguments: [version]) else {
      throw VaultError(.unknownKey, key: tenantKeyID(version))
    }
    return try Tally([UInt8](stored), as: "keys \(version)", evidence)
  }

  static func set(keys tally: Tally, under version: Int64, _ evidence: SecretBox, _ database: Database) throws {
    try database.cachedStatement(sql: "UPDATE tenant_key SET subjects = ? WHERE version = ?")
      .execute(arguments: [blob(tally.hidden(as: "keys \(version)", evidence)), version])
  }

  /// Looks at every subject; `altered` when one is not as the vault wrote it, or when not all are there.
  static func checkSubjects(
    _ evidence: SecretBox, _ database: Database, _ look: (SubjectRow) throws -> Void = { _ in }
  ) throws {
    let codes = RowCodes(.subjects, evidence)
    var found = Tally()
    let rows = try Row.fetchCursor(database, sql: "SELECT \(SubjectRow.columns) FROM subject ORDER BY id")
    while let row = try rows.next() {
      let subject = try SubjectRow(row, codes)
      found.add(codes.mark(subject.text).weight)
      try look(subject)
    }
    guard try found == subjects(evidence, database) else { throw VaultError(.altered(.subjects)) }
  }

  /// Throws `altered` unless the keys under each version of the tenant key are those that the vault put there.
  static func checkKeys(_ evidence: SecretBox, _ database: Database) throws {
    let found = try keys(evidence, database)
    let versions = try Int64.fetchAll(database, sql: "SELECT version FROM tenant_key")
    guard Set(found.keys).isSubset(of: versions) else { throw VaultError(.altered(.subjectKeys)) }
    for version in versions {
      guard try found[version] ?? Tally() == keys(under: version, evidence, database) else {
        throw VaultError(.altered(.subjectKeys))
      }
    }
  }

  /// What is under each version by the table.
  private static func keys(_ evidence: SecretBox, _ database: Database) throws -> [Int64: Tally] {
    let weights = KeyWeights(evidence)
    var found: [Int64: Tally] = [:]
    let rows = try Row.fetchCursor(database, sql: "SELECT id, version FROM subject_key")
    while let row = try rows.next() { try found[row[1], default: Tally()].add(weights.weight(row[0])) }
    return found
  }

  /// Takes the keys that were put back from an escrow for what is there, before each of them is proved.
  package func adoptRestoredKeys() async throws(VaultError) {
    guard duty == .administration else { throw VaultError(.forbidden) }
    let evidence = try await box(.evidence)
    try change(evidence) { database in
      let found = try Vault.keys(evidence, database)
      for version in try Int64.fetchAll(database, sql: "SELECT version FROM tenant_key") {
        try Vault.set(keys: found[version] ?? Tally(), under: version, evidence, database)
      }
    }
  }
}
