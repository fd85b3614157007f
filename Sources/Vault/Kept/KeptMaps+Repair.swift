import Bytes
import Ciphers
import GRDB
import Storage
import struct Foundation.Data

/// What of a file of kept maps is not as the vault wrote it.
package struct KeptFaults: Hashable, Sendable {
  /// Rows that were changed, put back or put in, by what stands where their codes should be.
  package let altered: [String]
  /// The codes of rows that were taken out.
  package let missing: [KeptCode]
  /// Whether the file says nothing that can be believed of its rows: then all of them are among the altered.
  package let isUnreadable: Bool

  /// Whether there is nothing wrong.
  package var isEmpty: Bool { altered.isEmpty && missing.isEmpty && !isUnreadable }
}

/// What was done about such faults.
package struct KeptRepair: Hashable, Sendable {
  /// What was taken out.
  package let taken: [String]
  /// What was found to be missing.
  package let missing: [KeptCode]
  /// What stays, because a legal hold may keep it.
  package let held: [String]

  /// What was done.
  package init(taken: [String], missing: [KeptCode], held: [String]) {
    (self.taken, self.missing, self.held) = (taken, missing, held)
  }
}

/// A row that is not as the vault wrote it.
private struct AlteredRow {
  /// Where its code should be.
  let code: Data
  /// Whom it is about, if all that it says is bound together by the vault; nil when nobody knows.
  let subjects: [Digest]?
  /// The code of what it says.
  let state: Digest?

  var name: String { code.count == KeptCode.byteCount ? Hex.encode([UInt8](code)) : "unnamed" }
}

extension KeptMaps {
  /// Throws `altered` unless the file has the rows that it should, all of them and no others.
  package func prove() async throws(VaultError) {
    guard try await faults().isEmpty else { throw VaultError(.altered(.kept)) }
  }

  /// What of the file is not as the vault wrote it; it reads all of it but the maps.
  package func faults() async throws(VaultError) -> KeptFaults {
    let (found, missing, isUnreadable) = try await look()
    return KeptFaults(altered: found.map(\.name), missing: missing, isUnreadable: isUnreadable)
  }

  /// Takes out of the file what is not as the vault wrote it, and of its register what somebody took out of the file.
  ///
  /// Each of them is an event, announced before, and so is that the file begins anew where it says nothing that can be
  /// believed. All other conversations go on, before and afterwards.
  ///
  /// A row that a legal hold keeps stays, and while there is any hold one of which nobody knows whom it is about; it opens for
  /// nobody.
  package func repair() async throws(VaultError) -> KeptRepair {
    guard vault.duty == .administration else { throw VaultError(.forbidden) }
    let evidence = try await vault.box(.evidence)
    let (found, missing, isUnreadable) = try await look()
    let isAnybodyHeld = try Vault.stored { try vault.store.read { try !Vault.checkHolds(evidence, $0).isEmpty } }
    let states = try await states(of: Set(found.flatMap { $0.subjects ?? [] }))
    var taken: [AlteredRow] = []
    var held: [String] = []
    for row in found {
      let stays = row.subjects.map { states.keep($0) } ?? isAnybodyHeld
      if stays { held.append(row.name) } else { taken.append(row) }
    }
    for row in taken { try tell(.intent, "altered:\(row.name)", StoredChange(from: row.state), evidence) }
    for code in missing { try tell(.intent, "missing:\(code)", StoredChange(), evidence) }
    if isUnreadable {
      try tell(.intent, KeptMaps.register, StoredChange(), evidence)
      try await beginAnew(evidence)
    }
    if !taken.isEmpty || !missing.isEmpty || isUnreadable {
      let (rows, codes) = (taken, missing)
      try await change(deleting: true) { listed, database in
        if isUnreadable { try listed.register.tree.mend(database) }
        for row in rows { try KeptMaps.takeOut(row, &listed, database) }
        for code in codes where try !KeptMaps.isThere(code, database) { try listed.forget(code, database) }
      }
    }
    flush()
    for row in taken {
      try tell(.done, "altered:\(row.name)", StoredChange(from: row.state, by: .overwrite), evidence)
    }
    for code in missing { try tell(.done, "missing:\(code)", StoredChange(), evidence) }
    if isUnreadable { try tell(.done, KeptMaps.register, StoredChange(), evidence) }
    return KeptRepair(taken: taken.map(\.name), missing: missing, held: held)
  }

