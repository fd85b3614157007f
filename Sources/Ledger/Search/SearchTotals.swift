import GRDB

/// Counts of groups of entries, from the roll-ups where they suffice.
struct SearchTotals {
  private static let sums = "sum(prompt_tokens), sum(completion_tokens), sum(identifiers)"
  static let millisecondsPerDay: Int64 = 86_400_000

  let query: SearchQuery
  let database: Database

  /// The counts of the groups, in the order of their names or days.
  func by(_ grouping: SearchGrouping) throws -> [SearchTotal] {
    switch grouping {
    case .day:
      return try rows(rolledUp: "day", counted: "entry.time / \(SearchTotals.millisecondsPerDay)")
        .map { number, total in
          var total = total
          let midnight = number.map { Timestamp(milliseconds: $0 * SearchTotals.millisecondsPerDay).description }
          total.group = midnight.map { String($0.prefix(10)) }
          return total
        }
    case .field(let field):
      let isRolledUp = SearchField.rolledUp.contains(field)
      return try rows(rolledUp: isRolledUp ? field.rawValue : nil, counted: "entry.\(field.rawValue)")
        .map { number, total in
          var total = total
          total.group = try number.flatMap {
            try String.fetchOne(database, sql: "SELECT name FROM name WHERE number = ?", arguments: [$0])
          }
          return total
        }
        .sorted { ($0.group ?? "") < ($1.group ?? "") }
    }
  }

  /// The counts by the number of a name or a day.
  private func rows(rolledUp: String?, counted: String) throws -> [(Int64?, SearchTotal)] {
    let select: (sql: String, arguments: StatementArguments)?
    if let rolledUp, query.since == nil, query.until == nil, query.asksOnlyFor(SearchField.rolledUp) {
      select = try selectFromRollUps(rolledUp)
    } else {
      select = try SearchCondition(query, in: database).map { condition in
        (
          "SELECT \(counted), count(*), \(SearchTotals.sums) FROM \(condition.source) GROUP BY 1 ORDER BY 1",
          condition.arguments
        )
      }
    }
    guard let select else { return [] }
    return try Row.fetchAll(database, sql: select.sql, arguments: select.arguments).map { row in
      let number: Int64? = row[0]
      let total = SearchTotal(
        group: nil, entries: row[1], promptTokens: row[2], completionTokens: row[3], identifiers: row[4])
      // The roll-ups have 0 for no name.
      return (number == 0 ? nil : number, total)
    }
  }

  private func selectFromRollUps(_ column: String) throws -> (sql: String, arguments: StatementArguments)? {
    var conditions: [String] = []
    var arguments: StatementArguments = []
    for field in SearchField.rolledUp {
      guard let name = query.names[field] else { continue }
      guard let number = try SearchCondition.number(of: name, field, in: database) else { return nil }
      conditions.append(" AND \(field.rawValue) = ?")
      arguments += [number]
    }
    let sql = "SELECT \(column), sum(entries), \(SearchTotals.sums) FROM day_total WHERE TRUE\(conditions.joined())"
    return ("\(sql) GROUP BY 1 ORDER BY 1", arguments)
  }
}
