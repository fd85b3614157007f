import Bytes
import GRDB
import Storage

extension SearchIndex {
  /// The entries that fit, the newest first.
  package func search(_ query: SearchQuery, limit: Int = 100) throws -> [FoundEntry] {
    let numbers = try read { database -> [Int64] in
      guard let condition = try SearchCondition(query, in: database) else { return [] }
      let order = condition.usesTerms ? "term.rowid" : "entry.entry"
      return try Int64.fetchAll(
        database, sql: "SELECT entry.entry FROM \(condition.source) ORDER BY \(order) DESC LIMIT ?",
        arguments: condition.arguments + [limit])
    }
    let indexes = numbers.compactMap { UInt64(exactly: $0) }
    guard !indexes.isEmpty else { return [] }
    var log = try ProvedEntries(data: data)
    let found = try log.json(of: indexes)
    return indexes.compactMap { index in
      found[index].flatMap { query.fits($0.span) ? FoundEntry(index: index, json: $0) : nil }
    }
  }

  /// The entry with this index; nil when the index does not cover it.
  package func entry(_ index: UInt64) throws -> FoundEntry? {
    guard let number = Int64(exactly: index),
      try read({ try Int64.fetchOne($0, sql: "SELECT entry FROM entry WHERE entry = ?", arguments: [number]) }) != nil
    else { return nil }
    var log = try ProvedEntries(data: data)
    return try log.json(of: [index])[index].map { FoundEntry(index: index, json: $0) }
  }

  /// How many entries fit.
  package func count(_ query: SearchQuery) throws -> Int64 {
    if query.since == nil, query.until == nil, query.asksOnlyFor(SearchField.rolledUp) {
      return try totals(query, by: .day).reduce(0) { $0 + $1.entries }
    }
    return try read { database in
      guard let condition = try SearchCondition(query, in: database) else { return 0 }
      return try Int64.fetchOne(
        database, sql: "SELECT count(*) FROM \(condition.source)", arguments: condition.arguments) ?? 0
    }
  }

  /// The counts of the entries that fit, group by group.
  package func totals(_ query: SearchQuery, by grouping: SearchGrouping) throws -> [SearchTotal] {
    try read { try SearchTotals(query: query, database: $0).by(grouping) }
  }
}
