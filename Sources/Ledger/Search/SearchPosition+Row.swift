import Ciphers
import Foundation
import GRDB

extension SearchPosition {
  /// The position that the index remembers; nil in an empty one.
  static func stored(in database: Database) throws -> SearchPosition? {
    guard let row = try Row.fetchOne(database, sql: "SELECT * FROM position") else { return nil }
    let segment: Int64 = row["segment"]
    let offset: Int64? = row["place"]
    let size: Int64 = row["size"]
    // A number that no log has says that the file is not what was written: nothing of it is known then.
    guard let segment = UInt64(exactly: segment), let size = UInt64(exactly: size), size >= segment,
      offset.map({ $0 >= 0 }) != false
    else { return nil }
    var position = SearchPosition(segment: segment, offset: offset.map(UInt64.init(bitPattern:)), size: size)
    let index: Int64? = row["last_entry"]
    let place: Int64? = row["last_place"]
    let leaf: Data? = row["last_leaf"]
    if let index, index >= 0, let place, place >= 0, let leaf = leaf.flatMap({ Digest(Array($0).span) }) {
      position.last = Last(index: UInt64(bitPattern: index), offset: UInt64(bitPattern: place), leaf: leaf)
    }
    // What was taken in ends with an entry that is found again.
    guard size == 0 || position.last?.index == size - 1 else { return nil }
    return position
  }

  /// Lets the index remember this position.
  func store(in database: Database) throws {
    try database.execute(
      sql: "INSERT OR REPLACE INTO position VALUES (0, ?, ?, ?, ?, ?, ?)",
      arguments: [
        Int64(bitPattern: segment), offset.map(Int64.init(bitPattern:)), Int64(bitPattern: size),
        (last?.index).map(Int64.init(bitPattern:)), (last?.offset).map(Int64.init(bitPattern:)),
        (last?.leaf).map { Data($0.bytes) },
      ])
  }
}
