import Bytes

/// The way through an answer to `POST /v1/messages`, or through one event of a streamed one.
struct MessagesWalk {
  private(set) var hasContent = false
  private(set) var usage: MessagesUsage
  private let isWhole: Bool

  /// The way through a whole answer.
  init() {
    usage = MessagesUsage()
    isWhole = true
  }

  /// The way through an event, after others that have told of `usage`.
  init(event usage: MessagesUsage) {
    self.usage = usage
    isWhole = false
  }

  mutating func message(_ walk: inout AnswerWalk, _ text: Span<UInt8>) throws(JSONError) {
    while let name = try walk.name(text) {
      let value = try walk.token(text)
      switch walk.entry(name, in: MessagesWalk.messageFields, text) {
      case .identity: try walk.identity(value, text)
      case .model:
        if value.kind == .string { walk.reading.model = walk.string(value, text) }
        try walk.skip(value, text)
      case .content where value.kind == .beginArray:
        hasContent = true
        try walk.elements(text) { walk, element, position throws(JSONError) in
          try block(&walk, element, position, text)
        }
      case .reason where value.kind == .string: ended(walk.string(value, text), &walk)
      case .usage where value.kind == .beginObject: try count(in: &walk, text)
      case .error where value.kind != .null:
        walk.reading.failure = "error"
        try walk.skip(value, text)
      default: try walk.others(value, text)
      }
    }
  }

  mutating func event(_ walk: inout AnswerWalk, _ text: Span<UInt8>) throws(JSONError) {
    let type = walk.kind(text)
    let index = walk.cursor.value(ahead: "index", in: text).flatMap { walk.integer($0, text) } ?? 0
    while let name = try walk.name(text) {
      let value = try walk.token(text)
      switch walk.entry(name, in: MessagesWalk.eventFields, text) {
      case .identity: try walk.identity(value, text)
      case .message where value.kind == .beginObject: try message(&walk, text)
      case .block: try block(&walk, value, index, text)
      case .delta where value.kind == .beginObject: try delta(&walk, index, text)
      case .usage where value.kind == .beginObject: try count(in: &walk, text)
      case .error where value.kind != .null:
        walk.reading.failure = "error"
        try walk.skip(value, text)
      default: try walk.others(value, text)
      }
    }
    switch type {
    case "content_block_stop": walk.reading.endings += MessagesWalk.endings(ofBlock: index)
    case "message_stop":
      walk.reading.endings.append(.everything)
      walk.reading.isLast = true
    case "error" where walk.reading.failure == nil: walk.reading.failure = "type"
    default: break
    }
  }

  /// Reads the answer to the question how many tokens a request has.
  mutating func count(_ walk: inout AnswerWalk, _ text: Span<UInt8>) throws(JSONError) {
    while let name = try walk.name(text) {
      let value = try walk.token(text)
      if text.extracting(name.range).spells("input_tokens"), let count = walk.integer(value, text) {
        walk.reading.usage = TokenUsage(prompt: count)
      } else if text.extracting(name.range).spells("error"), value.kind != .null {
        walk.reading.failure = "error"
      }
      try walk.skip(value, text)
    }
  }

  private func block(
    _ walk: inout AnswerWalk, _ token: JSONToken, _ index: Int?, _ text: Span<UInt8>
  ) throws(JSONError) {
    guard token.kind == .beginObject else { return try walk.others(token, text) }
    let kind = walk.kind(text)
    let isKept = kind == "compaction"
    let isCall = kind?.hasSuffix("_use") == true
    while let name = try walk.name(text) {
      let value = try walk.token(text)
      switch walk.entry(name, in: MessagesWalk.blockFields, text) {
      case .identity: try walk.identity(value, text)
      case .content where isKept: try walk.skip(value, text)
      case .text where value.kind == .string && index != nil:
        walk.take(value, for: TextChannel(.content(part: index ?? 0, "text")), isWhole: isWhole)
      case .citations where value.kind == .beginArray:
        try walk.elements(text) { walk, element, _ throws(JSONError) in
          try block(&walk, element, nil, text)
        }
      case .input: try input(&walk, value, index ?? 0, text)
      case .content where value.kind == .beginArray:
        try walk.elements(text) { walk, element, _ throws(JSONError) in
          try block(&walk, element, nil, text)
        }
      case .content where value.kind == .beginObject: try block(&walk, value, nil, text)
      case .source where value.kind == .beginObject: try source(&walk, text)
      default: if isCall { try walk.call(value, text) } else { try walk.others(value, text) }
      }
    }
  }

  private mutating func delta(_ walk: inout AnswerWalk, _ index: Int, _ text: Span<UInt8>)
    throws(JSONError)
  {
    let isKept = walk.kind(text) == "compaction_delta"
    while let name = try walk.name(text) {
      let value = try walk.token(text)
      switch walk.entry(name, in: MessagesWalk.deltaFields, text) {
      case .identity: try walk.identity(value, text)
      case .content where isKept: try walk.skip(value, text)
      case .text where value.kind == .string:
        walk.take(value, for: TextChannel(.content(part: index, "text")), isWhole: false)
      case .piece where value.kind == .string:
        walk.take(value, for: TextChannel(.toolArguments(call: index)), isWhole: false)
      case .citation: try block(&walk, value, nil, text)
      case .reason where value.kind == .string: ended(walk.string(value, text), &walk)
      default: try walk.others(value, text)
      }
    }
  }

