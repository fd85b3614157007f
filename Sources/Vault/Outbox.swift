import Bytes
import Ciphers
import GRDB
import Storage
import struct Foundation.Data

/// Events on their way to the log.
///
/// The log and the vault's database cannot commit together, and the log belongs to one process. So each effect writes
/// its event here, in its own transaction: either both are on stable storage or neither is. Whoever has the log (the
/// gateway while it runs, else the command) takes the events up in order, appends each, and notes it.
///
/// - One process at a time hands events over (`HandOver`). When a crash came between appending and noting, the next one
///   looks for them in the logs by their ids before it hands any over.
/// - What cannot be undone has two events. The announcement (`intent`) is written first; the effect refuses with
///   `unrecorded` until the announcement has its entry in the log; then the effect and its `done` event commit together.
/// - A row has a code, with the entry of the log once it has one, and there is a tally of those that wait: nobody who can
///   write to the file but has no key puts events into the log, says that one is in it, or takes one away unseen.
enum Outbox {
  /// How many rows that are in the log are kept, for whoever waits to see that they are.
  static let kept: Int64 = 4096

  /// Puts an event among those that wait, inside `Vault.change`.
  static func put(_ event: VaultEvent, _ evidence: SecretBox, _ database: Database) throws {
    let codes = RowCodes(.outbox, evidence)
    try database.cachedStatement(sql: "INSERT INTO outbox (id, body, code, lasting) VALUES (?, ?, x'', ?)")
      .execute(arguments: [event.id, Data(event.bytes), event.phase == .intent])
    let row = OutboxRow(
      number: database.lastInsertedRowID, id: event.id, body: event.bytes, isLasting: event.phase == .intent)
    let mark = codes.mark(row.text)
    try row.set(mark, database)
    var tally = try waiting(evidence, database)
    tally.add(mark.weight)
    try set(waiting: tally, evidence, database)
  }

  /// The event of this id; nil when there is none, `altered` when it is not as the vault wrote it.
  static func find(_ id: String, _ evidence: SecretBox, _ database: Database) throws -> OutboxRow? {
    let codes = RowCodes(.outbox, evidence)
    return try Row.fetchOne(database, sql: "SELECT \(OutboxRow.columns) FROM outbox WHERE id = ?", arguments: [id])
      .map { try OutboxRow($0, codes) }
  }

  /// Takes an event away that is not to be handed over any more.
  static func remove(_ row: OutboxRow, _ evidence: SecretBox, _ database: Database) throws {
    if row.entry == nil {
      var tally = try waiting(evidence, database)
      tally.remove(RowCodes(.outbox, evidence).mark(row.text).weight)
      try set(waiting: tally, evidence, database)
    }
    try database.execute(sql: "DELETE FROM outbox WHERE number = ?", arguments: [row.number])
  }

  /// Throws `altered` unless the events that wait are those that the vault put there.
  static func check(_ evidence: SecretBox, _ database: Database) throws {
    let codes = RowCodes(.outbox, evidence)
    var found = Tally()
    let rows = try Row.fetchCursor(database, sql: "SELECT \(OutboxRow.columns) FROM outbox WHERE entry IS NULL")
    while let row = try rows.next() { found.add(try codes.mark(OutboxRow(row, codes).text).weight) }
    guard try found == waiting(evidence, database) else { throw VaultError(.altered(.outbox)) }
  }

  /// What waits and the vault wrote; nil when what should wait cannot be told from it.
  static func waitingRows(_ evidence: SecretBox, _ database: Database) throws -> WaitingRows? {
    let codes = RowCodes(.outbox, evidence)
    let stored = try Row.fetchAll(database, sql: "SELECT \(OutboxRow.columns) FROM outbox WHERE entry IS NULL")
    let rows = stored.compactMap { try? OutboxRow($0, codes) }
    return WaitingRows(rows.map { ($0, codes.mark($0.text).weight) }, expected: try waiting(evidence, database))
  }

  /// Writes down in which entry of the log an event is that is not among those that should wait.
  static func settle(_ row: OutboxRow, in entry: Int64, _ evidence: SecretBox, _ database: Database) throws {
    var row = row
    row.entry = entry
    try row.set(RowCodes(.outbox, evidence).mark(row.text), database)
  }

  /// Writes down in which entries of the log events are.
  static func note(_ entries: [Int64: Int64], _ evidence: SecretBox, _ database: Database) throws {
    let codes = RowCodes(.outbox, evidence)
    var tally = try waiting(evidence, database)
    for (number, entry) in entries {
      let found = try Row.fetchOne(
        database, sql: "SELECT \(OutboxRow.columns) FROM outbox WHERE number = ?", arguments: [number])
      guard let found else { continue }
      var row = try OutboxRow(found, codes)
      guard row.entry == nil else { continue }
      tally.remove(codes.mark(row.text).weight)
      row.entry = entry
      try row.set(codes.mark(row.text), database)
    }
    try set(waiting: tally, evidence, database)
    // Announcements stay: certificates name their entries.
    try database.execute(
      sql: "DELETE FROM outbox WHERE entry IS NOT NULL AND lasting = 0 AND number < ?",
      arguments: [(entries.keys.max() ?? 0) - Outbox.kept])
  }

  private static func waiting(_ evidence: SecretBox, _ database: Database) throws -> Tally {
    guard let stored = try Data.fetchOne(database.cachedStatement(sql: "SELECT waiting FROM vault")) else {
      throw VaultError(.altered(.vault))
    }
    return try Tally([UInt8](stored), as: "waiting", evidence)
  }

  private static func set(waiting tally: Tally, _ evidence: SecretBox, _ database: Database) throws {
    try database.cachedStatement(sql: "UPDATE vault SET waiting = ?")
      .execute(arguments: [Data(tally.hidden(as: "waiting", evidence))])
  }
}

/// An event with its place among the others.
struct OutboxRow: Hashable {
  let number: Int64
  let id: String
  let body: [UInt8]
  /// Whether it stays when it is in the log.
  let isLasting: Bool
  /// The entry of the log that it is in.
  var entry: Int64?

  static let columns = "number, id, body, lasting, entry, code"

  init(number: Int64, id: String, body: [UInt8], isLasting: Bool) {
    self.number = number
    self.id = id
    self.body = body
    self.isLasting = isLasting
  }

  /// A row that was read; `altered` when it is not as the vault wrote it.
  init(_ row: Row, _ codes: RowCodes) throws(VaultError) {
    guard let number = Int64.fromDatabaseValue(row["number"]), let id = String.fromDatabaseValue(row["id"]),
      let body = Data.fromDatabaseValue(row["body"]), let isLasting = Bool.fromDatabaseValue(row["lasting"]),
      let code = Data.fromDatabaseValue(row["code"])
    else { throw VaultError(.altered(.outbox)) }
    self.init(number: number, id: id, body: [UInt8](body), isLasting: isLasting)
    entry = row["entry"] as Int64?
    _ = try codes.checked(text, [UInt8](code))
  }

  /// The event.
  var event: VaultEvent {
    get throws(VaultError) {
      guard let event = VaultEvent(body) else { throw VaultError(.malformed) }
      return event
    }
  }

  var text: RowText {
    var text = RowText()
    text.append(number)
    text.append(id)
    text.append(body)
    text.append(isLasting ? 1 : 0)
    text.append(entry)
    return text
  }

  /// Writes its code and its entry.
  fileprivate func set(_ mark: RowMark, _ database: Database) throws {
    try database.cachedStatement(sql: "UPDATE outbox SET code = ?, entry = ? WHERE number = ?")
      .execute(arguments: [Data(mark.code), entry, number])
  }
}
