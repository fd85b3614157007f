import PHI

/// A day of the month without its month: `the 14th`, `the twenty-second`; and dates wholly in words after a label.
struct OrdinalDay {
  private let page: Page

  init(_ page: borrowing Page) { self.page = copy page }

  /// The last word of a day such as `14th` at `index`.
  func lastOfDigits(at index: Int) -> Int? {
    let word = page[index]
    guard word.kind == .mixed, word.length <= 4, OrdinalDay.value(of: page.bytes[word.range]) != nil else { return nil }
    return isDay(index, index) ? index : nil
  }

  /// A day or a date in words that starts at `index`.
  func words(at index: Int) -> FoundDate? {
    let word = page[index]
    if let date = labelled(index) { return date }
    if word.roles.contains(.ordinal) {
      guard word.value > 0, !(page[index - 1].roles.contains(.cardinal) && !page.startsLine(index)),
        !page.isMark(index - 1, 0x2D)
      else { return nil }
      return isDay(index, index) ? FoundDate(index, index, .medium) : nil
    }
    guard word.value == 20 || word.value == 30 else { return nil }
    let last = page.isMark(index + 1, 0x2D) ? index + 2 : index + 1
    guard page[last].roles.contains(.ordinal), page[last].value > 0, page[last].value < 10, isDay(index, last) else {
      return nil
    }
    return FoundDate(index, last, .medium)
  }

  /// `ten twelve sixty six` after a label for a date.
  private func labelled(_ index: Int) -> FoundDate? {
    guard page[index].roles.contains(.cardinal), page[index].value <= 12 else { return nil }
    var before = index - 1
    while before > index - 4, page[before].kind == .mark || page[before].roles.contains(.connector) { before -= 1 }
    guard page[before].field == .birthDate || page[before].field == .date, !page.startsLine(index) else { return nil }
    var last = index
    while page[last + 1].roles.contains(.cardinal), !page.startsLine(last + 1), last < index + 7 { last += 1 }
    return last >= index + 2 ? FoundDate(index, last, .high) : nil
  }

  private func isDay(_ first: Int, _ last: Int) -> Bool {
    let hasArticle = page[first - 1].hash == OrdinalDay.the
    guard !page.startsLine(first), hasArticle || page[first].hasDigit && page[first - 1].hash == OrdinalDay.on else {
      return false
    }
    let before = hasArticle ? page[first - 2] : page[first - 1]
    let next = page[last + 1]
    if hasArticle, before.roles.contains(.weekday), !page.startsLine(first - 1) { return true }
    if hasArticle, page[first].kind == .mixed, let day = OrdinalDay.value(of: page.bytes[page[first].range]), day >= 13,
      before.roles.contains(.timePreposition) || page.isDeed(first - 2), next.kind == .letters,
      !next.shape.contains(.initialCapital), next.roles.isDisjoint(with: [.measure, .streetSuffix]),
      !OrdinalDay.counted.contains(next.hash)
    {
      return true
    }
    let isEnd =
      page.startsLine(last + 1) || next.kind == .mark && next.value != 0x2D && next.value != 0x2F && next.value != 0x27
    if next.hash == OrdinalDay.and, (last + 2...last + 3).contains(where: isOrdinal) { return false }
    let isFunction = next.roles.contains(.timePreposition) || next.roles.contains(.afterDay)
    let isSmall = page[first].kind == .letters && first == last && page[first].value <= 3
    if isEnd {
      return before.roles.contains(.timePreposition)
        || !isSmall && !before.roles.contains(.measure) && before.hash != OrdinalDay.of
    }
    if isFunction { return !isSmall || before.roles.contains(.timePreposition) }
    return false
  }

  private func isOrdinal(_ index: Int) -> Bool {
    let word = page[index]
    return word.roles.contains(.ordinal) || word.kind == .mixed && OrdinalDay.value(of: page.bytes[word.range]) != nil
  }

  /// The day that `14th` and its like write.
  static func value(of bytes: ArraySlice<UInt8>) -> Int? {
    let digits = bytes.prefix(while: CharacterClass.isDigit)
    guard (1...2).contains(digits.count), bytes.count == digits.count + 2 else { return nil }
    let value = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    let ending = (
      CharacterClass.lowercased(bytes[bytes.endIndex - 2]), CharacterClass.lowercased(bytes[bytes.endIndex - 1])
    )
    switch ending {
    case (0x73, 0x74), (0x6E, 0x64), (0x72, 0x64), (0x74, 0x68): return (1...31).contains(value) ? value : nil
    default: return nil
    }
  }

  /// What an ordinal from the thirteenth on may count.
  private static let counted = WordSet(
    """
    percentile centile century floor edition birthday anniversary visit postoperative postpartum gestational \
    hospital and to chromosome position place amendment rank
    """)
  private static let the = WordHash.of("the")
  private static let and = WordHash.of("and")
  private static let on = WordHash.of("on")
  private static let of = WordHash.of("of")
}
