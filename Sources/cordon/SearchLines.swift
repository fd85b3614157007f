import Bytes
import Ledger

/// What `cordon log search` prints.
struct SearchLines {
  private static let widths = [7, 24, 18, 36, 16, 28, 24, 0]

  let index: SearchIndex
  let query: SearchQuery
  let isJSON: Bool
  /// The replica whose shard it is; nil for the log of one gateway.
  var shard: ReplicaName?

  /// The line above the entries.
  func heading() {
    guard !isJSON else { return }
    row(
      ["ENTRY", "TIME", "EVENT", "REQUEST", "CALLER", "VENDOR/MODEL", "DECISION", "CHANGE"],
      SearchLines.widths)
  }

  /// The entries that fit, the newest first.
  func entries(_ limit: Int) throws {
    for entry in try index.search(query, limit: limit) {
      guard !isJSON else {
        let place = shard.map { "\"shard\":\"\($0)\"," } ?? ""
        StandardOutput.line(
          "{\(place)\"index\":\(entry.index),\(String(decoding: entry.json.dropFirst(), as: UTF8.self))")
        continue
      }
      let fields = try? JSONValue(parsing: entry.json)
      func field(_ names: String..., separator: String = " ") -> String {
        let texts = names.compactMap { fields?[$0]?.string }
        return texts.isEmpty ? "-" : texts.joined(separator: separator)
      }
      row(
        [
          String(entry.index), field("time"), field("event"), field("request"), field("caller"),
          field("vendor", "model", separator: "/"), field("decision", "rule"), StoredChangeText(fields).text,
        ], SearchLines.widths)
    }
  }

  /// The counts of the groups.
  func totals(by grouping: SearchGrouping) throws {
    let widths = [24, 12, 16, 16, 12]
    if !isJSON { row(["GROUP", "ENTRIES", "PROMPT TOKENS", "COMPLETION", "IDENTIFIERS"], widths) }
    for total in try index.totals(query, by: grouping) {
      let counts = [total.entries, total.promptTokens, total.completionTokens, total.identifiers].map { String($0) }
      guard isJSON else {
        row([total.group ?? "-"] + counts, widths)
        continue
      }
      let names = ["entries", "prompt_tokens", "completion_tokens", "identifiers"]
      let members =
        [JSONMember("group", total.group.map { .string($0) } ?? .null)]
        + zip(names, counts).map { JSONMember($0, .number($1)) }
      StandardOutput.line(String(decoding: JSONValue.object(members).bytes, as: UTF8.self))
    }
  }

  private func row(_ cells: [String], _ widths: [Int]) {
    var line = ""
    for (cell, width) in zip(cells, widths) {
      line += cell + String(repeating: " ", count: max(0, width - cell.utf8.count)) + "  "
    }
    StandardOutput.line(String(line.reversed().drop { $0 == " " }.reversed()))
  }
}
