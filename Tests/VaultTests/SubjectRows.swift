import Foundation
import GRDB
import Storage

/// The rows of a vault as somebody sees them who reads its file.
struct SubjectRows {
  private let store: Store
  private let path: String

  init(_ data: String) throws {
    path = data + "/vault/vault.sqlite"
    store = try Store(path: path, migrations: SubjectRows.seen)
  }

  func wrapped(_ id: Int64) throws -> Data {
    try store.read { try Data.fetchOne($0, sql: "SELECT wrapped FROM subject_key WHERE id = ?", arguments: [id]) }
      ?? Data()
  }

  func text(_ sql: String) throws -> String { try store.read { try String.fetchOne($0, sql: sql) } ?? "" }

  func change(_ sql: String, _ arguments: StatementArguments = []) throws {
    try store.write { try $0.execute(sql: sql, arguments: arguments) }
  }

  /// The events that wait, as rows of the file.
  func waiting() throws -> [Row] {
    try store.read { try Row.fetchAll($0, sql: "SELECT * FROM outbox WHERE entry IS NULL ORDER BY number") }
  }

  /// Puts such rows back as they were.
  func putBack(_ rows: some Sequence<Row>) throws {
    try store.write { database in
      for row in rows {
        let columns = row.columnNames.joined(separator: ", ")
        let places = row.columnNames.map { _ in "?" }.joined(separator: ", ")
        try database.execute(
          sql: "INSERT OR REPLACE INTO outbox (\(columns)) VALUES (\(places))",
          arguments: StatementArguments(row.databaseValues))
      }
    }
  }

  /// The same without the rules that the tables have.
  func unchecked(_ sql: String) throws {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = false
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    try queue.write { try $0.execute(sql: sql) }
    try queue.close()
  }

  private static let seen = ["vault 2", "vault 3", "vault 4", "vault 5", "vault 6"].map { Migration($0) { _ in } }
}
