import PHI

/// A day, and the ways to write it.
struct WrittenDate: Sendable {
  let date: CalendarDate
  /// The same as days since 1970.
  let dayNumber: Int

  init(dayNumber: Int) {
    self.dayNumber = dayNumber
    date = CalendarDate(secondsSinceEpoch: Int64(dayNumber) * 86_400)
  }

  static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
  ]

  /// The forms that a plain `{date}` may take; a document has one that it likes best.
  static let plainForms = ["mdy", "md", "iso", "long", "monthday", "monthyear", "dmy", "dots", "mdy", "long", "mdy"]

  /// The date in a form of the templates.
  func written(_ form: String, using dice: inout Dice) -> String {
    switch form {
    case "mdy": numeric(using: &dice)
    case "md": dice.chance(75) ? "\(date.month)/\(date.day)" : "\(two(date.month))/\(two(date.day))"
    case "iso": "\(date.year)-\(two(date.month))-\(two(date.day))"
    case "long": long(using: &dice)
    case "monthday": monthDay(using: &dice)
    case "month": dice.chance(85) ? monthName : shortMonth(using: &dice)
    case "monthyear": monthYear(using: &dice)
    case "day": ordinalDay
    case "dayword": SpokenNumber.ordinal(date.day)
    case "dmy": dayMonthYear(using: &dice)
    case "dots":
      dice.chance(70) ? "\(two(date.day)).\(two(date.month)).\(date.year)" : "\(date.day).\(date.month).\(shortYear)"
    case "hl7": "\(date.year)\(two(date.month))\(two(date.day))"
    case "stamp": stamp(using: &dice)
    case "spoken": spoken(using: &dice)
    case "foreign": ForeignDate.written(date, using: &dice)
    case "dob": birth(using: &dice)
    default: preconditionFailure("the reader knows every form")
    }
  }

  /// A range of days that shares its month: one piece of text.
  func range(using dice: inout Dice) -> String {
    let start = min(date.day, 26)
    let end = min(28, start + dice.number(in: 1...9))
    let dash = dice.pickEarly(["-", "–", " - ", " to "])
    let days = "\(start)\(dash)\(end)"
    switch dice.below(5) {
    case 0: return "\(shortMonth(using: &dice)) \(days)"
    case 1: return "\(monthName) \(days), \(date.year)"
    case 2: return "\(days) \(monthName)"
    default: return "\(monthName) \(days)"
    }
  }

  private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
  private var shortYear: String { two(date.year % 100) }
  private var monthName: String { WrittenDate.months[date.month - 1] }

  private func shortMonth(using dice: inout Dice) -> String {
    if date.month == 9, dice.chance(30) { return "Sept" }
    return String(monthName.prefix(3)) + (date.month != 5 && dice.chance(15) ? "." : "")
  }

  private var ordinalDay: String {
    let ending =
      switch date.day {
      case 1, 21, 31: "st"
      case 2, 22: "nd"
      case 3, 23: "rd"
      default: "th"
      }
    return "\(date.day)\(ending)"
  }

  private func numeric(using dice: inout Dice) -> String {
    let (month, day) = (date.month, date.day)
    return switch dice.weighted([42, 14, 14, 8, 6, 5, 4, 4, 3]) {
    case 0: "\(two(month))/\(two(day))/\(date.year)"
    case 1: "\(month)/\(day)/\(shortYear)"
    case 2: "\(month)/\(day)/\(date.year)"
    case 3: "\(two(month))-\(two(day))-\(date.year)"
    case 4: "\(two(month))/\(two(day))/\(shortYear)"
    case 5: "\(month)-\(day)-\(shortYear)"
    case 6: "\(date.year)/\(two(month))/\(two(day))"
    case 7: "\(two(month)).\(two(day)).\(shortYear)"
    default: "\(month) / \(day) / \(date.year)"
    }
  }

  private func long(using dice: inout Dice) -> String {
    switch dice.weighted([55, 20, 8, 7, 5, 5]) {
    case 0: "\(monthName) \(date.day), \(date.year)"
    case 1: "\(shortMonth(using: &dice)) \(date.day), \(date.year)"
    case 2: "\(monthName) \(ordinalDay), \(date.year)"
    case 3: "\(monthName) \(date.day) \(date.year)"
    case 4: "\(shortMonth(using: &dice)) \(date.day) \(date.year)"
    default: "\(monthName) \(two(date.day)), \(date.year)"
    }
  }

  private func monthDay(using dice: inout Dice) -> String {
    switch dice.weighted([45, 20, 15, 10, 5, 5]) {
    case 0: "\(monthName) \(date.day)"
    case 1: "\(shortMonth(using: &dice)) \(date.day)"
    case 2: "\(monthName) \(ordinalDay)"
    case 3: "\(date.day) \(monthName)"
    case 4: "\(ordinalDay) of \(monthName)"
    default: "\(date.day)-\(String(monthName.prefix(3)))"
    }
  }

  private func monthYear(using dice: inout Dice) -> String {
    switch dice.weighted([50, 20, 8, 6, 8, 4, 4]) {
    case 0: "\(monthName) \(date.year)"
    case 1: "\(shortMonth(using: &dice)) \(date.year)"
    case 2: "\(monthName) of \(date.year)"
    case 3: "\(monthName), \(date.year)"
    case 4: "\(two(date.month))/\(date.year)"
    case 5: "\(date.month)/\(date.year)"
    default: "\(String(monthName.prefix(3))) '\(shortYear)"
    }
  }

  private func dayMonthYear(using dice: inout Dice) -> String {
    let short = String(monthName.prefix(3))
    return switch dice.weighted([40, 18, 14, 10, 8, 6, 4]) {
    case 0: "\(date.day) \(monthName) \(date.year)"
    case 1: "\(two(date.day))-\(short)-\(date.year)"
    case 2: "\(date.day) \(short) \(date.year)"
    case 3: "\(two(date.day))\(short.uppercased())\(date.year)"
    case 4: "\(two(date.day))-\(short.uppercased())-\(shortYear)"
    case 5: "\(ordinalDay) \(monthName) \(date.year)"
    default: "\(ordinalDay) of \(monthName), \(date.year)"
    }
  }

  private func stamp(using dice: inout Dice) -> String {
    let time = "\(two(dice.below(24)))\(two(dice.below(60)))"
    let seconds = dice.chance(75) ? two(dice.below(60)) : ""
    return "\(date.year)\(two(date.month))\(two(date.day))\(time)\(seconds)"
  }

  private func spoken(using dice: inout Dice) -> String {
    let month = monthName.lowercased()
    let year = SpokenNumber.year(date.year, using: &dice)
    let day = SpokenNumber.ordinal(date.day, hyphen: " ")
    return switch dice.weighted([45, 15, 12, 10, 10, 8]) {
    case 0: "\(month) \(day) \(year)"
    case 1: "\(month) \(day)"
    case 2: "\(day) of \(month) \(year)"
    case 3: "\(month) \(SpokenNumber.cardinal(date.day, hyphen: " ")) \(year)"
    case 4: "\(month) \(date.day) \(year)"
    default: "\(SpokenNumber.cardinal(date.month)) \(SpokenNumber.cardinal(date.day, hyphen: " ")) \(year)"
    }
  }

  private func birth(using dice: inout Dice) -> String {
    switch dice.weighted([60, 12, 10, 10, 5, 3]) {
    case 0: numeric(using: &dice)
    case 1: "\(date.year)-\(two(date.month))-\(two(date.day))"
    case 2: long(using: &dice)
    case 3: dayMonthYear(using: &dice)
    case 4: "\(two(date.month))\(two(date.day))\(date.year)"
    default: "\(two(date.day)).\(two(date.month)).\(date.year)"
    }
  }
}
