import PHI

/// Reads a page for the names of an index: whole and in part, in any order, with initials, glued, spelled aloud.
struct KnownNames {
  let page: Page
  let index: NameIndex
  private let detector: DetectorName
  private lazy var isLowerCase = page.isLowerCase

  init(_ index: NameIndex, on page: Page, by detector: DetectorName) {
    self.page = page
    self.index = index
    self.detector = detector
  }

  /// Appends what is found, in order and apart from each other.
  mutating func read(into findings: inout [Finding]) {
    guard !index.isEmpty else { return }
    var next = 0
    while next < page.words.count {
      let word = page.words[next]
      if word.kind == .mark || word.kind == .digits {
        next += 1
      } else if let last = ending(at: next, after: findings.last?.range.upperBound ?? 0, into: &findings) {
        next = last + 1
      } else {
        next += 1
      }
    }
  }

  /// The last word of what is found at `first`, or of what was looked at in vain; nil when nothing begins there.
  private mutating func ending(at first: Int, after end: Int, into findings: inout [Finding]) -> Int? {
    if page.words[first].length == 1, index.strictness == .known {
      let chain = LetterChain(page, from: first)
      let found = isFollowedByName(chain) ? [] : chain.names(in: index)
      for words in found { append(words, &findings) }
      if !found.isEmpty || chain.count > 3 { return chain.last }
    }
    guard let part = part(at: first), part.form != .particle else { return nil }
    var run = NameRun(page, index, from: first, part)
    run.extend(after: end)
    guard accepts(run) else { return nil }
    append(run.first...run.last, &findings)
    return run.last
  }

  private func append(_ words: ClosedRange<Int>, _ findings: inout [Finding]) {
    let range = page.range(from: words.lowerBound, through: words.upperBound)
    findings.append(Finding(.name, at: range, confidence: .certain, by: detector))
  }

  /// Whether the letters are initials of the name behind them.
  private func isFollowedByName(_ chain: LetterChain) -> Bool {
    let next = page.isMark(chain.last + 1, 0x2E) ? chain.last + 2 : chain.last + 1
    guard chain.count < 4, !page.startsLine(next), let part = part(at: next) else { return false }
    return part.form != .slip
  }

  private func part(at place: Int) -> NameIndex.Part? { NameRun.part(of: page[place], on: page, in: index) }

  private mutating func accepts(_ run: NameRun) -> Bool {
    if index.strictness == .listed { return acceptsListed(run) }
    if run.sure > 0 || run.glued > 0 {
      if run.parts > 1 || run.initials > 0 { return true }
      if run.sure > 0, followsEponym(run.last) { return false }
      return true
    }
    if run.ordinary > 0 { return run.parts > 1 || run.initials > 0 ? acceptsOrdinary(run) : isWrittenAsName(run.first) }
    return isUnknownWord(run.first)
  }

  /// A name of the staff, or a part of one such as `Dr. Okafor`, `T. Okafor` and `Okafor, RN`.
  ///
  /// A rare surname with a capital is found by itself.
  private mutating func acceptsListed(_ run: NameRun) -> Bool {
    if isPair(run) { return run.sure > 0 || acceptsOrdinary(run) }
    guard run.parts == 1, page[run.namePlace].shape.contains(.initialCapital) || isLowerCase else { return false }
    if isTitle(before: run.first) || isCredential(after: run.last) { return true }
    guard page[run.namePlace].shape.contains(.initialCapital), page[run.namePlace].length > 3 else { return false }
    if run.initials > 0 { return true }
    let sense = page.senses[run.last]
    let next = page[run.last + 1]
    let isNamesake = next.kind == .letters && page.senses[run.last + 1].followsEponym && !page.startsLine(run.last + 1)
    return run.sure > 0 && !isNamesake && sense.first < 2 && sense.city < 2 && !sense.isEponym && !sense.isProduct
      && !page.isMark(run.first - 1, 0x2D)
  }

  /// Whether two neighbouring parts of the run belong to one listed person.
  private func isPair(_ run: NameRun) -> Bool {
    guard run.parts > 1 else { return false }
    let words = (run.first...run.last).filter { page[$0].kind == .letters && page[$0].length > 1 }
    return zip(words, words.dropFirst()).contains { index.pairs[NameIndex.pair(page[$0].hash, page[$1].hash)] != nil }
  }

  /// Parts that are all ordinary words: they must be written alike, with capitals or in text without any.
  private mutating func acceptsOrdinary(_ run: NameRun) -> Bool {
    if run.initials > 0, run.parts == 1 { return page[run.namePlace].shape.contains(.initialCapital) || isLowerCase }
    return run.hasCapitals || isLowerCase
  }

