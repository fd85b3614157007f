import GRDB
import Storage
import struct Foundation.Data

extension KeptMaps {
  /// Everything of a kind that is kept for `holder`, by the vendors' ids, the newest first.
  package func objects(
    of kind: KeptObject.Kind, for holder: KeptHolder
  ) async throws(VaultError) -> [(id: String, record: KeptRecord)] {
    guard vault.duty == .use else { throw VaultError(.forbidden) }
    let fields = try await vault.box(.fields)
    let (patient, user): ([UInt8]?, [UInt8]?)
    do throws(VaultError) {
      patient = try await tag(of: holder.patient, create: false)
      user = try await tag(of: holder.user, create: false)
    } catch {
      guard error.code == .unknownSubject || error.code == .shredded else { throw error }
      return []
    }
    let now = vault.clock()
    let rows = try Vault.stored {
      try store.read { database in
        try Row.fetchAll(
          database,
          sql: """
            SELECT \(KeptRow.columns), name, length(key) + length(map) AS bytes FROM kept
            WHERE caller = ? AND use_case = ? AND kind = ? AND patient IS ? AND user IS ? AND expires > ?
            ORDER BY created DESC, code
            """,
          arguments: [
            holder.caller, holder.useCase, kind.rawValue, patient.map { Data($0) }, user.map { Data($0) },
            now.milliseconds,
          ])
      }
    }
    var objects: [(id: String, record: KeptRecord)] = []
    for found in rows {
      let row = try KeptRow(found)
      let name = try KeptMaps.openName([UInt8](found["name"] as Data), row.context(in: vault.id), fields)
      objects.append((name, row.record(found["bytes"])))
    }
    return objects
  }
}
