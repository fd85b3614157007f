import Bytes

/// A whole Messages answer as a chat answer.
///
/// Its texts are joined to the content, its thinking to `reasoning_content`, its `tool_use` blocks are the calls. Left
/// out: signatures, redacted thinking, citations, `stop_sequence`, `stop_details`, `container`, `diagnostics` and what
/// the numbers of tokens say beyond the prompt, the cache and the answer. Any other block is refused by its place: it is
/// the work of a tool that a chat request cannot ask for.
enum ChatFromMessages {
  static func answer(_ answer: WrittenValue, created: Int) throws(TranslationError) -> [UInt8] {
    guard answer.members != nil else { throw TranslationError(.wrongType) }
    if answer["type"]?.string == "error" || answer["error"] != nil { throw TranslationError(.vendorFailed) }
    guard let blocks = answer["content"]?.array else { throw TranslationError(.missingField, at: "content") }
    var message = ChatMessage()
    for (index, block) in blocks.enumerated() { try message.append(block, at: "content[\(index)]") }
    let reason = try answer["stop_reason"].map { value throws(TranslationError) in
      try finishReason(value, at: "stop_reason")
    }
    var usage = CarriedUsage()
    usage.take(messages: answer["usage"])
    let choice: Draft = [
      "index": .integer(0), "message": message.draft, "logprobs": .null,
      "finish_reason": reason.map { .value(.string($0)) } ?? .null,
    ]
    let draft: Draft = [
      "id": answer["id"].map(Draft.init) ?? "", "object": "chat.completion", "created": .integer(created),
      "model": answer["model"].map(Draft.init) ?? "", "choices": [choice], "usage": usage.chat,
    ]
    return draft.bytes
  }

  static func finishReason(_ value: WrittenValue, at path: String) throws(TranslationError) -> String {
    guard let reason = value.string else { throw TranslationError(.wrongType, at: path) }
    guard let word = StopReason.chat(for: reason) else { throw TranslationError(.outOfRange, at: path) }
    return word
  }
}

/// The message of a chat answer, put together from blocks.
private struct ChatMessage {
  private var texts: [ArraySlice<UInt8>] = []
  private var thoughts: [ArraySlice<UInt8>] = []
  private var calls: [Draft] = []

  mutating func append(_ block: WrittenValue, at path: String) throws(TranslationError) {
    switch block["type"]?.string {
    case "text":
      guard let body = block["text"]?.body else { throw TranslationError(.missingField, at: "\(path).text") }
      texts.append(body)
    case "thinking":
      if let body = block["thinking"]?.body { thoughts.append(body) }
    case "redacted_thinking": break
    case "tool_use":
      guard let id = block["id"], let name = block["name"], let input = block["input"], input.members != nil else {
        throw TranslationError(.missingField, at: path)
      }
      let function: Draft = ["name": Draft(name), "arguments": .quoted(Array(input.bytes))]
      calls.append(["id": Draft(id), "type": "function", "function": function])
    default: throw TranslationError(.notCarried, at: path)
    }
  }

  var draft: Draft {
    var members: [(String, Draft)] = [
      ("role", "assistant"), ("content", texts.isEmpty ? .null : .joined(texts)), ("refusal", .null),
    ]
    if thoughts.contains(where: { !$0.isEmpty }) { members.append(("reasoning_content", .joined(thoughts))) }
    if !calls.isEmpty { members.append(("tool_calls", .array(calls))) }
    return .object(members)
  }
}
