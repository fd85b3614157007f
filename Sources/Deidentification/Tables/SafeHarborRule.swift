internal import PHI

/// The figures of one version of the Safe Harbor rule.
package struct SafeHarborRule: Hashable, Sendable {
  /// The paragraph.
  package var citation: String
  /// The day from which the version applies.
  package var effective: String
  /// The greatest age that may stay; all above it become one category.
  package var greatestAge: Int
  /// A ZIP code prefix stays where more people than this live.
  package var populationOfRestrictedPrefix: Int

  /// The rule as amended by 78 FR 5566.
  package static let current = SafeHarborRule(
    citation: "45 CFR 164.514(b)(2)", effective: "2013-03-26", greatestAge: 89, populationOfRestrictedPrefix: 20_000)

  /// Whether a year tells, on the day `reference`, that somebody may be older than the greatest age.
  func givesAwayAge(_ year: Int, asOf reference: CalendarDate) -> Bool { reference.year - year > greatestAge }

  /// What stands for every age above the greatest: `90+`.
  var openAge: [UInt8] { Array("\(greatestAge + 1)+".utf8) }
}
