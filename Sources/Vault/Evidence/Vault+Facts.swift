import GRDB
import Storage

/// Something small that the vault keeps in mind under its seal.
struct Fact: Hashable {
  var number: Int64
  var text: String?

  init(_ number: Int64, _ text: String? = nil) {
    self.number = number
    self.text = text
  }
}

// Facts are under the seal of the vault: to change, add or take away one takes its keys, or an older copy of the whole
// file. There are few of them: all are read whenever the seal is checked.
extension Vault {
  /// The fact of this name; nil when there is none.
  static func fact(_ name: String, _ database: Database) throws -> Fact? {
    let statement = try database.cachedStatement(sql: "SELECT number, text FROM fact WHERE name = ?")
    guard let row = try Row.fetchOne(statement, arguments: [name]) else { return nil }
    return Fact(row["number"], row["text"])
  }

  /// Keeps a fact in mind, inside `change`; nil forgets it.
  static func set(_ fact: Fact?, as name: String, _ database: Database) throws {
    guard let fact else {
      return try database.cachedStatement(sql: "DELETE FROM fact WHERE name = ?").execute(arguments: [name])
    }
    try database.cachedStatement(sql: "INSERT OR REPLACE INTO fact (name, number, text) VALUES (?, ?, ?)")
      .execute(arguments: [name, fact.number, fact.text])
  }

  /// The fact of this name, found under the seal.
  func fact(_ name: String, _ evidence: SecretBox) throws(VaultError) -> Fact? {
    try Vault.stored {
      try store.read { database in
        try Vault.checkSeal(evidence, database)
        return try Vault.fact(name, database)
      }
    }
  }
}
