/// How long what is kept about each kind of subject must be kept.
package struct RetentionSchedule: Hashable, Sendable {
  /// The rule for one kind.
  package struct Rule: Hashable, Sendable {
    /// For which kind of subject.
    package let kind: SubjectReference.Kind
    /// For how many years after the last day on which something was recorded about it.
    package let years: Int64
    /// Where that stands.
    package let citation: String
    /// Since when it is so.
    package let inForceSince: String
  }

  /// When this table was last compared with its sources.
  package let reviewed: String
  private let rules: [Rule]

  /// A schedule of these rules; a kind without a rule is kept for ever.
  package init(reviewed: String, rules: [Rule]) {
    self.reviewed = reviewed
    self.rules = rules
  }

  /// The rule for a kind.
  package subscript(kind: SubjectReference.Kind) -> Rule? { rules.first { $0.kind == kind } }

  /// The six years of HIPAA for its documentation, "from the date of its creation or the date when it last was in
  /// effect, whichever is later".
  ///
  /// What is sealed under subject keys is documentation of who did what (45 CFR 164.312(b), 164.316(b)(1)), not the
  /// medical record: for that, states have schedules of their own, often longer.
  package static let healthRecords = RetentionSchedule(
    reviewed: "2026-11-21",
    rules: SubjectReference.Kind.allCases.map { kind in
      Rule(
        kind: kind, years: 6, citation: "45 CFR 164.316(b)(2)(i); 45 CFR 164.530(j)(2)", inForceSince: "2003-04-14")
    })

  /// The first moment at which something of this kind, last touched on a day, need not be kept any more; nil when never.
  func end(_ kind: SubjectReference.Kind, lastDay: Int64) -> Moment? {
    // A day beyond the year 9999 is none that the vault wrote.
    let day = min(max(lastDay, -1_000_000), 3_000_000)
    return self[kind].map { Moment(milliseconds: (day + 1) * Moment.day).adding(years: $0.years) }
  }
}
