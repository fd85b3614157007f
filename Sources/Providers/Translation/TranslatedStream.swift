import Bytes

/// The event stream of an answer, translated as it comes.
///
/// It takes bytes cut anywhere, gives whole events, and keeps no more than the event that is coming. A failure that the
/// vendor reports becomes an error event of the client's dialect, with words of its own, and ends the stream.
package struct TranslatedStream: Sendable {
  enum Events: Sendable {
    case chat(ChatEvents)
    case messages(MessagesEvents)
  }

  private var events: Events
  private let eventLimit: Int
  private var framing = EventFraming()

  init(_ events: Events, eventLimit: Int) {
    self.events = events
    self.eventLimit = eventLimit
  }

  /// How many tokens the vendor has counted so far, whether or not the client asked to be told.
  package var usage: TokenUsage {
    switch events {
    case .chat(let events): events.usage.count
    case .messages(let events): events.usage.count
    }
  }

  /// Whether the vendor has said all it has to say; a stream that ends before was cut off, whatever could be translated.
  package var isComplete: Bool {
    switch events {
    case .chat(let events): events.isOver
    case .messages(let events): events.isOver
    }
  }

  /// Takes the next bytes and appends the events that are ready.
  ///
  /// After an error the stream is over: nothing more of it may be handed on.
  package mutating func receive(_ bytes: Span<UInt8>, into output: inout [UInt8]) throws(TranslationError) {
    framing.append(bytes)
    while let event = framing.next() { try receive(event: event, &output) }
    guard framing.waiting <= eventLimit else { throw TranslationError(.eventTooLarge) }
  }

  /// Takes the end of the stream.
  ///
  /// A last event that lacks only its empty line is taken for whole; one that is cut is refused.
  package mutating func finish(into output: inout [UInt8]) throws(TranslationError) {
    while let event = framing.rest() {
      do throws(TranslationError) {
        try receive(event: StreamEvent.ended(event), &output)
      } catch {
        guard case .malformedJSON = error.code else { throw error }
        throw TranslationError(.truncatedEvent)
      }
    }
    if case .messages(var events) = self.events {
      events.finish(into: &output)
      self.events = .messages(events)
    }
  }

  private mutating func receive(event bytes: [UInt8], _ output: inout [UInt8]) throws(TranslationError) {
    guard bytes.count <= eventLimit else { throw TranslationError(.eventTooLarge) }
    let event = StreamEvent(bytes)
    switch events {
    case .chat(var events):
      if events.isOver { return }
      if event.data.isEmpty {
        output.append(contentsOf: ": \n\n".utf8)
      } else {
        try events.receive(WrittenValue(translating: event.data), into: &output)
      }
      self.events = .chat(events)
    case .messages(var events):
      if events.isOver { return }
      if event.isDone {
        events.finish(into: &output)
      } else if event.data.isEmpty {
        events.ping(into: &output)
      } else if event.reportsFailure {
        events.fail(&output)
      } else {
        try events.receive(WrittenValue(translating: event.data), into: &output)
      }
      self.events = .messages(events)
    }
  }
}
