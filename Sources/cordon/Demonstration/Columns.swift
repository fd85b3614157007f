/// Texts side by side, each wrapped to its column.
struct Columns {
  private let columns: [(title: String, text: String)]
  private let width: Int

  /// Texts with their titles, together `width` characters wide.
  init(_ columns: [(title: String, text: String)], width: Int) {
    self.columns = columns
    self.width = width
  }

  /// The lines to print; below 30 characters a column the texts stand one under the other.
  func lines() -> [String] {
    let gap = 3
    let each = (width - gap * (columns.count - 1)) / columns.count
    guard each >= 30 else {
      return columns.flatMap {
        [$0.title, String(repeating: "─", count: min(width, 78))] + Self.wrap($0.text, to: width) + [""]
      }
    }
    let bodies = columns.map { [$0.title, String(repeating: "─", count: each)] + Self.wrap($0.text, to: each) }
    return (0..<(bodies.map(\.count).max() ?? 0)).map { row in
      bodies.map { body in
        let cell = row < body.count ? body[row] : ""
        return cell + String(repeating: " ", count: max(0, each - cell.count))
      }.joined(separator: String(repeating: " ", count: gap))
    }
  }

  private static func wrap(_ text: String, to width: Int) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line -> [String] in
      var lines = [""]
      for word in line.split(separator: " ") {
        if !lines[lines.count - 1].isEmpty, lines[lines.count - 1].count + 1 + word.count > width { lines.append("") }
        lines[lines.count - 1] += (lines[lines.count - 1].isEmpty ? "" : " ") + word
      }
      return lines
    }
  }
}
