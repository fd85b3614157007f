import Foundation
import GRDB
import Storage

/// The rows of a vault as somebody sees them who reads its file.
struct SubjectRows {
  private let store: Store

  init(_ data: String) throws { store = try Store(path: data + "/vault/vault.sqlite", migrations: SubjectRows.seen) }

  func wrapped(_ id: Int64) throws -> Data {
    try store.read { try Data.fetchOne($0, sql: "SELECT wrapped FROM subject_key WHERE id = ?", arguments: [id]) }
      ?? Data()
  }

  func text(_ sql: String) throws -> String { try store.read { try String.fetchOne($0, sql: sql) } ?? "" }

  func change(_ sql: String, _ arguments: StatementArguments = []) throws {
    try store.write { try $0.execute(sql: sql, arguments: arguments) }
  }

  private static let seen = [Migration("vault 1") { _ in }]
}
