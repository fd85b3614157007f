import PHI

/// Reads a page for the phrases of a tree.
struct PhraseReading {
  let page: Page
  let tree: PhraseTree
  private let isLowerCase: Bool

  /// A phrase on a page.
  struct Match {
    var phrase: Phrase
    var first: Int
    var last: Int
    var range: Range<Int>
  }

  init(_ tree: PhraseTree, on page: Page) {
    self.page = page
    self.tree = tree
    isLowerCase = tree.hasNames && page.isLowerCase
  }

  /// Calls `body` with each match, the longest at each place, in order and apart from each other.
  func forEach(_ body: (Match) -> Void) {
    guard !tree.isEmpty else { return }
    var next = 0
    while next < page.words.count {
      if page.words[next].kind != .mark, let match = longest(at: next) {
        body(match)
        next = match.last + 1
      } else {
        next += 1
      }
    }
  }

  private func longest(at first: Int) -> Match? {
    guard var node = root(first) else { return nil }
    var best: Match?
    var last = first
    while true {
      let context = PhraseContext(page, first, last, isLowerCase: isLowerCase)
      if let phrase = tree.phrase(at: node), let range = context.range(of: phrase) {
        best = Match(phrase: phrase, first: first, last: last, range: range)
      }
      guard let next = joined(after: last), let child = child(node, next) else { return best }
      node = child
      last = next
    }
  }

  private func root(_ place: Int) -> Int32? {
    if let node = tree.child(of: 0, page.words[place].hash) { return node }
    guard page.words[place].hasDigit, page.words[place].length > 8 else { return nil }
    // A moment whose first eight digits are a day: `20240312T0830`.
    let day = page.bytes[page.words[place].range].prefix(8)
    guard day.allSatisfy(CharacterClass.isDigit), page.words[place].length >= 12 else { return nil }
    return tree.child(of: 0, WordHash.of(day))
  }

  private func child(_ node: Int32, _ place: Int) -> Int32? {
    if let child = tree.child(of: node, page.words[place].hash) { return child }
    guard let day = PhraseContext.dayBeforeTime(page.words[place], on: page) else { return nil }
    return tree.child(of: node, WordHash.of(page.bytes[day]))
  }

  /// The word after the one at `place` that may go on with a phrase: over some marks, or a break of the line.
  private func joined(after place: Int) -> Int? {
    var next = place + 1
    while next <= place + 3, next < page.words.count, page.words[next].kind == .mark {
      switch page.words[next].value {
      case 0x2C, 0x2E, 0x2D, 0x2F, 0x27, 0x5F, 0x26, 0x23, 0x40, 0x2B, 0x5E: next += 1
      default: return nil
      }
    }
    guard next < page.words.count, page.words[next].kind != .mark else { return nil }
    let gap = page.bytes[page.words[next - 1].end..<Int(page.words[next].start)]
    return gap.count <= 8 && gap.count(where: { $0 == 0x0A }) < 2 ? next : nil
  }
}
