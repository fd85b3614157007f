import GRDB
import Storage
import Synchronization
import struct Foundation.Data

/// Those of whom the register of consents has something, by their look-ups.
struct RegisteredSubjects {
  /// How often the register had been changed, at the least, when they were read.
  var generation: Int64
  var lookups: Set<[UInt8]>
}

// That somebody is nobody lifts what he has restricted. So it is asked of what is in memory and not of the file, whose rows
// and indexes somebody may take away: the whole table is proved once, and read again where the register was changed. What was
// there once is gone only where the whole table says so.
extension Vault {
  /// Whether the register has something of whoever has this look-up; `altered` where not all subjects are there.
  func isRegistered(_ lookup: [UInt8], _ evidence: SecretBox) throws(VaultError) -> Bool {
    guard let generation = try consentGeneration() else { return false }
    return try registered.withLock { known throws(VaultError) in
      var found: RegisteredSubjects
      if let known { found = known } else { found = try provedRegistered(evidence) }
      if found.generation < generation {
        found.lookups.formUnion(try registeredLookups())
        found.generation = generation
      }
      // The key may have been destroyed since.
      if found.lookups.contains(lookup) { found = try provedRegistered(evidence) }
      known = found
      return found.lookups.contains(lookup)
    }
  }

  private func provedRegistered(_ evidence: SecretBox) throws(VaultError) -> RegisteredSubjects {
    try Vault.stored {
      try store.read { database in
        try Vault.checkSeal(evidence, database)
        let generation = try Vault.consentGeneration(database) ?? 0
        var lookups: Set<[UInt8]> = []
        try Vault.checkSubjects(evidence, database) { row in
          if row.consents != nil, let lookup = row.lookup { lookups.insert(lookup) }
        }
        return RegisteredSubjects(generation: generation, lookups: lookups)
      }
    }
  }

  private func registeredLookups() throws(VaultError) -> [[UInt8]] {
    try Vault.stored {
      try store.read { database in
        let statement = try database.cachedStatement(
          sql: "SELECT lookup FROM subject NOT INDEXED WHERE consents IS NOT NULL AND lookup IS NOT NULL")
        return try Data.fetchAll(statement).map { [UInt8]($0) }
      }
    }
  }
}
