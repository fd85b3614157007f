import Ciphers

/// Where a sealed field is: it opens nowhere else.
package struct FieldPlace: Hashable, Sendable {
  /// The column that the field is in.
  package let column: FieldColumn
  /// What identifies the row.
  package let row: [UInt8]

  /// The field of the row with these identifying bytes.
  package init(_ table: String, _ column: String, row: [UInt8]) {
    self.column = FieldColumn(table, column)
    self.row = row
  }

  /// The field of the row with this number.
  package init(_ table: String, _ column: String, row: Int64) {
    let bytes = (0..<8).reversed().map { UInt8(truncatingIfNeeded: row >> (8 * Int64($0))) }
    self.init(table, column, row: bytes)
  }

  /// The field of the row with this name.
  package init(_ table: String, _ column: String, row: String) { self.init(table, column, row: Array(row.utf8)) }

  var context: [UInt8] { column.context + lengthPrefixed(row) }
}

/// A column of a table.
package struct FieldColumn: Hashable, Sendable {
  /// The table.
  package let table: String
  /// The column.
  package let name: String

  /// The column of this name.
  package init(_ table: String, _ name: String) {
    self.table = table
    self.name = name
  }

  var context: [UInt8] { lengthPrefixed(Array(table.utf8)) + lengthPrefixed(Array(name.utf8)) }
}
