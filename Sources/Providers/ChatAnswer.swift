import Bytes

/// The body of a whole answer, with its texts rewritten and every other byte as it came.
package struct ChatAnswer: Sendable {
  /// The body to hand on.
  package let body: [UInt8]
  /// How many tokens the vendor counted, when it says so.
  package let usage: TokenUsage?
  /// Why each choice ended.
  package let finishReasons: [Int: String]
  /// The model that the vendor says has answered.
  package let model: String?

  /// The answer `original`, each of its texts rewritten by a rewriter of its own.
  ///
  /// An answer without choices, or one that reports a failure, is refused: it is not what the caller asked for.
  package init(
    rewriting original: [UInt8], with makeRewriter: (TextChannel) -> some TextRewriter
  ) throws(ProviderError) {
    let reading = try AnswerReading(original.span)
    if reading.reportsFailure { throw ProviderError(.vendorFailed, at: 0, path: "error") }
    guard reading.hasChoices else { throw ProviderError(.missingField, at: 0, path: "choices") }
    var splice = Splice(reserving: original.count + 256)
    for piece in reading.pieces {
      let text = piece.text(in: original.span)
      var rewriter = makeRewriter(piece.channel)
      var output: [UInt8] = []
      output.reserveCapacity(text.count + 64)
      rewriter.rewrite(text.span, into: &output)
      rewriter.finish(into: &output)
      guard output != text else { continue }
      splice.replace(piece.token.range, with: JSONString.escaped(output.span).span, in: original.span)
    }
    body = splice.finished(original.span)
    usage = reading.usage
    model = reading.model
    finishReasons = Dictionary(reading.finishReasons.map { ($0.choice, $0.reason) }) { $1 }
  }
}

extension AnswerReading.Piece {
  /// What the string says.
  func text(in source: Span<UInt8>) -> [UInt8] {
    guard token.isEscaped else { return [UInt8](copying: source.extracting(token.range)) }
    var text: [UInt8] = []
    text.reserveCapacity(token.range.count)
    _ = JSONString.unescape(source.extracting(token.range), into: &text)
    return text
  }
}
