import PHI

/// Reads a page for known numbers, whatever separates or pads them, in digits or said aloud.
struct KnownNumbers {
  let page: Page
  let index: NumberIndex
  private let detector: DetectorName

  init(_ index: NumberIndex, on page: Page, by detector: DetectorName) {
    self.page = page
    self.index = index
    self.detector = detector
  }

  /// Appends what is found, in order and apart from each other.
  func read(into findings: inout [Finding]) {
    guard !index.isEmpty else { return }
    var end = 0
    for place in page.words.indices where Int(page.words[place].start) >= end && mayBegin(place) {
      guard let finding = whole(from: place) ?? ending(at: place), finding.range.lowerBound >= end else { continue }
      findings.append(finding)
      end = finding.range.upperBound
    }
  }

  private func mayBegin(_ place: Int) -> Bool {
    let word = page.words[place]
    switch word.kind {
    case .digits, .mixed: return true
    case .mark: return false
    case .letters:
      if isSpokenDigit(word) { return true }
      // Letters right before digits: `TV-0045`, `TV 0045`.
      guard word.length <= 6, place + 1 < page.words.count else { return false }
      let next = page.words[place + 1].kind == .mark ? place + 2 : place + 1
      return page[next].hasDigit && !page.startsLine(next)
    }
  }

  /// The longest known number whose first word is at `first`.
  private func whole(from first: Int) -> Finding? {
    var best: (last: Int, entry: NumberIndex.Entry)?
    var core = NumberCore()
    var place = first
    while true {
      core.add(page[place], on: page)
      if core.length > index.longest { break }
      if let entry = index.whole[core.hash], accepts(entry, first, place) { best = (place, entry) }
      guard let next = joined(after: place) else { break }
      place = next
    }
    if best == nil, page[first].kind == .mixed, let entry = withoutLetters(first), accepts(entry, first, first) {
      best = (first, entry)
    }
    guard let best else { return nil }
    return Finding(best.entry.identifier, at: range(first, best.last), confidence: .certain, by: detector)
  }

  /// The number in a word such as `MRN0045221`.
  private func withoutLetters(_ place: Int) -> NumberIndex.Entry? {
    let digits = page.bytes[page[place].range].drop { !CharacterClass.isDigit($0) }
    guard digits.count >= 5, digits.count < Int(page[place].length) else { return nil }
    var core = NumberCore()
    for byte in digits { core.add(byte) }
    return index.whole[core.hash]
  }

  private func range(_ first: Int, _ last: Int) -> Range<Int> {
    var start = first
    if page.isMark(start - 1, 0x28), page.isTouching(start), page.isMark(start + 1, 0x29) { start -= 1 }
    if page.isMark(start - 1, 0x2B), page.isTouching(start) { start -= 1 }
    return page.range(from: start, through: last)
  }

  private func accepts(_ entry: NumberIndex.Entry, _ first: Int, _ last: Int) -> Bool {
    guard !isPart(first, last) else { return false }
    if !entry.isShort { return !page.isMeasure(last + 1) || page.digits(from: first, through: last) > 6 }
    return first == last && isAnnounced(first) && !page.isMeasure(last + 1)
  }

  /// Whether the digits belong to a decimal, a share or a sum: `1,45221`, `45221.5`, `$45221`.
  private func isPart(_ first: Int, _ last: Int) -> Bool {
    if page.isTouching(first), [0x2E, 0x2C].contains(page[first - 1].value), page[first - 1].kind == .mark,
      page.isTouching(first - 1), page[first - 2].hasDigit
    {
      return true
    }
    if page.isMark(first - 1, 0x24) || page.isMark(last + 1, 0x25) { return true }
    let next = page[last + 1]
    return next.kind == .mark && [0x2E, 0x2C].contains(next.value) && page.isTouching(last + 1)
      && page.isTouching(last + 2) && page[last + 2].kind == .digits
  }

  /// Whether a label for a number stands within the three words before.
  private func isAnnounced(_ first: Int) -> Bool {
    var place = first - 1
    var words = 0
    while place >= 0, words < 3, !page.startsLine(place + 1) {
      let word = page.words[place]
      if word.field.isNumber || word.isMark(0x23) || word.roles.contains(.numberWord) { return true }
      if word.kind != .mark { words += 1 }
      place -= 1
    }
    return false
  }

