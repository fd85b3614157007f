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

  /// How many words on either side of a run features look at.
  private static let margin = 3

  /// Reads the features of the words of `run`.
  package mutating func read(_ run: Range<Int>, of reading: borrowing TaggerReading) {
    let page = reading.page
    words.removeAll(keepingCapacity: true)
    for index in run.lowerBound - TaggerFeatures.margin..<run.upperBound + TaggerFeatures.margin {
      words.append(TaggerFeatures.described(index, reading))
    }
    rows.removeAll(keepingCapacity: true)
    var cue = LineCue(before: run.lowerBound, on: page)
    var chunk = ChunkForm()
    for index in run {
      cue.step(to: index, on: page)
      chunk.step(to: index, on: page)
      append(index, index - run.lowerBound + TaggerFeatures.margin, cue, chunk, reading)
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

  private mutating func append(
    _ index: Int, _ place: Int, _ cue: LineCue, _ chunk: ChunkForm, _ reading: borrowing TaggerReading
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
    let named = UInt32(min(reading.named[word.hash] ?? 0, 3))
    let shapes = w.shape | p1.shape << 6 | n1.shape << 12

    add(0, 1)
    add(1, w.hash)
    add(2, p1.hash)
    add(3, n1.hash)
    add(4, p2.hash)
    add(5, n2.hash)
    add(6, w.hash, p1.hash)
    add(7, w.hash, n1.hash)
    add(8, p1.hash, n1.hash)
    add(9, shapes)
    add(10, w.shape, p1.hash)
    add(11, w.shape, n1.hash)
    add(12, ends.prefix)
    add(13, ends.suffix)
    add(14, ends.suffix & 0xFFFF, w.shape)
    add(15, w.naming, w.shape)
    add(16, w.classes)
    add(17, w.naming | p1.naming << 6 | w.shape << 12)
    add(18, w.naming | n1.naming << 6 | w.shape << 12)
    add(19, w.classes, p1.classes)
    add(20, w.classes, n1.classes)
    add(21, w.rule)
    add(22, w.rule | p1.rule << 8)
    add(23, w.rule | n1.rule << 8)
    add(24, w.field, w.shape)
    add(25, cue.value, w.shape)
    add(26, cue.lineFirst, w.shape)
    add(27, position, w.shape)
    add(28, p1.role | w.role << 8, w.naming)
    add(29, n1.role | w.role << 8, w.naming)
    add(30, p2.role | p1.role << 8 | w.shape << 16)
    add(31, before.hash, w.shape)
    add(32, after.hash, w.shape)
    add(33, before.hash, after.hash)
    add(34, named | w.shape << 4 | w.naming << 12)
    add(35, chunk.pattern)
    add(36, chunk.pattern, before.hash)
    add(37, chunk.pattern, cue.value & 0xFF)
    add(38, w.rule, w.naming | w.shape << 8)
    add(39, before.naming | after.naming << 6 | w.shape << 12)
    add(40, before.classes, w.shape)
    add(41, after.classes, w.shape)
    add(42, w.shape | p1.shape << 6 | p2.shape << 12 | n1.shape << 18 | n2.shape << 24)
    add(43, p2.hash, p1.hash)
    add(44, n1.hash, n2.hash)
    add(45, chunk.pattern, after.hash)
    add(46, UInt32(reading.lines.columns[index]), w.shape)
    add(47, UInt32(reading.lines.columns[index]), w.naming | w.rule << 6)
    add(48, reading.lines.before[index], w.shape)
    add(49, reading.lines.after[index], w.shape)
    add(50, reading.lines.own[index], w.shape)
    add(51, reading.lines.own[index] | (page.startsLine(index) ? 1 << 31 : 0), w.naming)
  }

  @inline(__always)
  private mutating func add(_ template: UInt32, _ first: UInt32, _ second: UInt32 = 0) {
    var hash =
      UInt64(first) &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(second &+ template &* 0x85EB_CA6B) &* 0xC2B2_AE3D_27D4_EB4F
    hash ^= hash >> 32
    hash &*= 0xD6E8_FEB8_6659_FD93
    rows.append(UInt32(truncatingIfNeeded: hash >> 40) & UInt32(TaggerModel.rowCount - 1))
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
