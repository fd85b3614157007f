import Bytes
import Ciphers
import GRDB
import Storage
import Synchronization
import struct Foundation.Data

/// What a file of kept maps says of itself, under a code of the vault: how many rows it has, the sum of their weights, and
/// how often it was written.
///
/// ## What it tells
/// That a row was put back which had been deleted, or taken out beside Cordon: the sum is another (`Tally`). That the whole
/// file is an older copy: the vault keeps, under its own seal, how often it had been written when something was last deleted.
/// An older copy of both files together is not told.
///
/// What is deleted while no key can be had is set down in the file (`owed`) and taken out of the sum when there is one.
struct KeptStand {
  private static let name = "kept"
  private(set) var generation: Int64
  private var tally: Tally

  /// The stand of a file, which must have been written as often as `floor` says; nil when the vault was never told.
  init(_ evidence: SecretBox, in vault: String, floor: Int64?, _ database: Database) throws {
    guard let row = try Row.fetchOne(database, sql: "SELECT generation, tally, code FROM stand") else {
      // A file that is new, also one that a restore has left out; or one of before there was a stand.
      let counted = try KeptStand.counted(evidence, in: vault, database)
      guard floor == nil || counted == Tally() else { throw VaultError(.altered(.kept)) }
      (generation, tally) = (floor ?? 0, counted)
      return
    }
    guard let generation = Int64.fromDatabaseValue(row["generation"]), generation >= floor ?? 0,
      let stored = Data.fromDatabaseValue(row["tally"]), let code = Data.fromDatabaseValue(row["code"])
    else { throw VaultError(.altered(.kept)) }
    _ = try RowCodes(.kept, evidence).checked(KeptStand.text(generation, [UInt8](stored)), [UInt8](code))
    self.generation = generation
    tally = try Tally([UInt8](stored), as: KeptStand.name, evidence)
  }

  /// Throws `altered` unless the file has as many rows as it should.
  func checkCount(_ database: Database) throws {
    let count = try Int64.fetchOne(
      database, sql: "SELECT (SELECT COUNT(*) FROM kept) + (SELECT COUNT(*) FROM owed)")
    guard count == tally.count else { throw VaultError(.altered(.kept)) }
  }

  /// Throws `altered` unless the file has the rows that it should.
  func checkRows(_ evidence: SecretBox, in vault: String, _ database: Database) throws {
    guard try KeptStand.counted(evidence, in: vault, database) == tally else { throw VaultError(.altered(.kept)) }
  }

  /// Takes in a row that is written.
  mutating func add(_ row: KeptRow, in vault: String, _ codes: RowCodes) {
    tally.add(KeptStand.weight(row.context(in: vault), codes))
  }

  /// Takes out what was deleted while there was no key: whether there was anything.
  mutating func settle(_ codes: RowCodes, _ database: Database) throws -> Bool {
    let owed = try Data.fetchAll(database, sql: "SELECT row FROM owed")
    guard !owed.isEmpty else { return false }
    for row in owed { tally.remove(KeptStand.weight([UInt8](row), codes)) }
    try database.execute(sql: "DELETE FROM owed")
    return true
  }

  /// Begins anew with a file that has no rows.
  mutating func clear(after floor: Int64?) {
    generation = max(generation, floor ?? 0)
    tally = Tally()
  }

  /// Writes it, once more than before.
  mutating func write(_ evidence: SecretBox, _ database: Database) throws {
    generation += 1
    let hidden = tally.hidden(as: KeptStand.name, evidence)
    let code = RowCodes(.kept, evidence).mark(KeptStand.text(generation, hidden)).code
    try database.execute(
      sql: "INSERT OR REPLACE INTO stand (one, generation, tally, code) VALUES (1, ?, ?, ?)",
      arguments: [generation, Data(hidden), Data(code)])
  }

  /// The stand of nothing, of a file whose own says nothing.
  init(after floor: Int64?) { (generation, tally) = (floor ?? 0, Tally()) }

