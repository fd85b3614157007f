import Bytes
import Ciphers
import GRDB
import Storage
import struct Foundation.Data

/// What the keys of subjects were found to be.
package struct SubjectKeyProof: Hashable, Sendable {
  /// How many unwrap, and give the tag of their subject.
  package var keys = 0
  /// How many were destroyed: the row says so, and there is no key.
  package var tombstones = 0
  /// How many are wrapped under a version of the tenant key that may not be used: they are not proved.
  package var disabled = 0
  /// How many were not destroyed and have no key: made after the escrow from which the keys were put back.
  package var keyless = 0
}

/// A subject's row with its wrapped key.
private struct ProvedRow: Sendable {
  let id: Int64
  let tag: [UInt8]
  let version: Int64
  let wrapped: [UInt8]
}

extension Vault {
  private static let proofLength: Int64 = 8192

  /// Proves every subject's row: its key unwraps and gives its tag, or it has none.
  ///
  /// - Throws: `altered` when a row was changed or is missing, `notAuthentic` when a key is not the row's, `shredded` when
  ///   one is there that was destroyed.
  package func proveSubjectKeys(workers: Int = 2) async throws(VaultError) -> SubjectKeyProof {
    let evidence = try await box(.evidence)
    try Vault.stored {
      try store.read { database in
        try Vault.checkSeal(evidence, database)
        try Vault.checkSubjects(evidence, database)
        try Vault.checkKeys(evidence, database)
      }
    }
    var proof = SubjectKeyProof()
    var tenants: [Int64: TenantKey] = [:]
    var disabled: Set<Int64> = []
    var next: Int64 = 0
    while let (rows, last) = try subjectRows(after: next, counting: &proof) {
      next = last
      for version in Set(rows.map(\.version)) where tenants[version] == nil && !disabled.contains(version) {
        do throws(VaultError) {
          tenants[version] = try await tenantKey(version)
        } catch {
          guard error.code == .keyDisabled else { throw error }
          disabled.insert(version)
        }
      }
      let usable = rows.filter { !disabled.contains($0.version) }
      guard await Vault.areTheirs(usable, tenants, workers: workers) else { throw VaultError(.notAuthentic) }
      proof.keys += usable.count
      proof.disabled += rows.count - usable.count
    }
    return proof
  }

  /// The next rows with keys, and the id of the last one looked at; nil after the end.
  ///
  /// Rows without keys are counted.
  private func subjectRows(
    after id: Int64, counting proof: inout SubjectKeyProof
  ) throws(VaultError) -> ([ProvedRow], Int64)? {
    let found = try Vault.stored {
      try store.read { database in
        try Row.fetchAll(
          database,
          sql: """
            SELECT subject.id, tag, state, version, wrapped FROM subject
            LEFT JOIN subject_key ON subject_key.id = subject.id WHERE subject.id > ? ORDER BY subject.id LIMIT ?
            """, arguments: [id, Vault.proofLength])
      }
    }
    guard let last = found.last else { return nil }
    var rows: [ProvedRow] = []
    for row in found {
      let isTombstone = row["state"] == Schema.SubjectState.shredded.rawValue
      guard let version = row["version"] as Int64?, let wrapped = row["wrapped"] as Data? else {
        if isTombstone { proof.tombstones += 1 } else { proof.keyless += 1 }
        continue
      }
      guard !isTombstone else { throw VaultError(.shredded) }
      rows.append(
        ProvedRow(id: row["id"], tag: [UInt8](row["tag"] as Data), version: version, wrapped: [UInt8](wrapped)))
    }
    return (rows, last["id"])
  }

  private static func areTheirs(_ rows: [ProvedRow], _ tenants: [Int64: TenantKey], workers: Int) async -> Bool {
    let share = max(1, (rows.count + max(1, workers) - 1) / max(1, workers))
    return await withTaskGroup(of: Bool.self) { group in
      for start in stride(from: 0, to: rows.count, by: share) {
        let piece = rows[start..<min(rows.count, start + share)]
        group.addTask { piece.allSatisfy { isTheirs($0, tenants) } }
      }
      var all = true
      for await isWell in group where !isWell { all = false }
      return all
    }
  }

  // Not inlined: in the asynchronous closure that calls it a key would be freed twice (see `isKey`).
  @inline(never)
  private static func isTheirs(_ row: ProvedRow, _ tenants: [Int64: TenantKey]) -> Bool {
    guard let tenant = tenants[row.version],
      let secret = try? tenant.wrapping.unwrap(
        row.wrapped.span, context: subjectContext(row.id, version: row.version)),
      let key = try? subjectKey(secret)
    else { return false }
    return subjectTag(key).bytes == row.tag
  }
}
