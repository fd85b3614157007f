/// A moment, in milliseconds since the start of 1970 in Greenwich.
package struct Moment: Hashable, Comparable, Sendable {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  package let milliseconds: Int64

  private static let day: Int64 = 86_400_000

  /// The moment so many milliseconds after the start of 1970.
  package init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// The moment that `text` writes as `YYYY-MM-DD`, or with `Thh:mm:ss`, optional milliseconds and `Z` or an offset.
  package init?(_ text: Text) {
    var reader = Reader(rest: Array(text.string.utf8)[...])
    guard let year = reader.number(digits: 4), reader.take(0x2D), let month = reader.number(digits: 2),
      reader.take(0x2D), let date = reader.number(digits: 2), (1...12).contains(month), date >= 1,
      date <= Moment.days(in: month, of: year)
    else { return nil }
    let midnight = Moment.days(before: year, month, date) * Moment.day
    guard !reader.rest.isEmpty else {
      milliseconds = midnight
      return
    }
    guard reader.take(0x54), let hour = reader.number(digits: 2), reader.take(0x3A),
      let minute = reader.number(digits: 2), reader.take(0x3A), let second = reader.number(digits: 2), hour < 24,
      minute < 60, second < 60
    else { return nil }
    var fraction: Int64 = 0
    if reader.take(0x2E) {
      guard let digits = reader.number(digits: 3) else { return nil }
      fraction = digits
    }
    guard let offset = reader.offset(), reader.rest.isEmpty else { return nil }
    milliseconds = midnight + ((hour * 60 + minute - offset) * 60 + second) * 1000 + fraction
  }

  /// Compares the moments.
  package static func < (left: Moment, right: Moment) -> Bool { left.milliseconds < right.milliseconds }

  /// The moment `duration` later; nil when it cannot be written.
  package func offset(by duration: Interval) -> Moment? {
    let (sum, overflows) = milliseconds.addingReportingOverflow(duration.milliseconds)
    return overflows ? nil : Moment(milliseconds: sum)
  }

  /// How long after `other` it is; nil when that cannot be written.
  package func duration(since other: Moment) -> Interval? {
    let (difference, overflows) = milliseconds.subtractingReportingOverflow(other.milliseconds)
    return overflows ? nil : Interval(milliseconds: difference)
  }

  /// How far into its day it is.
  package var time: Interval {
    let remainder = milliseconds % Moment.day
    return Interval(milliseconds: remainder < 0 ? remainder + Moment.day : remainder)
  }

  /// The start of its day; nil when that cannot be written.
  package var date: Moment? {
    let (start, overflows) = milliseconds.subtractingReportingOverflow(time.milliseconds)
    return overflows ? nil : Moment(milliseconds: start)
  }

  private static func isLeap(_ year: Int64) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  private static func days(in month: Int64, of year: Int64) -> Int64 {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: isLeap(year) ? 29 : 28
    default: 31
    }
  }

  // Days from 1970-01-01; the year begins in March, so that the leap day is the last of its year
  // (Hinnant, "chrono-Compatible Low-Level Date Algorithms").
  private static func days(before year: Int64, _ month: Int64, _ date: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + date - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  private struct Reader {
    var rest: ArraySlice<UInt8>

    mutating func take(_ byte: UInt8) -> Bool {
      guard rest.first == byte else { return false }
      rest.removeFirst()
      return true
    }

    mutating func number(digits: Int) -> Int64? {
      guard rest.count >= digits else { return nil }
      var value: Int64 = 0
      for byte in rest.prefix(digits) {
        guard let next = value.appending(byte) else { return nil }
        value = next
      }
      rest = rest.dropFirst(digits)
      return value
    }

    /// Minutes east of Greenwich.
    mutating func offset() -> Int64? {
      if take(0x5A) { return 0 }
      let isWest = rest.first == 0x2D
      guard take(0x2B) || take(0x2D), let hours = number(digits: 2), let minutes = number(digits: 2), hours < 24,
        minutes < 60
      else { return nil }
      return (hours * 60 + minutes) * (isWest ? -1 : 1)
    }
  }
}

extension Moment: CustomStringConvertible {
  /// The moment as a Cedar expression.
  package var description: String {
    guard let date, (-62_167_219_200_000...253_402_300_799_999).contains(milliseconds) else {
      return "datetime(\"1970-01-01\").offset(duration(\"\(milliseconds)ms\"))"
    }
    let days = date.milliseconds / Moment.day + 719_468
    let era = (days >= 0 ? days : days - 146_096) / 146_097
    let dayOfEra = days - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let dayOfMonth = dayOfYear - (153 * month + 2) / 5 + 1
    let calendarMonth = month < 10 ? month + 3 : month - 9
    let year = yearOfEra + era * 400 + (calendarMonth <= 2 ? 1 : 0)
    let clock = time.milliseconds
    return
      "datetime(\"\(padded(year, 4))-\(padded(calendarMonth, 2))-\(padded(dayOfMonth, 2))T\(padded(clock / 3_600_000, 2)):"
      + "\(padded(clock / 60_000 % 60, 2)):\(padded(clock / 1000 % 60, 2)).\(padded(clock % 1000, 3))Z\")"
  }
}

private func padded(_ number: Int64, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