  private static func counted(_ evidence: SecretBox, in vault: String, _ database: Database) throws -> Tally {
    let codes = RowCodes(.kept, evidence)
    var tally = Tally()
    for row in try Row.fetchAll(database, sql: "SELECT \(KeptRow.columns) FROM kept") {
      tally.add(weight(try KeptRow(row).context(in: vault), codes))
    }
    for row in try Data.fetchAll(database, sql: "SELECT row FROM owed") { tally.add(weight([UInt8](row), codes)) }
    return tally
  }

  private static func weight(_ context: [UInt8], _ codes: RowCodes) -> SIMD2<UInt64> {
    var text = RowText()
    text.append("row")
    text.append(context)
    return codes.mark(text).weight
  }

  private static func text(_ generation: Int64, _ tally: [UInt8]) -> RowText {
    var text = RowText()
    text.append("stand")
    text.append(generation)
    text.append(tally)
    return text
  }
}

/// What this process knows of the file: how often it was written at least, and whether its rows were looked at.
final class KeptFloor: Sendable {
  private let state = Mutex((isLoaded: false, floor: nil as Int64?, isChecked: false))

  /// How often it was written at least; nil when that is to be asked of the vault.
  var known: Int64?? { state.withLock { $0.isLoaded ? .some($0.floor) : nil } }
  var isChecked: Bool { state.withLock(\.isChecked) }

  func raise(to generation: Int64?) {
    state.withLock { state in
      state.isLoaded = true
      if let generation { state.floor = max(state.floor ?? 0, generation) }
    }
  }

  func check(_ isChecked: Bool) { state.withLock { $0.isChecked = isChecked } }
}

extension KeptMaps {
  /// Takes out of the file's own word what was deleted, and has the vault know how often it was written: an older copy opens
  /// for nobody from then on.
  ///
  /// Nothing has to wait for it: who dies before has the next do it.
  package func settle() async throws(VaultError) {
    let evidence = try await vault.box(.evidence)
    let floor = try await floor()
    let generation = try Vault.stored {
      try store.write { database in
        var stand = try KeptStand(evidence, in: vault.id, floor: floor, database)
        if try stand.settle(RowCodes(.kept, evidence), database) { try stand.write(evidence, database) }
        return stand.generation
      }
    }
    guard generation > floor ?? 0 else { return }
    try await vault.keep(LogMark(log: KeptMaps.mark, size: UInt64(generation), note: []))
    self.standing.raise(to: generation)
  }

  /// Throws `altered` unless the file has the rows that it should, all of them and no others.
  package func prove() async throws(VaultError) {
    let evidence = try await vault.box(.evidence)
    let floor = try await floor()
    try Vault.stored {
      try store.read { database in
        try KeptStand(evidence, in: vault.id, floor: floor, database).checkRows(evidence, in: vault.id, database)
      }
    }
  }

  /// Begins anew when everything was deleted: whatever was wrong with the file is gone with it.
  func beginAnew() async throws(VaultError) {
    let evidence = try await vault.box(.evidence)
    let floor = try await floor()
    guard try records().isEmpty else { return }
    try Vault.stored {
      try store.write { database in
        try database.execute(sql: "DELETE FROM kept; DELETE FROM owed")
        var stand = (try? KeptStand(evidence, in: vault.id, floor: nil, database)) ?? KeptStand(after: floor)
        stand.clear(after: floor)
        try stand.write(evidence, database)
      }
    }
    try await settle()
  }

  private static let mark = "kept"

  /// How often the file was written at least, as far as the vault was told.
  func floor() async throws(VaultError) -> Int64? {
    if let known = standing.known { return known }
    let mark = try await vault.mark(of: KeptMaps.mark)
    standing.raise(to: mark.map { Int64(clamping: $0.size) })
    return mark.map { Int64(clamping: $0.size) }
  }
}
