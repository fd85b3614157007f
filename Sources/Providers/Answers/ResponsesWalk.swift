import Bytes

/// The way through an answer to `POST /v1/responses`, or through one event of a streamed one.
struct ResponsesWalk {
  /// What an event says it is, such as `response.output_text.delta`.
  private(set) var type: JSONToken?
  private(set) var hasOutput = false
  /// The way to a failure from the top.
  private var root = ""
  private var reason: String?

  mutating func response(_ walk: inout AnswerWalk, _ text: Span<UInt8>) throws(JSONError) {
    var status: String?
    while let name = try walk.name(text) {
      let value = try walk.token(text)
      switch walk.entry(name, in: ResponsesWalk.responseFields, text) {
      case .id where value.kind == .string: walk.reading.id = walk.string(value, text)
      case .identity, .id: try walk.identity(value, text)
      case .model:
        if value.kind == .string { walk.reading.model = walk.string(value, text) }
        try walk.skip(value, text)
      case .status:
        if value.kind == .string { status = walk.string(value, text) }
        try walk.skip(value, text)
      case .output where value.kind == .beginArray:
        hasOutput = true
        try walk.elements(text) { walk, element, position throws(JSONError) in
          try item(&walk, element, position, text)
        }
      case .instructions where value.kind == .beginArray:
        try walk.elements(text) { walk, element, _ throws(JSONError) in
          try item(&walk, element, ResponsesWalk.echo, text)
        }
      case .usage where value.kind == .beginObject: try walk.usage(text)
      case .error where value.kind != .null:
        walk.reading.failure = root + "error"
        try walk.skip(value, text)
      case .incomplete where value.kind == .beginObject: try incompleteness(&walk, text)
      default: try walk.others(value, text)
      }
    }
    if let reason = reason ?? status { walk.reading.finishReasons = [(0, reason)] }
  }

  /// A page of items.
  mutating func items(_ walk: inout AnswerWalk, _ text: Span<UInt8>) throws(JSONError) {
    while let name = try walk.name(text) {
      let value = try walk.token(text)
      switch walk.entry(name, in: ResponsesWalk.listFields, text) {
      case .identity: try walk.identity(value, text)
      case .output where value.kind == .beginArray:
        hasOutput = true
        try walk.elements(text) { walk, element, position throws(JSONError) in
          try item(&walk, element, position, text)
        }
      case .error where value.kind != .null:
        walk.reading.failure = "error"
        try walk.skip(value, text)
      default: try walk.others(value, text)
      }
    }
  }

  mutating func event(_ walk: inout AnswerWalk, _ text: Span<UInt8>) throws(JSONError) {
    var indices = EventIndices()
    var strings: [JSONToken] = []
    root = "response."
    while let name = try walk.name(text) {
      let value = try walk.token(text)
      switch walk.entry(name, in: ResponsesWalk.eventFields, text) {
      case .type where value.kind == .string: type = value
      case .sequenceNumber where value.kind == .number: walk.reading.sequenceNumber = value
      case .outputIndex where value.kind == .number: indices.output = walk.integer(value, text)
      case .contentIndex where value.kind == .number: indices.content = walk.integer(value, text)
      case .summaryIndex where value.kind == .number: indices.summary = walk.integer(value, text)
      case .commandIndex where value.kind == .number: indices.command = walk.integer(value, text)
      case .identity: try walk.identity(value, text)
      case .text where value.kind == .string: strings.append(value)
      case .text, .part:
        let first = walk.reading.pieces.count
        try part(&walk, value, EventIndices.unknown, EventIndices.unknown, text)
        walk.told(.part, from: first)
      case .output where value.kind == .beginArray:
        let first = walk.reading.pieces.count
        try walk.elements(text) { walk, element, _ throws(JSONError) in
          try part(&walk, element, EventIndices.unknown, EventIndices.unknown, text)
        }
        walk.told(.part, from: first)
      case .response where value.kind == .beginObject:
        let first = walk.reading.pieces.count
        try response(&walk, text)
        walk.told(.answer, from: first)
      case .item:
        let first = walk.reading.pieces.count
        try item(&walk, value, EventIndices.unknown, text)
        walk.told(.item, from: first)
      case .error where value.kind != .null:
        walk.reading.failure = "error"
        try walk.skip(value, text)
      case .tokens where value.kind == .beginArray:
        try walk.tokenList(value, ofChoice: EventIndices.unknown, emptied: "[]", text)
      default: try walk.others(value, text)
      }
    }
    ResponseEvent(type.map { walk.string($0, text) } ?? "", indices).complete(&walk.reading, strings)
  }

  private func item(
    _ walk: inout AnswerWalk, _ token: JSONToken, _ output: Int, _ text: Span<UInt8>
  ) throws(JSONError) {
    guard token.kind == .beginObject else { return try walk.others(token, text) }
    let isCall = walk.kind(text).map { $0.hasSuffix("_call") || $0 == "mcp_approval_request" } ?? false
    while let name = try walk.name(text) {
      let value = try walk.token(text)
      switch walk.entry(name, in: ResponsesWalk.itemFields, text) {
      case .identity: try walk.identity(value, text)
      case .parts where value.kind == .beginArray:
        try walk.elements(text) { walk, element, position throws(JSONError) in
          try part(&walk, element, output, position, text)
        }
      case .arguments where value.kind == .string: take(value, .functionArguments, output, &walk)
      case .parts where value.kind == .string, .text where value.kind == .string:
        take(value, .member(walk.string(name, text)), output, &walk)
      case .action where value.kind == .beginObject:
        let first = walk.reading.pieces.count
        try action(&walk, output, text)
        // Commands are run one after the other: each can send what those before it have left.
        walk.isCall(value, from: first) { $0.isCommand || $0 == .other }
      case .results: try walk.others(value, text)
      default: if isCall { try walk.call(value, text) } else { try walk.others(value, text) }
      }
    }
  }

