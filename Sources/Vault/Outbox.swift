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
/// - An event is handed over again when a crash came between appending and noting: its `id` shows the repetition.
/// - What cannot be undone has two events. The announcement (`intent`) is written first; the effect refuses with
///   `unrecorded` until the announcement has its entry in the log; then the effect and its `done` event commit together.
/// - A row is authenticated: nobody who can write to the file but has no key puts events into the log.
enum Outbox {
  /// How many rows that are in the log are kept, for whoever waits to see that they are.
  static let kept: Int64 = 4096

  static func put(_ event: VaultEvent, _ evidence: SecretBox, _ database: Database) throws {
    let body = event.bytes
    try database.execute(
      sql: "INSERT INTO outbox (id, body, code, lasting) VALUES (?, ?, ?, ?)",
      arguments: [event.id, Data(body), Data(code(of: body, evidence)), event.phase == .intent])
  }

  static func code(of body: [UInt8], _ evidence: SecretBox) -> [UInt8] {
    Digest(authenticating: body, key: evidence.secret.derived(for: "cordon vault v1 outbox")).bytes
  }
}

extension Vault {
  /// Hands the waiting events to `append` in order, and notes the index that it gives each: how many there were.
  ///
  /// When `append` throws, the event and those after it stay. A row that the vault did not write keeps none from the log:
  /// it stays where it is, and when all others are noted, `malformed` is thrown.
  @discardableResult
  package func takeOutbox(_ append: (VaultEvent) async throws -> UInt64) async throws -> Int {
    let evidence = try await unlockedBox(.evidence)
    var (taken, last, isDamaged) = (0, Int64.min, false)
    while true {
      let rows = try Vault.stored {
        try store.read { database in
          try Row.fetchAll(
            database,
            sql: "SELECT number, body, code FROM outbox WHERE entry IS NULL AND number > ? ORDER BY number LIMIT 256",
            arguments: [last])
        }
      }
      guard let final = rows.last else { break }
      last = final["number"]
      let events = rows.compactMap { row in (try? Vault.event(row, evidence)).map { (row["number"] as Int64, $0) } }
      isDamaged = isDamaged || events.count < rows.count
      taken += try await hand(events, to: append)
    }
    guard !isDamaged else { throw VaultError(.malformed) }
    return taken
  }

  private func hand(
    _ events: [(number: Int64, event: VaultEvent)], to append: (VaultEvent) async throws -> UInt64
  ) async throws -> Int {
    guard !events.isEmpty else { return 0 }
    var noted: [Int64: Int64] = [:]
    var isDone = false
    // What is in the log is noted, whatever fails after it; a row that is not noted is handed over again.
    defer { if !isDone { try? note(noted) } }
    for (number, event) in events { noted[number] = try await append(event).signed }
    isDone = true
    try note(noted)
    return noted.count
  }

  private func note(_ noted: [Int64: Int64]) throws(VaultError) {
    try Vault.stored {
      try store.write { database in
        for (number, entry) in noted {
          try database.execute(sql: "UPDATE outbox SET entry = ? WHERE number = ?", arguments: [entry, number])
        }
        // Announcements stay: certificates name their entries.
        try database.execute(
          sql: "DELETE FROM outbox WHERE entry IS NOT NULL AND lasting = 0 AND number < ?",
          arguments: [(noted.keys.max() ?? 0) - Outbox.kept])
      }
    }
  }

  /// The event in a row, when the vault itself wrote it.
  static func event(_ row: Row, _ evidence: SecretBox) throws(VaultError) -> VaultEvent {
    let body = [UInt8](row["body"] as Data)
    let code = [UInt8](row["code"] as Data)
    guard equalInConstantTime(Outbox.code(of: body, evidence).span, code.span), let event = VaultEvent(body) else {
      throw VaultError(.malformed)
    }
    return event
  }

  /// How many events wait for the log.
  package func waitingEvents() throws(VaultError) -> Int {
    try Vault.stored {
      try store.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM outbox WHERE entry IS NULL") ?? 0 }
    }
  }

  /// An event with an id of its own.
  func event(
    _ name: VaultEvent.Name, _ phase: VaultEvent.Phase = .done, object: String?, people: [String] = []
  ) -> VaultEvent {
    var random = SystemRandomNumberGenerator()
    return VaultEvent(
      name, phase, object: object, people: people, at: clock(), id: Hex.encode([UInt8](randomCount: 16, using: &random))
    )
  }

  /// The entry of the log that holds the announcement of this id; nil while it is not there.
  static func entry(ofEvent id: String, _ database: Database) throws -> Int64? {
    try Int64.fetchOne(database, sql: "SELECT entry FROM outbox WHERE id = ?", arguments: [id])
  }
}

extension UInt64 {
  fileprivate var signed: Int64 { Int64(clamping: self) }
}