  /// Four digits after a cue that they end a number: `ending in 4821`, `x4821`, `***-4821`.
  private func ending(at place: Int) -> Finding? {
    let word = page[place]
    var digits = page.bytes[word.range]
    var isCued = false
    if word.kind == .mixed, digits.count > 4, digits.dropLast(4).allSatisfy({ $0 | 0x20 == 0x78 }) {
      digits = digits.suffix(4)
      isCued = true
    }
    guard digits.count == 4, digits.allSatisfy(CharacterClass.isDigit),
      let identifier = index.endings[WordHash.of(digits)],
      isCued || isCuedEnding(place)
    else { return nil }
    return Finding(identifier, at: digits.startIndex..<digits.endIndex, confidence: .certain, by: detector)
  }

  private func isCuedEnding(_ place: Int) -> Bool {
    var before = place - 1
    var words = 0
    while before >= 0, words < 4, before > place - 10, !page.startsLine(before + 1) {
      let word = page.words[before]
      if word.kind == .mark {
        if word.value == 0x2A || word.value == CharacterFolding.otherMark { return words == 0 }
        if word.value == 0x2E, page.isMark(before - 1, 0x2E), page.isMark(before - 2, 0x2E) { return words == 0 }
      } else {
        if KnownNumbers.cues.contains(word.hash) { return true }
        if page.bytes[word.range].allSatisfy({ $0 | 0x20 == 0x78 }) { return words == 0 }
        if word.hasDigit, word.length > 1 { return false }
        words += 1
      }
      before -= 1
    }
    return false
  }

  private func isSpokenDigit(_ word: Word) -> Bool { word.roles.contains(.cardinal) && word.value < 100 }

  /// The word that may go on with a number after the one at `place`.
  private func joined(after place: Int) -> Int? {
    var next = place + 1
    while next <= place + 2, page[next].kind == .mark, next < page.words.count {
      guard [0x2D, 0x2E, 0x2F, 0x5F, 0x28, 0x29, 0x3A, 0x2B].contains(page[next].value) else { return nil }
      next += 1
    }
    if KnownNumbers.separators.contains(page[next].hash), page[next].kind == .letters { next += 1 }
    guard next < page.words.count, !page.startsLine(next), page[next].kind != .mark,
      page.isTouching(next) || page.isSingleSpaced(next) || page[next - 1].kind == .mark
    else { return nil }
    let word = page[next]
    return word.hasDigit || isSpokenDigit(word) || word.length <= 4 && page.isTouching(next) || word.length == 1
      ? next : nil
  }

  private static let cues = WordSet("ending ends end last digits four")
  private static let separators = WordSet("dash hyphen slash dot point underscore")
}

/// The hash of the letters and digits read so far that count.
private struct NumberCore {
  private(set) var hash = WordHash.seed
  private(set) var length = 0
  private var digits = CoreDigits()
  /// Whether tens were said, to which a unit may still come: `forty`, `five`.
  private var hasTens = false
  /// The hash before the zero of those tens.
  private var beforeZero = WordHash.seed

  mutating func add(_ byte: UInt8) {
    let byte = CharacterClass.lowercased(byte)
    length += 1
    if digits.keeps(byte) { hash = WordHash.adding(byte, to: hash) }
  }

  mutating func add(_ word: Word, on page: Page) {
    let said = word.roles.contains(.cardinal) ? word.value : 100
    guard word.kind == .letters, said < 100 else {
      hasTens = false
      for byte in page.bytes[word.range] { add(byte) }
      return
    }
    if said >= 20 {
      add(0x30 + said / 10)
      pend()
      return
    }
    if said >= 10 {
      add(0x31)
      add(0x30 + said % 10)
      hasTens = false
    } else if hasTens, said > 0 {
      resolve(unit: said)
    } else {
      add(0x30 + said)
      hasTens = false
    }
  }

  private mutating func pend() {
    beforeZero = hash
    hasTens = true
    add(0x30)
  }

  private mutating func resolve(unit: UInt8) {
    hash = WordHash.adding(0x30 + unit, to: beforeZero)
    hasTens = false
  }
}
