internal import Bytes
internal import PHI

/// A date as a text writes it, as far as it can be read: `03/15/1987`, `14 March`, `2024-03`, `20240311042210`.
///
/// Numbers alone are read month first, as the United States write them, unless only the day can stand first.
struct WrittenDate: Sendable {
  private(set) var year: Int?
  private(set) var month: Int?
  private(set) var day: Int?
  /// Where each part stands.
  private(set) var places: [Place] = []

  /// Where a part of the date stands in the text.
  struct Place: Sendable {
    enum Part: Sendable { case year, month, day, monthName }

    var part: Part
    var range: Range<Int>
  }

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
      guard !WrittenDate.isRangeOfDays(numbers, beside: parts.months[0], in: text) else { return nil }
      set(.monthName, parts.months[0].value, at: parts.months[0].range)
      for number in numbers {
        if number.digits >= 3 || number.value > 31 || day != nil {
          guard year == nil, number.digits == 2 || number.digits == 4 else { return nil }
          setYear(number, asOf: reference)
        } else {
          set(.day, number.value, at: number.range)
        }
      }
    case (0, 3): guard readThree(numbers, asOf: reference) else { return nil }
    case (0, 2): guard readTwo(numbers, asOf: reference) else { return nil }
    case (0, 1): guard readCompact(numbers[0]) else { return nil }
    default: return nil
    }
    guard (1...12).contains(month ?? 1), (1...31).contains(day ?? 1) else { return nil }
    places.sort { $0.range.lowerBound < $1.range.lowerBound }
  }

  /// The years that `text` states in four digits, in order, each once: for ranges and for what `init` cannot read.
  static func statedYears(in text: Span<UInt8>) -> [Int] {
    DateParts(text).numbers.filter { $0.digits == 4 && plausibleYears.contains($0.value) }.map(\.value)
      .reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  private static let plausibleYears = 1800...2199

  /// Whether a mark joins two numbers that no mark joins to their month: `November 13-18`, but not `Nov-13-18`.
  private static func isRangeOfDays(
    _ numbers: [DateParts.Number], beside month: DateParts.Month, in text: Span<UInt8>
  ) -> Bool {
    guard numbers.count == 2, numbers[1].digits <= 2 else { return false }
    func areJoined(_ gap: Range<Int>) -> Bool { gap.contains { text[$0] == 0x2D || text[$0] == 0x2F } }
    let (first, second) = (numbers[0].range, numbers[1].range)
    if month.range.upperBound <= first.lowerBound {
      return areJoined(first.upperBound..<second.lowerBound) && !areJoined(month.range.upperBound..<first.lowerBound)
    }
    guard second.upperBound <= month.range.lowerBound else { return false }
    return areJoined(first.upperBound..<second.lowerBound) && !areJoined(second.upperBound..<month.range.lowerBound)
  }

  private mutating func readThree(_ numbers: [DateParts.Number], asOf reference: CalendarDate) -> Bool {
    if numbers[0].digits == 4 {
      setYear(numbers[0], asOf: reference)
      set(.month, numbers[1].value, at: numbers[1].range)
      set(.day, numbers[2].value, at: numbers[2].range)
    } else {
      setMonthAndDay(numbers[0], numbers[1])
      setYear(numbers[2], asOf: reference)
    }
    return year != nil
  }

  private mutating func readTwo(_ numbers: [DateParts.Number], asOf reference: CalendarDate) -> Bool {
    if numbers[0].digits == 4 {
      setYear(numbers[0], asOf: reference)
      set(.month, numbers[1].value, at: numbers[1].range)
    } else if numbers[1].digits == 4 || numbers[1].value > 31 {
      set(.month, numbers[0].value, at: numbers[0].range)
      setYear(numbers[1], asOf: reference)
      return year != nil
    } else {
      setMonthAndDay(numbers[0], numbers[1])
    }
    return true
  }

  private mutating func readCompact(_ number: DateParts.Number) -> Bool {
    guard [8, 10, 12, 14].contains(number.digits) else { return false }
    var value = number.value
    for _ in 8..<number.digits { value /= 10 }
    let start = number.start
    if WrittenDate.plausibleYears.contains(value / 10_000), (1...12).contains(value / 100 % 100) {
      set(.year, value / 10_000, at: start..<start + 4)
      set(.month, value / 100 % 100, at: start + 4..<start + 6)
      set(.day, value % 100, at: start + 6..<start + 8)
      return true
    }
    guard number.digits == 8, WrittenDate.plausibleYears.contains(value % 10_000) else { return false }
    setMonthAndDay(
      DateParts.Number(value: value / 1_000_000, digits: 2, start: start, isTime: false),
      DateParts.Number(value: value / 10_000 % 100, digits: 2, start: start + 2, isTime: false))
    set(.year, value % 10_000, at: start + 4..<start + 8)
    return true
  }

  private mutating func setMonthAndDay(_ first: DateParts.Number, _ second: DateParts.Number) {
    let (month, day) = first.value > 12 ? (second, first) : (first, second)
    set(.month, month.value, at: month.range)
    set(.day, day.value, at: day.range)
  }

  private mutating func setYear(_ number: DateParts.Number, asOf reference: CalendarDate) {
    switch number.digits {
    case 4: set(.year, number.value, at: number.range)
    case 2:
      let century = reference.year / 100 * 100
      let isPast = number.value <= reference.year % 100
      set(.year, isPast ? century + number.value : century - 100 + number.value, at: number.range)
    default: break
    }
  }

  private mutating func set(_ part: Place.Part, _ value: Int, at range: Range<Int>) {
    switch part {
    case .year: year = value
    case .month, .monthName: month = value
    case .day: day = value
    }
    places.append(Place(part: part, range: range))
  }
}