  private func part(
    _ walk: inout AnswerWalk, _ token: JSONToken, _ output: Int, _ position: Int, _ text: Span<UInt8>
  ) throws(JSONError) {
    guard token.kind == .beginObject else { return try walk.others(token, text) }
    let first = walk.reading.pieces.count
    var kind: String?
    while let name = try walk.name(text) {
      let value = try walk.token(text)
      switch walk.entry(name, in: ResponsesWalk.partFields, text) {
      case .type where value.kind == .string: kind = walk.string(value, text)
      case .text where value.kind == .string:
        take(value, .content(part: position, walk.string(name, text)), output, &walk)
      case .written where value.kind == .string:
        take(value, .commandOutput(position, walk.string(name, text)), output, &walk)
      case .tokens where value.kind == .beginArray:
        try walk.tokenList(value, ofChoice: output, emptied: "[]", text)
      default: try walk.others(value, text)
      }
    }
    for place in walk.reading.pieces[first...].indices
    where walk.reading.pieces[place].channel.field == .content(part: position, "text") {
      switch kind {
      case "reasoning_text": walk.reading.pieces[place].channel.field = .content(part: position, "reasoning")
      case "summary_text": walk.reading.pieces[place].channel.field = .summary(part: position)
      default: break
      }
    }
  }

  private func action(_ walk: inout AnswerWalk, _ output: Int, _ text: Span<UInt8>) throws(JSONError) {
    while let name = try walk.name(text) {
      let value = try walk.token(text)
      if value.kind == .beginArray, text.extracting(name.range).spells("commands") {
        try walk.elements(text) { walk, element, position throws(JSONError) in
          guard element.kind == .string else { return try walk.others(element, text) }
          take(element, .command(position), output, &walk)
        }
      } else {
        try walk.others(value, text)
      }
    }
  }

  private func take(_ token: JSONToken, _ field: TextChannel.Field, _ output: Int, _ walk: inout AnswerWalk) {
    walk.take(token, for: TextChannel(field, choice: output), isWhole: true)
  }

  private mutating func incompleteness(_ walk: inout AnswerWalk, _ text: Span<UInt8>) throws(JSONError) {
    while let name = try walk.name(text) {
      let value = try walk.token(text)
      if value.kind == .string, text.extracting(name.range).spells("reason") { reason = walk.string(value, text) }
      try walk.skip(value, text)
    }
  }
}

/// The fields that the dialect knows; every other string is taken for text.
extension ResponsesWalk {
  /// The index of items that are not the answer's own, but the request's.
  private static let echo = -2

  fileprivate enum Field {
    case model, status, output, instructions, usage, error, incomplete
    case type, sequenceNumber, outputIndex, contentIndex, summaryIndex, commandIndex, response, item, part
    case parts, arguments, action, text, written, tokens
    /// What a call has found, or why it has not.
    case results
    /// What the answer is called.
    case id
    /// A name of the protocol, or bytes that are no text, passed over.
    case identity
  }

  fileprivate static let responseFields: [(StaticString, Field)] = [
    ("id", .id), ("object", .identity), ("model", .model), ("status", .status), ("output", .output),
    ("instructions", .instructions), ("usage", .usage), ("error", .error), ("incomplete_details", .incomplete),
    ("previous_response_id", .identity), ("conversation", .identity), ("service_tier", .identity),
  ]

  fileprivate static let listFields: [(StaticString, Field)] = [
    ("object", .identity), ("first_id", .identity), ("last_id", .identity), ("data", .output), ("error", .error),
  ]

  fileprivate static let eventFields: [(StaticString, Field)] = [
    ("type", .type), ("sequence_number", .sequenceNumber), ("output_index", .outputIndex),
    ("content_index", .contentIndex), ("summary_index", .summaryIndex), ("command_index", .commandIndex),
    ("delta", .text), ("text", .text), ("refusal", .text), ("arguments", .text), ("input", .text), ("code", .text),
    ("command", .text), ("transcript", .text), ("item_id", .identity), ("response_id", .identity),
    ("obfuscation", .identity), ("partial_image_b64", .identity), ("response", .response), ("item", .item),
    ("part", .part), ("output", .output), ("logprobs", .tokens), ("error", .error),
  ]

  fileprivate static let itemFields: [(StaticString, Field)] = [
    ("id", .identity), ("type", .identity), ("status", .identity), ("role", .identity), ("name", .identity),
    ("call_id", .identity), ("phase", .identity), ("namespace", .identity), ("encrypted_content", .identity),
    ("container_id", .identity), ("server_label", .identity), ("approval_request_id", .identity),
    ("execution", .identity), ("fingerprint", .identity), ("created_by", .identity), ("content", .parts),
    ("summary", .parts), ("output", .parts), ("outputs", .parts), ("arguments", .arguments), ("input", .text),
    ("code", .text), ("action", .action), ("results", .results), ("error", .results),
  ]

  fileprivate static let partFields: [(StaticString, Field)] = [
    ("type", .type), ("text", .text), ("refusal", .text), ("stdout", .written), ("stderr", .written),
    ("logprobs", .tokens),
  ]
}
