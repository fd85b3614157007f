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
    var outline: EventOutline?
    for piece in reading.pieces where !piece.isWhole && models[piece.channel] == nil {
      guard models.count < TextChannel.limit else { throw ProviderError(.tooManyChannels, at: 0) }
      if outline == nil { outline = try EventOutline(event, type: walk.type, reading) }
      models[piece.channel] = outline.map { DeltaModel($0, of: piece.channel) }
    }
    return reading
  }

  func appendEvent(saying text: Span<UInt8>, in channel: TextChannel, number: Int, to output: inout [UInt8]) {
    guard let model = models[channel] else { preconditionFailure("a text that is open has had a delta") }
    model.append(saying: text, number: number, to: &output)
  }
}

/// An event without its texts.
private struct EventOutline {
  /// How long it may be: beside a text's piece and its tokens, a delta says no more than which text it is of.
  private static let longest = 1 << 14

  let type: [UInt8]
  private(set) var data: [UInt8] = []
  /// Where the pieces of texts stood.
  private(set) var places: [(channel: TextChannel, place: Int)] = []
  /// Where its number stands.
  private(set) var number: Range<Int>?

  init(_ event: Span<UInt8>, type: JSONToken?, _ reading: AnswerReading) throws(ProviderError) {
    self.type = type.map { [UInt8](copying: event.extracting($0.range)) } ?? []
    var parts = reading.pieces.map { (range: $0.token.range, Part.piece($0)) }
    parts += reading.tokenLists.map { (range: $0.range, Part.tokens($0.replacement)) }
    if let token = reading.sequenceNumber { parts.append((range: token.range, Part.number)) }
    parts.sort { $0.range.lowerBound < $1.range.lowerBound }
    var copied = 0
    for (range, part) in parts {
      data.append(copying: event, copied..<range.lowerBound)
      copied = range.upperBound
      switch part {
      case .piece(let piece): if !piece.isWhole { places.append((piece.channel, data.count)) }
      case .tokens(let replacement): data.append(contentsOf: "\(replacement)".utf8)
      case .number:
        number = data.count..<data.count + range.count
        data.append(copying: event, range)
      }
    }
    data.append(copying: event, copied..<event.count)
    guard data.count <= EventOutline.longest else {
      throw ProviderError(.eventTooLarge, at: EventOutline.longest)
    }
    data = data.map { ASCII.isNewline($0) ? 0x20 : $0 }
  }

  /// What stands in an event, and not in its outline as it is.
  private enum Part {
    case piece(AnswerReading.Piece)
    case tokens(StaticString)
    case number
  }
}

/// A delta that others are written after.
private struct DeltaModel {
  private let outline: [UInt8]
  private let type: [UInt8]
  private let places: [Int]
  private let number: Range<Int>?

  init(_ outline: EventOutline, of channel: TextChannel) {
    self.outline = outline.data
    type = outline.type
    places = outline.places.filter { $0.channel == channel }.map(\.place)
    number = outline.number
  }

  func append(saying text: Span<UInt8>, number: Int, to output: inout [UInt8]) {
    let said = JSONString.escaped(text)
    var edits = places.map { (range: $0..<$0, replacement: said) }
    if let place = self.number { edits.append((place, Array("\(number)".utf8))) }
    edits.sort { $0.range.lowerBound < $1.range.lowerBound }
    output.append(contentsOf: "event: ".utf8)
    output.append(contentsOf: type)
    output.append(contentsOf: "\ndata: ".utf8)
    output.append(contentsOf: spliced(outline.span, replacing: edits))
    output.append(contentsOf: "\n\n".utf8)
  }
}