  /// Whether an ordinary word is written as a name: after a title, or with a capital where a sentence asks for none.
  private mutating func isWrittenAsName(_ place: Int) -> Bool {
    let word = page[place]
    if isTitle(before: place) { return true }
    guard word.shape.contains(.initialCapital), !page.isShouting[place], !followsEponym(place) else { return false }
    if word.length < 3, word.shape.contains(.allCapitals) { return false }
    if page.senses[place].isAbbreviation, word.shape.contains(.allCapitals) { return false }
    let next = page[place + 1]
    let isOwner = next.isMark(0x27) && page[place + 2].hash == KnownNames.s
    if isTime(place) { return false }
    guard isInsideSentence(place) else {
      return isOwner || KnownNames.deeds.contains(next.hash) && !word.roles.contains(.month)
    }
    let previous = page[place - 1]
    let isPlace = page.senses[place].isState || page.senses[place].isCountry || page.senses[place].city > 1
    if isPlace, KnownNames.placePrepositions.contains(previous.hash) || previous.isMark(0x2C) { return false }
    // The name of something else: `the Hope Scale`, `Rose Garden`.
    if next.kind == .letters, next.shape.contains(.initialCapital), page.isSingleSpaced(place + 1), next.length > 1,
      !next.roles.contains(.weekday), !next.roles.contains(.month)
    {
      return false
    }
    return previous.hash != KnownNames.the || isOwner
  }

  private func isInsideSentence(_ place: Int) -> Bool {
    guard !page.startsLine(place) else { return false }
    let previous = page[place - 1]
    return previous.kind != .mark || previous.value == 0x2C || previous.value == 0x28 && page[place + 1].isMark(0x29)
  }

  /// Whether a month's name is that of a month: `in May`, `May 3`, `May 2024`.
  private func isTime(_ place: Int) -> Bool {
    guard page[place].roles.contains(.month) else { return false }
    let previous = page[place - 1]
    let next = page[place + 1]
    return previous.hasDigit || previous.roles.contains(.timePreposition) || previous.roles.contains(.monthPreposition)
      || previous.roles.contains(.ordinal) || next.hasDigit || next.roles.contains(.ordinal)
      || next.isMark(0x2C) && page[place + 2].hasDigit || next.roles.contains(.month)
      || page[place - 2].roles.contains(.month)
  }

  private func isTitle(before place: Int) -> Bool {
    guard !page.startsLine(place) else { return false }
    let title = page.isMark(place - 1, 0x2E) && !page.startsLine(place - 1) ? place - 2 : place - 1
    return page[title].kind == .letters && KnownNames.titles.contains(page[title].hash)
  }

  private func isCredential(after place: Int) -> Bool {
    let next = page.isMark(place + 1, 0x2C) ? place + 2 : place + 1
    return page.words.indices.contains(next) && !page.startsLine(next) && page.senses[next].role == .credential
      && page[next].shape.contains(.allCapitals)
  }

  /// Whether the name is a disease's or a sign's: `Parkinson's disease`.
  private func followsEponym(_ place: Int) -> Bool {
    let next = page.isMark(place + 1, 0x27) && page[place + 2].length == 1 ? place + 3 : place + 1
    return page.words.indices.contains(next) && page.senses[place].isEponym && page.senses[next].followsEponym
      && !page.startsLine(next)
  }

  /// Whether no list of words or other things has the word, so that it may be a slip of the pen.
  private func isUnknownWord(_ place: Int) -> Bool {
    let sense = Lexicon.embedded.sense(page[place].hash)
    return page[place].length + 1 >= TypingSlips.shortest && sense.ordinary == 0 && sense.role == .none
      && !sense.isProduct && !sense.isAbbreviation && !sense.isState && !sense.isCountry && sense.city < 2
      && !(sense.isEponym && followsEponym(place)) && page[place].field == .none
  }

  private static let s = WordHash.of("s")
  private static let the = WordHash.of("the")
  private static let titles = WordSet(
    "mr mrs ms miss mx dr prof rev sir madam senor senora sr sra don dona herr frau monsieur madame mme aunt uncle nurse baby"
  )
  private static let placePrepositions = WordSet("in from to at near of via through outside")
  /// Verbs that have a person for their subject, at the start of a sentence.
  private static let deeds = WordSet(
    """
    is was has had says said denies denied reports reported states stated called calls lives lived arrived presented \
    complains complained underwent endorses endorsed wants wanted asked asks told returned feels felt takes took \
    remains agreed declined refused tolerated
    """)
}
