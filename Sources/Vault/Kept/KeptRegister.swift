import Ciphers
import GRDB
import Storage
import struct Foundation.Data

/// What a file of kept maps says of itself: which rows it has, and how often something was deleted from it.
///
/// Rows are listed by their codes, each with a code of all that it says, in a tree of hashes (`KeptTree`). The register has
/// the hash of its first node, and is under a code of the vault.
///
/// ## What it tells
/// Of each row whether it is one that the vault wrote and has not deleted, whatever became of the others; and which row was
/// taken out. That the whole file is an older copy: the vault keeps, under its own seal, the count that it had when something
/// was last deleted, or when it was last settled. An older copy of both files together is not told.
///
/// ## How it is counted
/// What was written since then is counted as one, however much it is, and a deletion as two: of the copies that there may be from
/// before a deletion, also of those that went another way, none comes to the count that the file has after it.
struct KeptRegister {
  /// Why it is written.
  enum Reason {
    case addition, deletion
  }

  /// Beyond every count of files from when each writing was counted: what was counted so is left behind at the first deletion.
  private static let first: Int64 = 1 << 40

  private(set) var generation: Int64
  var tree: KeptTree

  /// The register of nothing, in a file that has this count.
  init(after generation: Int64) { (self.generation, tree) = (generation, KeptTree()) }

  /// The register of a file, the count of which must be at least `floor`; nil where there is none yet.
  init?(_ evidence: SecretBox, floor: Int64?, _ database: Database) throws {
    let statement = try database.cachedStatement(sql: "SELECT generation, hash, code FROM root")
    guard let row = try Row.fetchOne(statement) else { return nil }
    guard let generation = Int64.fromDatabaseValue(row["generation"]), generation >= floor ?? 0,
      let tree = Data.fromDatabaseValue(row["hash"]).flatMap({ KeptTree(hash: [UInt8]($0)) }),
      let code = Data.fromDatabaseValue(row["code"])
    else { throw VaultError(.altered(.kept)) }
    (self.generation, self.tree) = (generation, tree)
    _ = try RowCodes(.kept, evidence).checked(text, [UInt8](code))
  }

  /// Whether a file has one.
  static func isThere(_ database: Database) throws -> Bool {
    try Bool.fetchOne(database.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM root)")) ?? false
  }

  /// Deletes what a file said of itself before it had one.
  static func forgetOlder(_ database: Database) throws {
    try database.execute(sql: "DELETE FROM owed; DELETE FROM stand; DELETE FROM list; DELETE FROM register")
  }

  /// Whether the vault knows of all that was written, and of nothing that was counted in another way.
  func isSettled(at floor: Int64?) -> Bool { generation == floor && generation >= KeptRegister.first }

  /// Writes it, where the vault knows of a count.
  mutating func write(
    _ reason: Reason, floor: Int64?, _ evidence: SecretBox, _ database: Database
  ) throws {
    let known = floor ?? 0
    generation =
      switch reason {
      case .addition: max(generation, known + 1)
      case .deletion: max(generation, known, KeptRegister.first) + 2
      }
    let code = RowCodes(.kept, evidence).mark(text).code
    try database.cachedStatement(sql: "INSERT OR REPLACE INTO root (one, generation, hash, code) VALUES (1, ?, ?, ?)")
      .execute(arguments: [generation, Data(tree.hash), Data(code)])
  }

  private var text: RowText {
    var text = RowText()
    text.append("root")
    text.append(generation)
    text.append(tree.hash)
    return text
  }
}
