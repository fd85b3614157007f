package import PHI

/// A page as the tagger reads it: the runs of words worth tagging, and the features of each of their words.
///
/// Words that can hardly belong to an identifier, small ordinary words far from everything else, are outside without
/// being looked at; most of a clinical text is made of them.
package struct TaggerReading {
  let page: Page
  /// What the rules found at each word: 0 nothing, else the kind of identifier and how sure they are.
  let ruled: PerWord<UInt8>
  /// What a label, a key or a column says of each word: 0 nothing, else the field and whether its value begins here.
  private(set) var announced: PerWord<UInt8>
  /// What the lines of the page look like.
  let lines: LineForms
  private var named: [UInt64: UInt8] = [:]
  private var sketch = HashSketch()
  /// Whether the page is written almost without capitals.
  let isLowerCase: Bool
  /// The runs of words to tag, in order and apart from each other.
  package private(set) var runs: [Range<Int>] = []

  /// The reading of a page where the rules found `findings`, in order and apart from each other.
  package init(_ page: Page, _ findings: [Finding]) {
    self.page = page
    var ruled = PerWord<UInt8>(repeating: 0, count: page.words.count, outside: 0)
    announced = ruled
    isLowerCase = page.isLowerCase
    for finding in findings {
      let rule = (finding.identifier.rawValue + 1) << 2 | TaggerReading.surety(finding.confidence)
      for index in page.indices(of: finding.range) {
        ruled[index] = rule
        if finding.identifier == .name, page.words[index].kind == .letters {
          named[page.words[index].hash, default: 0] &+= 1
          sketch.insert(page.words[index].hash)
        }
      }
    }
    self.ruled = ruled
    lines = LineForms(page, ruled: ruled)
    for value in page.fields {
      for index in value.first...max(value.first, value.last) {
        announced[index] = (value.field.rawValue + 1) << 1 | (index == value.first ? 1 : 0)
      }
    }
    runs = runsThatMatter()
  }

  /// How often the word of this hash stands in a name that the rules found.
  func timesNamed(_ hash: UInt64) -> UInt8 { sketch.mayContain(hash) ? named[hash] ?? 0 : 0 }

  private static func surety(_ confidence: Confidence) -> UInt8 {
    confidence >= .certain ? 3 : confidence >= .high ? 2 : confidence >= .medium ? 1 : 0
  }

  /// How many words around one that matters are tagged with it.
  private static let margin = 2
  /// How long a run may be before it ends with its line, and before it ends at all: its scores are in memory at once.
  private static let longLine = 2_048
  private static let longest = 4_096

  private func runsThatMatter() -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var start = -1
    var last = 0
    for index in page.words.indices where matters(index) {
      if start >= 0, index - last > 2 * TaggerReading.margin + 1 {
        runs.append(start..<min(last + TaggerReading.margin + 1, page.words.count))
        start = -1
      }
      if start < 0 {
        start = max(0, index - TaggerReading.margin)
      } else if index - start >= TaggerReading.longest
        || index - start >= TaggerReading.longLine && page.startsLine(index)
      {
        runs.append(start..<index)
        start = index
      }
      last = index
    }
    if start >= 0 { runs.append(start..<min(last + TaggerReading.margin + 1, page.words.count)) }
    return runs
  }

  /// Whether the word at `index` may belong to an identifier by itself.
  private func matters(_ index: Int) -> Bool {
    let word = page.words[index]
    if ruled[index] != 0 { return true }
    switch word.kind {
    case .mark: return false
    case .digits, .mixed: return true
    case .letters: break
    }
    let sense = page.senses[index]
    if word.shape.contains(.initialCapital) {
      if sense.name > 0 || sense.ordinary < 2 { return true }
      if sense.role == .function { return false }
      return !beginsSentence(index)
    }
    if isLowerCase { return sense.name > 1 || sense.ordinary == 0 || sense.city > 1 }
    return sense.ordinary == 0 && sense.role == .none && word.length > 2
  }

  /// Whether a line or a sentence begins at the word at `index`.
  func beginsSentence(_ index: Int) -> Bool {
    if page.startsLine(index) { return true }
    let previous = page[index - 1]
    return previous.kind == .mark
      && (previous.value == 0x2E || previous.value == 0x21 || previous.value == 0x3F || previous.value == 0x3A
        || previous.value == 0x2D || previous.value == 0x2A)
  }
}
