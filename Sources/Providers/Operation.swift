/// What a caller asks a model's vendor to do, each with a body of its own shape.
package enum Operation: String, CaseIterable, Hashable, Sendable {
  case chatCompletions, completions, responses, embeddings, moderations, messages, countTokens

  /// Whose conventions a body follows.
  package enum Dialect: String, CaseIterable, Hashable, Sendable {
    case openAI, anthropic
  }

  /// Whose conventions its bodies and errors follow.
  package var dialect: Dialect {
    switch self {
    case .chatCompletions, .completions, .responses, .embeddings, .moderations: .openAI
    case .messages, .countTokens: .anthropic
    }
  }

  /// Where it is asked for.
  package var path: String {
    switch self {
    case .chatCompletions: "/v1/chat/completions"
    case .completions: "/v1/completions"
    case .responses: "/v1/responses"
    case .embeddings: "/v1/embeddings"
    case .moderations: "/v1/moderations"
    case .messages: "/v1/messages"
    case .countTokens: "/v1/messages/count_tokens"
    }
  }
}
