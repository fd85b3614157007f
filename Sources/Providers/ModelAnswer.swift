import Bytes

/// The body of a whole answer, with its texts rewritten and every other byte as it came.
package struct ModelAnswer: Sendable {
  /// The body to hand on.
  package let body: [UInt8]
  /// How many tokens the vendor counted, when it says so.
  package let usage: TokenUsage?
  /// Why each choice ended.
  package let finishReasons: [Int: String]
  /// The model that the vendor says has answered.
  package let model: String?
  /// What the vendor calls the answer, where it may keep it under that name.
  package let id: String?

  /// The answer `original` to `operation`, each of its texts rewritten by a rewriter of its own that goes on from the text
  /// which clients put before it; what went out under other `names` is called as the caller calls it.
  ///
  /// An answer that lacks what was asked for, or one that reports a failure, is refused.
  package init(
    rewriting original: [UInt8], for operation: Operation, naming names: RequestNames = RequestNames(),
    with makeRewriter: (TextChannel) -> some TextRewriter
  ) throws(ProviderError) {
    try self.init(rewriting: original, in: operation.answers, naming: names, with: makeRewriter)
  }

  init<Rewriter: TextRewriter>(
    rewriting original: [UInt8], in dialect: any AnswerDialect, naming names: RequestNames,
    with makeRewriter: (TextChannel) -> Rewriter
  ) throws(ProviderError) {
    let reading = try dialect.read(answer: original.span)
    if let path = reading.failure { throw ProviderError(.vendorFailed, at: 0, path: path) }
    var edits = AnswerEdits()
    var rows = TextRows<Rewriter.Trail>()
    let closed = reading.closedCalls(in: original.span, by: makeRewriter)
    for piece in reading.pieces {
      let text = piece.text(in: original.span)
      if piece.isWhole, let name = names.original(of: text) {
        edits.add(piece, saying: text, rewritten: name)
        continue
      }
      edits.add(piece, saying: text, rewritten: try rows.rewrite(text.span, of: piece, but: closed, with: makeRewriter))
    }
    edits.add(reading.names, of: names, in: original.span)
    edits.add(reading.tokenLists, in: original.span) { text in
      var rewriter = makeRewriter(TextChannel(.other))
      return rewriter.whole(text.span)
    }
    body = edits.isEmpty ? original : edits.applied(to: original.span)
    usage = reading.usage
    model = reading.model.flatMap { $0.isEmpty ? nil : $0 }
    id = reading.id
    finishReasons = Dictionary(reading.finishReasons.map { ($0.choice, $0.reason) }) { $1 }
  }
}

extension TextRows {
  /// A text that comes in one piece, rewritten after those before it; into `closed` calls nothing is put back.
  mutating func rewrite<Rewriter: TextRewriter>(
    _ text: Span<UInt8>, of piece: AnswerReading.Piece, but closed: Set<Range<Int>>,
    with makeRewriter: (TextChannel) -> Rewriter
  ) throws(ProviderError) -> [UInt8] where Rewriter.Trail == Trail {
    var rewriter = makeRewriter(piece.channel)
    if let call = piece.call { rewriter.isPart(ofAdmittedCall: !closed.contains(call)) }
    if let trail = try enter(piece) { rewriter.follow(trail) }
    let rewritten = rewriter.whole(text)
    leave(piece.channel, told: piece.telling, with: rewriter.trail)
    return rewritten
  }
}

extension TextRewriter {
  /// A text that comes in one piece, rewritten.
  package mutating func whole(_ text: Span<UInt8>) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(text.count + 64)
    rewrite(text, into: &output)
    finish(into: &output)
    return output
  }
}
