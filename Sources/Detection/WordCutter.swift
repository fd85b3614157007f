/// Cuts bytes into words and marks, in one pass.
struct WordCutter {
  private(set) var words: ContiguousArray<Word> = []
  private(set) var numbers: ContiguousArray<Int32> = []
  private(set) var cues: ContiguousArray<Int32> = []
  private(set) var addressMarks: ContiguousArray<Int32> = []
  private(set) var lines: ContiguousArray<Int32> = []

  init(capacity: Int) {
    words.reserveCapacity(capacity)
    numbers.reserveCapacity(capacity / 4)
    cues.reserveCapacity(capacity / 4)
    lines.reserveCapacity(capacity / 8)
  }

  mutating func cut(_ bytes: Span<UInt8>) {
    let vocabulary = Vocabulary.standard
    var gap: Word.Shape = [.lineStart, .spaceBefore]
    var index = 0
    while index < bytes.count {
      let kind = CharacterClass.of(bytes[index])
      if kind == .space {
        gap.insert(bytes[index] == 0x0A || bytes[index] == 0x0D ? [.lineStart, .spaceBefore] : .spaceBefore)
        index += 1
        continue
      }
      if gap.contains(.lineStart) { lines.append(Int32(words.count)) }
      if kind.isEmpty {
        appendMark(bytes[index], at: index, after: gap, in: bytes)
        gap = []
        index += 1
      } else {
        index = appendWord(from: index, after: gap, in: bytes, knowing: vocabulary)
        gap = []
      }
    }
  }

  private mutating func appendMark(_ byte: UInt8, at index: Int, after gap: Word.Shape, in bytes: Span<UInt8>) {
    if byte == 0x40
      || byte == 0x3A && index + 2 < bytes.count && bytes[index + 1] == 0x2F && bytes[index + 2] == 0x2F
    {
      addressMarks.append(Int32(words.count))
    }
    words.append(
      Word(
        hash: WordHash.adding(byte, to: WordHash.seed), start: UInt32(index), length: 1, roles: [], kind: .mark,
        shape: gap, field: .none, value: byte))
  }

  private mutating func appendWord(
    from start: Int, after gap: Word.Shape, in bytes: Span<UInt8>, knowing vocabulary: Vocabulary
  ) -> Int {
    var index = start
    var hash = WordHash.seed
    var seen: CharacterClass = []
    var ordinary = false  // a letter that no bad scan puts for a digit
    var other: UInt8 = 0
    while index < bytes.count {
      let byte = bytes[index]
      let kind = CharacterClass.of(byte)
      if kind.isEmpty || kind == .space { break }
      seen.formUnion(kind)
      other |= byte
      if kind != .digit, byte != 0x4F, byte != 0x6F, byte != 0x6C, byte != 0x49 { ordinary = true }
      hash = WordHash.adding(kind == .upper ? byte | 0x20 : byte, to: hash)
      index += 1
    }
    let digit = seen.contains(.digit)
    let letter = seen.contains(.lower) || seen.contains(.upper)
    var shape = gap
    if CharacterClass.of(bytes[start]) == .upper { shape.insert(.initialCapital) }
    if seen.contains(.upper), !seen.contains(.lower) { shape.insert(.allCapitals) }
    if digit { shape.insert(.hasDigit) }
    if other >= 0x80 { shape.insert(.nonASCII) }
    if digit, letter, !ordinary { shape.insert(.digitLike) }
    var word = Word(
      hash: hash, start: UInt32(start), length: UInt32(index - start), roles: [],
      kind: digit ? (letter ? .mixed : .digits) : .letters, shape: shape, field: .none, value: 0)
    if digit { numbers.append(Int32(words.count)) }
    if letter, let entry = vocabulary.entry(hash) {
      word.roles = entry.roles
      word.field = entry.field
      word.value = entry.value
      cues.append(Int32(words.count))
    }
    words.append(word)
    return index
  }
}
