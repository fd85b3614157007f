import Bytes

/// Answers of which nothing is known but that each of their strings may be a text.
struct PlainAnswers: AnswerDialect {
  func read(answer: Span<UInt8>) throws(ProviderError) -> AnswerReading { try reading(of: answer) }

  func read(event: Span<UInt8>) throws(ProviderError) -> AnswerReading { try reading(of: event) }

  func appendEvent(saying text: Span<UInt8>, in channel: TextChannel, number: Int, to output: inout [UInt8]) {
    preconditionFailure("a text that comes whole is never held back")
  }

  private func reading(of text: Span<UInt8>) throws(ProviderError) -> AnswerReading {
    try AnswerWalk.reading(text) { walk, text throws(JSONError) in
      while let name = try walk.name(text) {
        let value = try walk.token(text)
        if value.kind != .null, text.extracting(name.range).spells("error") { walk.reading.failure = "error" }
        try walk.others(value, text)
      }
    }
  }
}
