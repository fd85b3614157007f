package import Ciphers
import GRDB
import Storage
import struct Foundation.Data

extension KeptMaps {
  /// Everything that is kept, the oldest first; nothing is opened.
  ///
  /// A row that says nothing is left out: what is wrong with it must not keep the others from their end.
  package func records() throws(VaultError) -> [KeptRecord] {
    try store.read { try KeptMaps.rows($0).map(\.record) }
  }

  /// Those that are to be deleted: they open for nobody.
  ///
  /// Their time is over, and no legal hold keeps them; or they are about somebody whose key was destroyed.
  ///
  /// Whose key was destroyed is asked for everybody only when `askingForAll`: it takes a look at each of them. A row that
  /// is not as the vault wrote it is never among them: it may be about somebody whom a hold keeps.
  package func over(askingForAll: Bool = true) async throws(VaultError) -> KeptOver {
    let now = vault.clock()
    // Nothing is asked for a key every few seconds because nothing is over.
    let isAny = try store.read { database in
      if askingForAll { return try KeptMaps.isAny(database) }
      return try Bool.fetchOne(
        database, sql: "SELECT EXISTS (SELECT 1 FROM kept WHERE expires <= ?)", arguments: [now.milliseconds]) ?? true
    }
    guard isAny else { return KeptOver([]) }
    let proved: [KeptRecord]
    let isAltered: Bool
    do throws(VaultError) {
      (proved, isAltered) = try await read { listed, database in
        guard askingForAll else {
          let few = try KeptMaps.rows(database, where: "expires <= ?", [now.milliseconds])
          let proved = few.filter { (try? listed.has($0, database)) == true }
          return (proved.map(\.record), proved.count != few.count)
        }
        let all = try KeptMaps.rows(database)
        let marks = listed.all(database)
        let proved = all.filter { listed.has($0, among: marks) }
        return (proved.map(\.record), proved.count != all.count)
      }
    } catch {
      // While the vault is locked what is over goes all the same; while its provider is away nothing proves what it is.
      switch error.code {
      case .providerUnavailable: return KeptOver([])
      case .altered(.kept): return KeptOver([], isAltered: true)
      default: throw error
      }
    }
    let states = try await states(of: Set(proved.flatMap(\.subjects)))
    let over = proved.filter { record in
      let people = record.subjects.compactMap { states[$0] }
      return !people.contains(.unknown)
        && (people.contains(.destroyed) || now >= record.expires && !people.contains(.held))
    }
    return KeptOver(over, isAltered: isAltered || states.values.contains(.unknown))
  }

  /// What the vault says of those whom something is about, of all of them at one moment.
  func states(of tags: Set<Digest>) async throws(VaultError) -> [Digest: SubjectState] {
    guard !tags.isEmpty else { return [:] }
    func all(_ state: SubjectState) -> [Digest: SubjectState] {
      Dictionary(uniqueKeysWithValues: tags.map { ($0, state) })
    }
    let outlines: [Digest: Result<SubjectOutline, VaultError>]
    do throws(VaultError) {
      outlines = try await vault.outlines(of: tags)
    } catch {
      switch error.code {
      case .altered: return all(.unknown)
      // Whether there is a hold is not known then.
      case .locked, .providerUnavailable: return all(.held)
      default: throw error
      }
    }
    let unknown = tags.filter { outlines[$0] == .failure(VaultError(.unknownSubject)) }
    // That an index does not find somebody says nothing.
    let gone = unknown.isEmpty ? [] : try await vault.absent(among: unknown) ?? []
    var states: [Digest: SubjectState] = [:]
    for (tag, outline) in outlines { states[tag] = try SubjectState(outline, isGone: gone.contains(tag)) }
    return states
  }

  /// Deletes what stands under a code, key and map: whether there was anything.
  ///
  /// What was deleted is overwritten in the file; `flush` takes it out of the journal.
  @discardableResult
  package func delete(_ code: KeptCode) async throws(VaultError) -> Bool { try await delete([code]) == 1 }

