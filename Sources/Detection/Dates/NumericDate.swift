import PHI

/// Dates in digits: `2024-12-03`, `3/5/24`, `11/9`, `20240812`, `12JUN2019`.
struct NumericDate {
  private let page: Page

  init(_ page: borrowing Page) { self.page = copy page }

  /// The date whose first word is `index`.
  func date(at index: Int) -> FoundDate? {
    guard page[index].hasDigit else { return nil }
    if isGluedBefore(index) { return inName(at: index) }
    if let stamp = stamp(at: index) { return stamp }
    guard page[index].isNumber else { return nil }
    guard let separator = separator(after: index) else { return nil }
    if separator == page[index + 3].value, self.separator(after: index + 2) == separator {
      if let date = threeParts(at: index, separator) { return date }
      return nil
    }
    return twoParts(at: index, separator)
  }

  /// Whether the word is a year between 1900 and 2099.
  func isYear(_ index: Int) -> Bool {
    page[index].length == 4 && page[index].kind == .digits && (1900...2099).contains(page.number(index) ?? 0)
  }

  /// A date written without separators round a month's name: `12JUN2019`, `03feb`.
  func glued(at index: Int) -> Range<Int>? {
    let word = page[index]
    guard word.kind == .mixed, word.length >= 5, word.length <= 11 else { return nil }
    let bytes = page.bytes[word.range]
    if word.length == 5, isMonthAndDay(bytes) { return word.range }
    let day = bytes.prefix(while: CharacterClass.isDigit)
    let rest = bytes.dropFirst(day.count)
    let name = rest.prefix { !CharacterClass.isDigit($0) }
    let year = rest.dropFirst(name.count)
    guard (1...2).contains(day.count), name.count >= 3, [0, 2, 4].contains(year.count),
      year.allSatisfy(CharacterClass.isDigit), let entry = Vocabulary.standard.entry(WordHash.of(name)),
      entry.roles.contains(.month), !(entry.roles.contains(.foreign) && year.isEmpty)
    else { return nil }
    return word.range
  }

  /// `Sep14`, with a month of three letters and a day of two digits.
  private func isMonthAndDay(_ bytes: ArraySlice<UInt8>) -> Bool {
    let day = bytes.suffix(2)
    guard day.allSatisfy(CharacterClass.isDigit), bytes[bytes.startIndex] &- 0x41 < 26,
      bytes[bytes.startIndex + 1] &- 0x61 < 26, isDay(day.reduce(0) { $0 * 10 + Int($1 - 0x30) }),
      let entry = Vocabulary.standard.entry(WordHash.of(bytes.prefix(3)))
    else { return false }
    return entry.roles.contains(.month) && !entry.roles.contains(.foreign)
  }

  /// The date that is one part of a name such as `scan_20240903.pdf` or `echo_2024-09-03.pdf`.
  private func inName(at index: Int) -> FoundDate? {
    let word = page[index]
    guard word.kind == .digits, page.isMark(index - 1, 0x5F) || page.isMark(index - 1, 0x2D) else { return nil }
    let isFile =
      page.isMark(index - 1, 0x5F) || page.isMark(index + 1, 0x5F)
      || page.isMark(index + 1, 0x2E) && page[index + 2].kind == .letters && page[index + 2].length <= 5
    if isFile, word.length == 8 || word.length == 14 { return stamp(at: index) }
    guard page.isMark(index - 1, 0x5F), separator(after: index) == 0x2D, separator(after: index + 2) == 0x2D else {
      return nil
    }
    return threeParts(at: index, 0x2D)
  }

  /// Whether the word is the value of a time in a clinical document: `<low value="201503"/>`.
  private func isTimeAttribute(_ index: Int) -> Bool {
    page.isMark(index - 1, 0x22) && page.isMark(index - 2, 0x3D) && page[index - 3].hash == NumericDate.value
      && NumericDate.times.contains(page[index - 4].hash)
  }

