import Bytes
import Ciphers
import GRDB
import struct Foundation.Data

/// What a file of kept maps from before there was a tree says of itself.
///
/// It had its rows in lists by the first byte of their codes, and the hashes of all lists under a code of the vault; it is
/// believed once, when the tree is made, and only as a whole.
enum KeptLists {
  private static let count = 256
  private static let hashLength = 16

  /// How often a file from before was written, which has to be as often as `floor` says, and what it lists; nil where it is
  /// another.
  static func read(
    _ evidence: SecretBox, floor: Int64?, _ database: Database
  ) throws -> (generation: Int64, list: KeptList)? {
    guard let row = try Row.fetchOne(database, sql: "SELECT generation, hashes, code FROM register") else { return nil }
    guard let generation = Int64.fromDatabaseValue(row["generation"]), generation >= floor ?? 0,
      let hashes = Data.fromDatabaseValue(row["hashes"]).map({ [UInt8]($0) }), hashes.count == count * hashLength,
      let code = Data.fromDatabaseValue(row["code"])
    else { throw VaultError(.altered(.kept)) }
    _ = try RowCodes(.kept, evidence).checked(text(generation, hashes), [UInt8](code))
    var whole = KeptList()
    for number in 0..<count {
      let found = try Row.fetchOne(database, sql: "SELECT rows FROM list WHERE number = ?", arguments: [number])
      let bytes = found.map { Data.fromDatabaseValue($0["rows"]) ?? Data([0]) } ?? Data()
      let hash = hashes[number * hashLength..<(number + 1) * hashLength]
      guard let list = KeptList(bytes), self.hash(of: list).elementsEqual(hash) else {
        throw VaultError(.altered(.kept))
      }
      whole.append(list)
    }
    return (generation, whole)
  }

  private static func text(_ generation: Int64, _ hashes: [UInt8]) -> RowText {
    var text = RowText()
    text.append("register")
    text.append(generation)
    text.append(hashes)
    return text
  }

  /// Zeros for an empty list, which need not be there.
  private static func hash(of list: KeptList) -> [UInt8] {
    guard !list.bytes.isEmpty else { return [UInt8](repeating: 0, count: hashLength) }
    return Array(Digest(hashing: list.bytes.span).bytes.prefix(hashLength))
  }
}
