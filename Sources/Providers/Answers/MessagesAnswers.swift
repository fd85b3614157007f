import Bytes

/// The answers to `POST /v1/messages`, whole and as events.
///
/// Text, the input of a call and what is cited are restored. Thinking, what was compacted, signatures and encrypted
/// content stay byte for byte: they go back to the vendor, which checks them, so the tokens in them are the vendor's to
/// read and stay tokens.
struct MessagesAnswers: AnswerDialect {
  private var usage = MessagesUsage()

  /// `message_delta` tells why the answer ends, and `message_stop` that it has.
  var endsWithEvent: Bool { true }

  func read(answer: Span<UInt8>) throws(ProviderError) -> AnswerReading {
    var walk = MessagesWalk()
    let reading = try AnswerWalk.reading(answer) { base, text throws(JSONError) in
      try walk.message(&base, text)
    }
    guard walk.hasContent || reading.failure != nil else {
      throw ProviderError(.missingField, at: 0, path: "content")
    }
    return reading
  }

  mutating func read(event: Span<UInt8>) throws(ProviderError) -> AnswerReading {
    var walk = MessagesWalk(event: usage)
    let reading = try AnswerWalk.reading(event) { base, text throws(JSONError) in
      try walk.event(&base, text)
    }
    usage = walk.usage
    return reading
  }

  func appendEvent(
    saying text: Span<UInt8>, in channel: TextChannel, number: Int, to output: inout [UInt8]
  ) {
    let (index, opening): (Int, String) =
      switch channel.field {
      case .content(let part, _): (part, #"{"type":"text_delta","text":"#)
      case .toolArguments(let call): (call, #"{"type":"input_json_delta","partial_json":"#)
      default: preconditionFailure("a text that comes whole is never held back")
      }
    output.append(
      contentsOf: "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":"
        .utf8)
    output.append(contentsOf: "\(index),\"delta\":\(opening)".utf8)
    JSONString.quote(text, into: &output)
    output.append(contentsOf: "}}\n\n".utf8)
  }
}

/// The numbers of tokens as events tell them: later ones take the place of earlier ones, and leave out what stays.
struct MessagesUsage: Sendable {
  var input = 0
  var written = 0
  var read = 0
  var output = 0

  var count: TokenUsage { TokenUsage(prompt: input &+ written &+ read, completion: output) }
}

/// The answers to `POST /v1/messages/count_tokens`, in which there is no text.
struct TokenCountAnswers: AnswerDialect {
  func read(answer: Span<UInt8>) throws(ProviderError) -> AnswerReading {
    var walk = MessagesWalk()
    let reading = try AnswerWalk.reading(answer) { base, text throws(JSONError) in
      try walk.count(&base, text)
    }
    guard reading.usage != nil || reading.failure != nil else {
      throw ProviderError(.missingField, at: 0, path: "input_tokens")
    }
    return reading
  }

  func read(event: Span<UInt8>) throws(ProviderError) -> AnswerReading { try read(answer: event) }

  func appendEvent(
    saying text: Span<UInt8>, in channel: TextChannel, number: Int, to output: inout [UInt8]
  ) {
    preconditionFailure("a text that comes whole is never held back")
  }
}
