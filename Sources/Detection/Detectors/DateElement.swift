package import PHI

/// Finds dates more specific than a year.
///
/// ## What it finds
/// Dates in digits in every usual order and with every usual separator, compact stamps of files and messages, months by
/// name in several languages with a day, a year, both or neither, dates in words, and a day of the month alone.
///
/// ## What it leaves alone
/// What Safe Harbor lets stay or what is no date: bare years, seasons, weekdays, clock times, relative dates and
/// intervals; scores, strengths, doses, pressures, ratios and fractions; versions, ranges of pages and years. A profile
/// may take years too.
///
/// ## Why
/// 45 CFR 164.514(b)(2)(i)(C): all elements of dates, except year, that are directly related to an individual.
///
/// ## Examples
/// - `seen ⟦11/02/2024⟧, again on the ⟦14th⟧`
/// - `surgery on ⟦3 May⟧, stent in 2019`
/// - `strength 3/5, BP 120/80, POD#3, in 1/2 NS`
package struct DateElement: Detector {
  private let keepsYears: Bool

  package init(keepsYears: Bool = true) { self.keepsYears = keepsYears }

  package func scan(_ page: borrowing Page, into findings: inout [Finding]) {
    let numeric = NumericDate(page)
    let named = MonthNameDate(page)
    let ordinal = OrdinalDay(page)
    for value in page.fields where (value.field == .date || value.field == .birthDate) && value.bound == .layout {
      guard let range = stamp(value, page) else { continue }
      append(range, .certain, &findings)
    }
    var next = 0
    for number in page.numbers where Int(number) >= next {
      let index = Int(number)
      if let date = numeric.date(at: index) {
        let range = page.range(from: date.first, through: date.last)
        append(range.lowerBound..<range.upperBound - date.excess, date.confidence, &findings)
        next = date.last + 1
      } else if let range = numeric.glued(at: index) {
        append(range, .high, &findings)
      } else if let last = ordinal.lastOfDigits(at: index) {
        append(page.range(from: index, through: last), .medium, &findings)
      } else if !keepsYears, numeric.isYear(index) {
        append(page.words[index].range, .medium, &findings)
      }
    }
    for cue in page.cues {
      let word = page.words[Int(cue)]
      if word.roles.contains(.month), let date = named.date(at: Int(cue)) {
        append(page.range(from: date.first, through: date.last), date.confidence, &findings)
      } else if word.roles.contains(.ordinal) || word.roles.contains(.cardinal) {
        if let date = ordinal.words(at: Int(cue)) {
          append(page.range(from: date.first, through: date.last), date.confidence, &findings)
        }
      }
    }
  }

  /// The range of a value that is one run of digits: a stamp, or a day in six or eight digits.
  private func stamp(_ value: FieldValue, _ page: borrowing Page) -> Range<Int>? {
    let word = page[value.first]
    if value.last == value.first + 2, page.isMark(value.first + 1, 0x2F), let month = page.number(value.first),
      let day = page.number(value.last), max(month, day) <= 31, min(month, day) >= 1, min(month, day) <= 12
    {
      return page.range(from: value.first, through: value.last)
    }
    guard word.kind == .digits, (6...14).contains(word.length), value.last <= value.first + 2 else { return nil }
    let last = page.isMark(value.first + 1, 0x2D) && page[value.last].kind == .digits ? value.last : value.first
    return page.range(from: value.first, through: last)
  }

  private func append(_ range: Range<Int>, _ confidence: Confidence, _ findings: inout [Finding]) {
    findings.append(Finding(.date, at: range, confidence: confidence, by: "calendar-date"))
  }
}
