import Bytes

/// What changes in an answer or in the data of an event.
struct AnswerEdits {
  private var edits: [(range: Range<Int>, replacement: [UInt8])] = []
  private var changedChoices: Set<Int> = []

  var isEmpty: Bool { edits.isEmpty }

  /// Puts what a text has become in the place of what it said.
  mutating func add(_ piece: AnswerReading.Piece, saying text: [UInt8], rewritten: [UInt8]) {
    guard rewritten != text else { return }
    edits.append((piece.token.range, JSONString.escaped(rewritten.span)))
    if piece.channel.field != .other { changedChoices.insert(piece.channel.choice) }
  }

  /// Puts back what the caller calls things that went out under other names.
  mutating func add(_ tokens: [JSONToken], of names: RequestNames, in text: Span<UInt8>) {
    for token in tokens {
      guard let original = names.original(of: token.text(in: text)) else { continue }
      edits.append((token.range, JSONString.escaped(original.span)))
    }
  }

  /// Takes the entries out of the lists that can no longer be right.
  mutating func add(
    _ lists: [AnswerReading.TokenList], in text: Span<UInt8>, rewriting rewrite: ([UInt8]) -> [UInt8]
  ) {
    for list in lists {
      var isRight = !changedChoices.contains(list.choice)
      for string in list.strings where isRight {
        let said = string.text(in: text)
        isRight = rewrite(said) == said
      }
      if !isRight { edits.append((list.range, Array(String(describing: list.replacement).utf8))) }
    }
  }

  /// Puts another number in the place of one.
  mutating func add(_ number: Int, at token: JSONToken) { edits.append((token.range, Array("\(number)".utf8))) }

  /// The text with all that changes.
  func applied(to text: Span<UInt8>) -> [UInt8] {
    spliced(text, replacing: edits.sorted { $0.range.lowerBound < $1.range.lowerBound })
  }
}
