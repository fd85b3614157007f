import Bytes

/// The answers to `POST /v1/chat/completions` and `POST /v1/completions`, whole and as events.
struct ChatAnswers: AnswerDialect {
  /// The members that say which answer it is, its id, model and time, each with a comma after it, as the last event had
  /// them.
  private var identity: [UInt8] = []
  private let isOfCompletions: Bool

  init(ofCompletions isOfCompletions: Bool = false) { self.isOfCompletions = isOfCompletions }

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
    output.append(contentsOf: "\"choices\":[{\"index\":\(channel.choice),".utf8)
    let (opening, closing) = around(channel.field)
    output.append(contentsOf: opening)
    JSONString.quote(text, into: &output)
    output.append(contentsOf: closing.utf8)
    output.append(contentsOf: ",\"finish_reason\":null}]}\n\n".utf8)
  }

  /// What stands before and after a text in a choice.
  private func around(_ field: TextChannel.Field) -> (opening: [UInt8], closing: String) {
    let opening: String
    switch field {
    case .member("text") where isOfCompletions: return (Array(#""text":"#.utf8), #","logprobs":null"#)
    case .member(let name):
      var opening = Array(#""delta":{"#.utf8)
      JSONString.quote(name, into: &opening)
      opening.append(0x3A)
      return (opening, "}")
    case .toolArguments(let call):
      opening = #""delta":{"tool_calls":[{"index":\#(call),"function":{"arguments":"#
      return (Array(opening.utf8), "}}]}")
    case .toolInput(let call):
      opening = #""delta":{"tool_calls":[{"index":\#(call),"custom":{"input":"#
      return (Array(opening.utf8), "}}]}")
    case .functionArguments: return (Array(#""delta":{"function_call":{"arguments":"#.utf8), "}}")
    case .transcript: return (Array(#""delta":{"audio":{"transcript":"#.utf8), "}}")
    default: preconditionFailure("a text of another dialect, or one that comes whole, is never held back here")
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
