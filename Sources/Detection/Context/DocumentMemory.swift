package import PHI

/// What a document has named so far, so that a short mention is found after a long one, and in a later window too.
///
/// It holds hashes of words, never the words. Parts of people's names, beginnings of places' names and acronyms are
/// remembered; ordinary words only when they stand capitalised inside a sentence.
public struct DocumentMemory: Sendable {
  private var parts: [UInt64: Remembered] = [:]
  private var sketch = HashSketch()

  /// Remembers nothing.
  public init() {}

  /// How many parts are remembered at most: a document that names more people loses nothing but short mentions.
  private static let capacity = 8192

  fileprivate struct Remembered {
    var identifier: Identifier
    var form: Form
  }

  /// How a remembered word must be written to be found again.
  fileprivate enum Form { case any, capital, insideSentence, allCapitals }

  /// Remembers the people and places among `findings`, which lie on the folded text of `page`.
  package mutating func learn(_ findings: [Finding], on page: borrowing Page) {
    for finding in findings {
      switch finding.identifier {
      case .name where finding.confidence >= .medium: learn(name: finding, on: page)
      case .facility, .organization: learn(place: finding, on: page)
      default: break
      }
    }
  }

  /// Appends what is remembered and no finding covers yet; `findings` must be in order and apart from each other.
  package func recall(on page: borrowing Page, into findings: inout [Finding]) {
    guard !parts.isEmpty else { return }
    var covered = 0
    var recalled: [Finding] = []
    for index in page.words.indices where page.words[index].mayHoldName && page.words[index].length > 1 {
      let word = page.words[index]
      let part = word.kind == .letters ? remembered(word.hash) : nil
      guard part != nil || word.length > DocumentMemory.shortestGlued else { continue }
      let range = word.range
      while covered < findings.count, findings[covered].range.upperBound <= range.lowerBound { covered += 1 }
      if covered < findings.count, findings[covered].range.lowerBound < range.upperBound { continue }
      guard let part else {
        glued(in: word, on: page) { identifier, range in
          recalled.append(Finding(identifier, at: range, confidence: .medium, by: "document-memory"))
        }
        continue
      }
      guard part.matches(index, on: page) else { continue }
      recalled.append(Finding(part.identifier, at: range, confidence: .medium, by: "document-memory"))
    }
    guard !recalled.isEmpty else { return }
    findings.append(contentsOf: recalled)
    findings.sort { $0.range.lowerBound < $1.range.lowerBound }
  }

  /// How short a name may be that is found inside another word.
  private static let shortestGlued = 5

  /// Hands over the names that are glued to other letters or to digits: `onPettigrew`, `Pettigrew2`, `AdaPettigrew`.
  private func glued(
    in word: Word, on page: borrowing Page, _ take: (Identifier, Range<Int>) -> Void
  ) {
    var start = Int(word.start)
    while start < word.end {
      var end = start
      var hash = WordHash.seed
      let begins = CharacterClass.of(page.bytes[start])
      while end < word.end {
        let kind = CharacterClass.of(page.bytes[end])
        let isBoundary =
          kind.contains(.digit) != begins.contains(.digit)
          || end > start && kind == .upper && CharacterClass.of(page.bytes[end - 1]) != .upper
        if end > start, isBoundary { break }
        hash = WordHash.adding(CharacterClass.lowercased(page.bytes[end]), to: hash)
        end += 1
      }
      let isWhole = end - start == Int(word.length)
      if !isWhole, end - start >= DocumentMemory.shortestGlued, let part = remembered(hash), part.identifier == .name {
        if part.form == .any || part.form == .capital && begins == .upper { take(part.identifier, start..<end) }
      }
      start = end
    }
  }

