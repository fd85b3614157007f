import Glibc

/// A stretch of text that a model takes for a thing of one kind.
package struct Mention: Hashable, Sendable {
  /// The kind, as an index into the model's kinds.
  package var kind: Int
  /// Where it is, in UTF-8 bytes of the text.
  package var range: Range<Int>
  /// The place of the words it touches: a piece of a word gives the whole word away.
  package var words: Range<Int>
  /// How likely the model holds the likeliest of its pieces to be of this kind.
  package var probability: Float

  /// A mention of one kind at one place.
  package init(_ kind: Int, at range: Range<Int>, words: Range<Int>, probability: Float) {
    self.kind = kind
    self.range = range
    self.words = words
    self.probability = probability
  }
}

extension LabelTable {
  /// What a row of scores says of a token: the kind and place of its likeliest label, and how likely that label is.
  package struct Verdict: Hashable, Sendable {
    /// The kind, as an index into the model's kinds; nil outside.
    package var kind: Int?
    /// Its place in a mention.
    package var place: Place
    /// How likely it is.
    package var probability: Float

    /// What is held of one token.
    package init(kind: Int?, place: Place, probability: Float) {
      self.kind = kind
      self.place = place
      self.probability = probability
    }
  }

  /// Softmax over the labels; nil when the scores are no numbers.
  package func verdict(_ scores: ArraySlice<Float>) -> Verdict? {
    var best = scores.startIndex
    for index in scores.indices where scores[index] > scores[best] { best = index }
    let highest = scores[best]
    guard highest.isFinite else { return nil }
    let kind = kindOfLabel[best - scores.startIndex]
    var sum: Float = 0
    for score in scores {
      guard !score.isNaN else { return nil }
      sum += exp(score - highest)
    }
    return Verdict(kind: kind, place: placeOfLabel[best - scores.startIndex], probability: 1 / sum)
  }

  /// The mentions among tokens in order; a token less likely than `threshold` is outside.
  ///
  /// Neighbours of one kind with nothing but white space between them are one mention, unless the second begins one or
  /// the first ends one: so `B-`, `I-`, `E-`, `S-` are heeded where a model has them.
  package func mentions(
    _ tokens: [Token], _ verdicts: [Verdict], in text: [UInt8], threshold: Float
  ) -> [Mention] {
    var mentions: [Mention] = []
    var isOpen = false
    for (index, (token, verdict)) in zip(tokens, verdicts).enumerated() where !token.range.isEmpty {
      guard let kind = verdict.kind, verdict.probability >= threshold else {
        isOpen = false
        continue
      }
      let begins = verdict.place == .begin || verdict.place == .single
      if isOpen, !begins, let last = mentions.last, last.kind == kind,
        text[last.range.upperBound..<max(last.range.upperBound, token.range.lowerBound)].allSatisfy(isWhiteSpace)
      {
        let upper = max(last.range.upperBound, token.range.upperBound)
        mentions[mentions.count - 1].range = last.range.lowerBound..<upper
        mentions[mentions.count - 1].words =
          last.words.lowerBound..<max(last.words.upperBound, word(of: index, tokens).upperBound)
        mentions[mentions.count - 1].probability = max(last.probability, verdict.probability)
      } else {
        mentions.append(
          Mention(kind, at: token.range, words: word(of: index, tokens), probability: verdict.probability))
      }
      isOpen = verdict.place != .end && verdict.place != .single
    }
    return mentions
  }

  /// The place of the word that the token at `index` is a piece of.
  private func word(of index: Int, _ tokens: [Token]) -> Range<Int> {
    var range = tokens[index].range
    func widen(_ neighbour: Int) -> Bool {
      guard tokens.indices.contains(neighbour), tokens[neighbour].word == tokens[index].word else { return false }
      let other = tokens[neighbour].range
      if !other.isEmpty {
        range = min(range.lowerBound, other.lowerBound)..<max(range.upperBound, other.upperBound)
      }
      return true
    }
    var distance = 1
    while widen(index - distance) { distance += 1 }
    distance = 1
    while widen(index + distance) { distance += 1 }
    return range
  }

  private func isWhiteSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
