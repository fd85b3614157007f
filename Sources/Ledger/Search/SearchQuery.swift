package import Ciphers

/// Which entries are looked for: those that fit everything that is given.
package struct SearchQuery: Hashable, Sendable {
  /// The names that entries must have.
  package var names: [SearchField: String] = [:]
  /// The request they belong to.
  package var request: RequestID?
  /// The search tags they must have.
  package var tags: [Digest] = []
  /// The tags of the subjects whose sealed parts they must have.
  package var subjectTags: [Digest] = []
  /// The first moment that fits.
  package var since: Timestamp?
  /// The first moment after those that fit.
  package var until: Timestamp?

  /// A query that every entry fits.
  package init() {}

  /// The fields that it asks for beyond those that `fields` are.
  func asksOnlyFor(_ fields: [SearchField]) -> Bool {
    request == nil && tags.isEmpty && subjectTags.isEmpty && names.keys.allSatisfy(fields.contains)
  }
}

/// What entries are counted by.
package enum SearchGrouping: Hashable, Sendable {
  /// By the day in UTC.
  case day
  /// By the value of a field.
  case field(SearchField)
}

/// The counts of a group of entries.
package struct SearchTotal: Hashable, Sendable {
  /// The day or the name; nil for entries that have no such name.
  package var group: String?
  /// How many entries there are.
  package var entries: Int64
  /// How many tokens vendors counted in prompts.
  package var promptTokens: Int64
  /// How many tokens vendors counted in completions.
  package var completionTokens: Int64
  /// How many identifiers were found.
  package var identifiers: Int64

  /// Counts.
  package init(group: String?, entries: Int64, promptTokens: Int64, completionTokens: Int64, identifiers: Int64) {
    self.group = group
    self.entries = entries
    self.promptTokens = promptTokens
    self.completionTokens = completionTokens
    self.identifiers = identifiers
  }
}

/// An entry that was found.
package struct FoundEntry: Hashable, Sendable {
  /// Its index in the log.
  package let index: UInt64
  /// Its bytes.
  package let json: [UInt8]
}
