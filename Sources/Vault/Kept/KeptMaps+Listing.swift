import GRDB
import Storage
import struct Foundation.Data

extension KeptMaps {
  /// Everything of a kind that is kept for `holder`, by the vendors' ids, the newest first.
  ///
  /// What is not as it was written is left out: `prove` says it.
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
    let found = try await read { rows, database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT \(ListedRow.columns) FROM kept
          WHERE caller = ? AND use_case = ? AND kind = ? AND patient IS ? AND user IS ? AND expires > ?
          ORDER BY created DESC, code
          """,
        arguments: [
          holder.caller, holder.useCase, kind.rawValue, patient.map { Data($0) }, user.map { Data($0) },
          now.milliseconds,
        ]
      ).compactMap { try? ListedRow($0) }.filter { (try? rows.has($0, database)) == true }
    }
    var objects: [(id: String, record: KeptRecord)] = []
    for listed in found {
      objects.append((try KeptMaps.openName(listed.name, listed.row.context(in: vault.id), fields), listed.record))
    }
    return objects
  }

  /// The use cases for which a caller has anything of these kinds, over or not, by their names.
  package func useCases(of caller: String, with kinds: Set<KeptObject.Kind>) throws(VaultError) -> [String] {
    try store.read { database in
      let found = try Row.fetchAll(
        database, sql: "SELECT DISTINCT use_case, kind FROM kept WHERE caller = ? ORDER BY use_case",
        arguments: [caller])
      var names: [String] = []
      for row in found {
        guard let name = String.fromDatabaseValue(row["use_case"]),
          let kind = String.fromDatabaseValue(row["kind"]).flatMap(KeptObject.Kind.init(rawValue:)),
          kinds.contains(kind), names.last != name
        else { continue }
        names.append(name)
      }
      return names
    }
  }
}
