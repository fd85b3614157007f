import Bytes
import Ciphers
import GRDB

/// A query in the words of the index.
struct SearchCondition {
  /// What follows FROM, up to and with WHERE.
  private(set) var source: String
  private(set) var arguments: StatementArguments = []
  /// Whether the inverted index gives the entries.
  let usesTerms: Bool

  /// The condition for `query`; nil when it names something that the index has never seen.
  init?(_ query: SearchQuery, in database: Database) throws {
    guard let terms = try SearchCondition.terms(of: query, in: database) else { return nil }
    usesTerms = !terms.isEmpty
    let row = usesTerms ? "term.rowid" : "entry.entry"
    source = usesTerms ? "term JOIN entry ON entry.entry = term.rowid WHERE term MATCH ?" : "entry WHERE TRUE"
    if usesTerms { arguments += [terms.joined(separator: " AND ")] }
    guard query.since != nil || query.until != nil else { return }
    let since = query.since?.milliseconds ?? .min
    let until = query.until?.milliseconds ?? .max
    // Times follow the index but for steps of the clock: the spans narrow the entries down, the times decide.
    let bounds = try Row.fetchOne(
      database, sql: "SELECT min(span), max(span) FROM span WHERE latest >= ? AND earliest < ?",
      arguments: [since, until])
    guard let bounds, let first: Int64 = bounds[0], let last: Int64 = bounds[1] else { return nil }
    source += " AND \(row) >= ? AND \(row) < ? AND entry.time >= ? AND entry.time < ?"
    arguments += [first * SearchSchema.spanLength, (last + 1) * SearchSchema.spanLength, since, until]
  }

  /// The number of a name; nil when the index has never seen it.
  static func number(of name: String, _ field: SearchField, in database: Database) throws -> Int64? {
    try Int64.fetchOne(
      database, sql: "SELECT number FROM name WHERE field = ? AND name = ?", arguments: [field.rawValue, name])
  }

  private static func terms(of query: SearchQuery, in database: Database) throws -> [String]? {
    var terms: [String] = []
    for field in SearchField.allCases {
      guard let name = query.names[field] else { continue }
      guard let number = try number(of: name, field, in: database) else { return nil }
      terms.append("\(field.letter)\(number)")
    }
    if let request = query.request {
      let bytes = Array(request.description.utf8)
      terms.append(String(decoding: IndexedEntry.term(request: bytes.span).span))
    }
    for (letter, digests) in [(UInt8(0x74), query.tags), (0x73, query.subjectTags)] {
      for digest in digests {
        let digits = Array(digest.description.utf8)
        terms.append(String(decoding: IndexedEntry.term(letter, digest: digits.span).span))
      }
    }
    return terms
  }
}
