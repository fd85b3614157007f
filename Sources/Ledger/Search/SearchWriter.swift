import Bytes
import GRDB

/// Puts entries into the tables of the search index, within one transaction.
struct SearchWriter {
  private struct DayKey: Hashable {
    var day: Int64
    /// The numbers of the names that the roll-ups are kept by; 0 where there is none.
    var names = SIMD4<Int64>()
  }

  private struct KnownName {
    var number: Int64
    var term: [UInt8]

    init(_ number: Int64, _ field: SearchField) {
      self.number = number
      term = Array("\(field.letter)\(number) ".utf8)
    }
  }

  private struct Counts {
    var entries: Int64 = 0
    var promptTokens: Int64 = 0
    var completionTokens: Int64 = 0
    var identifiers: Int64 = 0

    mutating func add(_ entry: IndexedEntry) {
      entries += 1
      promptTokens &+= entry.promptTokens
      completionTokens &+= entry.completionTokens
      identifiers &+= entry.identifiers
    }
  }

  private let database: Database
  private let entries: Statement
  private let terms: Statement
  private var names: [[[UInt8]: KnownName]]
  private var days: [DayKey: Counts] = [:]
  private var spans: [Int64: ClosedRange<Int64>] = [:]

  init(_ database: Database) throws {
    self.database = database
    let marks = repeatElement("?", count: SearchWriter.columns).joined(separator: ", ")
    entries = try database.cachedStatement(sql: "INSERT INTO entry VALUES (\(marks))")
    terms = try database.cachedStatement(sql: "INSERT INTO term (rowid, terms) VALUES (?, ?)")
    names = SearchField.allCases.map { _ in [:] }
    for row in try Row.fetchAll(database, sql: "SELECT number, field, name FROM name") {
      let (number, field, name): (Int64, String, String) = (row["number"], row["field"], row["name"])
      guard let place = SearchField.allCases.firstIndex(where: { $0.rawValue == field }) else { continue }
      names[place][Array(name.utf8)] = KnownName(number, SearchField.allCases[place])
    }
  }

  /// Puts in an entry whose record is at `place` of the segment that begins with the entry `segment`.
  mutating func add(_ entry: IndexedEntry, at index: Int64, segment: Int64, place: Int64) throws {
    var values: [DatabaseValue] = []
    values.reserveCapacity(SearchWriter.columns)
    values.append(index.databaseValue)
    values.append(entry.time.databaseValue)
    values.append(segment.databaseValue)
    values.append(place.databaseValue)
    var terms = entry.terms
    var day = DayKey(day: entry.time / SearchTotals.millisecondsPerDay)
    for (field, name) in entry.names.enumerated() {
      guard !name.isEmpty else {
        values.append(.null)
        continue
      }
      let known = try known(name, field)
      values.append(known.number.databaseValue)
      terms.append(contentsOf: known.term)
      if let place = SearchWriter.rolledUp[field] { day.names[place] = known.number }
    }
    for person in entry.people { terms.append(contentsOf: try known(person, SearchWriter.user).term) }
    values.append(entry.promptTokens.databaseValue)
    values.append(entry.completionTokens.databaseValue)
    values.append(entry.identifiers.databaseValue)
    entries.setUncheckedArguments(StatementArguments(values))
    try entries.execute()
    self.terms.setUncheckedArguments(
      StatementArguments([index.databaseValue, String(decoding: terms.span).databaseValue]))
    try self.terms.execute()
    days[day, default: Counts()].add(entry)
    let span = index / SearchSchema.spanLength
    let times = spans[span] ?? entry.time...entry.time
    if spans[span] == nil || !times.contains(entry.time) {
      spans[span] = min(times.lowerBound, entry.time)...max(times.upperBound, entry.time)
    }
  }

  /// Puts in the counts of everything that was added.
  func finish() throws {
    let key = SearchField.rolledUp.map(\.rawValue).joined(separator: ", ")
    let marks = repeatElement("?", count: 1 + SearchField.rolledUp.count + 4).joined(separator: ", ")
    let total = try database.cachedStatement(
      sql: """
        INSERT INTO day_total VALUES (\(marks)) ON CONFLICT (day, \(key)) DO UPDATE SET entries = entries + excluded.entries,
        prompt_tokens = prompt_tokens + excluded.prompt_tokens,
        completion_tokens = completion_tokens + excluded.completion_tokens,
        identifiers = identifiers + excluded.identifiers
        """)
    for (day, counts) in days {
      try total.execute(
        arguments: StatementArguments(
          [day.day, day.names[0], day.names[1], day.names[2], day.names[3]]
            + [counts.entries, counts.promptTokens, counts.completionTokens, counts.identifiers]))
    }
    for (span, times) in spans {
      try database.execute(
        sql: """
          INSERT INTO span VALUES (?, ?, ?) ON CONFLICT (span) DO UPDATE
          SET earliest = min(earliest, excluded.earliest), latest = max(latest, excluded.latest)
          """, arguments: [span, times.lowerBound, times.upperBound])
    }
  }

  private mutating func known(_ name: [UInt8], _ field: Int) throws -> KnownName {
    if let known = names[field][name] { return known }
    try database.execute(
      sql: "INSERT INTO name (field, name) VALUES (?, ?)",
      arguments: [SearchField.allCases[field].rawValue, String(decoding: name.span)])
    let known = KnownName(database.lastInsertedRowID, SearchField.allCases[field])
    names[field][name] = known
    return known
  }

  private static let columns = 4 + SearchField.allCases.count + 3
  private static let rolledUp = SearchField.allCases.map { SearchField.rolledUp.firstIndex(of: $0) }
  private static let user = SearchField.allCases.firstIndex(of: .user) ?? 0
}
