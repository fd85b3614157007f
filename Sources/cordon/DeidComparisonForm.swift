import ArgumentParser
import Bytes
import Deidentification
import PHI

/// How a comparison of profiles is written.
enum DeidComparisonForm: String, EnumerableFlag {
  case terminal, json

  func write(_ comparison: ProfileComparison) -> String {
    switch self {
    case .terminal: Self.table(comparison)
    case .json: String(decoding: comparison.json.bytes, as: UTF8.self)
    }
  }

  private static func table(_ comparison: ProfileComparison) -> String {
    let kinds = Set(comparison.columns.flatMap { $0.rows.map(\.identifier) }).sorted { $0.rawValue < $1.rawValue }
    let columns: [TextTable.Column] =
      [.words("kind")]
      + comparison.columns.flatMap {
        [.words($0.name.rawValue), .figures("found"), .figures("kept %"), .words("example")]
      }
    let rows = kinds.map { identifier in
      [identifier.label]
        + comparison.columns.flatMap { column -> [String] in
          guard let row = column.rows.first(where: { $0.identifier == identifier }) else { return ["", "0", "", ""] }
          let example = "\(row.example.before) > \(row.example.after)"
          return [row.method.description, String(row.count), percent(row.kept, of: row.characters), example]
        }
    }
    let all =
      ["all"]
      + comparison.columns.flatMap { column in
        ["", String(column.rows.reduce(0) { $0 + $1.count }), percent(column.kept, of: column.found), ""]
      }
    let text =
      ["text"]
      + comparison.columns.flatMap { column in
        ["", "", percent(comparison.characters - column.found + column.kept, of: comparison.characters), ""]
      }
    let risks = comparison.columns.flatMap { column in
      column.risks.map { "\(column.name.rawValue): \($0.statement)" }
    }
    return """
      sample: \(comparison.documents) document\(comparison.documents == 1 ? "" : "s"), \(comparison.characters) characters
      kept: the share of an identifier's characters, and in the last line of all characters, that stay

      \(TextTable(columns, rows + [all, text]).text(.terminal))

      what may still lead to a person:
      \(risks.joined(separator: "\n"))
      """
  }

  /// The share in percent with one digit, rounded to the nearest; empty of nothing.
  private static func percent(_ part: Int, of whole: Int) -> String {
    guard whole > 0 else { return "" }
    let tenths = (part * 1_000 + whole / 2) / whole
    return "\(tenths / 10).\(tenths % 10)"
  }
}

extension ProfileComparison {
  /// The comparison as JSON: counts, characters and shapes.
  var json: JSONValue {
    [
      "sample": ["documents": .integer(documents), "characters": .integer(characters)],
      "profiles": .array(columns.map(\.json)),
    ]
  }
}

extension ProfileComparison.Column {
  fileprivate var json: JSONValue {
    [
      "profile": .string(name.rawValue), "identifier_characters": .integer(found), "kept_characters": .integer(kept),
      "kinds": .array(
        rows.map { row in
          [
            "kind": .string(row.identifier.label), "method": .string(row.method.description),
            "count": .integer(row.count), "characters": .integer(row.characters), "kept_characters": .integer(row.kept),
            "before": .string(row.example.before), "after": .string(row.example.after),
          ]
        }),
      "residual_risks": .array(risks.map { .string($0.statement) }),
    ]
  }
}
