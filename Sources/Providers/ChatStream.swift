import Bytes

/// The event stream of an answer, being rewritten as it comes.
///
/// It takes bytes cut anywhere and gives whole events. An event whose texts do not change leaves as it came. A text that
/// a rewriter holds back leaves with the next event of the same text, or in an event of its own before the event that
/// ends its choice, before `[DONE]`, or at the end of the stream.
package struct ChatStream<Rewriter: TextRewriter> {
  /// How many choices and tool calls may be open at once.
  package static var channelLimit: Int { 256 }

  /// How many tokens the vendor counted, once it has said so.
  package private(set) var usage: TokenUsage?
  /// Why each choice ended, so far.
  package private(set) var finishReasons: [Int: String] = [:]
  /// The model that the vendor says is answering.
  package private(set) var model: String?
  /// Whether `[DONE]` has come.
  package private(set) var isDone = false

  private let choiceCount: Int
  private let eventLimit: Int
  private let makeRewriter: @Sendable (TextChannel) -> Rewriter
  private var framing = EventFraming()
  private var channels: [(channel: TextChannel, rewriter: Rewriter)] = []
  /// The members that say which answer this is, each with a comma after it, as the last event had them.
  private var identity: [UInt8] = []

  /// A stream that answers a request for `choiceCount` choices, and whose events are at most `eventLimit` bytes long.
  package init(
    choiceCount: Int = 1, eventLimit: Int = 1 << 20,
    rewriting makeRewriter: @escaping @Sendable (TextChannel) -> Rewriter
  ) {
    self.choiceCount = choiceCount
    self.eventLimit = eventLimit
    self.makeRewriter = makeRewriter
  }

  /// Whether the vendor has said all it has to say; a stream that ends before was cut off.
  package var isComplete: Bool { isDone || finishReasons.count >= choiceCount }

  /// Takes the next bytes and appends the events that are ready.
  ///
  /// After an error the stream is over: nothing more of it may be handed on.
  package mutating func receive(_ bytes: Span<UInt8>, into output: inout [UInt8]) throws(ProviderError) {
    framing.append(bytes)
    while let event = framing.next() { try receive(event: event, into: &output) }
    guard framing.waiting <= eventLimit else { throw ProviderError(.eventTooLarge, at: eventLimit) }
  }

  /// Takes the end of the stream and appends what was held back.
  ///
  /// A last event that lacks only its empty line is taken for whole; one that is cut is refused.
  package mutating func finish(into output: inout [UInt8]) throws(ProviderError) {
    while let event = framing.rest() {
      let event = StreamEvent.ended(event)
      do throws(ProviderError) {
        try receive(event: event, into: &output)
      } catch {
        release(from: { _ in true }, into: &output)
        guard case .malformedJSON = error.code else { throw error }
        throw ProviderError(.truncatedEvent, at: error.offset)
      }
    }
    release(from: { _ in true }, into: &output)
  }

  private mutating func receive(event bytes: [UInt8], into output: inout [UInt8]) throws(ProviderError) {
    // What a vendor says after the end is nobody's answer.
    guard !isDone else { return }
    guard bytes.count <= eventLimit else { throw ProviderError(.eventTooLarge, at: eventLimit) }
    let event = StreamEvent(bytes)
    if event.isDone {
      release(from: { _ in true }, into: &output)
      isDone = true
      output.append(contentsOf: bytes)
    } else if event.data.isEmpty {
      output.append(contentsOf: bytes)
    } else {
      try receive(chunk: event, into: &output)
    }
  }

  private mutating func receive(chunk event: StreamEvent, into output: inout [UInt8]) throws(ProviderError) {
    let data = event.data
    let reading = try AnswerReading(data.span)
    if reading.reportsFailure || event.reportsFailure { throw ProviderError(.vendorFailed, at: 0, path: "error") }
    learn(from: reading, data)
    let ending = Set(reading.finishReasons.map(\.choice))
    let lastPieces = ending.isEmpty ? [:] : Dictionary(reading.pieces.enumerated().map { ($1.channel, $0) }) { $1 }
    release(from: { ending.contains($0.choice) && lastPieces[$0] == nil }, into: &output)

    var edits: [(range: Range<Int>, replacement: [UInt8])] = []
    for (place, piece) in reading.pieces.enumerated() {
      let isLast =
        piece.channel.field == .other || ending.contains(piece.channel.choice) && lastPieces[piece.channel] == place
      let text = piece.text(in: data.span)
      let rewritten = try rewrite(text, of: piece.channel, isLast: isLast)
      if rewritten != text { edits.append((piece.token.range, JSONString.escaped(rewritten.span))) }
    }
    if edits.isEmpty {
      output.append(contentsOf: event.bytes)
    } else {
      event.appendReplacing(data: spliced(data.span, replacing: edits), to: &output)
    }
  }

  private mutating func learn(from reading: AnswerReading, _ data: [UInt8]) {
    if let usage = reading.usage { self.usage = usage }
    if let model = reading.model { self.model = model }
    for (choice, reason) in reading.finishReasons { finishReasons[choice] = reason }
    identity.removeAll(keepingCapacity: true)
    for member in reading.identity {
      identity.append(contentsOf: data[member])
      identity.append(0x2C)
    }
  }

  private mutating func rewrite(
    _ text: [UInt8], of channel: TextChannel, isLast: Bool
  ) throws(ProviderError) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(text.count + 32)
    let open = channel.field == .other ? nil : channels.firstIndex { $0.channel == channel }
    if isLast {
      var rewriter = open.map { channels.remove(at: $0).rewriter } ?? makeRewriter(channel)
      rewriter.rewrite(text.span, into: &output)
      rewriter.finish(into: &output)
    } else if let open {
      channels[open].rewriter.rewrite(text.span, into: &output)
    } else {
      guard channels.count < Self.channelLimit else { throw ProviderError(.tooManyChannels, at: 0) }
      channels.append((channel, makeRewriter(channel)))
      channels[channels.count - 1].rewriter.rewrite(text.span, into: &output)
    }
    return output
  }

  /// Ends the texts that `isChosen` picks, and appends an event for each that had something held back.
  private mutating func release(from isChosen: (TextChannel) -> Bool, into output: inout [UInt8]) {
    var kept: [(channel: TextChannel, rewriter: Rewriter)] = []
    for var open in channels {
      guard isChosen(open.channel) else {
        kept.append(open)
        continue
      }
      var held: [UInt8] = []
      open.rewriter.finish(into: &held)
      if !held.isEmpty { open.channel.appendEvent(saying: held.span, identity: identity, to: &output) }
    }
    channels = kept
  }
}

extension ChatStream: Sendable where Rewriter: Sendable {}
