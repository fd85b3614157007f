package import Ciphers
import GRDB
import Storage
import struct Foundation.Data

extension KeptMaps {
  /// Everything that is kept, the oldest first; nothing is opened.
  ///
  /// A row that says nothing is left out: what is wrong with it must not keep the others from their end.
  package func records() throws(VaultError) -> [KeptRecord] { try rows().map(\.record) }

  /// How many rows there are that say nothing, because somebody has changed them.
  package func malformedRows() throws(VaultError) -> Int {
    let count = try Vault.stored {
      try store.read { database in
        try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM kept") ?? 0
      }
    }
    return count - (try records()).count
  }

  /// Those that are to be deleted: they open for nobody.
  ///
  /// Their time is over, and no legal hold keeps them; or they are about somebody whose key was destroyed.
  ///
  /// Whose key was destroyed is asked for everybody only when `askingForAll`: it takes a look at each of them. A row that
  /// is not as the vault wrote it is never among them: it may be about somebody whom a hold keeps.
  package func over(askingForAll: Bool = true) async throws(VaultError) -> KeptOver {
    let now = vault.clock()
    let all = try askingForAll ? rows() : rows(where: "expires <= ?", [now.milliseconds])
    guard !all.isEmpty else { return KeptOver([]) }
    // While the vault is locked what is over goes all the same; while its provider is away nothing proves what it is.
    guard let fields = try await fieldsForEnding() else { return KeptOver([]) }
    let proved = all.filter { isAsWritten($0, fields) }.map(\.record)
    var states: [[UInt8]: SubjectState] = [:]
    for tag in Set(proved.flatMap(\.subjects)) { states[tag.bytes] = try await state(of: tag) }
    let over = proved.filter { record in
      let people = record.subjects.compactMap { states[$0.bytes] }
      return people.contains(.destroyed) || now >= record.expires && !people.contains(.held)
    }
    return KeptOver(over, isAltered: proved.count != all.count)
  }

  private func fieldsForEnding() async throws(VaultError) -> SecretBox? {
    do throws(VaultError) {
      return try await vault.unlockedBox(.fields)
    } catch {
      guard error.code == .providerUnavailable else { throw error }
      return nil
    }
  }

  /// Whether the vendor's id, which is sealed for everything in the row, opens.
  private func isAsWritten(_ stored: StoredRow, _ fields: SecretBox) -> Bool {
    (try? KeptMaps.openName(stored.name, stored.row.context(in: vault.id), fields)) != nil
  }

  private enum SubjectState { case destroyed, held, free }

  private func state(of tag: Digest) async throws(VaultError) -> SubjectState {
    do throws(VaultError) {
      let outline = try await vault.outline(of: tag)
      return outline.isShredded ? .destroyed : outline.holds.isEmpty ? .free : .held
    } catch {
      switch error.code {
      case .unknownSubject: return .destroyed
      // Whether there is a hold is not known then.
      case .locked, .providerUnavailable: return .held
      default: throw error
      }
    }
  }

  /// Deletes what stands under a code, key and map: whether there was anything.
  ///
  /// What was deleted is overwritten in the file; `flush` takes it out of the journal.
  @discardableResult
  package func delete(_ code: KeptCode) throws(VaultError) -> Bool { try delete([code]) == 1 }

  /// The same of several that belong together: how many there were.
  @discardableResult
  package func delete(_ codes: [KeptCode]) throws(VaultError) -> Int {
    try Vault.stored { try store.write { try KeptMaps.delete(codes, of: vault.id, $0) } }
  }

  /// The same inside a transaction, only of what is over at a moment where one is given.
  ///
  /// It needs no key: what has gone is set down, to be taken out of the file's own word when there is one.
  @discardableResult
  static func delete(
    _ codes: [KeptCode], of vault: String, overAt moment: Moment? = nil, _ database: Database
  ) throws -> Int {
    try codes.reduce(0) { count, code in
      let bytes = Data(code.bytes)
      let found = try Row.fetchOne(
        database, sql: "SELECT \(KeptRow.columns) FROM kept WHERE code = ? AND expires <= ?",
        arguments: [bytes, moment?.milliseconds ?? .max])
      guard let row = try found.map({ try KeptRow($0) }) else { return count }
      try database.execute(
        sql: "INSERT OR REPLACE INTO owed (code, row) VALUES (?, ?)",
        arguments: [bytes, Data(row.context(in: vault))])
      try database.execute(sql: "DELETE FROM kept WHERE code = ?", arguments: [bytes])
      return count + database.changesCount
    }
  }

