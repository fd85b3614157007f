import Ciphers
import Foundation
import GRDB
import TestKit
import Testing
import Vault

/// What the tree of hashes tells of a file of kept maps, from one that fits a single node to one of several levels.
struct KeptTreeTests {
  private let bench: TestVault
  private let altered = VaultError(.altered(.kept))

  init() throws { bench = try TestVault() }

  /// One, as many as a node lists, one more, and enough for a third level.
  private static let sizes = [1, 64, 65, 1500]

  private func object(_ number: Int) -> KeptObject { KeptObject(.response, "resp_\(number)", at: "acme") }

  private func holder(_ number: Int) -> KeptHolder { KeptHolder(caller: "caller-\(number % 10)", useCase: "summarize") }

  /// Keeps so many maps, from a number on, ten callers' in ten transactions.
  private func keep(_ maps: KeptMaps, _ count: Int, from first: Int = 0) async throws -> [Int: KeptRecord] {
    var records: [Int: KeptRecord] = [:]
    for numbers in Dictionary(grouping: first..<first + count, by: { $0 % 10 }).values {
      let made = try await maps.keep(
        numbers.map { (object($0), Array("map \($0)".utf8)) }, for: holder(numbers[0]),
        until: bench.clock().adding(days: 1), within: KeptBounds(maps: 10_000, bytes: 1 << 30))
      for (number, record) in zip(numbers, made) { records[number] = record }
    }
    return records
  }

  private func map(_ maps: KeptMaps, _ number: Int) async throws -> String? {
    try await maps.open(object(number), for: holder(number)).map { String(decoding: $0.map, as: UTF8.self) }
  }

  private func database<Value>(_ body: (Database) throws -> Value) throws -> Value {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = false
    return try DatabaseQueue(path: "\(bench.folder.path)/vault/kept.sqlite", configuration: configuration)
      .writeWithoutTransaction(body)
  }

  private func rows(_ table: String) throws -> [Row] {
    try database { try Row.fetchAll($0, sql: "SELECT * FROM \(table)") }
  }

  private func insert(_ rows: [Row], into table: String) throws {
    try database { database in
      for row in rows {
        let places = row.databaseValues.map { _ in "?" }.joined(separator: ", ")
        try database.execute(
          sql: "INSERT OR REPLACE INTO \(table) VALUES (\(places))", arguments: StatementArguments(row.databaseValues))
      }
    }
  }

