/// The grammar of telephone numbers: groups of digits with any separators, extensions, numbers said aloud.
struct Telephone {
  private let page: Page

  init(_ page: borrowing Page) { self.page = copy page }

  /// A telephone number and how much of its form speaks for it.
  struct Number {
    var first: Int
    var last: Int
    /// Whether the form alone makes it a telephone number.
    var isPlain: Bool
  }

  /// The number whose first group is the word at `index`, with the `+` and the bracket before and the extension after.
  func number(at index: Int, isAnnounced: Bool) -> Number? {
    guard page[index].isNumber, !isGlued(index) else { return nil }
    // A single group is a number only when something announces it: most numbers are asked no further.
    guard isAnnounced || page.isMark(index - 1, 0x2B) || group(after: index) != nil else { return nil }
    var groups: [Int] = []
    groups.reserveCapacity(7)
    var next = index
    var last = index
    var separators: [UInt8] = []
    separators.reserveCapacity(7)
    while groups.count < 7, page[next].isNumber {
      groups.append(Int(page[next].length))
      last = next
      guard let (following, separator) = group(after: next) else { break }
      separators.append(separator)
      next = following
    }
    let isInternational = page.isMark(index - 1, 0x2B)
    var first = index
    if isInternational { first -= 1 }
    if page.isMark(first - 1, 0x28), !page.isSpaced(first), closesBracket(index) { first -= 1 }
    // Groups after the number are not part of it: try the longest form first.
    for count in stride(from: groups.count, through: 1, by: -1) {
      let end = count == groups.count ? last : wordOfGroup(count - 1, from: index)
      guard
        let isPlain = form(
          Array(groups.prefix(count)), separators.prefix(max(0, count - 1)), index, isInternational, isAnnounced),
        !isGluedAfter(end)
      else { continue }
      return Number(
        first: first, last: self.extension(after: end, isLong: page.digits(from: index, through: end) >= 7) ?? end,
        isPlain: isPlain)
    }
    return nil
  }

  private func wordOfGroup(_ count: Int, from index: Int) -> Int {
    var word = index
    for _ in 0..<count { word = group(after: word)?.0 ?? word }
    return word
  }

  private func isGlued(_ index: Int) -> Bool {
    guard index > 0, !page.isSpaced(index) else { return false }
    let before = page[index - 1]
    guard before.kind == .mark else { return true }
    switch before.value {
    case 0x2D, 0x2E, 0x2F, 0x5F: return page[index - 2].kind != .mark && !page.isSpaced(index - 1)
    case 0x24: return true
    default: return false
    }
  }

  private func isGluedAfter(_ last: Int) -> Bool {
    guard !page.isSpaced(last + 1) else { return false }
    let after = page[last + 1]
    guard after.kind == .mark else { return true }
    return (after.value == 0x2D || after.value == 0x5F || after.value == 0x2E) && !page.isSpaced(last + 2)
      && page[last + 2].hasDigit || after.value == 0x25
  }

  /// The next group of digits after the word at `index`, over at most `) `, `-`, `.`, `/` or one space.
  private func group(after index: Int) -> (Int, UInt8)? {
    var next = index + 1
    var separator: UInt8 = 0x20
    if page.isMark(next, 0x29) {
      separator = 0x29
      next += 1
    }
    if page[next].kind == .mark, [0x2D, 0x2E, 0x2F].contains(page[next].value) {
      if separator == 0x20 { separator = page[next].value }
      if page.isSpaced(next), !page.isSingleSpaced(next) { return nil }
      next += 1
    } else if page.isMark(next, 0x28), page[next + 1].isNumber, page.isMark(next + 2, 0x29) {
      next += 1
    }
    guard page[next].isNumber, page[next].length <= 10, !page.startsLine(next),
      !page.isSpaced(next) || page.isSingleSpaced(next) || separator != 0x20
    else { return nil }
    return (next, separator)
  }

