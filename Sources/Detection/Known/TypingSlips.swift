/// The words that one typing slip makes of another (Damerau 1964): a letter left out, put in, exchanged with its
/// neighbour, or put for another.
enum TypingSlips {
  /// The shortest word in which a slip is looked for.
  static let shortest = 6

  /// The hashes of the words that one slip makes of `word`, which is in lower case.
  static func hashes(of word: [UInt8]) -> Set<UInt64> {
    var hashes: Set<UInt64> = []
    var before = WordHash.seed
    for place in 0...word.count {
      for letter in alphabet {
        let changed = WordHash.adding(letter, to: before)
        hashes.insert(ended(changed, word[place...]))
        if place < word.count { hashes.insert(ended(changed, word[(place + 1)...])) }
      }
      guard place < word.count else { break }
      hashes.insert(ended(before, word[(place + 1)...]))
      if place + 1 < word.count {
        let exchanged = WordHash.adding(word[place], to: WordHash.adding(word[place + 1], to: before))
        hashes.insert(ended(exchanged, word[(place + 2)...]))
      }
      before = WordHash.adding(word[place], to: before)
    }
    hashes.remove(before)
    return hashes
  }

  /// Letters, and the digits that a bad scan puts for some.
  private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz01358".utf8)

  private static func ended(_ hash: UInt64, _ end: ArraySlice<UInt8>) -> UInt64 {
    end.reduce(hash) { WordHash.adding($1, to: $0) }
  }
}
