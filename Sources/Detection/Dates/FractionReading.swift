/// Whether two small numbers with a slash are a month and a day or a score, a strength, a pressure, a ratio.
struct FractionReading {
  private let page: Page

  init(_ page: Page) { self.page = page }

  /// Points for a date less points against; two or more make a date.
  func score(_ first: Int, _ last: Int, _ one: Int, _ two: Int, _ separator: UInt8) -> Int {
    var score = evidenceBefore(first) + evidenceAfter(last)
    let padded =
      page[first].length == 2 && page.bytes[Int(page[first].start)] == 0x30
      || page[last].length == 2 && page.bytes[Int(page[last].start)] == 0x30
    if separator != 0x2F {
      // `3-5` is a range and `3.5` a figure unless something says otherwise.
      return padded && separator == 0x2D && page[first].length == 2 && page[last].length == 2 ? score : score - 3
    }
    if padded { score += 2 }
    if isPadded(first), isPadded(last) { score += 2 }
    if isCell(first, last) { score += 2 }
    if one > two, one <= 12 { score += 2 }
    switch two {
    case 2, 3, 4, 5, 6, 8, 10, 16: score -= one <= two ? 1 : 0
    case 7, 9, 11, 13, 14, 17, 18, 19, 21, 22, 23, 25, 26, 27, 28, 29, 31: score += 1
    default: break
    }
    if one == 0 || one == two { score -= 1 }
    return score
  }

  private func evidenceBefore(_ first: Int) -> Int {
    var score = 0
    var index = first - 1
    if page.startsLine(first) { return 1 }
    if page.isMark(index, 0x2D), isDate(endingAt: index - 1) { return 3 }
    // An opening bracket, a comma or a dash says little; a colon or `x` speaks of a label or a figure.
    if page.isMark(index, 0x3D) || page.isMark(index, 0x3C) { score -= 1 }
    while index > first - 3, page[index].kind == .mark { index -= 1 }
    let near = page[index]
    if near.hash == FractionReading.to || near.hash == FractionReading.from {
      score += 1
    } else if near.roles.contains(.timePreposition) || near.roles.contains(.weekday) {
      score += 3
    }
    if near.field == .date || near.field == .birthDate { score += 4 }
    if near.roles.contains(.event) || page.isDeed(index) {
      score += 2
    } else if near.kind == .letters, near.shape.contains(.allCapitals), (3...6).contains(near.length),
      near.roles.isDisjoint(with: [.fraction, .measure]), near.field == .none
    {
      score += 1
    }
    if near.roles.contains(.fraction) || near.hasDigit && page[index - 2].roles.contains(.fraction) { score -= 4 }
    // A count of doses with its days in brackets: `x2 (4/20, 4/21)`.
    if page.isMark(first - 1, 0x28), page.isTimes(index) { score += 3 }
    if near.hasDigit, !page.startsLine(index + 1) { score -= isDate(endingAt: index) ? -3 : 0 }
    let far = page[index - 1]
    if near.hash == FractionReading.of, far.roles.contains(.event) { score += 2 }
    if !page.startsLine(index) {
      if far.roles.contains(.event), near.kind == .letters { score += 1 }
      if far.roles.contains(.fraction) { score -= 3 }
    }
    let earlier = page.isMark(index - 1, 0x2C) ? index - 2 : index - 1
    if near.hash == FractionReading.and || near.hash == FractionReading.to, isDate(endingAt: earlier) { score += 3 }
    return score
  }

  private func evidenceAfter(_ last: Int) -> Int {
    guard !page.startsLine(last + 1) else { return 1 }
    let next = page[last + 1]
    if next.roles.contains(.measure) || next.isMark(0x25) { return -4 }
    if next.roles.contains(.fraction) { return -2 }
    if next.isMark(0x2D), isDate(startingAt: last + 2) { return 3 }
    if next.isMark(0x2B) || next.isMark(0x2D) && !page.isSpaced(last + 1) { return -2 }
    if page.isClockTime(last + 1, last + 3)
      || next.kind == .digits && next.length == 4 && (page.number(last + 1) ?? 9999) < 2400
    {
      return 2
    }
    if next.isMark(0x29) {
      if page.isMark(last - 3, 0x28) { return 2 }
      if page.isMark(last - 4, 0x28) || page.isMark(last - 5, 0x28) { return 1 }
    }
    if next.isMark(0x3A) { return 1 }
    if next.roles.contains(.timePreposition) { return 1 }
    if next.isMark(0x2E) || next.isMark(0x2C) || next.isMark(0x3B) { return 0 }
    return next.kind == .letters ? -1 : 0
  }

  private func isPadded(_ index: Int) -> Bool {
    page[index].length == 2 && page.bytes[Int(page[index].start)] == 0x30
  }

  /// Whether the words fill a cell of a table: between bars, tabs or commas without a space.
  private func isCell(_ first: Int, _ last: Int) -> Bool {
    let isAfterTab = page.byte(at: Int(page[first].start) - 1) == 0x09
    let isBeforeTab = page.byte(at: page[last].end) == 0x09
    if isAfterTab || isBeforeTab {
      return (isAfterTab || page.startsLine(first)) && (isBeforeTab || page.startsLine(last + 1))
    }
    if page.isMark(first - 1, 0x7C), page.isMark(last + 1, 0x7C) { return true }
    return page.isMark(first - 1, 0x2C) && !page.isSpaced(first)
      && (page.startsLine(last + 1)
        || page.isMark(last + 1, 0x2C) && !page.isSpaced(last + 1) && !page.isSpaced(last + 2))
  }

  /// Whether the word at `index` ends something like `1/20`.
  private func isDate(endingAt index: Int) -> Bool {
    page.isMark(index - 1, 0x2F) && (1...12).contains(page.number(index - 2) ?? 0) && (page.number(index) ?? 99) <= 31
  }

  /// Whether the word at `index` starts something like `1/27`.
  private func isDate(startingAt index: Int) -> Bool {
    page.isMark(index + 1, 0x2F) && (1...12).contains(page.number(index) ?? 0)
      && (1...31).contains(page.number(index + 2) ?? 99)
  }

  private static let and = WordHash.of("and")
  private static let to = WordHash.of("to")
  private static let from = WordHash.of("from")
  private static let of = WordHash.of("of")
}
