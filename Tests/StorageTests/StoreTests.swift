import Foundation
import GRDB
import Storage
import StorageTestKit
import TestKit
import Testing

struct StoreTests {
  private let folder: TemporaryFolder
  private var path: String { "\(folder.path)/store.sqlite" }

  init() throws { folder = try TemporaryFolder() }

  private static let people = Migration("people") { database in
    try database.execute(sql: "CREATE TABLE person (id INTEGER PRIMARY KEY, name BLOB NOT NULL UNIQUE) STRICT")
  }
  private static let wards = Migration("wards") { try $0.execute(sql: "CREATE TABLE ward (name TEXT) STRICT") }

  private func names(_ store: Store) throws -> [Data] {
    try store.read { try Data.fetchAll($0, sql: "SELECT name FROM person ORDER BY id") }
  }

  private func add(_ name: String, to store: Store) throws {
    try store.write { try $0.execute(sql: "INSERT INTO person (name) VALUES (?)", arguments: [Data(name.utf8)]) }
  }

  @Test func `keeps what was written over a new opening`() throws {
    let store = try Store(path: path, migrations: [StoreTests.people])
    try add("a", to: store)
    try store.close()
    #expect(try names(Store(path: path, migrations: [StoreTests.people])) == [Data("a".utf8)])
  }

  @Test func `waits for stable storage, overwrites what is deleted and checks references`() throws {
    let store = try Store(path: path, migrations: [StoreTests.people])
    let settings = try ["journal_mode", "synchronous", "secure_delete", "foreign_keys", "temp_store", "busy_timeout"]
      .map { name in try store.write { try String.fetchOne($0, sql: "PRAGMA \(name)") } }
    #expect(settings == ["wal", "2", "1", "1", "2", "5000"])
  }

  @Test func `makes files that their owner alone may read`() throws {
    let store = try Store(path: path, migrations: [StoreTests.people])
    try add("a", to: store)
    try store.backUp(to: "\(folder.path)/copy.sqlite")
    let modes = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map { name in
      let mode = try FileManager.default.attributesOfItem(atPath: "\(folder.path)/\(name)")[.posixPermissions] as? Int
      return "\(name) \(String(mode ?? 0, radix: 8))"
    }
    #expect(modes == ["copy.sqlite 600", "store.sqlite 600", "store.sqlite-shm 600", "store.sqlite-wal 600"])
  }

  @Test func `applies new steps of the schema and keeps the rows`() throws {
    try add("a", to: Store(path: path, migrations: [StoreTests.people]))
    let store = try Store(path: path, migrations: [StoreTests.people, StoreTests.wards])
    #expect(try names(store) == [Data("a".utf8)])
    #expect(try store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM ward") } == 0)
  }

  /// Each has the words of the index `bed_by_name` and other rows: one less, or another in the place of one.
  @Test(arguments: ["(name) WHERE name <> 'b'", "(CASE name WHEN 'b' THEN 'x' ELSE name END)"])
  func `an index that finds other rows than there are is found, by its number or by a look at all`(
    _ columns: String
  ) throws {
    let step = Migration("ward") {
      try $0.execute(
        sql: """
          CREATE TABLE ward (name TEXT NOT NULL PRIMARY KEY, floor INTEGER NOT NULL) STRICT, WITHOUT ROWID;
          CREATE TABLE bed (name TEXT NOT NULL UNIQUE) STRICT;
          CREATE INDEX bed_by_name ON bed (name); CREATE INDEX ward_by_floor ON ward (floor);
          INSERT INTO ward VALUES ('a', 1), ('b', 2), ('c', 3); INSERT INTO bed VALUES ('a'), ('b'), ('c');
          """)
    }
    try Store(path: path, migrations: [step], isExact: true).close()
    try Store.prove(path)
    try exchangePages(of: "bed_by_name", with: "INDEX x ON bed \(columns)", in: path)
    #expect(throws: StorageError(.alteredIndex)) { try Store.prove(path) }
    guard columns.contains("WHERE") else { return }
    #expect(throws: StorageError(.alteredIndex)) { try Store(path: path, migrations: [step], isExact: true) }
  }

