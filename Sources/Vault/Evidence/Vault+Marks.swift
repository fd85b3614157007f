package import Ciphers
import GRDB
import Storage
import struct Foundation.Data

/// Where a log stood when the vault was last told, as the log signed it.
///
/// The vault keeps it under its seal: who cuts the log back, or takes it away, has to put back the whole of the vault's
/// file as well.
package struct LogMark: Hashable, Sendable {
  /// Which of the logs of the data directory.
  package let log: String
  /// How many entries it had.
  package let size: UInt64
  /// The signed note of the checkpoint that it had published.
  package let note: [UInt8]

  /// A mark.
  package init(log: String, size: UInt64, note: [UInt8]) {
    (self.log, self.size, self.note) = (log, size, note)
  }
}

extension Vault {
  /// Where a log stood; nil when the vault was never told.
  ///
  /// It is `altered` when somebody changed what the vault keeps. It works while the kill switch is on, as the log does.
  package func mark(of log: String) async throws(VaultError) -> LogMark? {
    let evidence = try await unlockedBox(.evidence)
    return try Vault.stored {
      try store.read { database in
        try Vault.checkSeal(evidence, database)
        return try Vault.mark(of: log, database)
      }
    }
  }

  /// Keeps where a log stands, unless it is known to have stood further.
  package func keep(_ mark: LogMark) async throws(VaultError) {
    let evidence = try await unlockedBox(.evidence)
    try change(evidence) { database in
      if let known = try Vault.mark(of: mark.log, database), known.size >= mark.size { return }
      try Vault.set(mark, database)
    }
  }

  /// Keeps where a log stands that is not what it was, and that somebody takes as it is: the event says who, and which
  /// roots it had.
  package func giveUp(
    for mark: LogMark, before: Digest?, after: Digest, by people: [String]
  ) async throws(VaultError) {
    let evidence = try await unlockedBox(.evidence)
    let identity = try await unlockedBox(.identity)
    var event = event(.rootGivenUp, object: mark.log, people: people.map { Vault.pseudonym(of: $0, identity) })
    event.change = StoredChange(from: before, to: after)
    let told = event
    try change(evidence) { database in
      try Vault.set(mark, database)
      try Outbox.put(told, evidence, database)
    }
  }

  /// Where the vault of a data directory says that a log stood, to those without a key; nil when there is no vault, or it
  /// was never told.
  ///
  /// Whether it is under the seal is not looked at.
  package static func unsealedMark(of log: String, data: String) throws(VaultError) -> LogMark? {
    let folder = Folder("\(data)/vault")
    guard try folder.contains(storeName) else { return nil }
    return try stored {
      var configuration = Configuration()
      configuration.readonly = true
      configuration.busyMode = .timeout(5)
      do {
        let queue = try DatabaseQueue(path: folder.file(storeName), configuration: configuration)
        let mark = try queue.read { database in
          try database.tableExists("log_mark") ? try Vault.mark(of: log, database) : nil
        }
        try queue.close()
        return mark
      } catch let error as DatabaseError {
        throw VaultError(.storage, number: Int64(error.extendedResultCode.rawValue))
      }
    }
  }

  private static func mark(of log: String, _ database: Database) throws -> LogMark? {
    let row = try Row.fetchOne(database, sql: "SELECT size, note FROM log_mark WHERE log = ?", arguments: [log])
    guard let row else { return nil }
    guard let size = Int64.fromDatabaseValue(row["size"]).flatMap(UInt64.init(exactly:)),
      let note = Data.fromDatabaseValue(row["note"])
    else { throw VaultError(.altered(.vault)) }
    return LogMark(log: log, size: size, note: [UInt8](note))
  }

  private static func set(_ mark: LogMark, _ database: Database) throws {
    try database.execute(
      sql: "INSERT OR REPLACE INTO log_mark (log, size, note) VALUES (?, ?, ?)",
      arguments: [mark.log, Int64(clamping: mark.size), blob(mark.note)])
  }
}