  @Test(arguments: sizes) func `every map opens, and no other row is one`(_ size: Int) async throws {
    let maps = try KeptMaps(try await bench.create().use)
    let records = try await keep(maps, size)
    for number in 0..<size { #expect(try await map(maps, number) == "map \(number)") }
    #expect(try await map(maps, size) == nil)
    try await maps.prove()
    // Most go, one by one and together, and the tree shrinks with them.
    let nodes = try rows("node").count
    let codes = try (0..<size - 1).map { try #require(records[$0]).code }
    for code in codes.prefix(5) { #expect(try await maps.delete(code)) }
    #expect(try await maps.delete(Array(codes.dropFirst(5))) == max(0, codes.count - 5))
    try await maps.prove()
    #expect(try await map(maps, size - 1) == "map \(size - 1)")
    #expect(try rows("node").count <= nodes && rows("node").count <= 4)
    #expect(try await maps.delete(try #require(records[size - 1]).code))
    #expect(try rows("node").isEmpty)
    try await maps.prove()
    _ = try await keep(maps, size)
    try await maps.prove()
  }

  @Test(arguments: sizes) func `a row that was changed, exchanged, taken out or put back is the one that is said`(
    _ size: Int
  ) async throws {
    let (use, administration) = try await bench.create()
    let maps = try KeptMaps(use)
    var records = try await keep(maps, size)
    let gone = try #require(records[0]).code
    let stale = try rows("kept").filter { $0["code"] as Data? == Data(hex: "\(gone)") }
    #expect(try await maps.delete(gone))
    records.merge(try await keep(maps, 4, from: size)) { $1 }
    try await maps.prove()
    let (changed, taken) = (try #require(records[size]).code, try #require(records[size + 1]).code)
    let (left, right) = (try #require(records[size + 2]).code, try #require(records[size + 3]).code)
    try database { database in
      try database.execute(
        sql: """
          UPDATE kept SET expires = expires + 1 WHERE code = x'\(changed)';
          DELETE FROM kept WHERE code = x'\(taken)';
          UPDATE kept SET code = x'00' WHERE code = x'\(left)';
          UPDATE kept SET code = x'\(left)' WHERE code = x'\(right)';
          UPDATE kept SET code = x'\(right)' WHERE code = x'00';
          """)
    }
    try insert(stale, into: "kept")
    let faults = try await maps.faults()
    #expect(Set(faults.altered) == Set([gone, changed, left, right].map(\.description)))
    #expect(faults.missing == [taken] && !faults.isUnreadable)
    for number in [0, size, size + 1, size + 2, size + 3] {
      #expect(await failure { _ = try await map(maps, number) } == altered)
    }
    for number in 1..<max(1, size) { #expect(try await map(maps, number) == "map \(number)") }
    let repair = try await KeptMaps(administration).repair()
    #expect(Set(repair.taken) == Set(faults.altered) && repair.missing == [taken] && repair.held.isEmpty)
    try await maps.prove()
    for number in 1..<max(1, size) { #expect(try await map(maps, number) == "map \(number)") }
  }

  /// What somebody does to one node.
  enum Harm: CaseIterable {
    case flip, remove, empty, exchange, rollBack
  }

  @Test(arguments: sizes.filter { $0 > 1 }, Harm.allCases)
  func `a node that was changed, exchanged or put back opens none of its rows, and a repair keeps the others`(
    _ size: Int, _ harm: Harm
  ) async throws {
    let (use, administration) = try await bench.create()
    let maps = try KeptMaps(use)
    let records = try await keep(maps, size)
    let older = try rows("node")
    let deleted = try #require(records[size - 1]).code
    #expect(try await maps.delete(deleted))
    let changed = Set(try rows("node").map { $0["number"] as Int64 }).intersection(
      try older.filter { old in try !rows("node").contains(old) }.map { $0["number"] })
    // The deepest of the nodes that the deletion wrote, and where there are others, another beside it.
    let number = try #require(changed.max())
    let other = try rows("node").map { $0["number"] as Int64 }.filter { $0 != number }.max()
    switch harm {
    case .flip:
      var bytes = try #require(try rows("node").first { $0["number"] as Int64 == number }?["bytes"] as Data?)
      bytes[bytes.startIndex + 20] ^= 1
      let flipped = bytes
      try database {
        try $0.execute(sql: "UPDATE node SET bytes = ? WHERE number = ?", arguments: [flipped, number])
      }
    case .remove: try database { try $0.execute(sql: "DELETE FROM node WHERE number = ?", arguments: [number]) }
    case .empty:
      try database { try $0.execute(sql: "UPDATE node SET bytes = x'00' WHERE number = ?", arguments: [number]) }
    case .exchange:
      guard let other else { return }
      let bytes = try rows("node").first { $0["number"] as Int64 == other }?["bytes"] as Data?
      try database {
        try $0.execute(sql: "UPDATE node SET bytes = ? WHERE number = ?", arguments: [bytes, number])
      }
    case .rollBack: try insert(older.filter { $0["number"] as Int64 == number }, into: "node")
    }
    let faults = try await maps.faults()
    #expect(faults.isUnreadable && !faults.altered.isEmpty)
    let lost = Set(faults.altered)
    for number in 0..<size - 1 {
      if lost.contains(try #require(records[number]).code.description) {
        #expect(await failure { _ = try await map(maps, number) } == altered)
      } else {
        #expect(try await map(maps, number) == "map \(number)")
      }
    }
    // Which of the rows below it there were is not known: none is written there before a repair.
    #expect(await failure { _ = try await map(maps, size - 1) } == altered)
    let repair = try await KeptMaps(administration).repair()
    #expect(Set(repair.taken) == lost)
    try await maps.prove()
    for number in 0..<size - 1 where !lost.contains(try #require(records[number]).code.description) {
      #expect(try await map(maps, number) == "map \(number)")
    }
    #expect(try await map(maps, size - 1) == nil)
    _ = try await keep(maps, 1, from: size - 1)
    try await maps.prove()
  }

  @Test(arguments: sizes) func `the whole tree as it was before a deletion opens nothing`(_ size: Int) async throws {
    let maps = try KeptMaps(try await bench.create().use)
    let records = try await keep(maps, size)
    let tables = ["kept", "node", "root"]
    let older = try tables.map { try rows($0) }
    #expect(try await maps.delete(try #require(records[0]).code))
    for (table, rows) in zip(tables, older) {
      try database { try $0.execute(sql: "DELETE FROM \(table)") }
      try insert(rows, into: table)
    }
    for number in [0, size - 1] { #expect(await failure { _ = try await map(maps, number) } == altered) }
    #expect(await failure { try await maps.prove() } == altered)
  }

  @Test func `writing a row writes few of many nodes`() async throws {
    let maps = try KeptMaps(try await bench.create().use)
    _ = try await keep(maps, 1500)
    let before = try rows("node")
    _ = try await keep(maps, 1, from: 1500)
    let written = try rows("node").filter { !before.contains($0) }
    #expect(before.count > 16 && (2...4).contains(written.count))
    #expect(written.allSatisfy { ($0["bytes"] as Data? ?? Data()).count <= 1 + 64 * 32 })
  }

  /// Each has the program act as somebody else wants, or not look where it should.
  @Test(arguments: [
    "CREATE TRIGGER t AFTER INSERT ON kept BEGIN DELETE FROM node; END", "CREATE VIEW v AS SELECT * FROM kept",
    "CREATE TABLE z (code BLOB PRIMARY KEY)", "DROP INDEX kept_by_expiry", "ALTER TABLE kept ADD COLUMN more TEXT",
    """
    PRAGMA writable_schema = ON;
    UPDATE sqlite_schema SET sql = 'CREATE INDEX kept_by_expiry ON kept (expires) WHERE vendor <> ''acme'''
    WHERE name = 'kept_by_expiry'
    """,
  ])
  func `a file that is made of anything else is neither opened nor used`(_ what: String) async throws {
    let (use, administration) = try await bench.create()
    let maps = try KeptMaps(use)
    let record = try #require(try await keep(maps, 1)[0])
    try database { try $0.execute(sql: what) }
    #expect(await failure { _ = try await map(maps, 0) } == altered)
    #expect(await failure { _ = try await keep(maps, 1, from: 1) } == altered)
    #expect(await failure { _ = try await maps.delete(record.code) } == altered)
    #expect(await failure { _ = try await maps.faults() } == altered)
    #expect(throws: altered) { try KeptMaps(administration) }
  }
}

extension Data {
  fileprivate init(hex: String) {
    self.init()
    var digits = Substring(hex)
    while let byte = UInt8(digits.prefix(2), radix: 16) {
      append(byte)
      digits = digits.dropFirst(2)
    }
  }
}