  private func closesBracket(_ index: Int) -> Bool {
    page.isMark(index + 1, 0x29) || page.isMark(index + 3, 0x29) || page.isMark(index + 5, 0x29)
  }

  /// Whether `groups` are a telephone number, and a plain one; nil when they are none.
  private func form(
    _ groups: [Int], _ separators: ArraySlice<UInt8>, _ index: Int, _ isInternational: Bool, _ isAnnounced: Bool
  ) -> Bool? {
    let total = groups.reduce(0, +)
    if isInternational { return (8...15).contains(total) ? true : nil }
    let startsWell = page.bytes[Int(page[index].start)] > 0x31
    switch groups {
    case [3, 3, 4]: return true
    case [1, 3, 3, 4]: return page.number(index) == 1 ? true : nil
    case [3, 7]: return separators.first == 0x29 || isAnnounced ? true : nil
    case [3, 4]:
      guard startsWell, separators.first != 0x2F, !isPages(index) else { return nil }
      return isAnnounced || separators.first == 0x2D ? isAnnounced : isIntroduced(index) ? false : nil
    case [10], [11]: return isAnnounced ? true : nil
    case [7], [4], [5], [6]: return isAnnounced ? false : nil
    default: return isAnnounced && total >= 8 && total <= 15 && groups.count > 1 ? false : nil
    }
  }

  /// Whether a comma, a colon or a bracket stands before a number such as `555 0185`.
  private func isIntroduced(_ index: Int) -> Bool {
    page.isMark(index - 1, 0x2C) || page.isMark(index - 1, 0x3A) || page.isMark(index - 1, 0x28)
  }

  /// Whether a volume and a colon stand right before a range such as `993-1004`: pages of a journal.
  private func isPages(_ index: Int) -> Bool {
    page.isMark(index - 1, 0x3A) && !page.isSpaced(index) && !page.isSpaced(index - 1)
      && (page[index - 2].kind == .digits || page.isMark(index - 2, 0x29))
  }

  /// The last word of an extension: `x2204`, `ext. 12`, `#2907`.
  private func `extension`(after last: Int, isLong: Bool) -> Int? {
    var next = last + 1
    guard isLong, !page.startsLine(next) else { return nil }
    if page.isMark(next, 0x2C) { next += 1 }
    let word = page[next]
    if isShortExtension(next) { return next }
    if page.isMark(next, 0x23), page[next + 1].kind == .digits, page[next + 1].length <= 6 { return next + 1 }
    guard [Telephone.x, Telephone.ext, Telephone.extensionWord].contains(word.hash) else { return nil }
    var value = next + 1
    while page[value].kind == .mark, value < next + 3 { value += 1 }
    return page[value].kind == .digits && page[value].length <= 6 ? value : nil
  }

  /// Whether the word is `x2204`.
  func isShortExtension(_ index: Int) -> Bool {
    let word = page[index]
    guard word.kind == .mixed, (3...7).contains(word.length),
      CharacterClass.lowercased(page.bytes[Int(word.start)]) == 0x78
    else { return false }
    return page.bytes[word.range].dropFirst().allSatisfy(CharacterClass.isDigit)
  }

  /// The last word of a number said digit by digit from `index`, of 7 to 11 digits.
  func spokenEnd(at index: Int) -> Int? {
    guard isSpokenDigit(index), !isSpokenDigit(index - 1) || page.startsLine(index) else { return nil }
    var last = index
    while isSpokenDigit(last + 1), !page.startsLine(last + 1) { last += 1 }
    return (7...14).contains(last - index + 1) ? last : nil
  }

  private func isSpokenDigit(_ index: Int) -> Bool {
    page[index].roles.contains(.cardinal) && (page[index].value < 10 || page[index].value == 100)
  }

  private static let x = WordHash.of("x")
  private static let ext = WordHash.of("ext")
  private static let extensionWord = WordHash.of("extension")
}
