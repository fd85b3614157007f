import PHI

/// Whether words that a tree holds are there what the tree has them for.
struct PhraseContext {
  private let page: Page
  private let first: Int
  private let last: Int
  private let isLowerCase: Bool

  init(_ page: Page, _ first: Int, _ last: Int, isLowerCase: Bool) {
    self.page = page
    self.first = first
    self.last = last
    self.isLowerCase = isLowerCase
  }

  /// The range to find; nil when the words are something else here.
  func range(of phrase: Phrase) -> Range<Int>? {
    switch phrase.form {
    case .any: return whole
    case .name: return isWrittenAsName ? whole : nil
    case .acronym: return page[first].shape.contains(.allCapitals) && !page.isShouting[first] ? whole : nil
    case .digits(let parts): return isDate(parts) ? withoutTime : nil
    case .month: return isMonth ? withoutTime : nil
    case .day: return isDay ? page.range(from: first + 1, through: last) : nil
    }
  }

  private var whole: Range<Int> { page.range(from: first, through: last) }

  /// The range without the time that is written to its last word, as in `2024-12-03T08:14` or `20241203081400`.
  private var withoutTime: Range<Int> {
    if let day = PhraseContext.dayBeforeTime(page[last], on: page) { return Int(page[first].start)..<day.upperBound }
    if first == last, page[first].length >= 12, page[first].hasDigit {
      return Int(page[first].start)..<Int(page[first].start) + 8
    }
    return whole
  }

  /// The digits of a day before the `T` of a time in `word`.
  static func dayBeforeTime(_ word: Word, on page: Page) -> Range<Int>? {
    guard word.kind == .mixed, word.length >= 4 else { return nil }
    let start = Int(word.start)
    guard CharacterClass.isDigit(page.bytes[start]), CharacterClass.isDigit(page.bytes[start + 1]),
      page.bytes[start + 2] | 0x20 == 0x74, CharacterClass.isDigit(page.bytes[start + 3])
    else { return nil }
    return start..<start + 2
  }

  private var isWrittenAsName: Bool {
    var isRare = false
    var hasCapital = false
    for place in first...last where page[place].kind == .letters {
      let sense = page.senses[place]
      if sense.ordinary == 0, sense.role == .none, page[place].length > 3 { isRare = true }
      if page[place].shape.contains(.initialCapital) { hasCapital = true }
    }
    if isRare || page[first].hasDigit || (first...last).count(where: { page[$0].kind == .letters }) > 2 { return true }
    guard first == last else { return hasCapital || isLowerCase }
    guard hasCapital, !page.isShouting[first], !page.startsLine(first) else { return false }
    let previous = page[first - 1]
    return previous.kind != .mark || previous.value == 0x2C || previous.value == 0x28
  }

  /// Whether numbers stand apart as those of a date do, and are not part of a longer number.
  private func isDate(_ parts: Int) -> Bool {
    guard !isPartOfNumber else { return false }
    if parts == 1 { return true }
    var marks: [UInt8] = []
    for place in first + 1..<last where page[place].kind == .mark { marks.append(page[place].value) }
    guard marks.allSatisfy({ [0x2F, 0x2D, 0x2E, 0x5F].contains($0) }), Set(marks).count < 2 else { return false }
    if parts == 3 {
      if marks.count == 2 { return true }
      // `03 14 1961`: two digits for the day and the month, four for the year.
      return marks.isEmpty && (first...last).allSatisfy { page[$0].length != 1 }
        && (first...last).contains { page[$0].length == 4 }
    }
    guard marks.count == 1, last == first + 2, !page.isSpaced(first + 1), !page.isSpaced(last),
      let one = page.number(first), let two = page.number(last)
    else { return false }
    return FractionReading(page).score(first, last, one, two, marks[0]) >= (marks[0] == 0x2F ? 0 : 1)
  }

  private var isPartOfNumber: Bool {
    if page.isTouching(first), first > 0 {
      let mark = page[first - 1]
      if mark.kind == .mark, [0x2F, 0x2D, 0x2E].contains(mark.value), page.isTouching(first - 1),
        page[first - 2].kind == .digits
      {
        return true
      }
    }
    let mark = page[last + 1]
    return mark.kind == .mark && [0x2F, 0x2D, 0x2E, 0x25].contains(mark.value) && page.isTouching(last + 1)
      && (mark.value == 0x25 || page.isTouching(last + 2) && page[last + 2].kind == .digits)
  }

  private var isMonth: Bool {
    var hasYear = false
    for place in first...last {
      let word = page[place]
      // `in March. 14 patients`: a full stop after a month's whole name ends a sentence.
      if word.isMark(0x2E), page.isSpaced(place + 1), place > first, page[place - 1].roles.contains(.month),
        page[place - 1].length > 4, place < last
      {
        return false
      }
      if word.kind == .digits, word.length == 4 { hasYear = true }
      if word.hash == PhraseContext.thousand || word.roles.contains(.cardinal) && word.value == 19 { hasYear = true }
    }
    if hasYear { return true }
    let (month, day) =
      page[first].kind == .letters && page[first].roles.contains(.month) ? (first, last) : (last, first)
    if page[last].hasDigit, page.isMeasure(last + 1) { return false }
    if page[last].kind == .digits, page.isMark(last + 1, 0x3A), !page.isSpaced(last + 1), !page.isSpaced(last + 2) {
      return false
    }
    // `you may first notice`, `march second`
    return !page[month].roles.contains(.ambiguous) || page[month].shape.contains(.initialCapital) || page[day].hasDigit
      || page[month].length > 4
  }

  /// Whether `the 14th` is a day: nothing that it could count follows.
  private var isDay: Bool {
    let next = page[last + 1]
    let isEnd = page.startsLine(last + 1) || next.kind == .mark && ![0x2D, 0x2F, 0x27].contains(next.value)
    let goesOn =
      isEnd || next.roles.contains(.timePreposition) || next.roles.contains(.afterDay) && next.hash != PhraseContext.of
    guard goesOn, !page.startsLine(first + 1) else { return false }
    let value = page[last].kind == .letters ? Int(page[last].value) : 4
    let before = page[first - 1]
    if before.roles.contains(.timePreposition) || before.roles.contains(.weekday) { return true }
    return value > 3 && !before.roles.contains(.measure) && before.hash != PhraseContext.of
  }

  private static let of = WordHash.of("of")
  private static let thousand = WordHash.of("thousand")
}
