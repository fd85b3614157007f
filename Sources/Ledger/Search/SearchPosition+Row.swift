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
    let tree: Data? = row["tree"]
    // A number that no log has says that the file is not what was written: nothing of it is known then. Another tree than
    // the log's fits no seal that follows.
    guard let segment = UInt64(exactly: segment), let size = UInt64(exactly: size), size >= segment,
      let offset = offset.flatMap({ UInt64(exactly: $0) }),
      let tree = tree.flatMap({ SearchPosition.tree(size, Array($0)) })
    else { return nil }
    var position = SearchPosition(place: SealedBatches.Place(segment: segment, offset: offset, tree: tree))
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

  private static func tree(_ size: UInt64, _ bytes: [UInt8]) -> Frontier? {
    guard bytes.count == size.nonzeroBitCount * Digest.byteCount else { return nil }
    var roots: [Digest] = []
    for start in stride(from: 0, to: bytes.count, by: Digest.byteCount) {
      guard let root = Digest(bytes.span.extracting(start..<start + Digest.byteCount)) else { return nil }
      roots.append(root)
    }
    return Frontier(size: size, roots: roots)
  }

  /// Lets the index remember this position.
  func store(in database: Database) throws {
    var tree: [UInt8] = []
    for root in place.tree.roots { root.write(into: &tree) }
    try database.execute(
      sql: """
        INSERT OR REPLACE INTO position (id, segment, place, size, last_entry, last_place, last_leaf, tree)
        VALUES (0, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        Int64(bitPattern: place.segment), Int64(bitPattern: place.offset), Int64(bitPattern: size),
        (last?.index).map(Int64.init(bitPattern:)), (last?.offset).map(Int64.init(bitPattern:)),
        (last?.leaf).map { Data($0.bytes) }, Data(tree),
      ])
  }
}
