/// A table for the terminal or as Markdown.
struct TextTable {
  /// What a table is drawn with.
  enum Style { case terminal, markdown }

  /// A column: its head, and whether it holds words, which stand left, or figures, which stand right.
  struct Column {
    let head: String
    let isText: Bool

    static func words(_ head: String) -> Column { Column(head: head, isText: true) }
    static func figures(_ head: String) -> Column { Column(head: head, isText: false) }
  }

  private let columns: [Column]
  private let rows: [[String]]

  init(_ columns: [Column], _ rows: [[String]]) {
    self.columns = columns
    self.rows = rows
  }

  /// The table, without a line feed at its end.
  func text(_ style: Style) -> String {
    let head = columns.map(\.head)
    let widths = columns.indices.map { column in ([head] + rows).map { $0[column].count }.max() ?? 0 }
    func line(_ cells: [String]) -> String {
      let padded = columns.indices.map { column in
        let space = String(repeating: " ", count: widths[column] - cells[column].count)
        return columns[column].isText ? cells[column] + space : space + cells[column]
      }
      return style == .markdown ? "| \(padded.joined(separator: " | ")) |" : trimmed(padded.joined(separator: "  "))
    }
    var lines = [line(head)]
    if style == .markdown {
      let rules = zip(columns, widths).map { column, width in
        String(repeating: "-", count: column.isText ? width : width - 1) + (column.isText ? "" : ":")
      }
      lines.append("| \(rules.joined(separator: " | ")) |")
    }
    return (lines + rows.map(line)).joined(separator: "\n")
  }

  private func trimmed(_ line: String) -> String {
    String(line.reversed().drop { $0 == " " }.reversed())
  }
}
