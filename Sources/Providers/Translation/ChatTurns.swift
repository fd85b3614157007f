import Bytes

/// The messages of a Messages request as a chat request has them.
struct ChatTurns {
  private(set) var messages: [Draft] = []

  mutating func append(system: WrittenValue, at path: String) throws(TranslationError) {
    var parts: [Draft] = []
    if system.isString {
      parts = try text(system, at: path)
    } else {
      guard let blocks = system.array else { throw TranslationError(.wrongType, at: path) }
      for (index, block) in blocks.enumerated() {
        var block = try Members(of: block, at: "\(path)[\(index)]")
        parts += try text(&block)
      }
    }
    add(parts, as: "system")
  }

  mutating func append(_ message: WrittenValue, at path: String) throws(TranslationError) {
    var message = try Members(of: message, at: path)
    let role = try message.string("role")
    let content = try message.need("content")
    let place = message.path(to: "content")
    try message.refuseRest(naming: ["clear_at", "output_config"])
    switch role {
    case "user": try user(content, at: place)
    case "assistant": try assistant(content, at: place)
    case "system": try append(system: content, at: place)
    case nil: throw TranslationError(.missingField, at: message.path(to: "role"))
    default: throw TranslationError(.notCarried, at: message.path(to: "role"))
    }
  }

  private mutating func user(_ content: WrittenValue, at path: String) throws(TranslationError) {
    guard let blocks = content.array else { return add(try text(content, at: path), as: "user") }
    var parts: [Draft] = []
    for (index, block) in blocks.enumerated() {
      var block = try Members(of: block, at: "\(path)[\(index)]")
      switch try block.string("type") {
      case "text": parts += try text(&block)
      case "image": parts.append(try image(&block))
      case "tool_result":
        add(parts, as: "user")
        parts = []
        messages.append(try toolResult(&block))
      default: throw TranslationError(.notCarried, at: block.path(to: "type"))
      }
    }
    add(parts, as: "user")
  }

  private mutating func assistant(_ content: WrittenValue, at path: String) throws(TranslationError) {
    var texts: [ArraySlice<UInt8>] = []
    var calls: [Draft] = []
    if let body = content.body { texts.append(body) }
    guard let blocks = content.isString ? [] : content.array else { throw TranslationError(.wrongType, at: path) }
    for (index, block) in blocks.enumerated() {
      var block = try Members(of: block, at: "\(path)[\(index)]")
      switch try block.string("type") {
      case "text":
        let value = try block.need("text")
        guard let body = value.body else { throw TranslationError(.wrongType, at: block.path(to: "text")) }
        texts.append(body)
        try end(&block)
      case "tool_use": calls.append(try toolCall(&block))
      case "thinking", "redacted_thinking": break
      default: throw TranslationError(.notCarried, at: block.path(to: "type"))
      }
    }
    let hasText = texts.contains { !$0.isEmpty }
    guard hasText || !calls.isEmpty else { return }
    var message: [(String, Draft)] = [("role", "assistant"), ("content", hasText ? .joined(texts) : .null)]
    if !calls.isEmpty { message.append(("tool_calls", .array(calls))) }
    messages.append(.object(message))
  }

  private func toolCall(_ block: inout Members) throws(TranslationError) -> Draft {
    let id = try block.need("id")
    let name = try block.need("name")
    let input = try block.need("input")
    guard input.members != nil else { throw TranslationError(.wrongType, at: block.path(to: "input")) }
    block.drop("cache_control")
    try block.refuse("caller") { $0["type"]?.string == "direct" }
    try block.refuseRest(naming: ["toolset_name"])
    let function: Draft = ["name": Draft(name), "arguments": .quoted(Array(input.bytes))]
    return ["id": Draft(id), "type": "function", "function": function]
  }

  private func toolResult(_ block: inout Members) throws(TranslationError) -> Draft {
    let id = try block.need("tool_use_id")
    var parts: [Draft] = []
    if try block.bool("is_error") == true { parts.append(["type": "text", "text": "error:"]) }
    let path = block.path(to: "content")
    if let content = block.take("content") {
      if content.isString {
        parts += try text(content, at: path)
      } else {
        guard let blocks = content.array else { throw TranslationError(.wrongType, at: path) }
        for (index, inner) in blocks.enumerated() {
          var inner = try Members(of: inner, at: "\(path)[\(index)]")
          guard try inner.string("type") == "text" else {
            throw TranslationError(.notCarried, at: inner.path(to: "type"))
          }
          parts += try text(&inner)
        }
      }
    }
    block.drop("cache_control")
    try block.refuseRest(naming: ["toolset_name"])
    return ["role": "tool", "tool_call_id": Draft(id), "content": ChatTurns.content(parts)]
  }

  private func image(_ block: inout Members) throws(TranslationError) -> Draft {
    block.drop("cache_control")
    var source = try Members(of: try block.need("source"), at: block.path(to: "source"))
    try block.refuseRest()
    let url: Draft
    switch try source.string("type") {
    case "url": url = Draft(try source.need("url"))
    case "base64":
      guard let type = try source.need("media_type").text, let data = try source.need("data").text else {
        throw TranslationError(.wrongType, at: source.path)
      }
      url = .quoted(DataURL.url(type: type, data: data))
    default: throw TranslationError(.notCarried, at: source.path(to: "type"))
    }
    try source.refuseRest()
    return ["type": "image_url", "image_url": ["url": url]]
  }

  /// A block that says it is a text, as a part.
  private func text(_ block: inout Members) throws(TranslationError) -> [Draft] {
    if let type = try block.string("type"), type != "text" {
      throw TranslationError(.notCarried, at: block.path(to: "type"))
    }
    let parts = try text(block.need("text"), at: block.path(to: "text"))
    try end(&block)
    return parts
  }

  private func end(_ text: inout Members) throws(TranslationError) {
    text.drop("cache_control")
    try text.refuse("citations") { $0.isEmpty }
    try text.refuseRest()
  }

  private func text(_ value: WrittenValue, at path: String) throws(TranslationError) -> [Draft] {
    guard let body = value.body else { throw TranslationError(.wrongType, at: path) }
    return body.isEmpty ? [] : [["type": "text", "text": .written(value.bytes)]]
  }

  private mutating func add(_ parts: [Draft], as role: String) {
    if parts.isEmpty { return }
    messages.append(["role": .value(.string(role)), "content": ChatTurns.content(parts)])
  }

  /// The parts as content: one text alone as the string that every server takes.
  private static func content(_ parts: [Draft]) -> Draft {
    if parts.isEmpty { return "" }
    guard parts.count == 1, case .object(let members) = parts[0], members.last?.0 == "text" else {
      return .array(parts)
    }
    return members[members.count - 1].1
  }
}
