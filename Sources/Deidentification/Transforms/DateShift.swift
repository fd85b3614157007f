internal import Bytes
package import PHI

/// Moves all dates of one patient by the same number of days.
///
/// ## What it does
/// `03/14/2024` becomes, for one patient, `09/02/2023` wherever it stands and however it is written: `3/14/24`,
/// `March 14th`, `14.03.2024` and `20240314093000` keep their form, and days of the week and dates of birth move with
/// them. Of a range both ends move. A date that cannot be read becomes `[DATE]`; so does one so far back that it gives
/// away an age over 89, and a date of birth of that kind becomes `90+`.
///
/// ## What it leaves
/// The number of days between two dates, exactly; the day of the week too when the profile keeps it. A date without a
/// year moves as one of the last twelve months, so that an interval to it may be a day off across the end of February.
/// A month without a day moves by its middle, a year alone by its first of July. The time of day stays. A day of the week
/// that stands apart from its date is no identifier and stays: it tells the shift but for whole weeks, unless the shift
/// is one of whole weeks.
///
/// ## Why
/// 45 CFR 164.514(b)(1): intervals carry the course of an illness; an expert may determine that they can stay. A moved
/// date is computed from the true one, so that it is not Safe Harbor.
package struct DateShift: Transform {
  private let rule: SafeHarborRule
  private let reference: CalendarDate
  private let days: Int

  /// Dates of `patient` moved by whole weeks if `keepsWeekdays`, ages as of the day `reference` by `rule`.
  package init(
    of patient: PatientKey, keepingWeekdays keepsWeekdays: Bool, rule: SafeHarborRule, asOf reference: CalendarDate
  ) {
    self.init(days: patient.dayShift(keepingWeekdays: keepsWeekdays), rule: rule, asOf: reference)
  }

  init(days: Int, rule: SafeHarborRule, asOf reference: CalendarDate) {
    self.days = days
    self.rule = rule
    self.reference = reference
  }

  package func write(_ finding: Finding, in text: Span<UInt8>, into output: inout [UInt8]) {
    let value = text.extracting(finding.range)
    if let date = WrittenDate(value, asOf: reference) {
      write(date, spelled: value, of: finding, in: text, into: &output)
    } else if let (first, last) = DateRange.ends(of: value, asOf: reference),
      let start = WrittenDate(value.extracting(first), asOf: reference),
      let end = WrittenDate(value.extracting(last), asOf: reference)
    {
      write(start, spelled: value.extracting(first), of: finding, in: text, into: &output)
      output.append(copying: value, first.upperBound..<last.lowerBound)
      write(end, spelled: value.extracting(last), of: finding, in: text, into: &output)
    } else {
      Placeholder.write(.date, into: &output)
    }
  }

  private func write(
    _ date: WrittenDate, spelled value: Span<UInt8>, of finding: Finding, in text: Span<UInt8>,
    into output: inout [UInt8]
  ) {
    if let year = date.year, rule.givesAwayAge(year, asOf: reference) {
      if BirthCue.precedes(finding.range, in: text) {
        output.append(contentsOf: rule.openAge)
      } else {
        Placeholder.write(.date, into: &output)
      }
    } else if let new = day(of: date)?.adding(days: days) {
      DateSpelling(date, in: value).write(new, movedBy: days, in: value, into: &output)
    } else {
      Placeholder.write(.date, into: &output)
    }
  }

  /// The day that stands for a date with parts left out.
  private func day(of date: WrittenDate) -> CalendarDate? {
    guard let month = date.month else {
      return date.year.flatMap { CalendarDate(year: $0, month: 7, day: 1) }
    }
    if let year = date.year { return CalendarDate(year: year, month: month, day: date.day ?? 15) }
    let isLastYear = (month, date.day ?? 15) > (reference.month, reference.day)
    // The twenty-ninth of February may be of an earlier year than the last.
    return (0..<8).lazy.compactMap { back in
      CalendarDate(year: reference.year - (isLastYear ? 1 : 0) - back, month: month, day: date.day ?? 15)
    }.first
  }
}

extension DateShift: CustomStringConvertible, CustomReflectable {
  /// Nothing of the shift.
  package var description: String { "DateShift" }
  /// Nothing of the shift.
  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Two whole dates with something between them: `12/28/2023 to 1/3/2024`.
private enum DateRange {
  private static let separators = [" to ", " through ", " thru ", " until ", " and ", " - ", "–", "—", "-"]

  static func ends(of text: Span<UInt8>, asOf reference: CalendarDate) -> (Range<Int>, Range<Int>)? {
    for separator in separators.map({ Array($0.utf8) }) where text.count > separator.count {
      for place in 1..<(text.count - separator.count) where spells(separator, at: place, in: text) {
        let (first, last) = (0..<place, place + separator.count..<text.count)
        if isWhole(text.extracting(first), reference), isWhole(text.extracting(last), reference) {
          return (first, last)
        }
      }
    }
    return nil
  }

  private static func isWhole(_ text: Span<UInt8>, _ reference: CalendarDate) -> Bool {
    guard let date = WrittenDate(text, asOf: reference) else { return false }
    return date.year != nil && date.month != nil && date.day != nil
  }

  private static func spells(_ word: [UInt8], at place: Int, in text: Span<UInt8>) -> Bool {
    for offset in word.indices where text[place + offset] != word[offset] { return false }
    return true
  }
}
