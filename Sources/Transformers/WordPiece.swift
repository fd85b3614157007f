/// Cuts words into the longest pieces of a vocabulary, from the left (Schuster and Nakajima 2012, as BERT reads it).
struct WordPiece: Sendable {
  private let pieces: [[UInt8]: Int32]
  private let unknown: Int32
  private let continuation: [UInt8]
  private let longestWord: Int
  private let longestPiece: Int

  init(_ vocabulary: [[UInt8]: Int32], unknown: Int32, continuation: [UInt8], longestWord: Int) {
    pieces = vocabulary
    self.unknown = unknown
    self.continuation = continuation
    self.longestWord = longestWord
    longestPiece = vocabulary.keys.reduce(0) { max($0, $1.count) }
  }

  /// Appends the pieces of a word; one that has none, or is too long, is unknown as a whole.
  func append(_ word: ArraySlice<Letter>, number: Int32, to tokens: inout [Token]) {
    guard let first = word.first, let last = word.last else { return }
    let whole = first.range.lowerBound..<last.range.upperBound
    let before = tokens.count
    var start = word.startIndex
    if word.count > longestWord { start = word.endIndex }
    while start < word.endIndex {
      guard let (id, end) = longest(word[start...], isFirst: start == word.startIndex) else {
        tokens.removeSubrange(before...)
        break
      }
      tokens.append(
        Token(id, at: word[start].range.lowerBound..<word[end - 1].range.upperBound, word: number))
      start = end
    }
    if tokens.count == before { tokens.append(Token(unknown, at: whole, word: number)) }
  }

  private func longest(_ rest: ArraySlice<Letter>, isFirst: Bool) -> (id: Int32, end: Int)? {
    var key = isFirst ? [] : continuation
    var ends: [Int] = []
    for letter in rest {
      key.append(contentsOf: UTF8.encode(letter.scalar) ?? UTF8.encodedReplacementCharacter)
      if key.count > longestPiece { break }
      ends.append(key.count)
    }
    for (index, end) in ends.enumerated().reversed() {
      if let id = pieces[Array(key[..<end])] { return (id, rest.startIndex + index + 1) }
    }
    return nil
  }
}
