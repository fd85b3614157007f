import Bytes

/// The way through the answer of a chat, or of a completion, or through one event of a streamed one.
struct ChatWalk {
  /// Where the members are that say which answer it is, each name and value.
  private(set) var identity: [Range<Int>] = []
  private(set) var hasChoices = false
  private let isWhole: Bool

  init(isWhole: Bool) { self.isWhole = isWhole }

  mutating func answer(_ walk: inout AnswerWalk, _ text: Span<UInt8>) throws(JSONError) {
    while let name = try walk.name(text) {
      let value = try walk.token(text)
      switch walk.entry(name, in: ChatWalk.answerFields, text) {
      case .choices where value.kind == .beginArray:
        hasChoices = true
        try walk.elements(text) { walk, element, position throws(JSONError) in
          try choice(&walk, element, position, text)
        }
      case .usage where value.kind == .beginObject: try walk.usage(text)
      case .error where value.kind != .null:
        walk.reading.failure = "error"
        try walk.skip(value, text)
      case .identity, .model:
        if text.extracting(name.range).spells("model"), value.kind == .string {
          walk.reading.model = walk.string(value, text)
        }
        try walk.skip(value, text)
        identity.append(name.range.lowerBound - 1..<walk.offset)
      default: try walk.others(value, text)
      }
    }
  }

  private func choice(_ walk: inout AnswerWalk, _ token: JSONToken, _ position: Int, _ text: Span<UInt8>)
    throws(JSONError)
  {
    guard token.kind == .beginObject else { return try walk.others(token, text) }
    let first = walk.reading.pieces.count
    let firstList = walk.reading.tokenLists.count
    var index = position
    var reason: String?
    while let name = try walk.name(text) {
      let value = try walk.token(text)
      switch walk.entry(name, in: ChatWalk.choiceFields, text) {
      case .index where value.kind == .number: index = Int(walk.string(value, text)) ?? position
      case .finishReason where value.kind == .string: reason = walk.string(value, text)
      case .message where value.kind == .beginObject: try message(&walk, text)
      case .text where value.kind == .string: walk.take(value, for: TextChannel(.member("text")), isWhole: isWhole)
      case .tokens where value.kind == .beginObject:
        try walk.tokenList(value, ofChoice: position, emptied: "null", text)
      default: try walk.others(value, text)
      }
    }
    for place in walk.reading.pieces[first...].indices { walk.reading.pieces[place].channel.choice = index }
    for place in walk.reading.tokenLists[firstList...].indices { walk.reading.tokenLists[place].choice = index }
    // Some servers write an empty reason where the dialect has null.
    guard let reason, !reason.isEmpty else { return }
    walk.reading.finishReasons.append((index, reason))
    walk.reading.endings.append(.choice(index))
  }

  private func message(_ walk: inout AnswerWalk, _ text: Span<UInt8>) throws(JSONError) {
    while let name = try walk.name(text) {
      let value = try walk.token(text)
      switch walk.entry(name, in: ChatWalk.messageFields, text) {
      case .identity: try walk.identity(value, text)
      case .toolCalls where value.kind == .beginArray:
        try walk.elements(text) { walk, element, position throws(JSONError) in
          try toolCall(&walk, element, position, text)
        }
      case .function where value.kind == .beginObject: try called(.functionArguments, &walk, text)
      case .toolCalls, .function: try walk.call(value, text)
      case .audio where value.kind == .beginObject: try audio(&walk, text)
      case .content where value.kind == .beginArray:
        try walk.elements(text) { walk, element, _ throws(JSONError) in try part(&walk, element, text) }
      default:
        if value.kind == .string {
          walk.take(value, for: TextChannel(.member(walk.string(name, text))), isWhole: isWhole)
        } else {
          try walk.others(value, text)
        }
      }
    }
  }

