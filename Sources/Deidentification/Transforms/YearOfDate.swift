internal import Bytes
package import PHI

/// Cuts a date down to its year.
///
/// ## What it does
/// `03/15/1987` becomes `1987`, `November 3-8, 2024` becomes `2024`. A date without a year becomes `[DATE]`. A year that
/// lies so far back that it gives away an age over 89 is not kept: a date of birth becomes `90+`, any other `[DATE]`.
///
/// ## What it leaves
/// The year in four digits; of two digits the century is read so that the date does not lie ahead.
///
/// ## Why
/// 45 CFR 164.514(b)(2)(i)(C) removes all elements of dates except the year, and all ages over 89 with all elements of
/// dates, the year too, that tell such an age.
package struct YearOfDate: Transform {
  private let rule: SafeHarborRule
  private let reference: CalendarDate

  /// Years by `rule`, ages as of the day `reference`.
  package init(rule: SafeHarborRule, asOf reference: CalendarDate) {
    self.rule = rule
    self.reference = reference
  }

  package func write(_ finding: Finding, in text: Span<UInt8>, into output: inout [UInt8]) {
    let date = text.extracting(finding.range)
    let years =
      WrittenDate(date, asOf: reference).map { $0.year.map { [$0] } ?? [] } ?? WrittenDate.statedYears(in: date)
    if years.isEmpty {
      Placeholder.write(.date, into: &output)
    } else if !years.contains(where: { rule.givesAwayAge($0, asOf: reference) }) {
      output.append(contentsOf: years.map(String.init).joined(separator: "-").utf8)
    } else if BirthCue.precedes(finding.range, in: text) {
      output.append(contentsOf: rule.openAge)
    } else {
      Placeholder.write(.date, into: &output)
    }
  }
}

/// The words that announce a date of birth.
enum BirthCue {
  private static let reach = 40
  private static let words = ["dob", "d.o.b", "born", "birth", "bdate", "b.d."].map { Array($0.utf8) }

  /// Whether one of the words stands shortly before `range`.
  static func precedes(_ range: Range<Int>, in text: Span<UInt8>) -> Bool {
    let start = max(0, range.lowerBound - reach)
    for word in words where range.lowerBound - start >= word.count {
      for place in start...(range.lowerBound - word.count) where spells(word, at: place, in: text) { return true }
    }
    return false
  }

  private static func spells(_ word: [UInt8], at place: Int, in text: Span<UInt8>) -> Bool {
    for offset in word.indices where ASCII.lowercased(text[place + offset]) != word[offset] { return false }
    return true
  }
}
