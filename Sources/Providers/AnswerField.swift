import Bytes

/// The fields of a chat answer that the dialect knows; every other string is taken for text.
enum AnswerField {
  case choices, usage, error, model, index, finishReason, message, toolCalls, function, custom, argument
  case promptTokens, completionTokens
  /// A name of the protocol, passed over.
  case identity

  /// The objects that have such fields.
  enum Shape { case answer, choice, message, toolCall, called, usage }

  init?(in shape: Shape, named name: Span<UInt8>) {
    let entries: [(StaticString, AnswerField)] =
      switch shape {
      case .answer: AnswerField.answerFields
      case .choice: AnswerField.choiceFields
      case .message: AnswerField.messageFields
      case .toolCall: AnswerField.toolCallFields
      case .called: AnswerField.calledFields
      case .usage: AnswerField.usageFields
      }
    guard let entry = entries.first(where: { name.spells($0.0) }) else { return nil }
    self = entry.1
  }

  private static let answerFields: [(StaticString, AnswerField)] = [
    ("id", .identity), ("object", .identity), ("created", .identity), ("model", .model),
    ("system_fingerprint", .identity), ("service_tier", .identity), ("choices", .choices), ("usage", .usage),
    ("error", .error),
  ]

  private static let choiceFields: [(StaticString, AnswerField)] = [
    ("index", .index), ("delta", .message), ("message", .message), ("finish_reason", .finishReason),
  ]

  private static let messageFields: [(StaticString, AnswerField)] = [
    ("role", .identity), ("tool_calls", .toolCalls), ("function_call", .function),
  ]

  private static let toolCallFields: [(StaticString, AnswerField)] = [
    ("index", .index), ("id", .identity), ("type", .identity), ("function", .function), ("custom", .custom),
  ]

  private static let calledFields: [(StaticString, AnswerField)] = [
    ("name", .identity), ("arguments", .argument), ("input", .argument),
  ]

  private static let usageFields: [(StaticString, AnswerField)] = [
    ("prompt_tokens", .promptTokens), ("completion_tokens", .completionTokens),
  ]
}
