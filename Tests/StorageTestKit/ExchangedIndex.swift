import GRDB

/// Gives an index of an SQLite file the pages of another, which is made for it as `x`, and leaves it its own words.
///
/// It finds the rows of the other from then on: `INDEX x ON bed (name) WHERE floor > 1` has it miss those of the ground floor.
public func exchangePages(of index: String, with another: String, in path: String) throws {
  func change(_ body: (Database) throws -> Void) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction(body)
    try queue.close()
  }
  try change { database in
    try database.execute(sql: "CREATE \(another)")
    func page(_ name: String) throws -> Int? {
      try Int.fetchOne(database, sql: "SELECT rootpage FROM sqlite_schema WHERE name = ?", arguments: [name])
    }
    let (old, new) = (try page(index), try page("x"))
    try database.execute(sql: "PRAGMA writable_schema = ON")
    let exchange = "UPDATE sqlite_schema SET rootpage = ? WHERE name = ?"
    try database.execute(sql: exchange, arguments: [old, "x"])
    try database.execute(sql: exchange, arguments: [new, index])
  }
  try change { try $0.execute(sql: "DROP INDEX x") }
}
