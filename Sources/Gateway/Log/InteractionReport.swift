package import Bytes
package import Ledger

/// How models and tool servers touched what is protected, by month: sums of what the entries of their calls say, and
/// nothing else.
package struct InteractionReport: Sendable {
  /// One vendor under one way of keeping in one month.
  package struct Key: Hashable, Sendable, Comparable {
    /// Such as `2026-11`, in UTC.
    package let month: String
    /// The vendor; nil for answers that were given again from memory.
    package let vendor: String?
    /// What it keeps; nil where an older entry does not say.
    package let retention: String?

    package static func < (left: Key, right: Key) -> Bool {
      (left.month, left.vendor ?? "", left.retention ?? "") < (right.month, right.vendor ?? "", right.retention ?? "")
    }
  }

  /// Sums.
  package struct Sums: Hashable, Sendable {
    /// Calls that were opened, and those that came to an end.
    package var opened = 0
    package var closed = 0
    /// How they ended.
    package var outcomes: [String: Int] = [:]
    /// Identifiers that were found in what went out, by kind; the vendor got tokens for them.
    package var found: [String: Int] = [:]
    /// Identifiers that the callers were given back, by kind.
    package var restored: [String: Int] = [:]
    /// Identifiers in answers that nobody had given, by kind.
    package var novel: [String: Int] = [:]
    package var promptTokens = 0
    package var completionTokens = 0
    /// Calls whose vendor counted no tokens.
    package var uncounted = 0

    static func + (left: Sums, right: Sums) -> Sums {
      var sum = left
      sum.opened += right.opened
      sum.closed += right.closed
      sum.outcomes.merge(right.outcomes, uniquingKeysWith: +)
      sum.found.merge(right.found, uniquingKeysWith: +)
      sum.restored.merge(right.restored, uniquingKeysWith: +)
      sum.novel.merge(right.novel, uniquingKeysWith: +)
      sum.promptTokens += right.promptTokens
      sum.completionTokens += right.completionTokens
      sum.uncounted += right.uncounted
      return sum
    }
  }

  private var sums: [Key: Sums] = [:]
  /// What was given up of shards that the report is made from.
  private let givenUp: [JSONMember]
  /// How many entries were looked through: all there are.
  package private(set) var evaluated = 0

  /// What the logs of a data directory say of a month; of every month when none is named.
  package init(_ logs: ProvedLogs, month: String? = nil) throws {
    givenUp = logs.givenUpMembers
    guard !logs.logs.isEmpty else { throw LedgerError(.missing) }
    for log in logs.logs {
      var reader = try log.reader()
      while let entry = try reader.next() {
        evaluated += 1
        let event = entry.outline.event
        guard event == .requestOpened || event == .requestClosed else { continue }
        let own = String(entry.outline.time.description.prefix(7))
        guard month.map({ $0 == own }) != false else { continue }
        let said = try JSONValue(parsing: entry.json)
        let key = Key(month: own, vendor: said["vendor"]?.string, retention: said["retention"]?.string)
        sums[key, default: Sums()].take(said, event)
      }
    }
  }

  /// The rows in the order of months, vendors and ways of keeping.
  package var rows: [(key: Key, sums: Sums)] { sums.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }

  /// The sums of each month.
  package var totals: [(month: String, sums: Sums)] {
    Dictionary(grouping: sums, by: \.key.month).map { month, rows in
      (month, rows.map(\.value).reduce(Sums(), +))
    }.sorted { $0.month < $1.month }
  }

  /// The report as JSON.
  package var json: JSONValue {
    let months = totals.map { month, total -> JSONValue in
      let own = rows.filter { $0.key.month == month }.map { key, sums -> JSONValue in
        .object(
          [
            JSONMember("vendor", key.vendor.map { .string($0) } ?? .null),
            JSONMember("retention", key.retention.map { .string($0) } ?? .null),
          ] + sums.members)
      }
      return .object([
        JSONMember("month", .string(month)), JSONMember("rows", .array(own)),
        JSONMember("total", .object(total.members)),
      ])
    }
    return .object([JSONMember("entries", .integer(evaluated)), JSONMember("months", .array(months))] + givenUp)
  }
}

extension InteractionReport.Sums {
  fileprivate mutating func take(_ entry: JSONValue, _ event: Event) {
    func counts(_ name: String) -> [String: Int] {
      Dictionary((entry[name]?.members ?? []).map { ($0.name, $0.value.integer ?? 0) }, uniquingKeysWith: +)
    }
    guard event == .requestClosed else {
      opened += 1
      found.merge(counts("identifiers"), uniquingKeysWith: +)
      return
    }
    closed += 1
    if let outcome = entry["outcome"]?.string { outcomes[outcome, default: 0] += 1 }
    novel.merge(counts("identifiers"), uniquingKeysWith: +)
    restored.merge(counts("restored"), uniquingKeysWith: +)
    let tokens = (entry["prompt_tokens"]?.integer, entry["completion_tokens"]?.integer)
    promptTokens += tokens.0 ?? 0
    completionTokens += tokens.1 ?? 0
    if tokens.0 == nil, tokens.1 == nil { uncounted += 1 }
  }

  fileprivate var members: [JSONMember] {
    func object(_ counts: [String: Int]) -> JSONValue {
      .object(counts.sorted { $0.key < $1.key }.map { JSONMember($0.key, .integer($0.value)) })
    }
    return [
      JSONMember("opened", .integer(opened)), JSONMember("closed", .integer(closed)),
      JSONMember("outcomes", object(outcomes)), JSONMember("found", object(found)),
      JSONMember("restored", object(restored)), JSONMember("novel", object(novel)),
      JSONMember("prompt_tokens", .integer(promptTokens)), JSONMember("completion_tokens", .integer(completionTokens)),
      JSONMember("calls_without_token_counts", .integer(uncounted)),
    ]
  }
}
