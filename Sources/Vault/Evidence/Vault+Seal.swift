import Bytes
import Ciphers
import GRDB
import Storage
import struct Foundation.Data

// One code seals what there is little of: the row of the vault, which holds the codes of people, agreements and holds
// and the tallies of subjects and waiting events, the rows of tenant keys and secrets, where logs stood, and what it keeps in
// mind (`Fact`). A part of it that was put back as it was once does not fit the rest; an older copy of the whole file does.
extension Vault {
  /// What `body` gives, with its changes committed and sealed; refused when what is sealed was changed beside the vault.
  func change<Value>(_ evidence: SecretBox, _ body: (Database) throws -> Value) throws(VaultError) -> Value {
    try Vault.stored {
      try store.write { database in
        try Vault.checkSeal(evidence, database)
        try countDay(database)
        let value = try body(database)
        try Vault.seal(evidence, database)
        return value
      }
    }
  }

  /// Throws `altered` when the seal is broken.
  func checkSeal(_ evidence: SecretBox) throws(VaultError) {
    try Vault.stored { try store.read { try Vault.checkSeal(evidence, $0) } }
  }

  /// Throws `altered` when the seal is broken.
  static func checkSeal(_ evidence: SecretBox, _ database: Database) throws {
    try VaultFile.vault.check(database)
    guard let code = try Data.fetchOne(database, sql: "SELECT code FROM vault") else {
      throw VaultError(.altered(.vault))
    }
    _ = try RowCodes(.vault, evidence).checked(sealed(database), [UInt8](code))
  }

  /// Seals what is there.
  static func seal(_ evidence: SecretBox, _ database: Database) throws {
    let mark = try RowCodes(.vault, evidence).mark(sealed(database))
    try database.cachedStatement(sql: "UPDATE vault SET code = ?").execute(arguments: [blob(mark.code)])
  }

  /// What is sealed.
  private static func sealed(_ database: Database) throws -> RowText {
    var text = RowText()
    for (table, columns, order) in [
      ("vault", "one, id, tenant, root, created, roster, roster_code, done_code, holds_code, subjects, waiting", "one"),
      ("tenant_key", "version, wrapped, created, state, uses, destruction, subjects", "version"),
      ("tenant_secret", "name, version, wrapped", "name"),
      ("log_mark", "log, size, note, nullif(epoch, 0) AS epoch", "log"),
      ("fact", "name, number, text", "name"),
    ] {
      let rows = try Row.fetchAll(
        database.cachedStatement(sql: "SELECT \(columns) FROM \(table) ORDER BY \(order)"))
      // A vault that was sealed before there were marks or facts has none, and one from before there were epochs has none in
      // them: their seals hold. A row with an epoch has one value more, which no row without one can have there.
      guard !["log_mark", "fact"].contains(table) || !rows.isEmpty else { continue }
      text.append(table)
      for row in rows {
        for (column, value) in row where table != "log_mark" || column != "epoch" || !value.isNull {
          text.append(value)
        }
      }
    }
    return text
  }
}

extension RowText {
  fileprivate mutating func append(_ value: DatabaseValue) {
    switch value.storage {
    case .null: append(nil as Int64?)
    case .int64(let number): append(number)
    case .string(let string): append(string)
    case .blob(let data): append([UInt8](data))
    // No column is a real number: what somebody made one is never what was sealed.
    case .double(let number): append("\(number)")
    }
  }
}
