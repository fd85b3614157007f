internal import Bytes
internal import Detection

extension PersonName {
  /// Takes the name apart that `mention` spells: `Maria L. Gonzalez`, `GONZALEZ, MARIA`, `GONZALEZ^MARIA^L`, `M. G.`.
  init(parsing mention: Span<UInt8>) {
    var isASCII = true
    for place in mention.indices where mention[place] >= 0x80 { isASCII = false }
    if isASCII {
      self.init(folded: mention)
    } else {
      self.init(folded: Page([UInt8](copying: mention)).bytes.span)
    }
  }

  /// One word of a name, as it is compared.
  static func word(_ text: [UInt8]) -> NameWord {
    let folded = text.allSatisfy { $0 < 0x80 } ? text : Page(text).bytes
    var start = 0
    while start < folded.count, !NameWordReader.isLetter(folded[start]) { start += 1 }
    guard start < folded.count else { return NameWord(hash: NameWords.hash(text), initial: 0, isInitial: false) }
    return NameWordReader.read(folded.span, at: &start)
  }

  private init(folded bytes: Span<UInt8>) {
    var parts = Parts()
    var at = 0
    while at < bytes.count {
      if NameWordReader.isLetter(bytes[at]) {
        parts.add(NameWordReader.read(bytes, at: &at))
      } else {
        parts.mark(bytes[at])
        at += 1
      }
    }
    self = parts.name()
  }
}

/// Reads one word of a name: letters, with apostrophes between them.
enum NameWordReader {
  static func isLetter(_ byte: UInt8) -> Bool { ASCII.isLetter(byte) || byte >= 0x80 }

  static func read(_ bytes: Span<UInt8>, at place: inout Int) -> NameWord {
    let initial = bytes[place] | 0x20
    var hash = NameWords.seed
    var letters = 0
    while place < bytes.count {
      let byte = bytes[place]
      if isLetter(byte) {
        hash = NameWords.adding(byte | 0x20, to: hash)
        if byte & 0xC0 != 0x80 { letters += 1 }
      } else if byte != 0x27 || place + 1 == bytes.count || !isLetter(bytes[place + 1]) || letters == 0 {
        break
      }
      place += 1
    }
    return NameWord(hash: hash, initial: initial, isInitial: letters == 1)
  }
}

/// The words of a mention in their order, with the marks between them that matter.
private struct Parts {
  private var words: [NameWord] = []
  /// How many words stand before the first mark that puts the family name first.
  private var inversion: Int?
  private var particles: Set<Int> = []
  private var hyphens: Set<Int> = []
  private var generation: UInt64?
  private var sex: PersonName.Sex?
  private var sawHyphen = false

  mutating func mark(_ byte: UInt8) {
    switch byte {
    case 0x2C, 0x5E, 0x2A: if inversion == nil, !words.isEmpty { inversion = words.count }
    case 0x2D: sawHyphen = true
    default: break
    }
  }

  mutating func add(_ word: NameWord) {
    defer { sawHyphen = false }
    switch NameWords.meaning(of: word.hash) {
    case .title where words.isEmpty: return
    case .titleOf(let sex) where words.isEmpty:
      self.sex = sex
      return
    case .generation where !words.isEmpty: generation = word.hash
    case .credential where !words.isEmpty: return
    case .particle:
      particles.insert(words.count)
      words.append(word)
    default:
      if sawHyphen, !words.isEmpty { hyphens.insert(words.count) }
      words.append(word)
    }
  }

  func name() -> PersonName {
    var name = PersonName()
    name.generation = generation
    name.sex = sex
    if let inversion, inversion < words.count {
      name.family = family(0..<inversion)
      name.given = words[inversion]
      name.middle = Array(words[(inversion + 1)...])
    } else if words.count > 1 {
      var start = words.count - 1
      while start > 1, hyphens.contains(start) || particles.contains(start - 1) { start -= 1 }
      if start == 1, hyphens.contains(1), words.count == 2 { start = 0 }
      name.family = family(start..<words.count)
      name.given = start > 0 ? words[0] : nil
      name.middle = start > 1 ? Array(words[1..<start]) : []
    } else {
      name.single = words.first
    }
    return name
  }

  /// The words of a family name without its particles, unless there is nothing else.
  private func family(_ range: Range<Int>) -> [NameWord] {
    let kept = range.filter { !particles.contains($0) }
    return (kept.isEmpty ? Array(range) : kept).map { words[$0] }
  }
}
