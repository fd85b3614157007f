import Bytes

/// From the dialect of a client to the dialect of a vendor, for requests; back again, for their answers.
///
/// A request is de-identified in its client's dialect before it is translated, and its answer is restored in that
/// dialect afterwards: what is translated holds tokens and no identifiers.
package enum Translation: Hashable, Sendable {
  /// A client that speaks OpenAI's chat completions, and a vendor that speaks Anthropic's Messages.
  case chatToMessages
  /// A client that speaks Anthropic's Messages, and a vendor that speaks OpenAI's chat completions.
  case messagesToChat(limit: TokenLimitName = .maxCompletionTokens)

  /// The request `body` in the vendor's dialect.
  ///
  /// What has no counterpart there is refused by its name, unless it does not bear on what is said; `ChatToMessages` and
  /// `MessagesToChat` list what is carried and what is left out.
  package func request(_ body: [UInt8]) throws(TranslationError) -> TranslatedRequest {
    let value = try WrittenValue(translating: body)
    switch self {
    case .chatToMessages:
      let (body, includesUsage) = try ChatToMessages.request(value)
      return TranslatedRequest(translation: self, body: body, includesUsage: includesUsage)
    case .messagesToChat(let limit):
      let body = try MessagesToChat.request(value, limit: limit)
      return TranslatedRequest(translation: self, body: body, includesUsage: true)
    }
  }
}

/// A request in its vendor's dialect, and the way back for its answer.
package struct TranslatedRequest: Sendable {
  /// From which dialect to which.
  package let translation: Translation
  /// The body for the vendor.
  package let body: [UInt8]
  private let includesUsage: Bool

  init(translation: Translation, body: [UInt8], includesUsage: Bool) {
    self.translation = translation
    self.body = body
    self.includesUsage = includesUsage
  }

  /// The vendor's whole answer in the client's dialect, made at `created` in seconds of Unix time.
  package func answer(_ answer: [UInt8], created: Int) throws(TranslationError) -> [UInt8] {
    let value = try WrittenValue(translating: answer)
    return switch translation {
    case .chatToMessages: try ChatFromMessages.answer(value, created: created)
    case .messagesToChat: try MessagesFromChat.answer(value)
    }
  }

  /// The vendor's stream of events in the client's dialect, begun at `created` in seconds of Unix time.
  package func stream(created: Int, eventLimit: Int = 1 << 20) -> TranslatedStream {
    switch translation {
    case .chatToMessages:
      TranslatedStream(.chat(ChatEvents(created: created, includesUsage: includesUsage)), eventLimit: eventLimit)
    case .messagesToChat: TranslatedStream(.messages(MessagesEvents()), eventLimit: eventLimit)
    }
  }
}

extension WrittenValue {
  init(translating body: [UInt8]) throws(TranslationError) {
    do throws(JSONError) {
      self = try WrittenValue(parsing: body)
    } catch {
      throw TranslationError(.malformedJSON(error.code))
    }
  }
}
