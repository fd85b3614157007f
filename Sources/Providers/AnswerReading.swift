import Bytes

/// What one walk over a chat answer, or over one event of a streamed one, finds in it.
struct AnswerReading {
  /// A string that can carry text, and which text it is a piece of.
  struct Piece {
    var channel: TextChannel
    var token: JSONToken
  }

  private(set) var pieces: [Piece] = []
  private(set) var finishReasons: [(choice: Int, reason: String)] = []
  private(set) var usage: TokenUsage?
  private(set) var model: String?
  private(set) var hasChoices = false
  private(set) var reportsFailure = false
  /// Where the members are that say which answer this is: its id, model and time, each name and value.
  private(set) var identity: [Range<Int>] = []

  private var cursor: JSONCursor

  init(_ text: Span<UInt8>) throws(ProviderError) {
    do throws(JSONError) {
      cursor = try JSONCursor(text)
      let top = try cursor.token(in: text)
      guard top.kind == .beginObject else { throw JSONError(.unexpectedByte, at: top.range.lowerBound) }
      try answer(text)
      _ = try cursor.next(in: text)
    } catch {
      throw ProviderError(error)
    }
  }

  private mutating func answer(_ text: Span<UInt8>) throws(JSONError) {
    while let name = try name(text) {
      let value = try cursor.token(in: text)
      switch field(of: .answer, name, text) {
      case .choices where value.kind == .beginArray:
        hasChoices = true
        try elements(text) { reading, element, position throws(JSONError) in
          try reading.choice(element, position, text)
        }
      case .usage where value.kind == .beginObject: try usage(text)
      case .error where value.kind != .null:
        reportsFailure = true
        try cursor.skip(value, in: text)
      case .identity, .model:
        if text.extracting(name.range).spells("model"), value.kind == .string { model = string(value, text) }
        try cursor.skip(value, in: text)
        identity.append(name.range.lowerBound - 1..<cursor.offset)
      default: try others(value, text)
      }
    }
  }

  private mutating func choice(_ token: JSONToken, _ position: Int, _ text: Span<UInt8>) throws(JSONError) {
    guard token.kind == .beginObject else { return try others(token, text) }
    let first = pieces.count
    var index = position
    var reason: String?
    while let name = try name(text) {
      let value = try cursor.token(in: text)
      switch field(of: .choice, name, text) {
      case .index where value.kind == .number: index = Int(string(value, text)) ?? position
      case .finishReason where value.kind == .string: reason = string(value, text)
      case .message where value.kind == .beginObject: try message(text)
      default: try others(value, text)
      }
    }
    for place in pieces[first...].indices { pieces[place].channel.choice = index }
    // Some servers write an empty reason where the dialect has null.
    if let reason, !reason.isEmpty { finishReasons.append((index, reason)) }
  }

  private mutating func message(_ text: Span<UInt8>) throws(JSONError) {
    while let name = try name(text) {
      let value = try cursor.token(in: text)
      switch field(of: .message, name, text) {
      case .identity: try cursor.skip(value, in: text)
      case .toolCalls where value.kind == .beginArray:
        try elements(text) { reading, element, position throws(JSONError) in
          try reading.toolCall(element, position, text)
        }
      case .function where value.kind == .beginObject: try called(.functionArguments, text)
      default:
        if value.kind == .string {
          pieces.append(Piece(channel: TextChannel(.member(string(name, text))), token: value))
        } else {
          try others(value, text)
        }
      }
    }
  }

  private mutating func toolCall(_ token: JSONToken, _ position: Int, _ text: Span<UInt8>) throws(JSONError) {
    guard token.kind == .beginObject else { return try others(token, text) }
    let first = pieces.count
    var index = position
    while let name = try name(text) {
      let value = try cursor.token(in: text)
      switch field(of: .toolCall, name, text) {
      case .index where value.kind == .number: index = Int(string(value, text)) ?? position
      case .identity: try cursor.skip(value, in: text)
      case .function where value.kind == .beginObject: try called(.toolArguments(call: position), text)
      case .custom where value.kind == .beginObject: try called(.toolInput(call: position), text)
      default: try others(value, text)
      }
    }
    for place in pieces[first...].indices {
      switch pieces[place].channel.field {
      case .toolArguments: pieces[place].channel.field = .toolArguments(call: index)
      case .toolInput: pieces[place].channel.field = .toolInput(call: index)
      case .member, .functionArguments, .other: break
      }
    }
  }

  private mutating func called(_ channel: TextChannel.Field, _ text: Span<UInt8>) throws(JSONError) {
    while let name = try name(text) {
      let value = try cursor.token(in: text)
      switch field(of: .called, name, text) {
      case .identity: try cursor.skip(value, in: text)
      case .argument where value.kind == .string: pieces.append(Piece(channel: TextChannel(channel), token: value))
      default: try others(value, text)
      }
    }
  }

  private mutating func usage(_ text: Span<UInt8>) throws(JSONError) {
    var count = TokenUsage()
    while let name = try name(text) {
      let value = try cursor.token(in: text)
      switch field(of: .usage, name, text) {
      case .promptTokens where value.kind == .number: count.prompt = Int(string(value, text)) ?? 0
      case .completionTokens where value.kind == .number: count.completion = Int(string(value, text)) ?? 0
      default: try others(value, text)
      }
    }
    usage = count
  }

  /// Takes every string of a value that the dialect does not know.
  private mutating func others(_ token: JSONToken, _ text: Span<UInt8>) throws(JSONError) {
    var token = token
    let depth = cursor.depth - (token.kind == .beginObject || token.kind == .beginArray ? 1 : 0)
    while true {
      if token.kind == .string { pieces.append(Piece(channel: TextChannel(.other), token: token)) }
      if cursor.depth <= depth { return }
      token = try cursor.token(in: text)
    }
  }

  private mutating func elements(
    _ text: Span<UInt8>, _ read: (inout AnswerReading, JSONToken, Int) throws(JSONError) -> Void
  ) throws(JSONError) {
    var position = 0
    while true {
      let element = try cursor.token(in: text)
      if element.kind == .endArray { return }
      try read(&self, element, position)
      position += 1
    }
  }

  /// The next member's name; nil at the end of the object.
  private mutating func name(_ text: Span<UInt8>) throws(JSONError) -> JSONToken? {
    let token = try cursor.token(in: text)
    return token.kind == .endObject ? nil : token
  }

  private func field(of shape: AnswerField.Shape, _ name: JSONToken, _ text: Span<UInt8>) -> AnswerField? {
    guard name.isEscaped else { return AnswerField(in: shape, named: text.extracting(name.range)) }
    var decoded: [UInt8] = []
    _ = JSONString.unescape(text.extracting(name.range), into: &decoded)
    return AnswerField(in: shape, named: decoded.span)
  }

  private func string(_ token: JSONToken, _ text: Span<UInt8>) -> String {
    guard token.isEscaped else { return String(decoding: text.extracting(token.range)) }
    var bytes: [UInt8] = []
    _ = JSONString.unescape(text.extracting(token.range), into: &bytes)
    return String(decoding: bytes.span)
  }
}
