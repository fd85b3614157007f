internal import Bytes

/// An age as a text writes it: `42`, `forty-two`, `one hundred and two`.
enum WrittenAge {
  /// The whole years that the age at `range` says; nil when it cannot be read.
  static func years(in text: Span<UInt8>, at range: Range<Int>) -> Int? {
    guard let number = number(text.extracting(range)) else { return nil }
    switch unit(after: range.upperBound, in: text) {
    case .years: return number
    case .months: return number / 12
    case .weeks: return number / 52
    case .days: return number / 365
    }
  }

  private enum Unit { case years, months, weeks, days }

  /// The unit that the next word names; years unless it is another one.
  private static func unit(after end: Int, in text: Span<UInt8>) -> Unit {
    var at = end
    while at < text.count, text[at] == 0x20 || text[at] == 0x2D { at += 1 }
    switch word(in: text, at: &at) {
    case "mo", "mos", "month", "months", "mth", "mths": return .months
    case "wk", "wks", "week", "weeks": return .weeks
    case "day", "days": return .days
    default: return .years
    }
  }

  private static func number(_ text: Span<UInt8>) -> Int? {
    var total = 0
    var hasNumber = false
    var at = 0
    while at < text.count {
      if let digit = ASCII.digit(text[at]) {
        total = min(total * 10 + digit, 999)
        hasNumber = true
        at += 1
      } else if ASCII.isLetter(text[at]) {
        let word = word(in: text, at: &at)
        if word == "and" { continue }
        guard let value = values[word] else { return nil }
        total = min(value == 100 ? max(1, total) * 100 : total + value, 999)
        hasNumber = true
      } else {
        guard text[at] < 0x80 else { return nil }
        at += 1
      }
    }
    return hasNumber ? total : nil
  }

  private static func word(in text: Span<UInt8>, at place: inout Int) -> String {
    let start = place
    while place < text.count, ASCII.isLetter(text[place]) { place += 1 }
    return String(decoding: text.extracting(start..<place)).lowercased()
  }

  private static let values: [String: Int] = {
    let small = [
      "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
      "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ]
    let tens = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
    var values = ["hundred": 100, "a": 1]
    for (value, word) in small.enumerated() { values[word] = value }
    for (place, word) in tens.enumerated() { values[word] = 10 * (place + 2) }
    return values
  }()
}
