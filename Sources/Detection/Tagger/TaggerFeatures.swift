import CTagger

/// The features of words, as hashes that number rows of a model.
///
/// A feature is a template (which property of which neighbour) and the value there; both are mixed into one hash. The
/// order of templates is part of a model: changing it asks for a new training.
package struct TaggerFeatures {
  /// How many features every word has.
  package static let count = 52

  /// The features of the words of one run, `count` to a word.
  package private(set) var rows: [UInt32] = []
  private var words: [Described] = []

  package init() {}

  /// What the features look at, for one word.
  private struct Described {
    var hash: UInt32 = 0
    var shape: UInt32 = 0
    var naming: UInt32 = 0
    var classes: UInt32 = 0
    var role: UInt32 = 0
    var rule: UInt32 = 0
    var field: UInt32 = 0
    var gap: UInt32 = 0
    var isMark = false
  }

  /// The values of the features of one word, by template.
  private struct Values {
    private(set) var numbers = InlineArray<52, UInt64>(repeating: 0)

    @inline(__always)
    mutating func add(_ template: Int, _ first: UInt32, _ second: UInt32 = 0) {
      numbers[template] = UInt64(second) << 32 | UInt64(first)
    }
  }

  /// How many words on either side of a run features look at.
  private static let margin = 3

  /// Reads the features of the words of `run`, asking for the rows of `model`, if there is one, as soon as they are known.
  package mutating func read(
    _ run: Range<Int>, of reading: borrowing TaggerReading, for model: borrowing TaggerModel? = nil
  ) {
    let page = reading.page
    words.removeAll(keepingCapacity: true)
    for index in run.lowerBound - TaggerFeatures.margin..<run.upperBound + TaggerFeatures.margin {
      words.append(TaggerFeatures.described(index, reading))
    }
    rows.removeAll(keepingCapacity: true)
    rows.append(contentsOf: repeatElement(0, count: run.count * TaggerFeatures.count))
    var cue = LineCue(before: run.lowerBound, on: page)
    var chunk = ChunkForm()
    var values = Values()
    for index in run {
      cue.step(to: index, on: page)
      chunk.step(to: index, on: page)
      let place = index - run.lowerBound
      describe(index, at: place + TaggerFeatures.margin, cue, chunk, reading, in: &values)
      number(values, at: place * TaggerFeatures.count, for: model)
    }
  }

  /// Puts the rows of one word's features where they begin among `rows`.
  private mutating func number(_ values: borrowing Values, at start: Int, for model: TaggerModel?) {
    unsafe values.numbers.span.withUnsafeBufferPointer { values in
      unsafe rows.withUnsafeMutableBufferPointer { rows in
        unsafe tagger_number(
          values.baseAddress, TaggerFeatures.count, TaggerModel.rowMask, model?.rows,
          rows.baseAddress?.advanced(by: start))
      }
    }
  }

  private static func described(_ index: Int, _ reading: borrowing TaggerReading) -> Described {
    let word = reading.page[index]
    let sense = reading.page.words.indices.contains(index) ? reading.page.senses[index] : .unknown
    let gap: UInt32 =
      word.shape.contains(.lineStart)
      ? 3 : !word.shape.contains(.spaceBefore) ? 0 : reading.page.isSingleSpaced(index) ? 1 : 2
    return Described(
      hash: UInt32(truncatingIfNeeded: word.hash ^ word.hash >> 32), shape: WordForm.shape(word),
      naming: sense.bits & 63, classes: sense.bits >> 6 & 0x3FF | (sense.bits >> 21) << 10,
      role: UInt32(sense.role.rawValue), rule: UInt32(reading.ruled[index]), field: UInt32(reading.announced[index]),
      gap: gap, isMark: word.kind == .mark)
  }

  /// Puts the values for the word at `index` of the page, which stands at `place` among `words`, in `values`.
  @inline(__always)
  private func describe(
    _ index: Int, at place: Int, _ cue: LineCue, _ chunk: ChunkForm, _ reading: borrowing TaggerReading,
    in values: inout Values
  ) {
    let (p3, p2, p1) = (words[place - 3], words[place - 2], words[place - 1])
    let (n1, n2, n3) = (words[place + 1], words[place + 2], words[place + 3])
    let w = words[place]
    let page = reading.page
    let word = page.words[index]
    // The nearest words that are no marks.
    let before = p1.isMark ? (p2.isMark ? p3 : p2) : p1
    let after = n1.isMark ? (n2.isMark ? n3 : n2) : n1
    let position =
      UInt32(
        (reading.beginsSentence(index) ? 1 : 0) | (reading.isLowerCase ? 2 : 0) | (chunk.isLong ? 4 : 0)
          | (page.isShouting[index] ? 8 : 0)) | w.gap << 4
    let ends = TaggerFeatures.ends(of: word, page.bytes)
    let named = UInt32(min(reading.timesNamed(word.hash), 3))
    let line = reading.lines.around(index)
    let column = UInt32(reading.lines.columns[index])
    let shapes = w.shape | p1.shape << 6 | n1.shape << 12

    values.add(0, 1)
    values.add(1, w.hash)
    values.add(2, p1.hash)
    values.add(3, n1.hash)
    values.add(4, p2.hash)
    values.add(5, n2.hash)
    values.add(6, w.hash, p1.hash)
    values.add(7, w.hash, n1.hash)
    values.add(8, p1.hash, n1.hash)
    values.add(9, shapes)
    values.add(10, w.shape, p1.hash)
    values.add(11, w.shape, n1.hash)
    values.add(12, ends.prefix)
    values.add(13, ends.suffix)
    values.add(14, ends.suffix & 0xFFFF, w.shape)
    values.add(15, w.naming, w.shape)
    values.add(16, w.classes)
    values.add(17, w.naming | p1.naming << 6 | w.shape << 12)
    values.add(18, w.naming | n1.naming << 6 | w.shape << 12)
    values.add(19, w.classes, p1.classes)
    values.add(20, w.classes, n1.classes)
    values.add(21, w.rule)
    values.add(22, w.rule | p1.rule << 8)
    values.add(23, w.rule | n1.rule << 8)
    values.add(24, w.field, w.shape)
    values.add(25, cue.value, w.shape)
    values.add(26, cue.lineFirst, w.shape)
    values.add(27, position, w.shape)
    values.add(28, p1.role | w.role << 8, w.naming)
    values.add(29, n1.role | w.role << 8, w.naming)
    values.add(30, p2.role | p1.role << 8 | w.shape << 16)
    values.add(31, before.hash, w.shape)
    values.add(32, after.hash, w.shape)
    values.add(33, before.hash, after.hash)
    values.add(34, named | w.shape << 4 | w.naming << 12)
    values.add(35, chunk.pattern)
    values.add(36, chunk.pattern, before.hash)
    values.add(37, chunk.pattern, cue.value & 0xFF)
    values.add(38, w.rule, w.naming | w.shape << 8)
    values.add(39, before.naming | after.naming << 6 | w.shape << 12)
    values.add(40, before.classes, w.shape)
    values.add(41, after.classes, w.shape)
    values.add(42, w.shape | p1.shape << 6 | p2.shape << 12 | n1.shape << 18 | n2.shape << 24)
    values.add(43, p2.hash, p1.hash)
    values.add(44, n1.hash, n2.hash)
    values.add(45, chunk.pattern, after.hash)
    values.add(46, column, w.shape)
    values.add(47, column, w.naming | w.rule << 6)
    values.add(48, line.before, w.shape)
    values.add(49, line.after, w.shape)
    values.add(50, line.own, w.shape)
    values.add(51, line.own | (page.startsLine(index) ? 1 << 31 : 0), w.naming)
  }

  /// The first three and the last three bytes of a word in lower case; of a short word, all of them.
  private static func ends(of word: Word, _ bytes: [UInt8]) -> (prefix: UInt32, suffix: UInt32) {
    var (prefix, suffix): (UInt32, UInt32) = (0, 0)
    let range = word.range
    for offset in range.lowerBound..<min(range.lowerBound + 3, range.upperBound) {
      prefix = prefix << 8 | UInt32(CharacterClass.lowercased(bytes[offset]))
    }
    for offset in max(range.upperBound - 3, range.lowerBound)..<range.upperBound {
      suffix = suffix << 8 | UInt32(CharacterClass.lowercased(bytes[offset]))
    }
    return (prefix, suffix)
  }
}
