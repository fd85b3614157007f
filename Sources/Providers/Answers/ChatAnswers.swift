import Bytes

/// The answers to `POST /v1/chat/completions`, whole and as events.
struct ChatAnswers: AnswerDialect {
  /// The members that say which answer it is, its id, model and time, each with a comma after it, as the last event had
  /// them.
  private var identity: [UInt8] = []

  func read(answer: Span<UInt8>) throws(ProviderError) -> AnswerReading {
    let (reading, _, hasChoices) = try walk(answer, isWhole: true)
    guard hasChoices || reading.failure != nil else { throw ProviderError(.missingField, at: 0, path: "choices") }
    return reading
  }

  mutating func read(event: Span<UInt8>) throws(ProviderError) -> AnswerReading {
    let (reading, identity, _) = try walk(event, isWhole: false)
    self.identity.removeAll(keepingCapacity: true)
    for member in identity {
      self.identity.append(copying: event.extracting(member))
      self.identity.append(0x2C)
    }
    return reading
  }

  func appendEvent(saying text: Span<UInt8>, in channel: TextChannel, number: Int, to output: inout [UInt8]) {
    output.append(contentsOf: "data: {".utf8)
    output.append(contentsOf: identity.map { ASCII.isNewline($0) ? 0x20 : $0 })
    output.append(contentsOf: #""choices":[{"index":"#.utf8)
    output.append(contentsOf: "\(channel.choice),\"delta\":{".utf8)
    let (opening, closing) = ChatAnswers.around(channel.field)
    output.append(contentsOf: opening)
    JSONString.quote(text, into: &output)
    output.append(contentsOf: closing.utf8)
    output.append(contentsOf: "},\"finish_reason\":null}]}\n\n".utf8)
  }

  /// What stands before and after a text in a delta.
  private static func around(_ field: TextChannel.Field) -> (opening: [UInt8], closing: String) {
    var opening: [UInt8] = []
    switch field {
    case .member(let name):
      JSONString.quote(name, into: &opening)
      opening.append(0x3A)
      return (opening, "")
    case .toolArguments(let call):
      opening.append(contentsOf: #""tool_calls":[{"index":\#(call),"function":{"arguments":"#.utf8)
      return (opening, "}}]")
    case .toolInput(let call):
      opening.append(contentsOf: #""tool_calls":[{"index":\#(call),"custom":{"input":"#.utf8)
      return (opening, "}}]")
    case .functionArguments:
      opening.append(contentsOf: #""function_call":{"arguments":"#.utf8)
      return (opening, "}")
    case .other: preconditionFailure("a text that comes whole is never held back")
    }
  }

  private func walk(
    _ text: Span<UInt8>, isWhole: Bool
  ) throws(ProviderError) -> (AnswerReading, identity: [Range<Int>], hasChoices: Bool) {
    var walk = ChatWalk(isWhole: isWhole)
    let reading = try AnswerWalk.reading(text) { base, text throws(JSONError) in try walk.answer(&base, text) }
    return (reading, walk.identity, walk.hasChoices)
  }
}