  /// Reads a part of a content that is a list: its text goes on where the one before has ended.
  private func part(_ walk: inout AnswerWalk, _ token: JSONToken, _ text: Span<UInt8>) throws(JSONError) {
    let channel = TextChannel(.member("content"))
    if token.kind == .string { return walk.take(token, for: channel, isWhole: isWhole) }
    guard token.kind == .beginObject else { return try walk.others(token, text) }
    while let name = try walk.name(text) {
      let value = try walk.token(text)
      switch walk.entry(name, in: ChatWalk.partFields, text) {
      case .identity: try walk.identity(value, text)
      case .text where value.kind == .string: walk.take(value, for: channel, isWhole: isWhole)
      default: try walk.others(value, text)
      }
    }
  }

  private func toolCall(_ walk: inout AnswerWalk, _ token: JSONToken, _ position: Int, _ text: Span<UInt8>)
    throws(JSONError)
  {
    guard token.kind == .beginObject else { return try walk.call(token, text) }
    let first = walk.reading.pieces.count
    var index = position
    while let name = try walk.name(text) {
      let value = try walk.token(text)
      switch walk.entry(name, in: ChatWalk.toolCallFields, text) {
      case .index where value.kind == .number: index = Int(walk.string(value, text)) ?? position
      case .identity: try walk.identity(value, text)
      case .function where value.kind == .beginObject: try called(.toolArguments(call: position), &walk, text)
      case .custom where value.kind == .beginObject: try called(.toolInput(call: position), &walk, text)
      default: try walk.call(value, text)
      }
    }
    for place in walk.reading.pieces[first...].indices {
      switch walk.reading.pieces[place].channel.field {
      case .toolArguments: walk.reading.pieces[place].channel.field = .toolArguments(call: index)
      case .toolInput: walk.reading.pieces[place].channel.field = .toolInput(call: index)
      default: break
      }
    }
  }

  private func called(
    _ channel: TextChannel.Field, _ walk: inout AnswerWalk, _ text: Span<UInt8>
  ) throws(JSONError) {
    while let name = try walk.name(text) {
      let value = try walk.token(text)
      switch walk.entry(name, in: ChatWalk.calledFields, text) {
      case .identity: try walk.identity(value, text)
      case .argument where value.kind == .string:
        walk.take(value, for: TextChannel(channel), isWhole: isWhole)
      default: try walk.call(value, text)
      }
    }
  }

  private func audio(_ walk: inout AnswerWalk, _ text: Span<UInt8>) throws(JSONError) {
    while let name = try walk.name(text) {
      let value = try walk.token(text)
      switch walk.entry(name, in: ChatWalk.audioFields, text) {
      case .identity: try walk.identity(value, text)
      case .text where value.kind == .string: walk.take(value, for: TextChannel(.transcript), isWhole: isWhole)
      default: try walk.others(value, text)
      }
    }
  }
}

/// The fields that the dialect knows; every other string is taken for text.
extension ChatWalk {
  fileprivate enum Field {
    case choices, usage, error, model, index, finishReason, message, toolCalls, function, custom, argument, audio
    case content, text, tokens
    /// A name of the protocol, passed over.
    case identity
  }

  fileprivate static let answerFields: [(StaticString, Field)] = [
    ("id", .identity), ("object", .identity), ("created", .identity), ("model", .model),
    ("system_fingerprint", .identity), ("service_tier", .identity), ("choices", .choices), ("usage", .usage),
    ("error", .error),
  ]

  fileprivate static let choiceFields: [(StaticString, Field)] = [
    ("index", .index), ("delta", .message), ("message", .message), ("finish_reason", .finishReason),
    ("logprobs", .tokens), ("text", .text),
  ]

  fileprivate static let messageFields: [(StaticString, Field)] = [
    ("role", .identity), ("tool_calls", .toolCalls), ("function_call", .function),
    ("audio", .audio), ("content", .content),
  ]

  fileprivate static let partFields: [(StaticString, Field)] = [("type", .identity), ("text", .text)]

  fileprivate static let audioFields: [(StaticString, Field)] = [
    ("id", .identity), ("data", .identity), ("transcript", .text),
  ]

  fileprivate static let toolCallFields: [(StaticString, Field)] = [
    ("index", .index), ("id", .identity), ("type", .identity), ("function", .function), ("custom", .custom),
  ]

  fileprivate static let calledFields: [(StaticString, Field)] = [
    ("name", .identity), ("arguments", .argument), ("input", .argument),
  ]
}
