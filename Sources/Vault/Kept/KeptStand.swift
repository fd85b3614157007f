import Ciphers
import GRDB
import Storage
import struct Foundation.Data

/// What a file of kept maps from before its rows were listed says of itself.
///
/// It is how many rows it has, the sum of their weights, and how often it was written; it is believed once, when the tree
/// is made.
enum KeptStand {
  private static let name = "kept"

  /// How often a file from before was written, which has to be as often as `floor` says, and to have the rows that it says.
  static func generation(
    _ evidence: SecretBox, in vault: String, floor: Int64?, _ database: Database
  ) throws -> Int64 {
    let found = try counted(evidence, in: vault, database)
    guard let row = try Row.fetchOne(database, sql: "SELECT generation, tally, code FROM stand") else {
      // A file that is new, or one of before there was a stand. Where the vault knows of one, somebody took it away or emptied
      // it, or it was left out by a restore: a repair begins another.
      guard floor == nil else { throw VaultError(.altered(.kept)) }
      return 0
    }
    guard let generation = Int64.fromDatabaseValue(row["generation"]), generation >= floor ?? 0,
      let stored = Data.fromDatabaseValue(row["tally"]), let code = Data.fromDatabaseValue(row["code"])
    else { throw VaultError(.altered(.kept)) }
    _ = try RowCodes(.kept, evidence).checked(text(generation, [UInt8](stored)), [UInt8](code))
    guard try Tally([UInt8](stored), as: name, evidence) == found else { throw VaultError(.altered(.kept)) }
    return generation
  }

  private static func counted(_ evidence: SecretBox, in vault: String, _ database: Database) throws -> Tally {
    let codes = RowCodes(.kept, evidence)
    var tally = Tally()
    for row in try Row.fetchAll(database, sql: "SELECT \(KeptRow.columns) FROM kept") {
      tally.add(weight(try KeptRow(row).context(in: vault), codes))
    }
    // What was deleted while no key could be had.
    for row in try Data.fetchAll(database, sql: "SELECT row FROM owed") { tally.add(weight([UInt8](row), codes)) }
    return tally
  }

  private static func weight(_ context: [UInt8], _ codes: RowCodes) -> SIMD2<UInt64> {
    var text = RowText()
    text.append("row")
    text.append(context)
    return codes.mark(text).weight
  }

  private static func text(_ generation: Int64, _ tally: [UInt8]) -> RowText {
    var text = RowText()
    text.append("stand")
    text.append(generation)
    text.append(tally)
    return text
  }
}
