import PHI

extension PhraseTree {
  /// Adds every way to write `date` that says more than its year.
  mutating func insert(_ date: CalendarDate) {
    insertDigits(date)
    insertCompact(date)
    insertMonthName(date)
    insertDictated(date)
    for day in DateWords.ordinals(date.day) {
      insert([DateWords.the] + day, Phrase(identifier: .date, form: .day))
    }
  }

  /// `1961-03-14`, `3/14/61`, `14.3.1961`, `3/14`.
  private mutating func insertDigits(_ date: CalendarDate) {
    let month = DateWords.digits(date.month)
    let day = DateWords.digits(date.day)
    let long = DateWords.hashes([String(date.year)])
    let years = long + DateWords.hashes([DateWords.padded(date.year % 100)])
    let whole = Phrase(identifier: .date, form: .digits(parts: 3))
    insert([month, day, years], whole)
    insert([day, month, years], whole)
    insert([years, month, day], whole)
    insert([long, day, month], whole)
    let pair = Phrase(identifier: .date, form: .digits(parts: 2))
    insert([month, day], pair)
    insert([day, month], pair)
    insert([long, month], pair)
    insert([month, long], pair)
  }

  /// `19610314`, `031461`, `14MAR61`.
  private mutating func insertCompact(_ date: CalendarDate) {
    let (month, day) = (DateWords.padded(date.month), DateWords.padded(date.day))
    let year = DateWords.padded(date.year % 100)
    var words: [String] = []
    for year in [String(date.year), year] { words += [year + month + day, month + day + year, day + month + year] }
    for name in MonthNames.english(date.month) {
      for day in Set([day, String(date.day)]) {
        words += [day + name + String(date.year), day + name + year, day + name, name + day]
      }
    }
    insert([DateWords.hashes(words)], Phrase(identifier: .date, form: .digits(parts: 1)))
  }

  /// `March 14, 1961`, `14th of March`, `14 de marzo de 1961`, `March 1961`, `march fourteenth nineteen sixty one`.
  private mutating func insertMonthName(_ date: CalendarDate) {
    let phrase = Phrase(identifier: .date, form: .month)
    let month = MonthNames.hashes(of: date.month)
    for day in DateWords.days(date.day) {
      for year in [[]] + DateWords.years(date.year) {
        insert([month] + day + year, phrase)
        insert([month] + [DateWords.the] + day + year, phrase)
        insert(day + [month] + year, phrase)
        insert(day + [DateWords.of] + [month] + year, phrase)
        if !year.isEmpty {
          insert(day + [DateWords.of] + [month] + [DateWords.of] + year, phrase)
          insert(year + [month] + day, phrase)
        }
      }
    }
    insert([month, DateWords.hashes([String(date.year)])], phrase)
    insert([month, DateWords.of, DateWords.hashes([String(date.year)])], phrase)
  }

  /// `three fourteen sixty one`, `oh three fourteen nineteen sixty one`.
  private mutating func insertDictated(_ date: CalendarDate) {
    let phrase = Phrase(identifier: .date, form: .any)
    for month in DateWords.spoken(date.month) {
      for day in DateWords.spoken(date.day) {
        for year in DateWords.spokenYears(date.year) {
          insert(month + day + year, phrase)
          insert(day + month + year, phrase)
        }
      }
    }
  }
}

/// The words of dates, as elements of phrases: each element holds the spellings of one word.
private enum DateWords {
  static let the = hashes(["the"])
  static let of = hashes(["of", "de", "del", "di", "du", "do"])

  static func hashes(_ words: [String]) -> [UInt64] { words.map { WordHash.of(Array($0.utf8)) } }

  static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }

  /// `3`, `03`.
  static func digits(_ number: Int) -> [UInt64] { hashes(Array(Set([String(number), padded(number)]))) }

  /// A day as it stands beside a month: in digits, as an ordinal, in words.
  static func days(_ day: Int) -> [[[UInt64]]] {
    let ordinals = ordinals(day)
    let cardinals = cardinal(day)
    let short = digits(day) + (ordinals.first?.first ?? [])
    if cardinals.count == 1 { return [[short + hashes(cardinals)]] }
    return [[short]] + ordinals.dropFirst() + [cardinals.map { hashes([$0]) }]
  }

  /// `14th`, `fourteenth`; `22nd`, `twenty second`.
  static func ordinals(_ day: Int) -> [[[UInt64]]] {
    let ending = (11...13).contains(day) ? "th" : [1: "st", 2: "nd", 3: "rd"][day % 10] ?? "th"
    let digits = "\(day)\(ending)"
    if day <= 20 { return [[hashes([digits, ordinalWords[day - 1]])]] }
    if day == 30 { return [[hashes([digits, "thirtieth"])]] }
    let tens = day > 30 ? "thirty" : "twenty"
    return [[hashes([digits])], [hashes([tens]), hashes([ordinalWords[day % 10 - 1]])]]
  }

  /// A year behind a month: `1961`, `61`, `nineteen sixty one`, `sixty one`.
  static func years(_ year: Int) -> [[[UInt64]]] {
    [[hashes([String(year), padded(year % 100)])]] + spokenYears(year)
  }

  /// A year in words, with its century and without.
  static func spokenYears(_ year: Int) -> [[[UInt64]]] {
    let rest = year % 100
    let end = rest == 0 ? ["hundred"] : rest < 10 ? ["oh", cardinalWords[rest]] : cardinal(rest)
    var years = [cardinal(year / 100) + end]
    if rest > 9 { years.append(end) }
    if year / 100 == 20 {
      years.append(["two", "thousand"] + (rest == 0 ? [] : cardinal(rest)))
      if rest > 0 { years.append(["two", "thousand", "and"] + cardinal(rest)) }
    }
    return years.map { $0.map { hashes([$0]) } }
  }

  /// A number in words: `three`, `oh three`, `twenty two`.
  static func spoken(_ number: Int) -> [[[UInt64]]] {
    let plain = cardinal(number).map { hashes([$0]) }
    return number < 10 ? [plain, [hashes(["oh", "zero"])] + plain] : [plain]
  }

  private static func cardinal(_ number: Int) -> [String] {
    if number < 20 { return [cardinalWords[number]] }
    let tens = tensWords[number / 10 - 2]
    return number % 10 == 0 ? [tens] : [tens, cardinalWords[number % 10]]
  }

  private static let cardinalWords = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
  ]
  private static let tensWords = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
  private static let ordinalWords = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
    "twentieth",
  ]
}
