import Ciphers
import GRDB
import Storage
import struct Foundation.Data

/// A row of kept maps with its sealed name, without its key and its map.
struct ListedRow {
  static let columns = "\(KeptRow.columns), name, length(key) + length(map) AS bytes"

  let row: KeptRow
  let name: [UInt8]
  let byteCount: Int

  init(_ found: Row) throws(VaultError) {
    guard let name = Data.fromDatabaseValue(found["name"]), let byteCount = Int.fromDatabaseValue(found["bytes"]) else {
      throw VaultError(.altered(.kept))
    }
    row = try KeptRow(found)
    (self.name, self.byteCount) = ([UInt8](name), byteCount)
  }

  var record: KeptRecord { row.record(byteCount) }
}

/// The register of a file, with what it takes to compare rows with it.
struct KeptRows {
  var register: KeptRegister
  private let codes: RowCodes
  private let vault: String

  init(_ register: KeptRegister, _ evidence: SecretBox, in vault: String) {
    (self.register, self.vault) = (register, vault)
    codes = RowCodes(.kept, evidence)
  }

  /// Whether a row is one that was written and not deleted.
  func has(_ listed: ListedRow, _ database: Database) throws -> Bool {
    try register.tree.mark(of: listed.row.code, database) == listed.row.mark(listed.name, in: vault, codes)
  }

  /// What all rows have to say, by their codes; it is not whole when a part of the tree is not as it was written.
  func all(_ database: Database) -> (marks: [KeptCode: [UInt8]], isWhole: Bool) { register.tree.marks(database) }

  /// The same as `has`, for many rows.
  func has(_ listed: ListedRow, among all: (marks: [KeptCode: [UInt8]], isWhole: Bool)) -> Bool {
    all.marks[listed.row.code] == listed.row.mark(listed.name, in: vault, codes)
  }

  /// Whether there is a row under a code; `altered` when there is another than was written, or none though there should be.
  func hasRow(_ code: KeptCode, _ database: Database) throws -> Bool {
    let found = try Row.fetchOne(
      database.cachedStatement(sql: "SELECT \(ListedRow.columns) FROM kept WHERE code = ?"),
      arguments: [Data(code.bytes)])
    guard let found else {
      guard try register.tree.mark(of: code, database) == nil else { throw VaultError(.altered(.kept)) }
      return false
    }
    guard try has(ListedRow(found), database) else { throw VaultError(.altered(.kept)) }
    return true
  }

  mutating func add(_ row: KeptRow, _ name: [UInt8], _ database: Database) throws {
    try register.tree.set(row.mark(name, in: vault, codes), of: row.code, database)
  }

  /// Lists all rows of a file in which none is listed yet, and writes each node once.
  mutating func addAll(_ database: Database) throws {
    var list = KeptList()
    let found = try Row.fetchCursor(database, sql: "SELECT \(ListedRow.columns) FROM \(KeptMaps.table)")
    while let row = try found.next() {
      let listed = try ListedRow(row)
      list.append(listed.row.code, saying: listed.row.mark(listed.name, in: vault, codes))
    }
    try register.tree.make(of: list, database)
  }

  mutating func remove(_ code: KeptCode, _ database: Database) throws {
    try forget(code, database)
    try database.cachedStatement(sql: "DELETE FROM kept WHERE code = ?").execute(arguments: [Data(code.bytes)])
  }

  /// Takes a code out of the tree.
  mutating func forget(_ code: KeptCode, _ database: Database) throws {
    try register.tree.set(nil, of: code, database)
  }
}

extension KeptMaps {
  static let mark = "kept"

  /// The lowest count that the file may have, as the vault says at this moment: another process may have deleted something.
  func floor() async throws(VaultError) -> Int64? {
    try await vault.mark(of: KeptMaps.mark).map { Int64(clamping: $0.size) }
  }

  /// What `body` reads beside the register.
  func read<Value>(_ body: (KeptRows, Database) throws -> Value) async throws(VaultError) -> Value {
    let (evidence, floor) = (try await vault.unlockedBox(.evidence), try await adopt())
    return try store.read { database in
      guard let register = try KeptRegister(evidence, floor: floor, database) else {
        throw VaultError(.altered(.kept))
      }
      return try body(KeptRows(register, evidence, in: vault.id), database)
    }
  }

  /// What `body` gives, with its changes and the register committed; where it `deletes`, no older copy opens from then on.
  @discardableResult
  func change<Value>(
    deleting deletes: Bool = false, _ body: (inout KeptRows, Database) throws -> Value
  ) async throws(VaultError) -> Value {
    let (evidence, floor) = (try await vault.unlockedBox(.evidence), try await adopt())
    let (value, generation): (Value, Int64) = try store.write { database in
      guard let register = try KeptRegister(evidence, floor: floor, database) else {
        throw VaultError(.altered(.kept))
      }
      var rows = KeptRows(register, evidence, in: vault.id)
      let value = try body(&rows, database)
      try rows.register.write(deletes ? .deletion : .addition, floor: floor, evidence, database)
      return (value, rows.register.generation)
    }
    if deletes { try await keep(generation) }
    return value
  }

  /// Has the vault know that the file was written: an older copy opens for nobody from then on.
  ///
  /// Nothing has to wait for it: who dies before has the next do it.
  package func settle() async throws(VaultError) {
    let floor = try await adopt()
    let isSettled = try await read { rows, _ in rows.register.isSettled(at: floor) }
    if !isSettled { try await change(deleting: true) { _, _ in } }
  }

  func keep(_ generation: Int64) async throws(VaultError) {
    try await vault.keep(LogMark(log: KeptMaps.mark, size: UInt64(max(0, generation)), note: []))
  }

  /// Makes the register of a file that has none, once: it is new, or from before; the lowest count that it may have.
  private func adopt() async throws(VaultError) -> Int64? {
    let floor = try await floor()
    let isThere = try store.read { try KeptRegister.isThere($0) }
    guard !isThere else { return floor }
    let evidence = try await vault.unlockedBox(.evidence)
    let generation: Int64? = try store.write { database in
      guard try !KeptRegister.isThere(database) else { return nil }
      var rows: KeptRows
      if let (generation, list) = try KeptLists.read(evidence, floor: floor, database) {
        rows = KeptRows(KeptRegister(after: generation), evidence, in: vault.id)
        try rows.register.tree.make(of: list, database)
      } else {
        let generation = try KeptStand.generation(evidence, in: vault.id, floor: floor, database)
        rows = KeptRows(KeptRegister(after: generation), evidence, in: vault.id)
        try rows.addAll(database)
      }
      try KeptRegister.forgetOlder(database)
      try rows.register.write(.deletion, floor: floor, evidence, database)
      return rows.register.generation
    }
    guard let generation else { return floor }
    // What the file said of itself before is not believed again.
    try await keep(generation)
    return generation
  }
}
