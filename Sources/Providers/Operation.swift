/// What a caller asks a model's vendor to do, each with a body of its own shape.
package enum Operation: String, CaseIterable, Hashable, Sendable {
  case chatCompletions, completions, responses, embeddings, moderations, messages, countTokens

  /// Whose conventions a body follows.
  package enum Dialect: String, CaseIterable, Hashable, Sendable {
    case openAI, anthropic
  }

  /// The operation that is asked for at this path.
  package init?(path: String) {
    guard let operation = Operation.allCases.first(where: { $0.path == path }) else { return nil }
    self = operation
  }

  /// Whose conventions its bodies and errors follow.
  package var dialect: Dialect {
    switch self {
    case .chatCompletions, .completions, .responses, .embeddings, .moderations: .openAI
    case .messages, .countTokens: .anthropic
    }
  }

  /// Whether vendors keep requests and answers when nothing is said of it.
  ///
  /// OpenAI keeps responses, and for accounts made since 2025 chat completions as well.
  package var isKept: Bool { self == .responses || self == .chatCompletions }

  /// Where it is asked for.
  package var path: String { "/v1" + endpoint }

  /// The part of the path behind the version of the interface.
  package var endpoint: String {
    switch self {
    case .chatCompletions: "/chat/completions"
    case .completions: "/completions"
    case .responses: "/responses"
    case .embeddings: "/embeddings"
    case .moderations: "/moderations"
    case .messages: "/messages"
    case .countTokens: "/messages/count_tokens"
    }
  }
}
