package import Providers

/// How what a client asks for goes to a vendor.
package enum Carriage: Hashable, Sendable {
  /// In the client's own dialect.
  case direct
  /// Translated into another dialect, as this operation.
  case translated(Translation, as: Operation)

  /// What the vendor is asked for, when the client asks for `operation`.
  func operation(for operation: Operation) -> Operation {
    switch self {
    case .direct: operation
    case .translated(_, let translated): translated
    }
  }
}

extension Vendor {
  /// How an operation goes to this vendor; nil when the vendor does not offer it.
  package func carriage(of operation: Operation) -> Carriage? {
    switch (kind, operation) {
    case (.anthropic, .messages), (.anthropic, .countTokens), (.bedrock, .messages), (.loopback, .chatCompletions):
      .direct
    case (.anthropic, .chatCompletions), (.bedrock, .chatCompletions): .translated(.chatToMessages, as: .messages)
    case (.openAI(let place), .messages), (.azureOpenAI(let place, _), .messages):
      .translated(.messagesToChat(limit: place.tokenLimit), as: .chatCompletions)
    case (.loopback, .messages): .translated(.messagesToChat(), as: .chatCompletions)
    case (.openAI, .countTokens), (.azureOpenAI, .countTokens), (.azureOpenAI, .moderations), (.anthropic, _),
      (.bedrock, _), (.loopback, _),
      (.tools, _):
      nil
    case (.openAI, _), (.azureOpenAI, _): .direct
    }
  }
}