  /// Takes each name and each string of a call's input for a text: where the input comes in pieces, both are in them.
  private func input(
    _ walk: inout AnswerWalk, _ token: JSONToken, _ index: Int, _ text: Span<UInt8>
  ) throws(JSONError) {
    let (input, first) = (token, walk.reading.pieces.count)
    var token = token
    let depth =
      walk.cursor.depth - (token.kind == .beginObject || token.kind == .beginArray ? 1 : 0)
    while true {
      if token.kind == .string || token.kind == .name {
        walk.take(token, for: TextChannel(.toolInput(call: index)), isWhole: true)
      }
      if walk.cursor.depth <= depth { break }
      token = try walk.token(text)
    }
    walk.isCall(input, from: first) { $0 == .toolInput(call: index) }
  }

  /// Reads what a document holds; of one in base64 nothing is text.
  private func source(_ walk: inout AnswerWalk, _ text: Span<UInt8>) throws(JSONError) {
    let isText = walk.kind(text) != "base64"
    while let name = try walk.name(text) {
      let value = try walk.token(text)
      let isData =
        text.extracting(name.range).spells("data") || text.extracting(name.range).spells("content")
      if isText, isData { try walk.others(value, text) } else { try walk.skip(value, text) }
    }
  }

  private func ended(_ reason: String, _ walk: inout AnswerWalk) {
    walk.reading.finishReasons = [(0, reason)]
    walk.reading.endings.append(.choice(0))
  }

  private static func endings(ofBlock index: Int) -> [AnswerReading.Ending] {
    [
      .text(TextChannel(.content(part: index, "text"))),
      .text(TextChannel(.toolArguments(call: index))),
    ]
  }

  private mutating func count(in walk: inout AnswerWalk, _ text: Span<UInt8>) throws(JSONError) {
    while let name = try walk.name(text) {
      let value = try walk.token(text)
      let count = walk.integer(value, text)
      switch walk.entry(name, in: MessagesWalk.usageFields, text) {
      case .input: usage.input = count ?? usage.input
      case .written: usage.written = count ?? usage.written
      case .read: usage.read = count ?? usage.read
      case .output: usage.output = count ?? usage.output
      case nil: break
      }
      try walk.skip(value, text)
    }
    walk.reading.usage = usage.count
  }
}

/// The fields that the dialect knows; every other string is taken for text.
extension MessagesWalk {
  private enum Field {
    case model, content, reason, usage, error, message, block, delta, text, piece, citations,
      citation, input, source
    /// A name of the protocol, or what must go back to the vendor as it came, passed over.
    case identity
  }

  private enum UsageField { case input, written, read, output }

  private static let messageFields: [(StaticString, Field)] = [
    ("id", .identity), ("type", .identity), ("role", .identity), ("model", .model),
    ("content", .content),
    ("stop_reason", .reason), ("usage", .usage), ("error", .error), ("container", .identity),
    ("context_management", .identity), ("diagnostics", .identity),
    ("input_transformations", .identity),
    ("request_id", .identity),
  ]

  private static let eventFields: [(StaticString, Field)] = [
    ("type", .identity), ("index", .identity), ("message", .message), ("content_block", .block),
    ("delta", .delta),
    ("usage", .usage), ("error", .error), ("context_management", .identity),
    ("input_transformations", .identity),
    ("request_id", .identity),
  ]

  private static let deltaFields: [(StaticString, Field)] = [
    ("type", .identity), ("text", .text), ("partial_json", .piece), ("thinking", .identity),
    ("signature", .identity),
    ("citation", .citation), ("content", .content), ("encrypted_content", .identity),
    ("stop_reason", .reason),
    ("container", .identity),
  ]

  private static let blockFields: [(StaticString, Field)] = [
    ("type", .identity), ("text", .text), ("citations", .citations), ("input", .input),
    ("content", .content),
    ("source", .source), ("id", .identity), ("tool_use_id", .identity), ("name", .identity),
    ("thinking", .identity),
    ("signature", .identity), ("data", .identity), ("encrypted_content", .identity),
    ("encrypted_index", .identity),
    ("encrypted_stdout", .identity), ("caller", .identity), ("toolset_name", .identity),
    ("server_name", .identity),
    ("mcp_server_name", .identity), ("file_id", .identity), ("file_type", .identity),
    ("error_code", .identity),
    ("tool_name", .identity), ("page_age", .identity), ("retrieved_at", .identity),
    ("stop_reason", .identity),
  ]

  private static let usageFields: [(StaticString, UsageField)] = [
    ("input_tokens", .input), ("cache_creation_input_tokens", .written),
    ("cache_read_input_tokens", .read),
    ("output_tokens", .output),
  ]
}
