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
  /// How many times it was given up before.
  package let epoch: UInt32
  /// How many entries it had.
  package let size: UInt64
  /// The signed note of the checkpoint that it had published.
  package let note: [UInt8]

  /// A mark.
  package init(log: String, epoch: UInt32 = 0, size: UInt64, note: [UInt8]) {
    (self.log, self.epoch, self.size, self.note) = (log, epoch, size, note)
  }

  /// The word by which two people name it when they give the log up: nothing that is said of another one fits it.
  package var word: String {
    var text: [UInt8] = Array("\(log)\n\(epoch)\n\(size)\n".utf8)
    text += note
    return Digest(hashing: text.span).description
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
      if let known = try Vault.mark(of: mark.log, database),
        (known.epoch, known.size) >= (mark.epoch, mark.size)
      {
        return
      }
      try Vault.set(mark, database)
    }
  }

  /// What two people have agreed to who give a log up; throws unless they have, and it has not been done, and the vault
  /// says of the log what it said then.
  package func agreementToGiveUp(_ proposalID: String) async throws(VaultError) -> LogGivenUp {
    let agreement = try await approval(of: proposalID).spent(on: .giveUpRoot)
    let evidence = try await unlockedBox(.evidence)
    try Vault.stored { try store.read { try Vault.check(agreement.proposal, evidence, $0) } }
    return try LogGivenUp(agreement)
  }

  /// Keeps where a log stands that is not what it was, and that two people take as it is: the event says who and why, and
  /// which roots it had.
  package func giveUp(
    _ givenUp: LogGivenUp, for mark: LogMark, before: Digest?, after: Digest
  ) async throws(VaultError) {
    _ = try await agreementToGiveUp(givenUp.proposalID)
    // What two people agreed to about one log gives up no other.
    guard mark.log == givenUp.log else { throw VaultError(.proposal(.changed)) }
    guard duty == .administration else { throw VaultError(.forbidden) }
    let evidence = try await unlockedBox(.evidence)
    var event = event(.rootGivenUp, object: "\(mark.log):\(mark.epoch)", people: givenUp.people)
    event.change = StoredChange(from: before, to: after)
    event.approval = givenUp.proposalID
    event.reason = givenUp.reason
    let told = event
    try change(evidence) { database in
      try Vault.check(givenUp.proposal, evidence, database)
      try finish(givenUp.proposalID, evidence, database)
      try Vault.set(mark, database)
      try Outbox.put(told, evidence, database)
    }
  }

  /// Throws `changed` unless the vault says of a log what two people saw who give it up.
  private static func check(_ proposal: Proposal, _ evidence: SecretBox, _ database: Database) throws {
    try checkSeal(evidence, database)
    let mark = try mark(of: proposal.object, database)
    guard proposal[LogGivenUp.mark] == mark?.word ?? LogGivenUp.none else { throw VaultError(.proposal(.changed)) }
  }

  /// Where the vault of a data directory says that a log stood, to those without a key; nil when there is no vault, or it
  /// was never told.
  ///
  /// Whether it is under the seal is not looked at.
  package static func unsealedMark(of log: String, data: String) throws(VaultError) -> LogMark? {
    try unsealed(data) { database in
      try database.tableExists("log_mark") ? try Vault.mark(of: log, database) : nil
    }.flatMap(\.self)
  }

  /// The same of all logs; nil when there is no vault.
  package static func unsealedMarks(data: String) throws(VaultError) -> [LogMark]? {
    try unsealed(data) { database in
      guard try database.tableExists("log_mark") else { return [] }
      let names = try String.fetchAll(database, sql: "SELECT log FROM log_mark WHERE length(note) > 0 ORDER BY log")
      return try names.filter { !$0.hasPrefix("witnesses of ") }.compactMap { try Vault.mark(of: $0, database) }
    }
  }

  private static func unsealed<Value>(
    _ data: String, _ body: (Database) throws -> Value
  ) throws(VaultError) -> Value? {
    let folder = Folder("\(data)/vault")
    guard try folder.contains(storeName) else { return nil }
    return try stored {
      var configuration = Configuration()
      configuration.readonly = true
      configuration.busyMode = .timeout(5)
      do {
        let queue = try DatabaseQueue(path: folder.file(storeName), configuration: configuration)
        let value = try queue.read { try body($0) }
        try queue.close()
        return value
      } catch let error as DatabaseError {
        throw VaultError(.storage, number: Int64(error.extendedResultCode.rawValue))
      }
    }
  }

  private static func mark(of log: String, _ database: Database) throws -> LogMark? {
    // Who reads without a key may find a file from before there were epochs, which its owner has not opened since.
    let hasEpochs = try database.columns(in: "log_mark").contains { $0.name == "epoch" }
    let row = try Row.fetchOne(
      database, sql: "SELECT size, note, \(hasEpochs ? "epoch" : "0 AS epoch") FROM log_mark WHERE log = ?",
      arguments: [log])
    guard let row else { return nil }
    guard let size = Int64.fromDatabaseValue(row["size"]).flatMap(UInt64.init(exactly:)),
      let epoch = Int64.fromDatabaseValue(row["epoch"]).flatMap(UInt32.init(exactly:)),
      let note = Data.fromDatabaseValue(row["note"])
    else { throw VaultError(.altered(.vault)) }
    return LogMark(log: log, epoch: epoch, size: size, note: [UInt8](note))
  }

  private static func set(_ mark: LogMark, _ database: Database) throws {
    try database.execute(
      sql: "INSERT OR REPLACE INTO log_mark (log, epoch, size, note) VALUES (?, ?, ?, ?)",
      arguments: [mark.log, Int64(mark.epoch), Int64(clamping: mark.size), blob(mark.note)])
  }
}
