/// The words that detectors of structured identifiers know, by hash.
///
/// One look-up per word while the page is cut replaces every comparison of strings in the detectors.
struct Vocabulary: Sendable {
  /// What a word means.
  struct Entry: Sendable {
    var roles: Roles = []
    var field: Field = .none
    var value: UInt8 = 0
  }

  private var keys: [UInt64]
  private var entries: [Entry]
  private var count = 0

  /// The vocabulary of every standard detector.
  static let standard: Vocabulary = {
    var vocabulary = Vocabulary(capacity: 1 << 12)
    vocabulary.learnTime()
    vocabulary.learnPlaces()
    vocabulary.learnFields()
    return vocabulary
  }()

  /// A table with room for half of `capacity` words, which must be a power of two.
  init(capacity: Int) {
    keys = Array(repeating: 0, count: capacity)
    entries = Array(repeating: Entry(), count: capacity)
  }

  /// What the word with this hash means; nil when it is not in the vocabulary.
  @inline(__always)
  func entry(_ hash: UInt64) -> Entry? {
    var slot = Int(truncatingIfNeeded: hash) & (keys.count - 1)
    while keys[slot] != 0 {
      if keys[slot] == hash { return entries[slot] }
      slot = (slot + 1) & (keys.count - 1)
    }
    return nil
  }

  /// Adds a meaning to each of `words`, which are in lower case and separated by spaces.
  mutating func learn(_ words: String, _ roles: Roles = [], field: Field = .none, value: UInt8 = 0) {
    for word in words.utf8.split(whereSeparator: { $0 == 0x20 || $0 == 0x0A }) {
      learn(hash: WordHash.of(word), roles, field, value)
    }
  }

  /// Adds a meaning to each of `words`, valued from `first` upwards in their order.
  mutating func learn(counting words: String, from first: UInt8, _ roles: Roles) {
    var value = first
    for word in words.utf8.split(separator: 0x20) {
      learn(hash: WordHash.of(word), roles, .none, value)
      value += 1
    }
  }

  private mutating func learn(hash: UInt64, _ roles: Roles, _ field: Field, _ value: UInt8) {
    var slot = Int(truncatingIfNeeded: hash) & (keys.count - 1)
    while keys[slot] != 0, keys[slot] != hash { slot = (slot + 1) & (keys.count - 1) }
    if keys[slot] == 0 {
      count += 1
      precondition(count * 2 <= keys.count, "the vocabulary is full")
      keys[slot] = hash
    }
    // A month's name of English stays one where other languages spell it the same.
    let known = entries[slot].roles
    if roles.contains(.foreign), known.contains(.month), !known.contains(.foreign) { return }
    entries[slot].roles.formUnion(roles)
    if field != .none { entries[slot].field = field }
    if value != 0 { entries[slot].value = value }
  }
}
