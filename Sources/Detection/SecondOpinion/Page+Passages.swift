extension Page {
  /// The page cut between sentences and lines into passages of whole words, in order and apart from each other.
  ///
  /// Short sentences stand together up to `limit` bytes; a longer one stands by itself, and one that goes on without an
  /// end is cut.
  package func passages(upTo limit: Int) -> [Range<Int>] {
    var passages: [Range<Int>] = []
    var start = -1
    var end = 0
    var cut = -1
    for index in words.indices {
      let word = words[index]
      let lower = Int(word.start)
      if start >= 0, beginsPassage(index) { cut = lower }
      if start >= 0, word.end - start > limit {
        if cut > start {
          passages.append(start..<lastEnd(before: cut, from: index))
          start = cut
        } else if word.end - start > 4 * limit {
          passages.append(start..<end)
          start = lower
        }
        cut = -1
      }
      if start < 0 { start = lower }
      end = word.end
    }
    if start >= 0 { passages.append(start..<end) }
    return passages
  }

  /// Whether a line or a sentence begins at the word at `index`.
  private func beginsPassage(_ index: Int) -> Bool {
    if startsLine(index) { return true }
    guard index > 0, words[index].shape.contains(.initialCapital) || words[index].kind != .letters else { return false }
    let previous = words[index - 1]
    return previous.kind == .mark && [0x2E, 0x21, 0x3F].contains(previous.value) && !touchesPrevious(index)
  }

  private func lastEnd(before offset: Int, from index: Int) -> Int {
    var index = index
    while index > 0, Int(words[index].start) >= offset { index -= 1 }
    return words[index].end
  }
}

extension [Range<Int>] {
  /// The ranges that share a byte with one of `places`; both are in order.
  func touching(_ places: [Range<Int>]) -> [Range<Int>] {
    var touched: [Range<Int>] = []
    var next = places.startIndex
    for range in self {
      while next < places.endIndex, places[next].upperBound <= range.lowerBound { next += 1 }
      if next < places.endIndex, places[next].lowerBound < range.upperBound { touched.append(range) }
    }
    return touched
  }
}
