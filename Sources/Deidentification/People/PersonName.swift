/// A person's name as one mention gives it, taken apart.
struct PersonName: Sendable {
  /// The first given name, if the mention says which word that is.
  var given: NameWord?
  /// Further given names and nicknames.
  var middle: [NameWord] = []
  /// The family name, if the mention says which words that is; `de la Cruz` is one word for each part but particles.
  var family: [NameWord] = []
  /// The word of a mention that has one only: given or family name, who knows.
  var single: NameWord?
  /// A generation: `Jr`, `III`.
  var generation: UInt64?
  /// What a title inside the mention says of the sex.
  var sex: Sex?

  enum Sex: Sendable { case female, male }

  /// Whether given and family name are told apart.
  var isFull: Bool { given != nil && !family.isEmpty }

  /// Every word that is more than an initial.
  var words: [NameWord] {
    ([given, single].compactMap(\.self) + middle + family).filter { !$0.isInitial }
  }

  /// What two mentions of one name must share unless one is cut: a hash that does not depend on the order of words.
  var wordsInAnyOrder: UInt64 {
    words.reduce(0) { $0 &+ ($1.hash ^ $1.hash >> 29) &* 0x9E37_79B9_7F4A_7C15 }
  }
}
