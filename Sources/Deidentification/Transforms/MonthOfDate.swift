internal import Bytes
package import PHI

/// Cuts a date down to its year and month.
///
/// ## What it does
/// `03/15/1987` and `March 15, 1987` become `1987-03`; a date without a month or a day becomes its year, as `YearOfDate`
/// writes it.
///
/// ## What it leaves
/// The year and the month, but where they give away an age over 89.
///
/// ## Why
/// 45 CFR 164.514(b)(1): an expert may determine that months can stay. They are not Safe Harbor.
package struct MonthOfDate: Transform {
  private let rule: SafeHarborRule
  private let reference: CalendarDate
  private let year: YearOfDate

  /// Months, ages as of the day `reference` by `rule`.
  package init(rule: SafeHarborRule, asOf reference: CalendarDate) {
    self.rule = rule
    self.reference = reference
    year = YearOfDate(rule: rule, asOf: reference)
  }

  package func write(_ finding: Finding, in text: Span<UInt8>, into output: inout [UInt8]) {
    guard let date = WrittenDate(text.extracting(finding.range), asOf: reference), let number = date.year,
      let month = date.month, !rule.givesAwayAge(number, asOf: reference)
    else { return year.write(finding, in: text, into: &output) }
    output.append(contentsOf: "\(number)-\(month < 10 ? "0" : "")\(month)".utf8)
  }
}
