import Bytes

/// The event stream of an answer, being rewritten as it comes.
///
/// It takes bytes cut anywhere and gives whole events. An event whose texts do not change leaves as it came. A text that
/// a rewriter holds back leaves with the next event of the same text, or in an event of its own before the event that
/// ends it, before `[DONE]`, or at the end of the stream. Where the dialect numbers its events, those after such an event
/// are numbered on from it.
package struct AnswerStream<Rewriter: TextRewriter> {
  /// How many texts may be open at once.
  package static var channelLimit: Int { TextChannel.limit }

  private static var eventNumberLimit: Int { 1 << 48 }

  /// How many tokens the vendor counted, once it has said so.
  package private(set) var usage: TokenUsage?
  /// Why each choice ended, so far.
  package private(set) var finishReasons: [Int: String] = [:]
  /// The model that the vendor says is answering.
  package private(set) var model: String?
  /// What the vendor calls the answer, once it has said so.
  package private(set) var answerID: String?
  /// Whether a later event had another id than the first.
  package private(set) var hasOtherID = false
  /// Whether the event has come that is the last, such as `[DONE]`.
  package private(set) var isDone = false

  private var dialect: any AnswerDialect
  private let choiceCount: Int
  private let eventLimit: Int
  private let names: RequestNames
  private let makeRewriter: @Sendable (TextChannel) -> Rewriter
  private var framing = EventFraming()
  private var channels: [(channel: TextChannel, rewriter: Rewriter)] = []
  private var rows = TextRows<Rewriter.Trail>()
  /// The events that wait for the end of a shell's call.
  private var hold = CommandHold()
  /// How many events were put between those of the vendor.
  private var addedEvents = 0
  /// The number of the event that comes next, as the vendor counts.
  private var nextNumber = 0

  /// A stream that answers a request for `choiceCount` choices, and whose events are at most `eventLimit` bytes long; what
  /// went out under other `names` is called as the caller calls it.
  package init(
    for operation: Operation, choiceCount: Int = 1, eventLimit: Int = 1 << 20,
    naming names: RequestNames = RequestNames(), rewriting makeRewriter: @escaping @Sendable (TextChannel) -> Rewriter
  ) {
    dialect = operation.answers
    self.choiceCount = choiceCount
    self.eventLimit = eventLimit
    self.names = names
    self.makeRewriter = makeRewriter
  }

  /// Whether the vendor has said all it has to say; a stream that ends before was cut off.
  package var isComplete: Bool { isDone || !dialect.endsWithEvent && finishReasons.count >= choiceCount }

  /// The number of an event that would come next, where the dialect numbers its events.
  package var nextEventNumber: Int { nextNumber + addedEvents }

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
        try releaseHeld(into: &output)
        release(from: { _ in true }, before: nextNumber, into: &output)
        guard case .malformedJSON = error.code else { throw error }
        throw ProviderError(.truncatedEvent, at: error.offset)
      }
    }
    try releaseHeld(into: &output)
    release(from: { _ in true }, before: nextNumber, into: &output)
  }

  private mutating func releaseHeld(into output: inout [UInt8]) throws(ProviderError) {
    for event in hold.take() { try receive(chunk: event, into: &output) }
  }

  /// Keeps an event back that tells of commands, or comes after one, until all of their call is there.
  private mutating func receive(held event: StreamEvent, into output: inout [UInt8]) throws(ProviderError) {
    guard dialect is ResponsesAnswers, !hold.isEmpty || event.tellsOfCommands else {
      return try receive(chunk: event, into: &output)
    }
    var reader = ResponsesAnswers()
    let reading = try reader.read(event: event.data.span)
    if hold.keeps(event, reading, limit: 4 * eventLimit, by: makeRewriter) { return }
    try releaseHeld(into: &output)
    try receive(chunk: event, into: &output)
  }

  private mutating func receive(event bytes: [UInt8], into output: inout [UInt8]) throws(ProviderError) {
    // What a vendor says after the end is nobody's answer.
    guard !isDone else { return }
    guard bytes.count <= eventLimit else { throw ProviderError(.eventTooLarge, at: eventLimit) }
    let event = StreamEvent(bytes)
    if event.isDone {
      try releaseHeld(into: &output)
      release(from: { _ in true }, before: nextNumber, into: &output)
      isDone = true
      output.append(contentsOf: bytes)
    } else if event.data.isEmpty {
      output.append(contentsOf: bytes)
    } else {
      try receive(held: event, into: &output)
    }
  }

  private mutating func receive(chunk event: StreamEvent, into output: inout [UInt8]) throws(ProviderError) {
    let data = event.data
    let reading = try dialect.read(event: data.span)
    let failure = reading.failure ?? (event.reportsFailure ? "error" : nil)
    if let failure { throw ProviderError(.vendorFailed, at: 0, path: failure) }
    learn(from: reading, data.span)
    let endings = reading.endings
    let isEnding = { (channel: TextChannel) in endings.contains { $0.ends(channel) } }
    let lastPieces = endings.isEmpty ? [:] : lastPieces(of: reading)
    if !endings.isEmpty {
      let number = reading.sequenceNumber == nil ? nextNumber : nextNumber - 1
      release(from: { isEnding($0) && lastPieces[$0] == nil }, before: number, into: &output)
    }

    var edits = AnswerEdits()
    let closed = reading.closedCalls(in: data.span, by: makeRewriter)
    for (place, piece) in reading.pieces.enumerated() {
      let text = piece.text(in: data.span)
      if piece.isWhole, let name = names.original(of: text) {
        edits.add(piece, saying: text, rewritten: name)
        continue
      }
      let isLast = lastPieces[piece.channel] == place && isEnding(piece.channel)
      edits.add(piece, saying: text, rewritten: try rewrite(text, of: piece, isLast: isLast, but: closed))
    }
    edits.add(reading.tokenLists, in: data.span) { text in
      var rewriter = makeRewriter(TextChannel(.other))
      return rewriter.whole(text.span)
    }
    edits.add(reading.names, of: names, in: data.span)
    if let number = reading.sequenceNumber, addedEvents > 0 { edits.add(nextNumber - 1 + addedEvents, at: number) }
    if edits.isEmpty {
      output.append(contentsOf: event.bytes)
    } else {
      event.appendReplacing(data: edits.applied(to: data.span), to: &output)
    }
    if reading.isLast { isDone = true }
  }

  private func lastPieces(of reading: AnswerReading) -> [TextChannel: Int] {
    Dictionary(reading.pieces.enumerated().compactMap { $1.isWhole ? nil : ($1.channel, $0) }) { $1 }
  }

  private mutating func learn(from reading: AnswerReading, _ data: Span<UInt8>) {
    if let usage = reading.usage { self.usage = usage }
    if let model = reading.model, !model.isEmpty { self.model = model }
    if let id = reading.id {
      if let answerID, answerID != id { hasOtherID = true }
      answerID = answerID ?? id
    }
    for (choice, reason) in reading.finishReasons { finishReasons[choice] = reason }
    if let number = reading.sequenceNumber, let count = Int(String(decoding: data.extracting(number.range))),
      (0..<Self.eventNumberLimit).contains(count)
    {
      nextNumber = count + 1
    }
  }

  private mutating func rewrite(
    _ text: [UInt8], of piece: AnswerReading.Piece, isLast: Bool, but closed: Set<Range<Int>>
  ) throws(ProviderError) -> [UInt8] {
    if piece.isWhole {
      var (piece, closed) = (piece, closed)
      if piece.channel.field.isCommand, piece.telling != .answer {
        let call = piece.call ?? piece.token.range
        piece.call = call
        if !hold.admits(piece.channel) { closed.insert(call) }
      }
      return try rows.rewrite(text.span, of: piece, but: closed, with: makeRewriter)
    }
    let trail = try rows.enter(piece)
    let open = channels.firstIndex { $0.channel == piece.channel }
    if isLast {
      var rewriter = open.map { channels.remove(at: $0).rewriter } ?? rewriter(of: piece.channel, after: trail)
      let output = rewriter.whole(text.span)
      rows.leave(piece.channel, told: .pieces, with: rewriter.trail)
      return output
    }
    var output: [UInt8] = []
    output.reserveCapacity(text.count + 32)
    if let open {
      channels[open].rewriter.rewrite(text.span, into: &output)
    } else {
      guard channels.count < Self.channelLimit else { throw ProviderError(.tooManyChannels, at: 0) }
      channels.append((piece.channel, rewriter(of: piece.channel, after: trail)))
      channels[channels.count - 1].rewriter.rewrite(text.span, into: &output)
    }
    return output
  }

  /// A rewriter of a text after one that may be open still, or that ended with `trail`.
  private func rewriter(of channel: TextChannel, after trail: Rewriter.Trail?) -> Rewriter {
    var rewriter = makeRewriter(channel)
    if channel.field.isCommand { rewriter.isPart(ofAdmittedCall: hold.admits(channel)) }
    let row = TextRow(channel, told: .pieces)
    let open = row.flatMap { row in channels.last { TextRow($0.channel, told: .pieces) == row } }
    if let trail = open?.rewriter.trail ?? trail { rewriter.follow(trail) }
    return rewriter
  }

  /// Ends the texts that `isChosen` picks, and appends an event for each that had something held back.
  ///
  /// `number` is the vendor's for the event that they come before.
  private mutating func release(
    from isChosen: (TextChannel) -> Bool, before number: Int, into output: inout [UInt8]
  ) {
    var kept: [(channel: TextChannel, rewriter: Rewriter)] = []
    for var open in channels {
      guard isChosen(open.channel) else {
        kept.append(open)
        continue
      }
      var held: [UInt8] = []
      open.rewriter.finish(into: &held)
      rows.leave(open.channel, told: .pieces, with: open.rewriter.trail)
      if held.isEmpty { continue }
      dialect.appendEvent(saying: held.span, in: open.channel, number: number + addedEvents, to: &output)
      addedEvents += 1
    }
    channels = kept
  }
}

extension AnswerStream: Sendable where Rewriter: Sendable {}
