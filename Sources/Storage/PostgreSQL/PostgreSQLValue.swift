import Bytes

/// A value that is bound to a parameter of a statement.
package enum PostgreSQLValue: Hashable, Sendable {
  case null
  case integer(Int64)
  case text(String)
  case bytes([UInt8])

  /// The value in PostgreSQL's text format; nil for null.
  var text: String? {
    switch self {
    case .null: nil
    case .integer(let number): String(number)
    case .text(let text): text
    case .bytes(let bytes): "\\x\(Hex.encode(bytes))"
    }
  }
}

/// A row of a result.
package struct PostgreSQLRow: Hashable, Sendable {
  let cells: [String?]

  /// The text in this column; nil for null, and where the server answered with fewer columns than it was asked for.
  package func text(_ column: Int) -> String? { cells.indices.contains(column) ? cells[column] : nil }

  /// The number in this column; nil for null and for what is no number.
  package func integer(_ column: Int) -> Int64? { text(column).flatMap { Int64($0) } }

  /// The bytes in this column; nil for null and for what is no `bytea`.
  package func bytes(_ column: Int) -> [UInt8]? {
    guard let text = text(column), text.hasPrefix("\\x") else { return nil }
    return Hex.decode(String(text.dropFirst(2)))
  }
}
