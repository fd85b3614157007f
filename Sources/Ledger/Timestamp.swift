import Bytes
import Glibc

/// A moment in milliseconds since 1970 in UTC, without leap seconds.
package struct Timestamp: Hashable, Comparable, Sendable {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  package let milliseconds: Int64

  /// The moment so many milliseconds after 1970 began.
  ///
  /// - Precondition: the year is from 0000 to 9999.
  package init(milliseconds: Int64) {
    precondition((-62_167_219_200_000...253_402_300_799_999).contains(milliseconds), "the year has four digits")
    self.milliseconds = milliseconds
  }

  /// What the system's clock says.
  package static func now() -> Timestamp {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }

  /// Orders by time.
  package static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }
}

extension Timestamp: LosslessStringConvertible {
  /// The moment as RFC 3339 has it, such as `2026-11-21T03:10:04.123Z`.
  package var description: String {
    let text = LineBuffer.array(capacity: 24) { write(into: &$0) }
    return String(decoding: text.span)
  }

  /// The moment that `text` spells in exactly the form of `description`; a date alone is its midnight.
  package init?(_ text: String) {
    let bytes = Array(text.utf8)
    let whole = bytes.count == 10 ? bytes + Array("T00:00:00.000Z".utf8) : bytes
    self.init(whole.span)
  }

  /// The moment that `text` spells in exactly the form of `description`.
  init?(_ text: Span<UInt8>) {
    guard text.count == Timestamp.form.count else { return nil }
    for index in text.indices {
      let expected = Timestamp.form[index]
      guard expected == 0x30 ? ASCII.isDigit(text[index]) : text[index] == expected else { return nil }
    }
    func number(_ range: Range<Int>) -> Int64 { range.reduce(0) { $0 * 10 + Int64(text[$1] - 0x30) } }
    let day = CivilDay(year: number(0..<4), month: number(5..<7), day: number(8..<10))
    let (hour, minute, second) = (number(11..<13), number(14..<16), number(17..<19))
    guard hour < 24, minute < 60, second < 60, CivilDay(number: day.number) == day else { return nil }
    self.init(milliseconds: ((day.number * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + number(20..<23))
  }

  private static let form = Array("0000-00-00T00:00:00.000Z".utf8)

  /// Appends the moment as RFC 3339 has it.
  func write(into output: inout LineBuffer) {
    let (dayNumber, rest) = floorDivide(milliseconds, 86_400_000)
    let day = CivilDay(number: dayNumber)
    output.append(decimal: day.year, width: 4)
    output.append(0x2D)
    output.append(decimal: day.month, width: 2)
    output.append(0x2D)
    output.append(decimal: day.day, width: 2)
    output.append(0x54)
    output.append(decimal: rest / 3_600_000, width: 2)
    output.append(0x3A)
    output.append(decimal: rest / 60_000 % 60, width: 2)
    output.append(0x3A)
    output.append(decimal: rest / 1000 % 60, width: 2)
    output.append(0x2E)
    output.append(decimal: rest % 1000, width: 3)
    output.append(0x5A)
  }
}

/// A day of the Gregorian calendar, counted from 1970-01-01 (Hinnant, "chrono-compatible low-level date algorithms").
private struct CivilDay: Hashable {
  var year: Int64
  var month: Int64
  var day: Int64

  init(year: Int64, month: Int64, day: Int64) {
    self.year = year
    self.month = month
    self.day = day
  }

  init(number: Int64) {
    let (era, dayOfEra) = floorDivide(number + 719_468, 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shifted + 2) / 5 + 1
    month = shifted < 10 ? shifted + 3 : shifted - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  var number: Int64 {
    let (era, yearOfEra) = floorDivide(month <= 2 ? year - 1 : year, 400)
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}

private func floorDivide(_ dividend: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
  let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
  return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
}
