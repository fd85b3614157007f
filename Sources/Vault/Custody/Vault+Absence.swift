import Ciphers
import GRDB
import Storage
import struct Foundation.Data

// An index can be made to leave somebody out, with the words that it should have. Where something follows from it that
// there is nobody, the table is asked, row by row: a fifth of a second for a million subjects.
extension Vault {
  /// The tags of all subjects with this look-up, by the table; a tag that is none is left out.
  func tags(lookedUpBy lookup: [UInt8]) throws(VaultError) -> [[UInt8]] {
    try Vault.stored {
      try store.read { database in
        let statement = try database.cachedStatement(sql: "SELECT tag FROM subject NOT INDEXED WHERE lookup = ?")
        return try Data.fetchAll(statement, arguments: [Data(lookup)]).map { [UInt8]($0) }
      }
    }
  }

  /// Whether there is a subject with this tag, by the table.
  func hasSubject(_ tag: Digest) throws(VaultError) -> Bool {
    try Vault.stored {
      try store.read { database in
        try Bool.fetchOne(
          database, sql: "SELECT EXISTS (SELECT 1 FROM subject NOT INDEXED WHERE tag = ?)",
          arguments: [Data(tag.bytes)]) ?? false
      }
    }
  }

  /// The tag of a subject, who has to be the only one of this reference in the table.
  func provedTag(of reference: SubjectReference) async throws(VaultError) -> Digest {
    let tags = try tags(lookedUpBy: Vault.lookup(of: reference, try await box(.identity)))
    guard let only = tags.first else { return try await tag(of: reference) }
    let found: Digest
    do throws(VaultError) {
      found = try await tag(of: reference)
    } catch {
      throw error.code == .unknownSubject ? VaultError(.altered(.subjects)) : error
    }
    guard tags.count == 1, found.bytes == only else { throw VaultError(.altered(.subjects)) }
    return found
  }

  /// Which of these nobody has or ever had; nil when that cannot be known, because somebody was taken out of the subjects.
  func absent(among tags: Set<Digest>) async throws(VaultError) -> Set<Digest>? {
    let evidence = try await box(.evidence)
    do throws(VaultError) {
      return try Vault.stored {
        try store.read { database in
          try Vault.checkSeal(evidence, database)
          var absent = Set(tags.map(\.bytes))
          try Vault.checkSubjects(evidence, database) { absent.remove($0.tag) }
          return tags.filter { absent.contains($0.bytes) }
        }
      }
    } catch {
      guard case .altered = error.code else { throw error }
      return nil
    }
  }
}
