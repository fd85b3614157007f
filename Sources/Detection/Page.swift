package import PHI

/// A text made ready for detectors: folded, cut into words, indexed.
///
/// Detectors read `bytes`, which may differ from the text that came in: typographic marks, full-width digits and
/// letters with accents stand there as their ASCII kin. The scanner carries findings back to the text itself.
package struct Page: Sendable {
  private let content: PageContent
  /// The values that labels, keys, columns and positions of messages announce, in no particular order.
  package private(set) var fields: [FieldValue] = []

  /// Prepares `text`, which must be valid UTF-8 and smaller than 4 GiB.
  package init(_ text: [UInt8]) {
    content = PageContent(text)
    fields = FieldValue.all(on: self)
  }

  /// The folded text; all offsets of words and findings count in it.
  package var bytes: [UInt8] { content.bytes }
  /// Every word and mark, in order.
  package var words: ContiguousArray<Word> { content.words }
  /// The indices of the words with a digit.
  package var numbers: ContiguousArray<Int32> { content.numbers }
  /// The indices of the words with a role or naming a field.
  package var cues: ContiguousArray<Int32> { content.cues }
  /// The indices of the marks `@`, and of colons before `//`.
  package var addressMarks: ContiguousArray<Int32> { content.addressMarks }
  /// The indices of the first words of lines.
  package var lines: ContiguousArray<Int32> { content.lines }
  /// What the lexicon knows of each word; nothing of marks and numbers.
  var senses: ContiguousArray<Sense> { content.senses }
  /// Whether the line of each word is written in capitals throughout.
  var isShouting: ContiguousArray<Bool> { content.isShouting }
  /// Whether the page is written almost without capitals.
  var isLowerCase: Bool { content.isLowerCase }
  private var origin: TextOrigin? { content.origin }

  /// The word at `index`, or nil outside the page.
  package func word(at index: Int) -> Word? {
    words.indices.contains(index) ? words[index] : nil
  }

  /// The range of the words from `first` to `last`, both included.
  package func range(from first: Int, through last: Int) -> Range<Int> {
    Int(words[first].start)..<words[last].end
  }

  /// The byte at `offset`; a line feed outside the text.
  package func byte(at offset: Int) -> UInt8 {
    bytes.indices.contains(offset) ? bytes[offset] : 0x0A
  }

  /// Whether nothing, not even white space, stands between the word at `index` and the one before.
  package func touchesPrevious(_ index: Int) -> Bool {
    index > 0 && words[index - 1].end == Int(words[index].start)
  }

  /// The place in the text that came in of a range of the folded text.
  package func inText(_ range: Range<Int>) -> Range<Int> { origin?.range(of: range) ?? range }

  /// Carries findings over the folded text back to the text that came in.
  package func inText(_ findings: [Finding]) -> [Finding] {
    guard let origin else { return findings }
    return findings.map { finding in
      var carried = finding
      carried.range = origin.range(of: finding.range)
      return carried
    }
  }
}

/// What a page holds, shared by its copies: detectors and readings all keep one.
private final class PageContent: Sendable {
  let bytes: [UInt8]
  let words: ContiguousArray<Word>
  let numbers: ContiguousArray<Int32>
  let cues: ContiguousArray<Int32>
  let addressMarks: ContiguousArray<Int32>
  let lines: ContiguousArray<Int32>
  let senses: ContiguousArray<Sense>
  let isShouting: ContiguousArray<Bool>
  let isLowerCase: Bool
  let origin: TextOrigin?

  init(_ text: [UInt8]) {
    precondition(text.count < Int(UInt32.max), "a page is smaller than 4 GiB")
    let (folded, origin) = TextOrigin.fold(text)
    var cutter = WordCutter(capacity: folded.count / 4 + 8)
    cutter.cut(folded.span)
    bytes = folded
    self.origin = origin
    words = cutter.words
    numbers = cutter.numbers
    cues = cutter.cues
    addressMarks = cutter.addressMarks
    lines = cutter.lines
    let lexicon = Lexicon.embedded
    senses = ContiguousArray(
      cutter.words.lazy.map { $0.kind == .letters ? lexicon.sense($0.hash) : .unknown })
    isShouting = PageContent.shoutingLines(of: cutter.words)
    isLowerCase = PageContent.isLowerCase(cutter.words)
  }

  private static func isLowerCase(_ words: ContiguousArray<Word>) -> Bool {
    var (capitals, letters) = (0, 0)
    for word in words where word.kind == .letters && word.length > 1 {
      letters += 1
      capitals += word.shape.contains(.initialCapital) ? 1 : 0
    }
    return letters > 3 && capitals * 30 <= letters
  }

  /// Marks the words of lines whose letters are nearly all capitals.
  private static func shoutingLines(of words: ContiguousArray<Word>) -> ContiguousArray<Bool> {
    var shouting = ContiguousArray(repeating: false, count: words.count)
    var start = 0
    while start < words.count {
      var end = start
      var (capitals, others) = (0, 0)
      repeat {
        let word = words[end]
        if word.kind == .letters, word.length > 1 {
          if word.shape.contains(.allCapitals) { capitals += 1 } else { others += 1 }
        }
        end += 1
      } while end < words.count && !words[end].shape.contains(.lineStart)
      if capitals > 1, capitals >= others * 4 {
        for index in start..<end { shouting[index] = true }
      }
      start = end
    }
    return shouting
  }
}
