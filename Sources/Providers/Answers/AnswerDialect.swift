/// How the answers of an operation are written: which of their strings are text, and when a text ends.
///
/// A value goes along with one answer and keeps what it must know of the events that have come.
protocol AnswerDialect: Sendable {
  /// Whether a stream is over only with an event that says so, whatever reasons for its end have come.
  var endsWithEvent: Bool { get }

  /// Reads a whole answer; one that is not what was asked for is refused.
  func read(answer: Span<UInt8>) throws(ProviderError) -> AnswerReading

  /// Reads the data of the next event.
  mutating func read(event: Span<UInt8>) throws(ProviderError) -> AnswerReading

  /// Appends an event of its own that says `text`, a piece of `channel`, and nothing else.
  ///
  /// The text was open: a piece of it has been read that was not whole. `number` is the event's own, where the dialect
  /// counts events.
  func appendEvent(saying text: Span<UInt8>, in channel: TextChannel, number: Int, to output: inout [UInt8])
}

extension AnswerDialect {
  // Some servers of OpenAI's dialect leave `[DONE]` out.
  var endsWithEvent: Bool { false }
}

extension Operation {
  /// How its answers are written.
  var answers: any AnswerDialect {
    switch self {
    case .chatCompletions: ChatAnswers()
    case .completions: ChatAnswers(ofCompletions: true)
    case .responses: ResponsesAnswers()
    case .embeddings: PlainAnswers(listing: "data", isText: false)
    case .moderations: PlainAnswers(listing: "results")
    case .messages: MessagesAnswers()
    case .countTokens: TokenCountAnswers()
    }
  }
}
