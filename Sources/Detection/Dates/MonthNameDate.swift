import PHI

/// Dates with the name of a month: `3 Feb 1957`, `March 2nd, 2024`, `mid-May`, `12 de marzo`, `April third`.
struct MonthNameDate {
  private let page: Page

  init(_ page: borrowing Page) { self.page = copy page }

  /// The date round the month's name at `index`.
  func date(at index: Int) -> FoundDate? {
    if page[index].isTouchingLetters(page, index) { return nil }
    let day = dayBefore(index)
    var last = index
    var hasDay = day != nil
    if !hasDay, let end = dayAfter(index) {
      last = end
      hasDay = true
    }
    let end = yearAfter(last, hasDay: hasDay)
    let hasYear = end != nil
    if let end { last = end }
    let first = day ?? index
    let word = page[index]
    if word.roles.contains(.ambiguous), hasDay, !hasYear, !word.shape.contains(.initialCapital), day == nil,
      word.length <= 3 || word.hash == MonthNameDate.may || word.hash == MonthNameDate.march, !isSpokenDay(index + 1)
    {
      return isIntroduced(index) ? FoundDate(first, last, .medium) : nil
    }
    if hasDay || hasYear {
      if word.roles.contains(.foreign), !hasDay, !isIntroduced(index) { return nil }
      if hasDay, !hasYear, isName(first, last, index) { return nil }
      return FoundDate(first, last, .high)
    }
    return standsAlone(index) ? FoundDate(index, index, .medium) : nil
  }

  private func isJoin(_ index: Int) -> Bool {
    page.isMark(index, 0x2D) || page.isMark(index, 0x2F) || page.isMark(index, 0x2E) || page.isMark(index, 0x2C)
  }

  /// The first word of a day before the month: `3`, `3rd of`, `12 de`, `3.`.
  private func dayBefore(_ index: Int) -> Int? {
    guard !page.startsLine(index) else { return nil }
    var before = index - 1
    if page[before].hash == MonthNameDate.of || page[before].hash == MonthNameDate.de { before -= 1 }
    if isJoin(before), !page.isMark(before, 0x2C) { before -= 1 }
    guard !page.startsLine(before + 1) else { return nil }
    if page[before].roles.contains(.ordinal), page[before].value > 0 {
      guard page[index - 1].hash == MonthNameDate.of || before == index - 1 else { return nil }
      return page[before - 1].roles.contains(.cardinal) && page[before - 1].value >= 20 ? before - 1 : before
    }
    guard isDay(before), !page.isMark(before - 1, 0x2E) || page.isSpaced(before),
      !page.isMark(before - 1, 0x2F) || page.isSpaced(before)
    else {
      return nil
    }
    // `1:30 March 4`, `2 Mar 4`: the number before belongs to the time, the number after is the day.
    if page.isMark(before - 1, 0x3A), !page.isSpaced(before), page[before - 2].kind == .digits { return nil }
    // A first end of a range: `3-8 November`.
    if page.isMark(before - 1, 0x2D), !page.isSpaced(before), isDay(before - 2) { return before - 2 }
    return before
  }

  /// The last word of a day after the month: `Nov 3`, `Nov. 3rd`, `Nov 3-8`, `April twenty-third`.
  private func dayAfter(_ index: Int) -> Int? {
    var next = index + 1
    if isJoin(next), !page.isMark(next, 0x2C) { next += 1 }
    if page[next].hash == MonthNameDate.the { next += 1 }
    guard next <= index + 3, !page.startsLine(next) else { return nil }
    if page[next].roles.contains(.ordinal), page[next].value > 0 { return next }
    if page[next].roles.contains(.cardinal), page[next].value >= 20, page[next].value <= 30 {
      let ordinal = page.isMark(next + 1, 0x2D) ? next + 2 : next + 1
      if page[ordinal].roles.contains(.ordinal), page[ordinal].value < 10 { return ordinal }
    }
    guard isDay(next) else { return nil }
    if page.isMeasure(next + 1), page.number(next) != nil, !page.isMark(next + 1, 0x2C) { return nil }
    if page.isMark(next + 1, 0x3A), !page.isSpaced(next + 1), page[next + 2].kind == .digits { return nil }
    if page.isMark(next + 1, 0x25)
      || page.isMark(next + 1, 0x2E) && page[next + 2].kind == .digits && !page.isSpaced(next + 2)
    {
      return nil
    }
    if page.isMark(next + 1, 0x2D), !page.isSpaced(next + 2), isDay(next + 2),
      !page.isMark(next + 3, 0x2D) || page.isSpaced(next + 3)
    {
      return next + 2
    }
    return next
  }