  private func isGluedBefore(_ index: Int) -> Bool {
    guard index > 0, !page.isSpaced(index) else { return false }
    let before = page[index - 1]
    guard before.kind == .mark else { return true }
    switch before.value {
    case 0x2D where page.isMark(index - 3, 0x2F) && page[index - 2].isNumber: return false
    case 0x2D, 0x2E, 0x2F, 0x5F: return page[index - 2].kind != .mark && !page.isSpaced(index - 1)
    case 0x2B, 0x24, 0x23: return true  // + $ #
    default: return false
    }
  }

  private func separator(after index: Int) -> UInt8? {
    let mark = page[index + 1]
    guard mark.kind == .mark, mark.value == 0x2D || mark.value == 0x2F || mark.value == 0x2E, !page.isSpaced(index + 1),
      !page.isSpaced(index + 2), page[index + 2].isNumber || page[index + 2].kind == .mixed
    else { return nil }
    return mark.value
  }

  /// Whether more of a code, a fraction or a version follows the word.
  private func isGluedAfter(_ last: Int) -> Bool {
    guard !page.isSpaced(last + 1) else { return false }
    let after = page[last + 1]
    guard after.kind == .mark else { return true }
    switch after.value {
    case 0x2D where page.isMark(last + 3, 0x2F) && page[last + 2].isNumber && page.isMark(last - 1, 0x2F): return false
    case 0x2D, 0x2E, 0x2F, 0x5F:
      return page[last + 2].kind != .mark && !page.isSpaced(last + 2) && page[last + 2].hasDigit
    case 0x25: return true
    default: return false
    }
  }

  private func isMonth(_ value: Int) -> Bool { (1...12).contains(value) }
  private func isDay(_ value: Int) -> Bool { (1...31).contains(value) }

  private func threeParts(at index: Int, _ separator: UInt8) -> FoundDate? {
    guard let one = page.number(index), let two = page.number(index + 2) else { return nil }
    let end = page[index + 4]
    if page[index].length == 4, (1800...2199).contains(one), isMonth(two) {
      if let day = page.number(index + 4), isDay(day), end.length <= 2,
        !isGluedAfter(index + 4) || page.isMark(index + 5, 0x2D)
      {
        return FoundDate(index, index + 4, .certain)
      }
      if end.kind == .mixed, let day = dayBeforeTime(end) {
        var date = FoundDate(index, index + 4, .certain)
        date.excess = Int(end.length) - day
        return date
      }
      return nil
    }
    guard page[index].length <= 2, page[index + 2].length <= 2, let year = page.number(index + 4),
      isMonth(one) && isDay(two) || isDay(one) && isMonth(two), !isGluedAfter(index + 4)
    else { return nil }
    if end.length == 4, (1800...2199).contains(year) { return FoundDate(index, index + 4, .certain) }
    guard end.length == 2 else { return nil }
    if separator == 0x2F { return FoundDate(index, index + 4, .high) }
    let isFull = page[index].length == 2 && page[index + 2].length == 2
    if separator == 0x2D, isFull || page[index + 2].length == 2 || isAnnounced(index) || isDay(one) && one > 12 {
      return FoundDate(index, index + 4, .high)
    }
    if separator == 0x2E,
      isAnnounced(index) || page.isMark(index - 1, 0x3A) && !page[index - 2].roles.contains(.publicCode)
        || isFull && !isVersion(index)
    {
      return FoundDate(index, index + 4, .medium)
    }
    return nil
  }

  /// How many digits of a day stand before the `T` of a time in `word`, as in `2024-12-03T08:14`.
  private func dayBeforeTime(_ word: Word) -> Int? {
    let bytes = page.bytes[word.range]
    let digits = bytes.prefix(while: CharacterClass.isDigit)
    guard (1...2).contains(digits.count), bytes.dropFirst(digits.count).first.map(CharacterClass.lowercased) == 0x74,
      isDay(digits.reduce(0) { $0 * 10 + Int($1 - 0x30) })
    else { return nil }
    return digits.count
  }

