import GRDB
import Storage

extension Vault {
  /// The largest number of an entry of the log that an event is noted as recorded in; nil when none is.
  ///
  /// It is `altered` when somebody changed what the vault keeps.
  package func newestRecordedEntry() async throws(VaultError) -> UInt64? {
    let codes = RowCodes(.outbox, try await unlockedBox(.evidence))
    return try Vault.stored {
      try store.read { database in
        let row = try Row.fetchOne(
          database,
          sql: """
            SELECT \(OutboxRow.columns) FROM outbox WHERE entry IS NOT NULL ORDER BY entry DESC, number DESC LIMIT 1
            """)
        return try row.flatMap { try OutboxRow($0, codes).entry.flatMap(UInt64.init(exactly:)) }
      }
    }
  }

  /// Where every log stood that the vault was told of.
  package func marks() async throws(VaultError) -> [LogMark] {
    let evidence = try await unlockedBox(.evidence)
    let names = try Vault.stored {
      try store.read { database in
        try Vault.checkSeal(evidence, database)
        return try String.fetchAll(database, sql: "SELECT log FROM log_mark WHERE length(note) > 0 ORDER BY log")
      }
    }
    var marks: [LogMark] = []
    for name in names where !name.hasPrefix("witnesses of ") {
      if let mark = try await mark(of: name) { marks.append(mark) }
    }
    return marks
  }
}
