/// One word of a person's name, for comparing: case, accents and apostrophes do not count.
struct NameWord: Hashable, Sendable {
  /// A hash of the folded letters.
  var hash: UInt64
  /// The first folded letter.
  var initial: UInt8
  /// Whether it is one letter, which stands for any word that begins so.
  var isInitial: Bool

  /// Whether both may be the same word, one perhaps cut to its initial.
  func agrees(with other: NameWord) -> Bool {
    isInitial || other.isInitial ? initial == other.initial : hash == other.hash
  }

  func isSameWord(as other: NameWord) -> Bool { !isInitial && !other.isInitial && hash == other.hash }
}
