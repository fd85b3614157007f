import Bytes

/// What one walk over an answer, or over one event of a streamed one, finds in it.
struct AnswerReading {
  /// A string that can carry text.
  struct Piece {
    /// Which text it is, or is a piece of.
    var channel: TextChannel
    var token: JSONToken
    /// Whether it is all of the text; if not, the text may go on in the next piece of the same channel.
    var isWhole: Bool
    /// Where it is told, of the places in which a stream tells its texts.
    var telling = TextRow.Telling.pieces
    /// Where the JSON stands that it is part of, where that is what a tool is told to do.
    var call: Range<Int>?
  }

  /// A list of what the tokens of a text were, with how likely each was.
  ///
  /// It can be right only about a text that is as it came: where a text of the same choice has changed in the same event,
  /// or where one of its strings would itself be rewritten, the list gives way to `replacement`.
  struct TokenList {
    var choice: Int
    /// The value.
    var range: Range<Int>
    /// A list without entries, as the dialect writes it there.
    var replacement: StaticString
    /// The strings in it.
    var strings: [JSONToken]
  }

  /// What an event is the end of; no piece of such a text comes after it.
  enum Ending: Hashable {
    /// All texts of a choice.
    case choice(Int)
    case text(TextChannel)
    case everything

    func ends(_ channel: TextChannel) -> Bool {
      switch self {
      case .choice(let choice): channel.choice == choice
      case .text(let text): channel == text
      case .everything: true
      }
    }
  }

  var pieces: [Piece] = []
  var tokenLists: [TokenList] = []
  /// Names and ids that may have been made for the request.
  var names: [JSONToken] = []
  var endings: [Ending] = []
  var finishReasons: [(choice: Int, reason: String)] = []
  var usage: TokenUsage?
  var model: String?
  /// What the vendor calls the answer, where it may keep it under that name.
  var id: String?
  /// The way to where the vendor says that it failed.
  var failure: String?
  /// Whether the answer has come to its end with this event.
  var isLast = false
  /// The number of the event among those of its stream, where the dialect counts them.
  var sequenceNumber: JSONToken?
}

extension AnswerReading {
  /// The calls among those that whole pieces are parts of into which nothing may be put back.
  func closedCalls(
    in source: Span<UInt8>, by makeRewriter: (TextChannel) -> some TextRewriter
  ) -> Set<Range<Int>> {
    var asked: Set<Range<Int>> = []
    var closed: Set<Range<Int>> = []
    for piece in pieces {
      guard let call = piece.call, asked.insert(call).inserted else { continue }
      if !makeRewriter(piece.channel).admits(source.extracting(call)) { closed.insert(call) }
    }
    return closed
  }
}

extension AnswerReading.Piece {
  /// What the string says.
  func text(in source: Span<UInt8>) -> [UInt8] { token.text(in: source) }
}

extension JSONToken {
  /// What the string or the name says.
  func text(in source: Span<UInt8>) -> [UInt8] {
    guard isEscaped else { return [UInt8](copying: source.extracting(range)) }
    var text: [UInt8] = []
    text.reserveCapacity(range.count)
    _ = JSONString.unescape(source.extracting(range), into: &text)
    return text
  }
}
