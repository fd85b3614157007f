import Bytes

/// Turns the stream that Amazon Bedrock answers with into the one that Anthropic's Messages have: each chunk holds one
/// event in base64 (Amazon Bedrock API Reference, `InvokeModelWithResponseStream`).
package struct BedrockEvents: Sendable {
  private var stream = AmazonEventStream()

  /// A stream of which nothing has come yet.
  package init() {}

  /// Whether no message has begun that has not ended.
  package var isBetween: Bool { stream.isBetween }

  /// The events that are whole with these bytes, as lines of an event stream.
  package mutating func events(from bytes: Span<UInt8>) throws(AmazonEventStream.Fault) -> [UInt8] {
    stream.append(bytes)
    var events: [UInt8] = []
    while let message = try stream.next() { events += try Self.event(message) }
    return events
  }

  private static func event(_ message: AmazonEventStream.Message) throws(AmazonEventStream.Fault) -> [UInt8] {
    switch message.headers[":message-type"] {
    case "event" where message.headers[":event-type"] == "chunk": try chunk(message.payload)
    case "exception": failure(message.headers[":exception-type"]).event
    case "error": failure(nil).event
    default: throw .content
    }
  }

  private static func chunk(_ payload: [UInt8]) throws(AmazonEventStream.Fault) -> [UInt8] {
    guard let chunk = try? JSONValue(parsing: payload), let bytes = chunk["bytes"]?.string,
      let event = Base64.decode(bytes), let type = (try? JSONValue(parsing: event))?["type"]?.string,
      type.utf8.allSatisfy(ASCII.isWord)
    else { throw .content }
    // Line breaks in JSON are space between its tokens; here they would end the line.
    let line = event.map { ASCII.isNewline($0) ? 0x20 : $0 }
    return Array("event: \(type)\ndata: ".utf8) + line + [0x0A, 0x0A]
  }

  /// What went wrong, by the name that the service has for it; its words may hold anything and are not passed on.
  private static func failure(_ exception: String?) -> AnthropicError {
    let kind: AnthropicError.Kind =
      switch exception {
      case "throttlingException": .rateLimit
      case "serviceUnavailableException": .overloaded
      case "modelTimeoutException": .timeout
      case "validationException": .invalidRequest
      default: .api
      }
    return AnthropicError("the vendor's service broke off its answer", kind: kind)
  }
}
