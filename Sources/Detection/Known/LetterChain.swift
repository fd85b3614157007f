/// Single letters one after another: a name spelled aloud, or initials.
struct LetterChain {
  private let page: Page
  private var places: [Int] = []

  /// The most letters that are read as one chain.
  private static let longest = 64

  /// The chain whose first letter is the word at `first`.
  init(_ page: Page, from first: Int) {
    self.page = page
    var place = first
    while places.count < LetterChain.longest, page[place].kind == .letters, page[place].length == 1 {
      places.append(place)
      place += 1
      if page[place].kind == .mark, [0x2D, 0x2E, 0x2C].contains(page[place].value) { place += 1 }
      guard !page.startsLine(place) else { break }
    }
  }

  /// How many letters there are.
  var count: Int { places.count }
  /// The last letter's word.
  var last: Int { places.last ?? 0 }

  /// The words of the names that the letters spell; the initials of somebody when that is all they are.
  func names(in index: NameIndex) -> [ClosedRange<Int>] {
    if let initials = initials(in: index) { return [initials] }
    guard count > 2 else { return [] }
    var found: [ClosedRange<Int>] = []
    var start = 0
    while start + 2 < count {
      guard let end = end(from: start, in: index) else {
        start += 1
        continue
      }
      found.append(places[start]...places[end])
      start = end + 1
    }
    return found
  }

  /// The last letter of the longest name that is spelled from the letter `start` on.
  private func end(from start: Int, in index: NameIndex) -> Int? {
    var hash = WordHash.seed
    var best: Int?
    for letter in start..<min(count, start + 24) {
      hash = WordHash.adding(CharacterClass.lowercased(page.byte(at: Int(page[places[letter]].start))), to: hash)
      let length = letter - start + 1
      guard length > 3 || length == 3 && count == 3, let part = index.parts[hash] else { continue }
      if part.form >= .glued { best = letter }
    }
    return best
  }

  /// Two to four letters, each with a full stop, that are somebody's initials, as in `M.L.G.`, are found.
  private func initials(in index: NameIndex) -> ClosedRange<Int>? {
    guard (2...4).contains(count), places.dropLast().allSatisfy({ page.isMark($0 + 1, 0x2E) }) else { return nil }
    let next = page[last + 1]
    guard next.isMark(0x2E) || page.isSpaced(last + 1) || next.kind == .mark,
      !page.isTouching(places[0]) || !page.isMark(places[0] - 1, 0x2E)
    else { return nil }
    let isSmall = places.contains { !page[$0].shape.contains(.initialCapital) }
    var hash = WordHash.seed
    for place in places {
      hash = WordHash.adding(CharacterClass.lowercased(page.byte(at: Int(page[place].start))), to: hash)
    }
    guard index.initials[hash] != nil, !LetterChain.abbreviations.contains(hash), !isSmall || count > 2 else {
      return nil
    }
    return places[0]...(next.isMark(0x2E) && page.isTouching(last + 1) ? last + 1 : last)
  }

  /// What is written with full stops and is nobody's initials.
  private static let abbreviations = WordSet(
    """
    md do rn np pa dds phd ma ba bs ms us uk am pm ie eg iv im po er or ed icu ad bc no op pt dc la ny nj sc nc mi va wa \
    hs ac pc qd bid tid qid prn npo sq sl pr gi gu cv ct mr dr st jr sr id ok tv
    """)
}