  @Test func `a look at all keeps nobody from emptying the journal, and finds the last row of many`() throws {
    let step = Migration("bed") { database in
      try database.execute(
        sql: """
          CREATE TABLE bed (name TEXT NOT NULL UNIQUE) STRICT;
          WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
          INSERT INTO bed SELECT 'bed ' || i FROM n;
          CREATE TABLE ward (floor INTEGER NOT NULL) STRICT;
          """)
    }
    let store = try Store(path: path, migrations: [step])
    var reads = 0
    try Store.prove(path) {
      reads += 1
      try store.write { try $0.execute(sql: "INSERT INTO ward VALUES (1)") }
      try store.flush()
    }
    #expect(reads > 4)
    try store.close()
    // An index with another row in the place of the last one.
    try exchangePages(
      of: "sqlite_autoindex_bed_1", with: "INDEX x ON bed (CASE name WHEN 'bed 20000' THEN 'bed 0' ELSE name END)",
      in: path)
    #expect(throws: StorageError(.alteredIndex)) { try Store.prove(path) }
  }

  @Test(arguments: [
    "CREATE TRIGGER t AFTER INSERT ON migration BEGIN DELETE FROM person; END", "CREATE VIEW v AS SELECT * FROM person",
    "CREATE INDEX i ON person (name)", "ALTER TABLE person ADD COLUMN ward TEXT", "DROP TABLE person",
  ])
  func `takes no step in a file that is made of anything else, where it has to be exact`(_ what: String) throws {
    let store = try Store(path: path, migrations: [StoreTests.people], isExact: true)
    try add("a", to: store)
    try Store(path: path, migrations: [StoreTests.people], isExact: true).close()
    try store.write { try $0.execute(sql: what) }
    try store.close()
    let steps = [StoreTests.people, StoreTests.wards]
    #expect(throws: StorageError(.alteredSchema)) { try Store(path: path, migrations: steps, isExact: true) }
    // Nothing was done: neither a step, nor what would have come of it.
    let left = try DatabaseQueue(path: path).read { try Int.fetchOne($0, sql: "SELECT count(*) FROM migration") }
    #expect(left == 1)
    try Store(path: path, migrations: steps).close()
  }

  @Test func `takes new steps in an exact file from before`() throws {
    try add("a", to: Store(path: path, migrations: [StoreTests.people]))
    let store = try Store(path: path, migrations: [StoreTests.people, StoreTests.wards], isExact: true)
    #expect(try names(store) == [Data("a".utf8)])
  }

  @Test func `refuses a file that a newer version wrote`() throws {
    try Store(path: path, migrations: [StoreTests.people, StoreTests.wards]).close()
    #expect(throws: StorageError(.newerSchema)) { try Store(path: path, migrations: [StoreTests.people]) }
  }

  @Test func `applies all steps or none`() throws {
    let failing = Migration("failing") { try $0.execute(sql: "CREATE TABLE ward (name TEXT), nonsense") }
    #expect(throws: StorageError.self) { try Store(path: path, migrations: [StoreTests.people, failing]) }
    let store = try Store(path: path, migrations: [])
    #expect(try store.read { try $0.tableExists("person") } == false)
  }

  @Test func `refuses a file that is no database`() throws {
    try Data(repeating: 0x41, count: 8192).write(to: URL(filePath: path))
    let error = #expect(throws: StorageError.self) { try Store(path: path, migrations: [StoreTests.people]) }
    #expect(error?.code == .corrupt)
  }

  @Test func `refuses a file with a damaged page`() throws {
    let store = try Store(path: path, migrations: [StoreTests.people])
    try store.write { database in
      for number in 0..<2000 {
        try database.execute(
          sql: "INSERT INTO person (name) VALUES (?)", arguments: [Data("somebody \(number)".utf8)])
      }
    }
    try store.compact()
    try store.close()
    var bytes = try Data(contentsOf: URL(filePath: path))
    for place in 8192..<8600 { bytes[place] = 0xFF }
    try bytes.write(to: URL(filePath: path))
    let error = #expect(throws: StorageError.self) { try Store(path: path, migrations: [StoreTests.people]) }
    #expect(error?.code == .corrupt)
  }

