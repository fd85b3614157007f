import PHI

/// A page as the detectors of names and places read it: what each word may mean, and which words are spoken for.
struct Reading {
  let page: Page
  /// What the lexicon knows of each word; nothing for marks and numbers.
  let senses: PerWord<Sense>
  /// Whether the line of each word is written in capitals throughout.
  let shouting: PerWord<Bool>
  /// Whether the page is written almost without capitals.
  let isLowerCase: Bool
  /// Words that name the speakers of a dialogue, such as `PATIENT:` at the start of its lines.
  let speakers: Set<UInt64>
  /// The longest known phrase that begins at each word.
  private var phrases: PerWord<Phrase>
  /// Words that a finding of this reading covers.
  private(set) var taken: PerWord<Bool>
  /// Words that are part of a street address.
  private var streets: PerWord<Bool>
  /// Words that are part of a person's name.
  private var persons: PerWord<Bool>
  /// Words that are part of a facility's name.
  private var facilities: PerWord<Bool>
  private(set) var findings: [Finding] = []

  /// What a phrase is, and how many words after its first it ends; empty where there is none.
  private struct Phrase {
    var kind: PhraseKind = []
    var reach: UInt8 = 0
  }

  init(_ page: Page) {
    self.page = page
    senses = PerWord(page.senses, outside: .unknown)
    shouting = PerWord(page.isShouting, outside: false)
    isLowerCase = page.isLowerCase
    speakers = Reading.speakers(of: page)
    taken = PerWord(repeating: false, count: page.words.count, outside: true)
    streets = PerWord(repeating: false, count: page.words.count, outside: false)
    persons = streets
    facilities = streets
    phrases = PerWord(repeating: Phrase(), count: page.words.count, outside: Phrase())
    findPhrases()
  }

  var count: Int { senses.count }

  /// The word at `index`, or a mark without meaning outside the page.
  func word(_ index: Int) -> Word {
    page.words.indices.contains(index) ? page.words[index] : Reading.nothing
  }

  /// The sense of the word at `index`.
  func sense(_ index: Int) -> Sense { senses[index] }

  /// The role of the word at `index`.
  func role(_ index: Int) -> Role { sense(index).role }

  /// Whether the word at `index` is the mark `byte`.
  func isMark(_ index: Int, _ byte: UInt8) -> Bool { word(index).isMark(byte) }

  /// Whether the word at `index` is letters that begin with a capital.
  ///
  /// A bad scan's digits inside a word (`Be1anger`, `M0rales`) are taken for letters.
  func isCapital(_ index: Int) -> Bool {
    let word = word(index)
    guard word.shape.contains(.initialCapital) else { return false }
    return word.kind == .letters || word.kind == .mixed && isMisread(word)
  }

  /// Whether the word at `index` is letters without a capital at the start.
  func isLower(_ index: Int) -> Bool {
    let word = word(index)
    return word.kind == .letters && !word.shape.contains(.initialCapital)
  }

  /// Whether every letter of the word at `index` is a capital.
  func isAllCapitals(_ index: Int) -> Bool { word(index).shape.contains(.allCapitals) }

  /// Whether the words at `index` and before it stand on one line, with one space or less between.
  func isClose(_ index: Int) -> Bool {
    guard index > 0, index < count else { return false }
    let gap = Int(page.words[index].start) - page.words[index - 1].end
    return gap == 0 || gap == 1 && page.bytes[page.words[index - 1].end] == 0x20
  }

  /// Whether nothing stands between the word at `index` and the one before.
  func touches(_ index: Int) -> Bool {
    index > 0 && index < count && page.words[index - 1].end == Int(page.words[index].start)
  }

  /// Whether the word at `index` is on the line of the word before.
  func isOnLine(_ index: Int) -> Bool {
    index > 0 && index < count && !page.words[index].shape.contains(.lineStart)
  }

  /// Whether any word from `first` to `last` is covered already.
  func isTaken(_ words: ClosedRange<Int>) -> Bool {
    for index in words where taken[index] { return true }
    return false
  }