  /// Remembers the word that letters spelled aloud make: `p e t t i g r e w`.
  private mutating func learn(spelled words: Range<Int>, on page: borrowing Page) {
    var hash = WordHash.seed
    var letters = 0
    for index in words where page.words[index].kind == .letters {
      guard page.words[index].length == 1 else { return }
      hash = WordHash.adding(CharacterClass.lowercased(page.bytes[Int(page.words[index].start)]), to: hash)
      letters += 1
    }
    if letters > 3, Lexicon.embedded.sense(hash).ordinary == 0 { remember(hash, .name, .any) }
  }

  private mutating func learn(name finding: Finding, on page: borrowing Page) {
    learn(spelled: page.indices(of: finding.range), on: page)
    for index in page.indices(of: finding.range)
    where page.words[index].kind == .letters && page.words[index].length > 2 {
      let sense = Lexicon.embedded.sense(page.words[index].hash)
      switch sense.role {
      case .none: break
      case .month, .function: continue
      default: if sense.name < 2 { continue }
      }
      if sense.isAbbreviation { continue }
      let form: Form =
        sense.ordinary > 1 || sense.isEponym || sense.isProduct || sense.city > 1 || sense.isState || sense.isCountry
          || sense.role != .none
        ? (sense.first > 1 && !sense.isEponym ? .capital : .insideSentence)
        : sense.ordinary == 1 || sense.city > 0 ? .capital : .any
      remember(page.words[index].hash, .name, form)
    }
  }

  private mutating func learn(place finding: Finding, on page: borrowing Page) {
    let words = page.indices(of: finding.range).filter { page.words[$0].kind == .letters }
    guard let first = words.first, words.count > 1 else { return }
    let sense = Lexicon.embedded.sense(page.words[first].hash)
    if sense.ordinary == 0, sense.city < 2, !sense.isState, !sense.isCountry, sense.role == .none, sense.first < 2,
      sense.surname < 3, page.words[first].length > 4
    {
      remember(page.words[first].hash, finding.identifier, .capital)
    }
    // The acronym of its capitals: `Tamarack Valley Medical Center` is `TVMC`.
    var acronym = WordHash.seed
    var letters = 0
    for word in words where page.words[word].shape.contains(.initialCapital) {
      acronym = WordHash.adding(CharacterClass.lowercased(page.bytes[Int(page.words[word].start)]), to: acronym)
      letters += 1
    }
    let meaning = Lexicon.embedded.sense(acronym)
    if letters > 2, !meaning.isAbbreviation, meaning.ordinary < 2, meaning.role == .none {
      remember(acronym, finding.identifier, .allCapitals)
    }
  }

  private mutating func remember(_ hash: UInt64, _ identifier: Identifier, _ form: Form) {
    guard parts[hash] == nil, parts.count < DocumentMemory.capacity else { return }
    parts[hash] = Remembered(identifier: identifier, form: form)
    sketch.insert(hash)
  }

  private func remembered(_ hash: UInt64) -> Remembered? { sketch.mayContain(hash) ? parts[hash] : nil }
}

extension DocumentMemory.Remembered {
  /// Whether the word at `index` is written as the form asks, and no eponym's noun follows it.
  fileprivate func matches(_ index: Int, on page: borrowing Page) -> Bool {
    let word = page.words[index]
    let capital = word.shape.contains(.initialCapital)
    switch form {
    case .any: break
    case .capital: guard capital else { return false }
    case .allCapitals: guard word.shape.contains(.allCapitals) else { return false }
    case .insideSentence:
      guard capital, index > 0, !word.shape.contains(.lineStart) else { return false }
      let previous = page.words[index - 1]
      guard previous.kind != .mark || previous.value == 0x2C || previous.value == 0x28 else { return false }
    }
    guard index + 1 < page.words.count else { return true }
    var next = index + 1
    if page.words[next].isMark(0x27), next + 2 < page.words.count { next += 2 }
    return !Lexicon.embedded.sense(page.words[next].hash).followsEponym
  }
}

extension Word {
  /// Whether there are letters in it.
  fileprivate var mayHoldName: Bool { kind == .letters || kind == .mixed }
}
