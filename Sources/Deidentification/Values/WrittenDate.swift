internal import Bytes
internal import PHI

/// A date as a text writes it, as far as it can be read: `03/15/1987`, `14 March`, `2024-03`, `20240311042210`.
///
/// Numbers alone are read month first, as the United States write them, unless only the day can stand first.
struct WrittenDate: Hashable, Sendable {
  var year: Int?
  var month: Int?
  var day: Int?
  /// Whether the year is written with two digits, so that the century is a guess.
  var isShortYear = false

  /// One number that is the same for every way to write the date.
  var key: UInt64 { UInt64((year ?? 0) * 10_000 + (month ?? 0) * 100 + (day ?? 0)) }

  /// Reads `text` as one date; nil when it is none, or is more than one.
  init?(_ text: Span<UInt8>, asOf reference: CalendarDate) {
    var parts = DateParts(text)
    parts.dropTime()
    guard parts.isClean else { return nil }
    let numbers = parts.numbers
    switch (parts.months.count, numbers.count) {
    case (1, 0...2):
      month = parts.months[0]
      for number in numbers {
        if number.digits >= 3 || number.value > 31 || day != nil {
          guard year == nil else { return nil }
          setYear(number, asOf: reference)
        } else {
          day = number.value
        }
      }
    case (0, 3): guard readThree(numbers, asOf: reference) else { return nil }
    case (0, 2): guard readTwo(numbers, asOf: reference) else { return nil }
    case (0, 1): guard readCompact(numbers[0]) else { return nil }
    default: return nil
    }
    guard (1...12).contains(month ?? 1), (1...31).contains(day ?? 1) else { return nil }
  }

  /// The years that `text` states in four digits, in order, each once: for ranges and for what `init` cannot read.
  static func statedYears(in text: Span<UInt8>) -> [Int] {
    DateParts(text).numbers.filter { $0.digits == 4 && plausibleYears.contains($0.value) }.map(\.value)
      .reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  private static let plausibleYears = 1800...2199

  private mutating func readThree(_ numbers: [DateParts.Number], asOf reference: CalendarDate) -> Bool {
    if numbers[0].digits == 4 {
      year = numbers[0].value
      month = numbers[1].value
      day = numbers[2].value
    } else {
      setMonthAndDay(numbers[0].value, numbers[1].value)
      setYear(numbers[2], asOf: reference)
    }
    return year != nil
  }

  private mutating func readTwo(_ numbers: [DateParts.Number], asOf reference: CalendarDate) -> Bool {
    if numbers[0].digits == 4 {
      year = numbers[0].value
      month = numbers[1].value
    } else if numbers[1].digits == 4 || numbers[1].value > 31 {
      month = numbers[0].value
      setYear(numbers[1], asOf: reference)
    } else {
      setMonthAndDay(numbers[0].value, numbers[1].value)
    }
    return true
  }

  private mutating func readCompact(_ number: DateParts.Number) -> Bool {
    guard [8, 10, 12, 14].contains(number.digits) else { return false }
    var value = number.value
    for _ in 8..<number.digits { value /= 10 }
    if WrittenDate.plausibleYears.contains(value / 10_000), (1...12).contains(value / 100 % 100) {
      (year, month, day) = (value / 10_000, value / 100 % 100, value % 100)
      return true
    }
    guard number.digits == 8, WrittenDate.plausibleYears.contains(value % 10_000) else { return false }
    year = value % 10_000
    setMonthAndDay(value / 1_000_000, value / 10_000 % 100)
    return true
  }

  private mutating func setMonthAndDay(_ first: Int, _ second: Int) {
    (month, day) = first > 12 ? (second, first) : (first, second)
  }

  private mutating func setYear(_ number: DateParts.Number, asOf reference: CalendarDate) {
    switch number.digits {
    case 4: year = number.value
    case 2:
      isShortYear = true
      let century = reference.year / 100 * 100
      year = number.value <= reference.year % 100 ? century + number.value : century - 100 + number.value
    default: break
    }
  }
}