  /// Whether the word at `index` is part of a facility's name that was found.
  func isFacility(_ index: Int) -> Bool { facilities[index] }

  /// Whether the word at `index` is part of a person's name that was found.
  func isPerson(_ index: Int) -> Bool { persons[index] }

  /// The hash of the word at `index`.
  func hash(_ index: Int) -> UInt64 { word(index).hash }

  /// The longest known phrase that begins at `index`, and its last word.
  func phrase(at index: Int) -> (kind: PhraseKind, last: Int)? {
    let phrase = phrases[index]
    return phrase.kind.isEmpty ? nil : (phrase.kind, index + Int(phrase.reach))
  }

  /// Covers the words from the first to the last of `words` with a finding.
  mutating func find(
    _ identifier: Identifier, _ words: ClosedRange<Int>, _ confidence: Confidence, by name: DetectorName
  ) {
    for index in words {
      taken[index] = true
      persons[index] = identifier == .name
      facilities[index] = identifier == .facility
    }
    findings.append(
      Finding(
        identifier, at: page.range(from: words.lowerBound, through: words.upperBound), confidence: confidence, by: name)
    )
  }

  /// Speaks for words that are not to be found, such as an eponym's.
  mutating func keep(_ words: ClosedRange<Int>) {
    for index in words { taken[index] = true }
  }

  /// Notes words of a street address, which hold no name.
  mutating func keep(street words: ClosedRange<Int>) {
    for index in words {
      taken[index] = true
      streets[index] = true
    }
  }

  /// Whether the word at `index` is part of a street address.
  func isStreet(_ index: Int) -> Bool { streets[index] }

  /// The longest known phrase that begins at each word: most of them are asked for several times.
  private mutating func findPhrases() {
    for index in page.words.indices where sense(index).opensPhrase {
      if let (kind, last) = longestPhrase(at: index) { phrases[index] = Phrase(kind: kind, reach: UInt8(last - index)) }
    }
  }

  private func longestPhrase(at index: Int) -> (kind: PhraseKind, last: Int)? {
    let lexicon = Lexicon.embedded
    var hash = page.words[index].hash
    var best: (PhraseKind, Int)?
    let kind = lexicon.phrase(hash)
    if !kind.isEmpty { best = (kind, index) }
    var last = index
    for _ in 0..<4 {
      var next = last + 1
      while next <= last + 2, next < count, page.words[next].kind == .mark, isPhraseMark(next) { next += 1 }
      guard next < count, page.words[next].kind == .letters, isOnLine(next) else { break }
      hash = Lexicon.joined(hash, page.words[next].hash)
      last = next
      let kind = lexicon.phrase(hash)
      if !kind.isEmpty { best = (kind, last) }
    }
    return best
  }

  /// The words that stand with a colon at the start of three lines or more.
  private static func speakers(of page: Page) -> Set<UInt64> {
    var counts: [UInt64: Int] = [:]
    for index in page.words.indices.dropFirst()
    where page.words[index].isMark(0x3A) && page.words[index - 1].shape.contains(.lineStart) {
      counts[page.words[index - 1].hash, default: 0] += 1
    }
    return Set(counts.lazy.filter { $0.value > 2 }.map(\.key))
  }

  private func isPhraseMark(_ index: Int) -> Bool {
    let mark = page.words[index].value
    return mark == 0x2E || mark == 0x27 || mark == 0x2D || mark == 0x26
  }

  /// Whether all but one or two characters are letters, and those are digits that stand for letters in a bad scan.
  private func isMisread(_ word: Word) -> Bool {
    guard word.length > 4 else { return false }
    var digits = 0
    for byte in page.bytes[word.range.dropFirst()] where byte < 0x3A {
      guard byte == 0x30 || byte == 0x31 || byte == 0x35 else { return false }
      digits += 1
    }
    return digits < 3 && !CharacterClass.isDigit(page.bytes[word.end - 1])
  }

  private static let nothing = Word(
    hash: 0, start: 0, length: 0, roles: [], kind: .mark, shape: .lineStart, field: .none, value: 0)
}
