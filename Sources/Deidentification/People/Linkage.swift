internal import Bytes
internal import PHI

/// Who the names in one document belong to: all of it is read first, then each mention has the whole of what was said.
struct Linkage: Sendable {
  /// The numbers of the persons that names mention, by the place of the finding in its list.
  typealias Mentions = [Int: Int]

  private var people = People()
  private var spellings: [UInt64: String] = [:]

  /// Reads the names among `findings`.
  mutating func read(_ findings: [Finding], in text: Span<UInt8>) -> Mentions {
    var mentions: Mentions = [:]
    for (place, finding) in findings.enumerated() where finding.identifier == .name {
      let value = text.extracting(finding.range)
      var spelling = NameWords.seed
      for place in value.indices { spelling = NameWords.adding(value[place], to: spelling) }
      mentions[place] = people.identify(Mention(at: finding.range, in: text), spelling: spelling)
      for word in MentionWord.words(of: value) where spellings[word.name.hash] == nil {
        spellings[word.name.hash] = word.text
      }
    }
    return mentions
  }

  /// What is known of the person with this number.
  func person(_ number: Int) -> NamedPerson { NamedPerson(people[number], spellings: spellings) }
}

/// A word of a mention, as it is spelled and as it is compared.
struct MentionWord: Sendable {
  let text: String
  let name: NameWord
  /// Where it stands, in scalars from the start of the mention.
  let range: Range<Int>

  /// The words of `mention`: letters and marks on them, with apostrophes between letters.
  static func words(of mention: Span<UInt8>) -> [MentionWord] {
    words(of: Array(String(decoding: mention).unicodeScalars))
  }

  static func words(of scalars: [Unicode.Scalar]) -> [MentionWord] {
    var words: [MentionWord] = []
    var at = 0
    while at < scalars.count {
      guard isLetter(scalars[at]) else {
        at += 1
        continue
      }
      let start = at
      while at < scalars.count {
        let isJoint =
          isApostrophe(scalars[at]) && at + 1 < scalars.count && isLetter(scalars[at + 1]) && at > start
        guard isLetter(scalars[at]) || isJoint else { break }
        at += 1
      }
      words.append(MentionWord(scalars[start..<at], at: start..<at))
    }
    return words
  }

  private init(_ scalars: ArraySlice<Unicode.Scalar>, at range: Range<Int>) {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    self.text = String(text)
    self.range = range
    name = PersonName.word(Array(self.text.utf8))
  }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic || (0x300..<0x370).contains(scalar.value)
  }

  private static func isApostrophe(_ scalar: Unicode.Scalar) -> Bool {
    [0x27, 0x2018, 0x2019, 0x2BB, 0x2BC].contains(scalar.value)
  }
}