  /// The same of several that belong together: how many there were.
  ///
  /// An older copy of the file opens for nobody from then on. It works while the kill switch is on.
  @discardableResult
  package func delete(_ codes: [KeptCode]) async throws(VaultError) -> Int {
    try await change(deleting: true) { listed, database in
      var count = 0
      for code in codes where try listed.hasRow(code, database) {
        try listed.remove(code, database)
        count += 1
      }
      return count
    }
  }

  /// The code of what stands under a code, by which the log tells what it was; nil when there is nothing.
  package func state(of code: KeptCode) async throws(VaultError) -> Digest? {
    try state(of: code, try await vault.box(.evidence))
  }

  private func state(of code: KeptCode, _ evidence: SecretBox) throws(VaultError) -> Digest? {
    try store.read { database in
      let rows = try Row.fetchAll(database, sql: "SELECT * FROM kept WHERE code = ?", arguments: [Data(code.bytes)])
      return Vault.code(of: rows, evidence)
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
    var held: [KeptRecord] = []
    for record in records {
      // Whom a hold would keep, a row that somebody changed does not say.
      let isThere = try await read { listed, database in
        try listed.hasRow(record.code, database)
          && KeptMaps.rows(database, where: "code = ?", [Data(record.code.bytes)]).map(\.record) == [record]
      }
      guard isThere else { throw VaultError(.altered(.kept)) }
      if try await states(of: Set(record.subjects)).keep(record.subjects) {
        held.append(record)
        continue
      }
      let before = try state(of: record.code, evidence)
      var announced = vault.event(.mapDeleted, .intent, object: record.object)
      announced.change = StoredChange(from: before)
      try vault.tell(announced, evidence)
      try await delete(record.code)
      flush()
      var event = vault.event(.mapDeleted, .done, object: record.object)
      event.change = StoredChange(from: before, by: .overwrite)
      try vault.tell(event, evidence)
    }
    return held
  }

  /// What the file has, the oldest first; a row that says nothing is left out.
  static func rows(_ database: Database) throws -> [ListedRow] {
    try Row.fetchAll(database, sql: "SELECT \(ListedRow.columns) FROM \(table) ORDER BY created, code")
      .compactMap { try? ListedRow($0) }
  }

  /// The same of those for which a condition holds, as an index finds them.
  static func rows(
    _ database: Database, where condition: String, _ arguments: StatementArguments
  ) throws -> [ListedRow] {
    try Row.fetchAll(
      database, sql: "SELECT \(ListedRow.columns) FROM kept WHERE \(condition) ORDER BY created, code",
      arguments: arguments
    ).compactMap { try? ListedRow($0) }
  }

  /// The table itself, to whom all rows matter: it is its primary key, and `NOT INDEXED` says nothing of one without row ids.
  static let table = "kept INDEXED BY sqlite_autoindex_kept_1"

  /// Whether there is any row.
  static func isAny(_ database: Database) throws -> Bool {
    try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM \(table))") ?? true
  }
}

/// What the vault says of somebody whom something kept is about.
enum SubjectState {
  case destroyed, held, free
  /// Somebody changed what says so.
  case unknown

  /// What an outline says; `isGone` where all subjects were looked through and none has the tag.
  init(_ outline: Result<SubjectOutline, VaultError>, isGone: Bool) throws(VaultError) {
    switch outline {
    case .success(let outline): self = outline.isShredded ? .destroyed : outline.holds.isEmpty ? .free : .held
    case .failure(let error):
      switch error.code {
      case .unknownSubject: self = isGone ? .destroyed : .unknown
      case .altered: self = .unknown
      default: throw error
      }
    }
  }
}

extension [Digest: SubjectState] {
  /// Whether a hold keeps what is about these people, or may.
  func keep(_ tags: [Digest]) -> Bool { tags.contains { [.held, .unknown].contains(self[$0] ?? .unknown) } }
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
