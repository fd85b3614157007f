import Bytes

/// Answers without a text of the model's, such as embeddings: an object with a list that must be there.
///
/// What such an answer says beside the list, and in it where it may hold text, is text that comes whole.
struct PlainAnswers: AnswerDialect {
  private let list: String?
  private let isText: Bool

  /// Answers that must have the member `list`; it leaves untouched where it is no text.
  init(listing list: String? = nil, isText: Bool = true) {
    self.list = list
    self.isText = isText
  }

  func read(answer: Span<UInt8>) throws(ProviderError) -> AnswerReading {
    let (reading, hasList) = try walk(answer)
    if let list, !hasList, reading.failure == nil { throw ProviderError(.missingField, at: 0, path: list) }
    return reading
  }

  func read(event: Span<UInt8>) throws(ProviderError) -> AnswerReading { try walk(event).0 }

  func appendEvent(saying text: Span<UInt8>, in channel: TextChannel, number: Int, to output: inout [UInt8]) {
    preconditionFailure("a text that comes whole is never held back")
  }

  private func walk(_ text: Span<UInt8>) throws(ProviderError) -> (AnswerReading, hasList: Bool) {
    var hasList = false
    let reading = try AnswerWalk.reading(text) { walk, text throws(JSONError) in
      while let name = try walk.name(text) {
        let value = try walk.token(text)
        switch walk.entry(name, in: PlainAnswers.fields, text) {
        case .error where value.kind != .null:
          walk.reading.failure = "error"
          try walk.skip(value, text)
        case .identity: try walk.identity(value, text)
        case .model where value.kind == .string: walk.reading.model = walk.string(value, text)
        case .usage where value.kind == .beginObject: try walk.usage(text)
        default:
          let isList = list.map { walk.string(name, text) == $0 } ?? false
          if isList { hasList = value.kind == .beginArray }
          if isList, !isText { try walk.skip(value, text) } else { try walk.others(value, text) }
        }
      }
    }
    return (reading, hasList)
  }

  private enum Field { case error, identity, model, usage }

  private static let fields: [(StaticString, Field)] = [
    ("error", .error), ("id", .identity), ("object", .identity), ("model", .model), ("usage", .usage),
  ]
}
