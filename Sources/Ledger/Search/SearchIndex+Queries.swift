import Bytes
import GRDB
import Storage

extension SearchIndex {
  /// The entries that fit, the newest first.
  package func search(_ query: SearchQuery, limit: Int = 100) throws -> [FoundEntry] {
    let places = try read { database -> [Row] in
      guard let condition = try SearchCondition(query, in: database) else { return [] }
      let order = condition.usesTerms ? "term.rowid" : "entry.entry"
      return try Row.fetchAll(
        database,
        sql: "SELECT entry.entry, entry.segment, entry.place FROM \(condition.source) ORDER BY \(order) DESC LIMIT ?",
        arguments: condition.arguments + [limit])
    }
    let segments = try SegmentList(in: log.segments)
    return try places.compactMap { try entry($0[0], of: segments, segment: $0[1], place: $0[2]) }
  }

  /// The entry with this index; nil when the index does not cover it.
  package func entry(_ index: UInt64) throws -> FoundEntry? {
    guard let index = Int64(exactly: index) else { return nil }
    let row = try read {
      try Row.fetchOne($0, sql: "SELECT segment, place FROM entry WHERE entry = ?", arguments: [index])
    }
    let segments = try SegmentList(in: log.segments)
    return try row.flatMap { try entry(index, of: segments, segment: $0[0], place: $0[1]) }
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

  private func entry(_ index: Int64, of segments: SegmentList, segment: Int64, place: Int64) throws -> FoundEntry? {
    let path = segments.path(UInt64(bitPattern: segment))
    let offset = UInt64(bitPattern: place)
    guard var reader = try SegmentReader.opened(path, at: offset, reading: SegmentReader.narrow),
      let record = try reader.next(), record.kind == .entry, record.sequence == UInt64(bitPattern: index)
    else { return nil }
    return FoundEntry(index: record.sequence, json: reader.withBody(of: record) { [UInt8](copying: $0) })
  }
}
