import PHI

/// The numbers and codes that a caller knows, by the hash of their letters and digits alone.
struct NumberIndex: Sendable {
  /// A number as it is looked for.
  struct Entry: Sendable {
    let identifier: Identifier
    /// Whether it is so short that a label must announce it.
    let isShort: Bool
  }

  private(set) var whole = HashTable<Entry>()
  /// The last four digits, by their hash.
  private(set) var endings = HashTable<Identifier>()
  /// The most letters and digits of a number.
  private(set) var longest = 0

  /// Whether no number is known.
  var isEmpty: Bool { longest == 0 }

  /// Adds a number or code; `bytes` are as somebody wrote it.
  mutating func insert(_ bytes: [UInt8], _ identifier: Identifier) {
    let core = NumberIndex.core(of: bytes)
    insert(core: core, identifier)
    let digits = core.filter(CharacterClass.isDigit)
    // Without the letters before it: `TV-0045-2211` as `0045-2211`.
    if digits.count >= 5, digits.count < core.count, core.suffix(digits.count).elementsEqual(digits) {
      insert(core: digits, identifier)
    }
    if digits.count >= 6 { endings[WordHash.of(digits.suffix(4))] = identifier }
  }

  /// Adds a telephone number, to be found with and without its country and its area.
  mutating func insert(telephone bytes: [UInt8]) {
    var digits = bytes.filter(CharacterClass.isDigit)
    let isInternational = bytes.first { $0 > 0x20 && $0 != 0x28 } == 0x2B
    insert(core: digits, .phone)
    if digits.count == 11, digits[0] == 0x31 { digits.removeFirst() }
    if digits.count == 10, !isInternational || bytes.contains(0x31) {
      insert(core: digits, .phone)
      insert(core: [0x31] + digits, .phone)
      insert(core: Array(digits.suffix(7)), .phone)
    }
    if isInternational {
      for country in 1...3 where digits.count - country >= 7 { insert(core: Array(digits.dropFirst(country)), .phone) }
    }
    if digits.count >= 7 { endings[WordHash.of(digits.suffix(4))] = .phone }
  }

  private mutating func insert(core: [UInt8], _ identifier: Identifier) {
    var hash = WordHash.seed
    var length = 0
    var digits = CoreDigits()
    for byte in core where digits.keeps(byte) {
      hash = WordHash.adding(byte, to: hash)
      length += 1
    }
    guard length > 0, whole[hash] == nil else { return }
    whole[hash] = Entry(identifier: identifier, isShort: length < 5)
    longest = max(longest, core.count + 4)
  }

  private static func core(of bytes: [UInt8]) -> [UInt8] {
    TextOrigin.fold(bytes).0.filter(CharacterClass.isWord).map(CharacterClass.lowercased)
  }
}

/// Tells the letters and digits that count from the zeros that only pad a number.
struct CoreDigits {
  private var seenDigit = false

  /// Whether `byte` counts: every letter does, and every digit but zeros before the first other digit.
  mutating func keeps(_ byte: UInt8) -> Bool {
    guard CharacterClass.isDigit(byte) else { return true }
    if byte != 0x30 { seenDigit = true }
    return seenDigit
  }
}
