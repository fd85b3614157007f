import PHI

/// Whether a number is somebody's age.
struct AgeReading {
  private let page: Page

  init(_ page: borrowing Page) { self.page = copy page }

  /// The digits at the start of the word at `index` and the letters after them, as in `91yo`.
  func leadingDigits(_ index: Int) -> (value: Int, range: Range<Int>, suffix: ArraySlice<UInt8>)? {
    let word = page[index]
    guard word.length <= 6, !isGlued(index) else { return nil }
    let bytes = page.bytes[word.range]
    let digits = bytes.prefix(while: CharacterClass.isDigit)
    guard (1...3).contains(digits.count) else { return nil }
    return (
      digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }, digits.startIndex..<digits.endIndex, bytes[digits.endIndex...]
    )
  }

  private func isGlued(_ index: Int) -> Bool {
    guard index > 0, !page.isSpaced(index) else { return false }
    let before = page[index - 1]
    return before.kind != .mark
      || [0x2D, 0x2E, 0x2F, 0x5F, 0x2B, 0x23].contains(before.value)
        && page[index - 2].kind != .mark
      || before.value == 0x3A && page[index - 2].hasDigit || before.value == 0x24 || before.value == 0x3E
      || before.value == 0x3C
  }

  /// A number in words that starts at `index`: `ninety`, `ninety-one`, `one hundred and two`.
  func spoken(at index: Int) -> (value: Int, last: Int)? {
    let word = page[index]
    guard word.value >= 1, !page[index - 1].roles.contains(.cardinal) || page.startsLine(index) else { return nil }
    if word.value >= 20, word.value <= 90 {
      let next = page.isMark(index + 1, 0x2D) ? index + 2 : index + 1
      if page[next].roles.contains(.cardinal), (1...9).contains(page[next].value) {
        return (Int(word.value + page[next].value), next)
      }
      return (Int(word.value), index)
    }
    if word.value == 1, page[index + 1].value == 100, page[index + 1].roles.contains(.cardinal) {
      var next = index + 2
      if page[next].hash == AgeReading.and { next += 1 }
      if page[next].roles.contains(.cardinal), page[next].value <= 20, page[next].value >= 1 {
        return (100 + Int(page[next].value), next)
      }
      return (100, index + 1)
    }
    return word.value <= 20 ? (Int(word.value), index) : nil
  }

  /// How sure it is that the number is an age; nil when it is not.
  func confidence(first: Int, last: Int, suffix: ArraySlice<UInt8>) -> Confidence? {
    if !suffix.isEmpty { return isAgeSuffix(suffix, last) ? .high : nil }
    if isFollowedByAge(last) { return .certain }
    if isAnnounced(first), !page.isMeasure(last + 1), !page.isMark(last + 1, 0x2F) || page.isSpaced(last + 1) {
      return .high
    }
    return isApposition(first, last) || isOfKin(first, last) || isSaid(first, last) ? .medium : nil
  }

  private func isAgeSuffix(_ suffix: ArraySlice<UInt8>, _ index: Int) -> Bool {
    switch WordHash.of(suffix) {
    case AgeReading.yo, AgeReading.yf, AgeReading.ym, AgeReading.yof, AgeReading.yom: true
    case AgeReading.th, AgeReading.st, AgeReading.nd, AgeReading.rd: page[index + 1].hash == AgeReading.birthday
    case AgeReading.y, AgeReading.yr:
      page[index + 1].isMark(0x2F) || page[index + 1].isMark(0x2E) || page[index + 1].isMark(0x2D)
        || page[index + 1].roles.contains(.age)
    case AgeReading.m, AgeReading.f: suffix.first == 0x46 || suffix.first == 0x4D
    default: false
    }
  }

  /// `-year-old`, ` yo`, ` y/o`, ` y.o.`, ` years of age`, ` F`.
  private func isFollowedByAge(_ last: Int) -> Bool {
    guard !page.startsLine(last + 1) else { return false }
    var next = last + 1
    if page.isMark(next, 0x2D) { next += 1 }
    let word = page[next]
    switch word.hash {
    case AgeReading.yo: return true
    case AgeReading.y:
      if page[next + 1].kind == .mark, page[next + 2].hash == AgeReading.o { return true }
      return page[next + 1].hash == AgeReading.o || page[next + 1].hash == AgeReading.old
    case AgeReading.year, AgeReading.years, AgeReading.yr, AgeReading.yrs:
      let after = page[next + 1].isMark(0x2D) || page[next + 1].isMark(0x2E) ? next + 2 : next + 1
      return page[after].hash == AgeReading.old || AgeReading.sexes.contains(page[after].hash)
        || page[after].hash == AgeReading.of && page[after + 1].hash == AgeReading.age
        || page[after].hash == AgeReading.young
    case AgeReading.anos, AgeReading.jahre: return true
    case AgeReading.f, AgeReading.m:
      return word.length == 1 && word.shape.contains(.allCapitals) && page.isSingleSpaced(next)
        && (page[next + 1].kind == .mark || page[next + 1].roles.contains(.afterDay) || page.startsLine(next + 1))
        && !page[last - 1].roles.contains(.fraction)
    default: return false
    }
  }

  /// `age 92`, `Age: 93`, `aged 91`, `turned 90`, `died at 97`.
  private func isAnnounced(_ first: Int) -> Bool {
    guard !page.startsLine(first) else { return false }
    var before = first - 1
    while before > first - 4, page[before].kind == .mark, !page.isMark(before, 0x2C), !page.startsLine(before) {
      before -= 1
    }
    if page[before].roles.contains(.connector), !page.startsLine(before) { before -= 1 }
    switch page[before].hash {
    case AgeReading.age, AgeReading.aged, AgeReading.edad, AgeReading.turned, AgeReading.turning, AgeReading.turns:
      return true
    case AgeReading.at:
      let subject = page[before - 1]
      return AgeReading.deaths.contains(subject.hash) || AgeReading.people.contains(subject.hash)
        || subject.roles.contains(.kin)
    case AgeReading.be:
      return page[before - 1].hash == AgeReading.to && AgeReading.lives.contains(page[before - 2].hash)
    case AgeReading.to: return AgeReading.lives.contains(page[before - 1].hash)
    case AgeReading.tiene: return true
    case AgeReading.herself, AgeReading.himself, AgeReading.nearly, AgeReading.almost: return true
    default: return false
    }
  }

  /// `Mother (92)`, `MGM 94 alive`, `father died 91`.
  private func isOfKin(_ first: Int, _ last: Int) -> Bool {
    guard !page.startsLine(first), !page.isMeasure(last + 1), !page.isMark(last + 1, 0x2F), !page.isMark(last + 1, 0x25)
    else { return false }
    var before = first - 1
    if page.isMark(before, 0x28) { return page.isMark(last + 1, 0x29) && isAgeInBrackets(first, before - 1) }
    if page.isMark(before, 0x2E) { before -= 1 }
    if page[before].hash == AgeReading.d || AgeReading.deaths.contains(page[before].hash) { before -= 1 }
    return page[before].roles.contains(.kin) && !page.startsLine(before + 1)
  }

  /// An age in brackets after a relative, a title and a name, a date of birth; in words also after a name alone.
  private func isAgeInBrackets(_ first: Int, _ before: Int) -> Bool {
    let word = page[before]
    if word.roles.contains(.kin) { return true }
    if word.kind == .letters, word.shape.contains(.initialCapital) {
      if page[first].kind == .letters { return !word.shape.contains(.allCapitals) }
      return AgeReading.titles.contains(page[before - 1].hash)
        || page.isMark(before - 1, 0x2E) && AgeReading.titles.contains(page[before - 2].hash)
        || AgeReading.titles.contains(page[before - 2].hash)
    }
    let mark = page[before - 1]
    return word.kind == .digits && (mark.isMark(0x2F) || mark.isMark(0x2D)) && page.isMark(before - 3, mark.value)
  }

  /// `Pt is 92.`, `she's 92 and`, `Grandmother, on oxygen, is ninety-three`.
  private func isSaid(_ first: Int, _ last: Int) -> Bool {
    guard !page.startsLine(first) else { return false }
    var verb = first - 1
    if AgeReading.adverbs.contains(page[verb].hash) { verb -= 1 }
    guard AgeReading.verbs.contains(page[verb].hash) else { return false }
    var subject = verb - 1
    if page.isMark(subject, 0x27) { subject -= 1 }
    guard AgeReading.people.contains(page[subject].hash) || isSaidOfKin(subject) else { return false }
    let after = page[last + 1]
    return page.startsLine(last + 1) || after.isMark(0x2C) || after.isMark(0x3B) || after.isMark(0x29)
      || after.isMark(0x21)
      || after.isMark(0x2E) && page.isSpaced(last + 2) || after.roles.contains(.afterDay)
      || AgeReading.adverbs.contains(after.hash)
  }

  /// Whether a relative is the subject that ends at `end`, with no figure or measurement between.
  private func isSaidOfKin(_ end: Int) -> Bool {
    var index = end
    while index > end - 7, index >= 0 {
      let word = page[index]
      if word.roles.contains(.kin) { return true }
      if word.hasDigit || word.roles.contains(.fraction) || word.isMark(0x2E) || word.isMark(0x27)
        || page.startsLine(index)
      {
        return false
      }
      index -= 1
    }
    return false
  }

  /// `grandmother, 94, well`; `Mr. Lark, ninety-six, in hospital`.
  private func isApposition(_ first: Int, _ last: Int) -> Bool {
    let after = page[last + 1]
    guard page.isMark(first - 1, 0x2C), !page.startsLine(first), after.kind == .mark || page.startsLine(last + 1),
      !after.isMark(0x2F), !after.isMark(0x25), !after.isMark(0x2D), !(after.isMark(0x2E) && !page.isSpaced(last + 2))
    else { return false }
    let name = page[first - 2]
    if name.roles.contains(.kin) { return true }
    guard name.kind == .letters, name.shape.contains(.initialCapital), !name.shape.contains(.allCapitals) else {
      return false
    }
    let before = page[first - 3]
    return before.isMark(0x2E)
      || before.kind == .letters && before.shape.contains(.initialCapital) && !page.startsLine(first - 2)
        && before.roles.isDisjoint(with: [.fraction, .measure])
  }

  /// The year at `index` when it is a year of birth not after `limit`, without day and month.
  func birthYear(at index: Int, through limit: Int) -> Range<Int>? {
    guard page[index].length == 4, page[index].kind == .digits, let year = page.number(index), year >= 1890,
      year <= limit,
      !page.startsLine(index), page[index - 1].kind != .mark || page.isSpaced(index) || page.isMark(index - 1, 0x3A)
    else { return nil }
    var before = index - 1
    while before > index - 4,
      page[before].kind == .mark || page[before].roles.contains(.connector) || page[before].roles.contains(.age)
    { before -= 1 }
    return page[before].field == .birthDate || page[before].hash == AgeReading.b ? page[index].range : nil
  }

  private static let yo = WordHash.of("yo")
  private static let yf = WordHash.of("yf")
  private static let ym = WordHash.of("ym")
  private static let y = WordHash.of("y")
  private static let yr = WordHash.of("yr")
  private static let yrs = WordHash.of("yrs")
  private static let year = WordHash.of("year")
  private static let years = WordHash.of("years")
  private static let old = WordHash.of("old")
  private static let young = WordHash.of("young")
  private static let of = WordHash.of("of")
  private static let o = WordHash.of("o")
  private static let d = WordHash.of("d")
  private static let people = WordSet("he she pt patient who resident client")
  private static let verbs = WordSet("is s was turns be")
  private static let adverbs = WordSet("now already only still just today tomorrow almost nearly about")
  private static let titles = WordSet("mr mrs ms miss mx dr sr sra don dona")
  private static let lives = WordSet("lived live lives living made survived")
  private static let sexes = WordSet("female male woman man lady gentleman f m")
  private static let yof = WordHash.of("yof")
  private static let yom = WordHash.of("yom")
  private static let th = WordHash.of("th")
  private static let st = WordHash.of("st")
  private static let nd = WordHash.of("nd")
  private static let rd = WordHash.of("rd")
  private static let birthday = WordHash.of("birthday")
  private static let anos = WordHash.of("anos")
  private static let jahre = WordHash.of("jahre")
  private static let be = WordHash.of("be")
  private static let to = WordHash.of("to")
  private static let tiene = WordHash.of("tiene")
  private static let m = WordHash.of("m")
  private static let f = WordHash.of("f")
  private static let b = WordHash.of("b")
  private static let at = WordHash.of("at")
  private static let and = WordHash.of("and")
  private static let age = WordHash.of("age")
  private static let aged = WordHash.of("aged")
  private static let edad = WordHash.of("edad")
  private static let turned = WordHash.of("turned")
  private static let turning = WordHash.of("turning")
  private static let turns = WordHash.of("turns")
  private static let herself = WordHash.of("herself")
  private static let himself = WordHash.of("himself")
  private static let nearly = WordHash.of("nearly")
  private static let almost = WordHash.of("almost")
  private static let deaths = WordSet("died dead passed deceased lived death alive living")
}
