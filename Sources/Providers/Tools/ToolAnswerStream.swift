import Bytes

/// The event stream of a tool server's answer, being rewritten as it comes; each message comes whole in one event.
package struct ToolAnswerStream<Rewriter: TextRewriter> {
  /// Whether the answer has come; nothing after it is handed on.
  package private(set) var isComplete = false
  /// Whether the answer reports that the call failed.
  package private(set) var isFailure = false

  private let answers: ToolAnswers
  private let eventLimit: Int
  private let makeRewriter: @Sendable (TextChannel) -> Rewriter
  private var framing = EventFraming()

  /// A stream of `answers` whose events are at most `eventLimit` bytes long.
  package init(
    _ answers: ToolAnswers, eventLimit: Int = 1 << 24,
    rewriting makeRewriter: @escaping @Sendable (TextChannel) -> Rewriter
  ) {
    self.answers = answers
    self.eventLimit = eventLimit
    self.makeRewriter = makeRewriter
  }

  /// Takes the next bytes and appends the events that are ready.
  package mutating func receive(_ bytes: Span<UInt8>, into output: inout [UInt8]) throws(ProviderError) {
    framing.append(bytes)
    while let event = framing.next() { try receive(event: event, into: &output) }
    guard framing.waiting <= eventLimit else { throw ProviderError(.eventTooLarge, at: eventLimit) }
  }

  private mutating func receive(event bytes: [UInt8], into output: inout [UInt8]) throws(ProviderError) {
    guard !isComplete else { return }
    guard bytes.count <= eventLimit else { throw ProviderError(.eventTooLarge, at: eventLimit) }
    let event = StreamEvent(bytes)
    guard event.data.contains(where: { !ASCII.isSpace($0) }) else {
      // It keeps the connection alive, and so it does behind the gateway.
      output.append(contentsOf: ": \n\n".utf8)
      return
    }
    let message = try answers.rewritten(event.data, with: makeRewriter)
    // The number of an event is for a client that takes a stream up again, which nobody can here.
    output.append(contentsOf: "event: message\ndata: ".utf8)
    output.append(contentsOf: message.body.map { ASCII.isNewline($0) ? 0x20 : $0 })
    output.append(contentsOf: "\n\n".utf8)
    if message.isAnswer { (isComplete, isFailure) = (true, message.isFailure) }
  }
}

extension ToolAnswerStream: Sendable where Rewriter: Sendable {}