  /// How the log names what a file says of itself.
  private static let register = "altered:register"

  private func tell(
    _ phase: VaultEvent.Phase, _ object: String, _ change: StoredChange, _ evidence: SecretBox
  ) throws(VaultError) {
    var event = vault.event(.mapDeleted, phase, object: object)
    event.change = change
    let told = event
    try vault.tell(told, evidence)
  }

  /// Gives a file whose register says nothing one that has no rows.
  private func beginAnew(_ evidence: SecretBox) async throws(VaultError) {
    let floor = try await floor()
    let generation = try store.write { database in
      // Somebody else may have been faster.
      if let register = try? KeptRegister(evidence, floor: floor, database) { return register.generation }
      try KeptRegister.forgetOlder(database)
      try database.execute(sql: "DELETE FROM node; DELETE FROM root")
      var register = KeptRegister(after: floor ?? 0)
      try register.write(.deletion, floor: floor, evidence, database)
      return register.generation
    }
    try await keep(generation)
  }

  private static func takeOut(_ row: AlteredRow, _ listed: inout KeptRows, _ database: Database) throws {
    if let code = KeptCode(row.name), (try? listed.hasRow(code, database)) == true { return }
    try database.execute(sql: "DELETE FROM kept WHERE code = ?", arguments: [row.code])
    if let code = KeptCode(row.name) { try listed.forget(code, database) }
  }

  private static func isThere(_ code: KeptCode, _ database: Database) throws -> Bool {
    try Bool.fetchOne(
      database, sql: "SELECT EXISTS (SELECT 1 FROM kept WHERE code = ?)", arguments: [Data(code.bytes)]) ?? false
  }

  private func look() async throws(VaultError) -> (found: [AlteredRow], missing: [KeptCode], isUnreadable: Bool) {
    let fields = try await vault.unlockedBox(.fields)
    let evidence = try await vault.unlockedBox(.evidence)
    let vault = vault.id
    do throws(VaultError) {
      let (found, missing, isWhole) = try await read { listed, database in
        let all = listed.all(database)
        let found = try KeptMaps.altered(fields, evidence, in: vault, database) { listed.has($0, among: all) }
        let there = Set(try Data.fetchAll(database, sql: "SELECT code FROM \(KeptMaps.table)"))
        let missing = all.marks.keys.filter { !there.contains(Data($0.bytes)) }
        return (found, missing.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }, all.isWhole)
      }
      return (found, missing, !isWhole)
    } catch {
      guard error.code == .altered(.kept) else { throw error }
      let found = try store.read { try KeptMaps.altered(fields, evidence, in: vault, $0) { _ in false } }
      return (found, [], true)
    }
  }

  private static func altered(
    _ fields: SecretBox, _ evidence: SecretBox, in vault: String, _ database: Database,
    unless isAsWritten: (ListedRow) -> Bool
  ) throws -> [AlteredRow] {
    var found: [AlteredRow] = []
    for row in try Row.fetchAll(database, sql: "SELECT \(ListedRow.columns) FROM \(table) ORDER BY created, code") {
      let listed = try? ListedRow(row)
      if let listed, isAsWritten(listed) { continue }
      let isBound = listed.map { (try? openName($0.name, $0.row.context(in: vault), fields)) != nil } ?? false
      found.append(
        AlteredRow(
          code: Data.fromDatabaseValue(row["code"]) ?? Data(), subjects: isBound ? listed?.record.subjects : nil,
          state: Vault.code(of: [row], evidence)))
    }
    return found
  }
}
