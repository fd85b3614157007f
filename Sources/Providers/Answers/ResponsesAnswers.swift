import Bytes

/// The answers to `POST /v1/responses`, whole and as events.
///
/// A text of a stream comes in deltas, and again whole in up to four events and in the answer at the end. The deltas are
/// one text to its rewriter; each of the others is a text by itself, which a rewriter gives the same words as the deltas.
/// What it held back leaves in a delta of its own, written as the first delta of that text was.
struct ResponsesAnswers: AnswerDialect {
  private var models: [TextChannel: DeltaModel] = [:]
  private var ended: [AnswerReading.Ending] = []

  var endsWithEvent: Bool { true }

  func read(answer: Span<UInt8>) throws(ProviderError) -> AnswerReading {
    var walk = ResponsesWalk()
    let reading = try AnswerWalk.reading(answer) { base, text throws(JSONError) in try walk.response(&base, text) }
    guard walk.hasOutput || reading.failure != nil else { throw ProviderError(.missingField, at: 0, path: "output") }
    return reading
  }

  mutating func read(event: Span<UInt8>) throws(ProviderError) -> AnswerReading {
    if !ended.isEmpty { models = models.filter { model in !ended.contains { $0.ends(model.key) } } }
    var walk = ResponsesWalk()
    let reading = try AnswerWalk.reading(event) { base, text throws(JSONError) in try walk.event(&base, text) }
    ended = reading.endings
    for piece in reading.pieces where !piece.isWhole && models[piece.channel] == nil {
      models[piece.channel] = DeltaModel(event, type: walk.type, reading: reading)
    }
    return reading
  }

  func appendEvent(saying text: Span<UInt8>, in channel: TextChannel, number: Int, to output: inout [UInt8]) {
    guard let model = models[channel] else { preconditionFailure("a text that is open has had a delta") }
    model.append(saying: text, in: channel, number: number, to: &output)
  }
}

/// A delta that others are written after.
private struct DeltaModel {
  private let data: [UInt8]
  private let type: [UInt8]
  private let reading: AnswerReading

  init(_ data: Span<UInt8>, type: JSONToken?, reading: AnswerReading) {
    self.data = [UInt8](copying: data)
    self.type = type.map { [UInt8](copying: data.extracting($0.range)) } ?? []
    self.reading = reading
  }

  func append(saying text: Span<UInt8>, in channel: TextChannel, number: Int, to output: inout [UInt8]) {
    let said = JSONString.escaped(text)
    var edits = reading.pieces.map { (range: $0.token.range, replacement: $0.channel == channel ? said : []) }
    edits += reading.tokenLists.map { (range: $0.range, replacement: Array("\($0.replacement)".utf8)) }
    if let token = reading.sequenceNumber { edits.append((token.range, Array("\(number)".utf8))) }
    edits.sort { $0.range.lowerBound < $1.range.lowerBound }
    output.append(contentsOf: "event: ".utf8)
    output.append(contentsOf: type)
    output.append(contentsOf: "\ndata: ".utf8)
    output.append(contentsOf: spliced(data.span, replacing: edits).map { ASCII.isNewline($0) ? 0x20 : $0 })
    output.append(contentsOf: "\n\n".utf8)
  }
}