  /// The last word of a year after the word at `last`: `2024`, `, 2024`, `'23`, `twenty twenty four`.
  private func yearAfter(_ last: Int, hasDay: Bool) -> Int? {
    var next = last + 1
    var joined = false
    while next <= last + 3, page[next].kind == .mark, [0x2C, 0x2D, 0x2E, 0x2F, 0x27].contains(page[next].value) {
      joined = joined || !page.isSpaced(next)
      next += 1
    }
    if page[next].hash == MonthNameDate.de || page[next].hash == MonthNameDate.of { next += 1 }
    guard !page.startsLine(next) || hasDay && page.isMark(next - 1, 0x2C) else { return nil }
    let word = page[next]
    if word.isNumber, word.length == 4, (1800...2199).contains(page.number(next) ?? 0) { return next }
    if word.kind == .digits, word.length == 2 {
      if page.isMark(next - 1, 0x27), page[next].start == page[next - 1].start + 1 { return next }
      if hasDay, joined, page.isMark(next - 1, 0x2D) || page.isMark(next - 1, 0x2F), !page.isSpaced(next) {
        return next
      }
      if hasDay, next == last + 1, !page.isMeasure(next + 1), !page.isMark(next + 1, 0x3A),
        !page.isMark(next + 1, 0x2F),
        page.startsLine(next + 1) || page[next + 1].kind == .mark
      {
        return next
      }
    }
    return spokenYear(next)
  }

  /// `twenty twenty four`, `nineteen sixty six`, `two thousand nine`.
  private func spokenYear(_ first: Int) -> Int? {
    guard page[first].roles.contains(.cardinal), page[first].value == 19 || page[first].value == 20,
      page[first + 1].roles.contains(.cardinal), page[first + 1].value >= 10 || page[first + 1].value == 0
    else { return nil }
    return page[first + 2].roles.contains(.cardinal) && page[first + 2].value < 10 ? first + 2 : first + 1
  }

  private func isSpokenDay(_ index: Int) -> Bool { page[index].roles.contains(.ordinal) && page[index].value > 0 }

  /// Whether the word is a day of a month in digits, with an ordinal's ending or without.
  private func isDay(_ index: Int) -> Bool {
    let word = page[index]
    guard word.hasDigit, word.length <= 4 else { return false }
    if word.isNumber { return word.length <= 2 && (1...31).contains(page.number(index) ?? 0) }
    return OrdinalDay.value(of: page.bytes[word.range]) != nil
  }

  /// Whether the month's name is somebody's: `April 3` is a date, `June, 34, …` is not.
  private func isName(_ first: Int, _ last: Int, _ index: Int) -> Bool { false }

  /// Whether a word before the month says that a time follows: `in May`, `since August`, `mid-May`.
  private func isIntroduced(_ index: Int) -> Bool {
    var before = index - 1
    if page.isMark(before, 0x2D) { before -= 1 }
    guard !page.startsLine(index) else { return false }
    let word = page[before]
    return word.roles.contains(.timePreposition) || word.roles.contains(.monthPreposition)
      || word.roles.contains(.weekday)
  }

  /// Whether the month's name alone is a date.
  private func standsAlone(_ index: Int) -> Bool {
    let word = page[index]
    if word.roles.contains(.foreign), !page[index - 1].roles.contains(.foreignPreposition) { return false }
    if word.shape.contains(.allCapitals), word.length <= 3 { return false }
    if page.isMark(index + 1, 0x27) { return page[index + 2].hash == MonthNameDate.s && isIntroduced(index) }
    // A capital after a month's name that is also a name makes it one: `May Ellis`, `June K. Stovall`.
    let next = page[index + 1]
    let isFollowedByName =
      !page.isSpaced(index + 1) ? false : next.kind == .letters && next.shape.contains(.initialCapital)
    if word.hash == MonthNameDate.may || word.hash == MonthNameDate.march, !word.shape.contains(.initialCapital) {
      return page[index - 1].roles.contains(.timePreposition) && !page.startsLine(index)
        && page[index + 1].roles.isDisjoint(with: .afterDay)
    }
    if word.roles.contains(.alsoName) {
      return isIntroduced(index) && !isFollowedByName && page[index - 1].hash != MonthNameDate.by
        && page[index - 1].hash != MonthNameDate.to
        && page[index - 1].hash != MonthNameDate.from_
    }
    if word.length <= 4, !isIntroduced(index) { return false }
    if word.roles.contains(.ambiguous), word.length > 4 {
      return isIntroduced(index) || word.shape.contains(.initialCapital) && !isFollowedByName
    }
    return true
  }

  private static let of = WordHash.of("of")
  private static let de = WordHash.of("de")
  private static let the = WordHash.of("the")
  private static let may = WordHash.of("may")
  private static let march = WordHash.of("march")
  private static let by = WordHash.of("by")
  private static let to = WordHash.of("to")
  private static let from_ = WordHash.of("with")
  private static let s = WordHash.of("s")
}

extension Word {
  /// Whether a letter or an underscore touches the word, so that it is part of another.
  func isTouchingLetters(_ page: Page, _ index: Int) -> Bool {
    page.isMark(index - 1, 0x5F) && !page.isSpaced(index) || page.isMark(index + 1, 0x5F) && !page.isSpaced(index + 1)
  }
}