  /// The code of what stands under a code, by which the log tells what it was; nil when there is nothing.
  package func state(of code: KeptCode) async throws(VaultError) -> Digest? {
    try state(of: code, try await vault.box(.evidence))
  }

  private func state(of code: KeptCode, _ evidence: SecretBox) throws(VaultError) -> Digest? {
    try Vault.stored {
      try store.read { database in
        let rows = try Row.fetchAll(database, sql: "SELECT * FROM kept WHERE code = ?", arguments: [Data(code.bytes)])
        return Vault.code(of: rows, evidence)
      }
    }
  }

  /// Takes what was deleted out of the journal, unless somebody reads an older state: whether it is gone.
  @discardableResult
  package func flush() -> Bool { (try? store.flush()) != nil }

  /// Deletes what stands under these codes, as a person wants it, with an announcement and an event for each.
  ///
  /// The table is another file than the outbox: the announcement comes first, so that nothing goes without a word.
  ///
  /// - Returns: those that a legal hold keeps.
  package func dispose(of records: [KeptRecord]) async throws(VaultError) -> [KeptRecord] {
    let evidence = try await vault.box(.evidence)
    let fields = try await vault.box(.fields)
    var held: [KeptRecord] = []
    for record in records {
      // Whom a hold would keep, a row that somebody changed does not say.
      for stored in try rows(where: "code = ?", [Data(record.code.bytes)]) {
        guard isAsWritten(stored, fields), stored.record == record else { throw VaultError(.altered(.kept)) }
      }
      var isHeld = false
      for tag in record.subjects where try await state(of: tag) == .held { isHeld = true }
      if isHeld {
        held.append(record)
        continue
      }
      let before = try state(of: record.code, evidence)
      var announced = vault.event(.mapDeleted, .intent, object: record.object)
      announced.change = StoredChange(from: before)
      try vault.tell(announced, evidence)
      try delete(record.code)
      flush()
      var event = vault.event(.mapDeleted, .done, object: record.object)
      event.change = StoredChange(from: before, by: .overwrite)
      try vault.tell(event, evidence)
    }
    do {
      try await settle()
    } catch {
      guard error.isAboutAlteration else { throw error }
    }
    try await beginAnew()
    return held
  }

  private struct StoredRow {
    let row: KeptRow
    let name: [UInt8]
    let byteCount: Int

    var record: KeptRecord { row.record(byteCount) }
  }

  private func rows(
    where condition: String = "1", _ arguments: StatementArguments = []
  ) throws(VaultError) -> [StoredRow] {
    try Vault.stored {
      try store.read { database in
        try Row.fetchAll(
          database,
          sql: """
            SELECT \(KeptRow.columns), name, length(key) + length(map) AS bytes FROM kept WHERE \(condition)
            ORDER BY created, code
            """, arguments: arguments
        ).compactMap { row in
          (try? KeptRow(row)).map { StoredRow(row: $0, name: [UInt8](row["name"] as Data), byteCount: row["bytes"]) }
        }
      }
    }
  }
}

/// What is to be deleted of what is kept.
package struct KeptOver: Hashable, Sendable {
  /// What is over, or about somebody whose key was destroyed.
  package let records: [KeptRecord]
  /// Whether there are rows among those that were looked at that the vault did not write.
  package let isAltered: Bool

  /// What is to be deleted.
  package init(_ records: [KeptRecord], isAltered: Bool = false) {
    self.records = records
    self.isAltered = isAltered
  }
}

extension KeptRecord {
  /// How the log names it: the kind and the code.
  package var object: String { "\(kind.rawValue):\(code)" }
}
