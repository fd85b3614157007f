import Bytes

/// The messages of a chat request as Messages wants them: the system's words apart, and no two of one role in a row.
struct MessagesTurns {
  private(set) var system: [Draft] = []
  private var turns: [(role: String, blocks: [Draft])] = []

  var messages: [Draft] {
    turns.map { turn in ["role": .value(.string(turn.role)), "content": .array(turn.blocks)] }
  }

  mutating func append(_ message: WrittenValue, at path: String) throws(TranslationError) {
    var message = try Members(of: message, at: path)
    guard let role = try message.string("role") else {
      throw TranslationError(.missingField, at: message.path(to: "role"))
    }
    switch role {
    case "system", "developer": system += try content(&message)
    case "user": add(try content(&message, images: true), as: "user")
    case "assistant":
      message.drop("reasoning_content")
      var blocks = try content(&message, refusals: true)
      if let refusal = message.take("refusal") { blocks += try text(refusal, at: message.path(to: "refusal")) }
      for (index, call) in (try message.array("tool_calls") ?? []).enumerated() {
        blocks.append(try toolUse(call, at: message.path(to: "tool_calls[\(index)]")))
      }
      add(blocks, as: "assistant")
    case "tool":
      let id = try message.need("tool_call_id")
      var result: [(String, Draft)] = [("type", "tool_result"), ("tool_use_id", Draft(id))]
      let blocks = try content(&message)
      if !blocks.isEmpty { result.append(("content", .array(blocks))) }
      add([.object(result)], as: "user")
    default: throw TranslationError(.notCarried, at: message.path(to: "role"))
    }
    try message.refuseRest(naming: ["name", "audio", "function_call", "tool_calls", "tool_call_id", "refusal"])
  }

  // Messages refuses a text without a byte in it, and a message without blocks.
  private mutating func add(_ blocks: [Draft], as role: String) {
    if blocks.isEmpty { return }
    if turns.last?.role == role {
      turns[turns.count - 1].blocks += blocks
    } else {
      turns.append((role, blocks))
    }
  }

  private func content(
    _ message: inout Members, images: Bool = false, refusals: Bool = false
  ) throws(TranslationError) -> [Draft] {
    guard let content = message.take("content") else { return [] }
    let path = message.path(to: "content")
    guard let parts = content.array else { return try text(content, at: path) }
    var blocks: [Draft] = []
    for (index, part) in parts.enumerated() {
      var part = try Members(of: part, at: "\(path)[\(index)]")
      part.drop("prompt_cache_breakpoint")
      switch try part.string("type") {
      case "text": blocks += try text(part.need("text"), at: part.path(to: "text"))
      case "refusal" where refusals: blocks += try text(part.need("refusal"), at: part.path(to: "refusal"))
      case "image_url" where images: blocks.append(try image(&part))
      default: throw TranslationError(.notCarried, at: part.path(to: "type"))
      }
      try part.refuseRest()
    }
    return blocks
  }

  private func text(_ value: WrittenValue, at path: String) throws(TranslationError) -> [Draft] {
    guard let body = value.body else { throw TranslationError(.wrongType, at: path) }
    return body.isEmpty ? [] : [["type": "text", "text": .written(value.bytes)]]
  }

  private func image(_ part: inout Members) throws(TranslationError) -> Draft {
    var image = try Members(of: try part.need("image_url"), at: part.path(to: "image_url"))
    guard let url = try image.need("url").text else { throw TranslationError(.wrongType, at: image.path(to: "url")) }
    try image.refuse("detail") { $0.string == "auto" }
    try image.refuseRest()
    if url.span.spells("https://", at: 0) || url.span.spells("http://", at: 0) {
      return ["type": "image", "source": ["type": "url", "url": .quoted(url)]]
    }
    guard let (type, data) = DataURL.parts(of: url) else {
      throw TranslationError(.notCarried, at: image.path(to: "url"))
    }
    return ["type": "image", "source": ["type": "base64", "media_type": .quoted(type), "data": .quoted(data)]]
  }

  private func toolUse(_ value: WrittenValue, at path: String) throws(TranslationError) -> Draft {
    var call = try Members(of: value, at: path)
    call.drop("index")
    if let type = try call.string("type"), type != "function" {
      throw TranslationError(.notCarried, at: call.path(to: "type"))
    }
    let id = try call.need("id")
    var function = try Members(of: try call.need("function"), at: call.path(to: "function"))
    let name = try function.need("name")
    let arguments = function.take("arguments")
    let input = try ToolArguments.object(arguments, at: function.path(to: "arguments"))
    try function.refuseRest()
    try call.refuseRest()
    return ["type": "tool_use", "id": Draft(id), "name": Draft(name), "input": .written(input)]
  }
}

/// The arguments of a call: a string that says an object in one dialect, the object in the other.
enum ToolArguments {
  /// The object, as it is written in the string; an empty string is an empty object.
  static func object(_ arguments: WrittenValue?, at path: String) throws(TranslationError) -> ArraySlice<UInt8> {
    guard let arguments else { return Array("{}".utf8)[...] }
    guard let text = arguments.text else { throw TranslationError(.wrongType, at: path) }
    if text.allSatisfy(ASCII.isSpace) { return Array("{}".utf8)[...] }
    let value: WrittenValue
    do throws(JSONError) {
      value = try WrittenValue(parsing: text)
    } catch {
      throw TranslationError(.malformedJSON(error.code), at: path)
    }
    guard value.members != nil else { throw TranslationError(.wrongType, at: path) }
    return value.bytes
  }
}

/// A URL that holds what it names (RFC 2397).
enum DataURL {
  /// The media type and the base64 of it; nil when `url` is no such URL in base64.
  static func parts(of url: [UInt8]) -> (type: [UInt8], data: [UInt8])? {
    guard url.span.spells("data:", at: 0), let comma = url.firstIndex(of: 0x2C) else { return nil }
    let head = url[5..<comma]
    let suffix = Array(";base64".utf8)
    guard head.count > suffix.count, head.suffix(suffix.count).elementsEqual(suffix) else { return nil }
    return (Array(head.dropLast(suffix.count)), Array(url[(comma + 1)...]))
  }

  static func url(type: [UInt8], data: [UInt8]) -> [UInt8] {
    Array("data:".utf8) + type + Array(";base64,".utf8) + data
  }
}
