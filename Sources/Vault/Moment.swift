import Bytes
import Glibc

/// A moment in UTC, to the millisecond.
package struct Moment: Hashable, Comparable, Sendable {
  /// The length of a day in milliseconds.
  package static let day: Int64 = 86_400_000

  /// Milliseconds since 1970-01-01T00:00:00Z.
  package let milliseconds: Int64

  /// The moment so many milliseconds after 1970 began; times beyond the years 0001 to 9999 are their ends.
  package init(milliseconds: Int64) {
    self.milliseconds = min(max(milliseconds, -62_135_596_800_000), 253_402_300_799_999)
  }

  /// What the system's clock says.
  package static func now() -> Moment {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Moment(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }

  /// The number of its day, counted from 1970-01-01.
  package var dayNumber: Int64 { (milliseconds - (milliseconds % Moment.day + Moment.day) % Moment.day) / Moment.day }

  /// So many days later.
  package func adding(days: Int64) -> Moment { Moment(milliseconds: milliseconds + days * Moment.day) }

  /// The same day and time so many years later; 29 February becomes 1 March where there is none.
  package func adding(years: Int64) -> Moment {
    let date = CivilDate(dayNumber: dayNumber)
    let later = CivilDate(year: date.year + years, month: date.month, day: date.day).dayNumber
    return Moment(milliseconds: later * Moment.day + (milliseconds - dayNumber * Moment.day))
  }

  /// Orders by time.
  package static func < (left: Moment, right: Moment) -> Bool { left.milliseconds < right.milliseconds }
}

extension Moment: CustomStringConvertible {
  /// The moment as RFC 3339 has it, such as `2026-11-21T03:10:04.123Z`.
  package var description: String {
    let date = CivilDate(dayNumber: dayNumber)
    let rest = milliseconds - dayNumber * Moment.day
    func padded(_ number: Int64, _ width: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
    return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
      + "T\(padded(rest / 3_600_000, 2)):\(padded(rest / 60_000 % 60, 2)):\(padded(rest / 1000 % 60, 2))"
      + ".\(padded(rest % 1000, 3))Z"
  }
}

/// A day of the Gregorian calendar (Hinnant, "chrono-compatible low-level date algorithms").
private struct CivilDate {
  let year: Int64
  let month: Int64
  let day: Int64

  init(year: Int64, month: Int64, day: Int64) {
    self.year = year
    self.month = month
    self.day = day
  }

  init(dayNumber: Int64) {
    let shifted = dayNumber + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * month + 2) / 5 + 1
    self.month = month < 10 ? month + 3 : month - 9
    year = yearOfEra + era * 400 + (self.month <= 2 ? 1 : 0)
  }

  var dayNumber: Int64 {
    let counted = month <= 2 ? year - 1 : year
    let era = (counted >= 0 ? counted : counted - 399) / 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let yearOfEra = counted - era * 400
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}