  @Test func `refuses a medium that cannot be written`() throws {
    let error = #expect(throws: StorageError.self) { try Store(path: "/proc/store.sqlite", migrations: []) }
    #expect(error?.code == .missing || error?.code == .readOnly)
    #expect(throws: StorageError(.missing, number: ENOENT)) {
      try Store(path: "\(folder.path)/nowhere/store.sqlite", migrations: [])
    }
  }

  @Test func `says by a code why a statement failed, never with a value`() throws {
    let store = try Store(path: path, migrations: [StoreTests.people])
    try add("Marjorie Quimby", to: store)
    let unique = #expect(throws: StorageError.self) { try add("Marjorie Quimby", to: store) }
    #expect(unique == StorageError(.constraint, number: 2067))
    let unknown = #expect(throws: StorageError.self) {
      try store.read { try $0.execute(sql: "SELECT 'Marjorie Quimby' FROM nowhere") }
    }
    #expect(unknown == StorageError(.invalidStatement, number: 1))
    let mismatch = #expect(throws: (any Error).self) {
      try store.read { database in
        let row = try Row.fetchOne(database, sql: "SELECT 'Marjorie Quimby' AS name")
        return try row?.decode(Int.self, forColumn: "name")
      }
    }
    #expect(mismatch.map { "\($0)\(String(reflecting: $0))".contains("Quimby") } == false)
  }

  @Test func `undoes a write that throws`() throws {
    struct Stop: Error, Equatable {}
    let store = try Store(path: path, migrations: [StoreTests.people])
    #expect(throws: Stop()) {
      try store.write { database in
        try database.execute(sql: "INSERT INTO person (name) VALUES (?)", arguments: [Data("a".utf8)])
        throw Stop()
      }
    }
    #expect(try names(store) == [])
  }

  @Test func `copies a consistent state while it is written`() async throws {
    let store = try Store(path: path, migrations: [StoreTests.people])
    let folder = folder
    async let writing: Void = {
      for number in 0..<200 {
        try store.write { database in
          for half in ["left", "right"] {
            try database.execute(
              sql: "INSERT INTO person (name) VALUES (?)", arguments: [Data("\(half) \(number)".utf8)])
          }
        }
      }
    }()
    for number in 0..<5 {
      let copy = "\(folder.path)/copy-\(number).sqlite"
      try store.backUp(to: copy)
      let count = try Store(path: copy, migrations: [StoreTests.people]).read {
        try Int.fetchOne($0, sql: "SELECT count(*) FROM person")
      }
      #expect(count?.isMultiple(of: 2) == true)
    }
    try await writing
    #expect(try names(store).count == 400)
  }

  @Test func `leaves nothing of a copy that failed`() throws {
    try {
      let store = try Store(path: path, migrations: [StoreTests.people])
      for number in 0..<200 {
        try store.write {
          let name = Data("\(number) ".utf8) + Data(repeating: 7, count: 2_000)
          try $0.execute(sql: "INSERT INTO person (name) VALUES (?)", arguments: [name])
        }
      }
      try store.flush()
      try store.close()
    }()
    var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    for place in bytes.count / 2..<bytes.count { bytes[place] = 0x2A }
    try Data(bytes).write(to: URL(filePath: path))
    let store = try Store(path: path, migrations: [StoreTests.people], role: .derived)
    let copy = "\(folder.path)/copy.sqlite"
    #expect(throws: StorageError.self) { try store.backUp(to: copy) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("copy") } == [])
  }

  @Test func `never writes a copy over a file`() throws {
    let store = try Store(path: path, migrations: [StoreTests.people])
    #expect(throws: StorageError(.exists)) { try store.backUp(to: path) }
  }
}
