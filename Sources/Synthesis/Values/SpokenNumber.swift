/// Numbers as they are said.
enum SpokenNumber {
  private static let small = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
  ]
  private static let tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
  private static let ordinals = [
    "zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth",
    "nineteenth", "twentieth",
  ]

  /// `ninety-six`, for numbers below a thousand.
  static func cardinal(_ number: Int, hyphen: String = "-") -> String {
    switch number {
    case ..<20: small[number]
    case ..<100: tens[number / 10] + (number % 10 == 0 ? "" : hyphen + small[number % 10])
    default:
      "\(small[number / 100]) hundred"
        + (number % 100 == 0 ? "" : " \(cardinal(number % 100, hyphen: hyphen))")
    }
  }

  /// `fourteenth`, for the days of a month.
  static func ordinal(_ number: Int, hyphen: String = "-") -> String {
    if number <= 20 { return ordinals[number] }
    return number % 10 == 0 ? "thirtieth" : tens[number / 10] + hyphen + ordinals[number % 10]
  }

  /// `twenty twenty four`, `nineteen fifty two`.
  static func year(_ year: Int, using dice: inout Dice) -> String {
    let rest = year % 100
    if (2000..<2010).contains(year) { return "two thousand" + (rest == 0 ? "" : " \(small[rest])") }
    if year >= 2010, dice.chance(20) {
      return "two thousand \(dice.chance(40) ? "and " : "")\(cardinal(rest, hyphen: " "))"
    }
    let century = cardinal(year / 100, hyphen: " ")
    return rest < 10 ? "\(century) oh \(small[rest])" : "\(century) \(cardinal(rest, hyphen: " "))"
  }

  /// The digits of a text one by one, `oh` for nought now and then.
  static func digits(_ text: String, using dice: inout Dice) -> String {
    let nought = dice.chance(65) ? "oh" : "zero"
    return text.compactMap(\.wholeNumberValue).map { $0 == 0 ? nought : small[$0] }.joined(separator: " ")
  }
}
