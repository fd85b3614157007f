/// Cuts a text into the pieces that a model was trained on, and says where in the text each lies.
///
/// A text that spells a control word of the model, such as `[SEP]`, is cut like any other: a text cannot steer the model.
package struct Tokenizer: Sendable {
  /// How pieces are found.
  enum Method: Sendable {
    case wordPiece(BertNormalizer, WordPiece)
    case bytePairs(ByteLevel, BytePairs)
  }

  private let method: Method
  /// What stands before and after the pieces of each text, and what fills up a row.
  package let first: Int32
  package let last: Int32
  package let padding: Int32
  /// One more than the highest number of a piece.
  package let size: Int

  init(_ method: Method, first: Int32, last: Int32, padding: Int32, size: Int) {
    self.method = method
    self.first = first
    self.last = last
    self.padding = padding
    self.size = size
  }

  /// The tokenizer that a `tokenizer.json` describes.
  package init(reading file: [UInt8]) throws(TransformerError) { self = try TokenizerFile(file).tokenizer() }

  /// The pieces of `text` in order, without what stands before and after.
  package func tokens(of text: ArraySlice<UInt8>) -> [Token] {
    var tokens: [Token] = []
    tokens.reserveCapacity(text.count / 4 + 4)
    switch method {
    case .wordPiece(let normalizer, let pieces):
      let letters = normalizer.normalized(Letter.letters(of: text))
      var number: Int32 = 0
      for word in letters.bertWords() {
        pieces.append(word, number: number, to: &tokens)
        number += 1
      }
    case .bytePairs(let level, let pairs): level.append(text, cutBy: pairs, to: &tokens)
    }
    guard text.startIndex != 0 else { return tokens }
    for index in tokens.indices {
      let range = tokens[index].range
      tokens[index].range = range.lowerBound + text.startIndex..<range.upperBound + text.startIndex
    }
    return tokens
  }
}

extension [Letter] {
  /// The words as BERT cuts them: at white space, which is dropped, and around every mark.
  fileprivate func bertWords() -> [ArraySlice<Letter>] {
    var words: [ArraySlice<Letter>] = []
    var start = 0
    for (index, letter) in enumerated() {
      let isMark = letter.scalar.isBertPunctuation
      guard isMark || letter.scalar.properties.isWhitespace else { continue }
      if start < index { words.append(self[start..<index]) }
      if isMark { words.append(self[index...index]) }
      start = index + 1
    }
    if start < count { words.append(self[start...]) }
    return words
  }
}
