/// Neighbouring words that are parts of one person's name, as far as they go.
struct NameRun {
  private let page: Page
  private let index: NameIndex
  /// The first and the last word.
  private(set) var first: Int, last: Int
  /// Where a part of the name stands, not an initial.
  let namePlace: Int
  /// How many parts there are of each form, and how many initials.
  private(set) var sure = 0, ordinary = 0, glued = 0, slips = 0, initials = 0
  /// Whether every part begins with a capital.
  private(set) var hasCapitals = true
  private var people: UInt64
  private var hasComma = false

  /// How far a name reaches from where it was noticed, in words and marks: a page of one word repeated stays linear.
  private static let longest = 24

  /// A run of the part at `place` alone.
  init(_ page: Page, _ index: NameIndex, from place: Int, _ part: NameIndex.Part) {
    self.page = page
    self.index = index
    (first, last, namePlace) = (place, place, place)
    people = part.people
    note(part, at: place)
  }

  /// How many parts there are, initials aside.
  var parts: Int { sure + ordinary + glued + slips }

  /// Takes in what goes before and after; nothing before the byte `end` is taken.
  mutating func extend(after end: Int) {
    while last < namePlace + NameRun.longest, let next = joined(after: last) {
      if page.isMark(next - 1, 0x2C) { hasComma = true }
      if let part = NameRun.part(of: page[next], on: page, in: index), part.people & people != 0 {
        if part.form == .particle {
          guard let beyond = nameAfterParticles(next) else { break }
          last = beyond
        } else {
          note(part, at: next)
          people &= part.people
          last = next
        }
      } else if isInitial(next) {
        initials += 1
        last = next
      } else {
        break
      }
    }
    while first > 0, first > namePlace - NameRun.longest {
      let isJoined = page.isMark(first - 1, 0x2E) || page.isMark(first - 1, 0x27) && page.isTouching(first)
      let before = isJoined && page[first - 2].length == 1 ? first - 2 : first - 1
      guard before >= 0, Int(page[before].start) >= end, !page.startsLine(first),
        page.isSingleSpaced(first) || page.isTouching(first)
      else { break }
      if isInitial(before) {
        initials += 1
        first = before
      } else if let part = NameRun.part(of: page[before], on: page, in: index), part.form == .particle,
        part.people & people != 0
      {
        first = before
      } else {
        break
      }
    }
  }

  private mutating func note(_ part: NameIndex.Part, at place: Int) {
    switch part.form {
    case .sure: sure += 1
    case .ordinary: ordinary += 1
    case .glued: glued += 1
    case .slip: slips += 1
    case .particle: break
    }
    if !page[place].shape.contains(.initialCapital) { hasCapitals = false }
  }

  /// The word after particles that is a part of the name again.
  private mutating func nameAfterParticles(_ particle: Int) -> Int? {
    var place = particle
    for _ in 0..<3 {
      guard let next = joined(after: place),
        let part = NameRun.part(of: page[next], on: page, in: index), part.people & people != 0
      else { return nil }
      if part.form != .particle {
        note(part, at: next)
        people &= part.people
        return next
      }
      place = next
    }
    return nil
  }

  /// The word after the one at `place` that may go on with the name: over one or two marks, or a break of the line.
  private func joined(after place: Int) -> Int? {
    var next = place + 1
    while next <= place + 2, page[next].kind == .mark, next < page.words.count {
      switch page[next].value {
      case 0x2D, 0x27, 0x5E, 0x5F: break
      // `LAST, FIRST`; a second comma goes on with a list.
      case 0x2C: guard !hasComma, page.isSpaced(next + 1) || glued == 0 else { return nil }
      case 0x2E:
        // A full stop ends a sentence unless an initial is before it or a word right behind.
        guard page[next - 1].length == 1 || page.isTouching(next + 1) else { return nil }
      default: return nil
      }
      next += 1
    }
    guard next < page.words.count, page[next].kind != .mark, page[next].kind != .digits else { return nil }
    let gap = page.bytes[page[next - 1].end..<Int(page[next].start)]
    guard gap.count <= 8, gap.count(where: { $0 == 0x0A }) < 2 else { return nil }
    return next
  }

  /// Whether the word is one of the person's initials, or several: `L.`, `ML`.
  private func isInitial(_ place: Int) -> Bool {
    let word = page[place]
    guard word.kind == .letters, word.length <= 3,
      word.shape.contains(.allCapitals) || word.length == 1 && isBetweenParts(place)
    else { return false }
    let letters = page.bytes[word.range].map(CharacterClass.lowercased)
    guard letters.allSatisfy({ $0 &- 0x61 < 26 && index.letters[Int($0 - 0x61)] & people != 0 }) else { return false }
    if letters.count > 1, index.strictness == .listed { return false }
    if letters.count > 1 { return !page.senses[place].isAbbreviation && page.senses[place].role == .none }
    let isWord = letters[0] == 0x61 || letters[0] == 0x69
    return !isWord && index.strictness == .known || page.isMark(place + 1, 0x2E)
  }

  /// Whether a part of the name stands on either side of a small letter, as in `maria l gonzalez`.
  private func isBetweenParts(_ place: Int) -> Bool {
    guard place == last + 1, !page.startsLine(place) else { return false }
    let next = page.isMark(place + 1, 0x2E) ? place + 2 : place + 1
    guard !page.startsLine(next), let part = NameRun.part(of: page[next], on: page, in: index) else { return false }
    return part.people & people != 0 && part.form >= .ordinary
  }

  /// What `word` is to a name; digits behind its letters do not count (`mgonzalez61`).
  static func part(of word: Word, on page: Page, in index: NameIndex) -> NameIndex.Part? {
    guard word.kind == .letters || word.kind == .mixed else { return nil }
    if let part = index.parts[word.hash] { return part }
    guard word.kind == .mixed else { return nil }
    let letters = page.bytes[word.range].prefix { !CharacterClass.isDigit($0) }
    guard letters.count > 3, page.bytes[word.range].dropFirst(letters.count).allSatisfy(CharacterClass.isDigit) else {
      return nil
    }
    guard let part = index.parts[WordHash.of(letters)], part.form == .sure || part.form == .glued else { return nil }
    return part
  }
}
