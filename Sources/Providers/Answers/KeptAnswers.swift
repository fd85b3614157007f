import Bytes

/// What a vendor says of an answer that it keeps: the answer itself, or the items that it was made from.
package enum KeptAnswer: Hashable, Sendable {
  /// The answer, as it was when it was made.
  case answer
  /// A page of the items of its request: `{"object":"list","data":[…],"first_id":"…"}`.
  case inputItems
  /// That there is no such answer any more.
  case deletion

  /// Whether a request may ask for this beside what an answer has anyway.
  package static func isIncludable(_ word: String) -> Bool {
    RequestShape.includable.contains { $0.description == word }
  }

  /// Whether a request may name an item so: as vendors draw ids, and nobody else writes.
  package static func isItemID(_ id: String) -> Bool { StructuralName.isVendorID(Array(id.utf8).span) }

  /// The body `original` with each of its texts rewritten; what went out under other `names` is called as the caller does.
  package func rewriting(
    _ original: [UInt8], naming names: RequestNames, with makeRewriter: (TextChannel) -> some TextRewriter
  ) throws(ProviderError) -> ModelAnswer {
    switch self {
    case .answer: try ModelAnswer(rewriting: original, in: ResponsesAnswers(), naming: names, with: makeRewriter)
    case .inputItems: try ModelAnswer(rewriting: original, in: ItemLists(), naming: names, with: makeRewriter)
    case .deletion: try ModelAnswer(rewriting: original, in: PlainAnswers(), naming: names, with: makeRewriter)
    }
  }
}

/// A page of the items that a response was made from.
private struct ItemLists: AnswerDialect {
  func read(answer: Span<UInt8>) throws(ProviderError) -> AnswerReading {
    var walk = ResponsesWalk()
    let reading = try AnswerWalk.reading(answer) { base, text throws(JSONError) in try walk.items(&base, text) }
    guard walk.hasOutput || reading.failure != nil else { throw ProviderError(.missingField, at: 0, path: "data") }
    return reading
  }

  func read(event: Span<UInt8>) throws(ProviderError) -> AnswerReading { try read(answer: event) }

  func appendEvent(saying text: Span<UInt8>, in channel: TextChannel, number: Int, to output: inout [UInt8]) {
    preconditionFailure("a text that comes whole is never held back")
  }
}