  private func twoParts(at index: Int, _ separator: UInt8) -> FoundDate? {
    let last = index + 2
    guard let one = page.number(index), let two = page.number(last), !isGluedAfter(last) else { return nil }
    if page[index].length == 4, page[last].length == 2, (1900...2099).contains(one), isMonth(two) {
      return separator == 0x2D && !isPublication(index) ? FoundDate(index, last, .medium) : nil
    }
    if page[index].length <= 2, page[last].length == 4, isMonth(one), (1900...2099).contains(two), separator != 0x2E {
      return FoundDate(index, last, .high)
    }
    guard page[index].length <= 2, page[last].length <= 2,
      isMonth(one) && isDay(two) || isMonth(two) && isDay(one) && one > 12
    else { return nil }
    let score = FractionReading(page).score(index, last, one, two, separator)
    return score >= 2 ? FoundDate(index, last, score >= 4 ? .high : .medium) : nil
  }

  /// Whether a label or a preposition before the word says that a date follows.
  func isAnnounced(_ index: Int) -> Bool {
    var before = index - 1
    while before >= 0, before >= index - 4, page[before].kind == .mark { before -= 1 }
    let word = page[before]
    return word.field == .birthDate || word.field == .date || word.roles.contains(.timePreposition)
      || word.roles.contains(.weekday) || word.hash == NumericDate.b
  }

  private func isVersion(_ index: Int) -> Bool {
    page[index - 1].roles.contains(.publicCode) || page[index].length == 1
  }

  private func isPublication(_ index: Int) -> Bool { page.isMark(index - 1, 0x3B) }

  /// A stamp of eight, twelve or fourteen digits, or of six after a label.
  private func stamp(at index: Int) -> FoundDate? {
    let word = page[index]
    if word.kind == .mixed, word.length >= 13, word.length <= 20 { return timeStamp(index) }
    guard word.kind == .digits, [6, 8, 10, 12, 14].contains(word.length),
      !isGluedAfter(index) || page.isMark(index + 1, 0x5F),
      !page[index - 1].roles.contains(.publicCode)
    else { return nil }
    let bytes = page.bytes[word.range]
    func part(_ from: Int, _ count: Int) -> Int {
      bytes.dropFirst(from).prefix(count).reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
    if word.length == 6 {
      if (1900...2099).contains(part(0, 4)), isMonth(part(4, 2)), isTimeAttribute(index) {
        return FoundDate(index, index, .high)
      }
      return isAnnounced(index) && isMonth(part(0, 2)) && isDay(part(2, 2)) ? FoundDate(index, index, .medium) : nil
    }
    if (1900...2099).contains(part(0, 4)), isMonth(part(4, 2)), isDay(part(6, 2)) {
      guard word.length == 8 || part(8, 2) < 25 && part(10, 2) < 60 else { return nil }
      return FoundDate(index, index, .medium)
    }
    if word.length == 8, isAnnounced(index), isMonth(part(0, 2)), isDay(part(2, 2)), (1900...2099).contains(part(4, 4))
    {
      return FoundDate(index, index, .high)
    }
    return nil
  }

  /// `20240311T042210Z`.
  private func timeStamp(_ index: Int) -> FoundDate? {
    let bytes = page.bytes[page[index].range]
    guard bytes.prefix(8).allSatisfy(CharacterClass.isDigit), bytes[bytes.startIndex + 8] == 0x54,
      bytes[bytes.startIndex + 9..<bytes.startIndex + 13].allSatisfy(CharacterClass.isDigit),
      bytes.starts(with: [0x31, 0x39]) || bytes.starts(with: [0x32, 0x30])
    else { return nil }
    return FoundDate(index, index, .high)
  }

  private static let value = WordHash.of("value")
  private static let times = WordSet("low high center time effectivetime birthtime deceasedtime")
  private static let b = WordHash.of("b")
}
