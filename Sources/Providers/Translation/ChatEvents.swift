import Bytes

/// The events of a Messages stream as the events of a chat stream.
///
/// Every event becomes one chunk, or none: signatures, redacted thinking, citations and the ends of texts have no
/// counterpart, a ping becomes a comment, and an event of a type that is not known is passed over, as Anthropic asks of
/// its clients. A block that is the work of a vendor's tool is refused.
struct ChatEvents {
  /// How many blocks may be open at once.
  static let blockLimit = 256

  private enum Block {
    case text
    case silent
    case call(index: Int, hasInput: Bool)
  }

  private let created: Int
  private let includesUsage: Bool
  private var id: Draft = ""
  private var model: Draft = ""
  private(set) var usage = CarriedUsage()
  private var blocks: [Int: Block] = [:]
  private var callCount = 0
  /// Whether the last event has come.
  private(set) var isOver = false

  init(created: Int, includesUsage: Bool) {
    self.created = created
    self.includesUsage = includesUsage
  }

  mutating func receive(_ event: WrittenValue, into output: inout [UInt8]) throws(TranslationError) {
    switch event["type"]?.string {
    case "message_start": start(event["message"], &output)
    case "content_block_start": try open(event, &output)
    case "content_block_delta": try go(on: event, &output)
    case "content_block_stop": close(event, &output)
    case "message_delta": try delta(event, &output)
    case "message_stop": stop(&output)
    case "ping": output.append(contentsOf: ": ping\n\n".utf8)
    case "error":
      isOver = true
      write(
        [
          "error": [
            "message": "the vendor reported a failure", "type": "server_error", "param": .null, "code": code(of: event),
          ]
        ], &output)
    default: if event["error"] != nil { throw TranslationError(.vendorFailed) }
    }
  }

  private func code(of event: WrittenValue) -> Draft {
    let type = event["error"]?["type"]?.text ?? []
    return type.allSatisfy({ $0 == 0x5F || (0x61...0x7A).contains($0) }) && !type.isEmpty ? .quoted(type) : .null
  }

  private mutating func start(_ message: WrittenValue?, _ output: inout [UInt8]) {
    if let id = message?["id"] { self.id = Draft(id) }
    if let model = message?["model"] { self.model = Draft(model) }
    usage.take(messages: message?["usage"])
    write(delta: ["role": "assistant", "content": ""], &output)
  }

  private mutating func open(_ event: WrittenValue, _ output: inout [UInt8]) throws(TranslationError) {
    guard let index = event["index"]?.integer, let block = event["content_block"] else {
      throw TranslationError(.missingField, at: "content_block")
    }
    guard blocks.count < ChatEvents.blockLimit else { throw TranslationError(.tooManyBlocks) }
    switch block["type"]?.string {
    case "text":
      blocks[index] = .text
      say(block["text"], as: "content", &output)
    case "thinking":
      blocks[index] = .text
      say(block["thinking"], as: "reasoning_content", &output)
    case "redacted_thinking": blocks[index] = .silent
    case "tool_use":
      guard let id = block["id"], let name = block["name"] else {
        throw TranslationError(.missingField, at: "content_block.id")
      }
      let input = block["input"].flatMap { $0.isEmpty || $0.members == nil ? nil : Array($0.bytes) }
      blocks[index] = .call(index: callCount, hasInput: input != nil)
      let function: Draft = ["name": Draft(name), "arguments": input.map(Draft.quoted) ?? ""]
      let call: Draft = ["index": .integer(callCount), "id": Draft(id), "type": "function", "function": function]
      write(delta: ["tool_calls": [call]], &output)
      callCount += 1
    default: throw TranslationError(.notCarried, at: "content_block.type")
    }
  }

  private mutating func go(on event: WrittenValue, _ output: inout [UInt8]) throws(TranslationError) {
    guard let index = event["index"]?.integer, let delta = event["delta"] else {
      throw TranslationError(.missingField, at: "delta")
    }
    guard let block = blocks[index] else { throw TranslationError(.outOfOrder, at: "index") }
    switch delta["type"]?.string {
    case "text_delta": say(delta["text"], as: "content", &output)
    case "thinking_delta": say(delta["thinking"], as: "reasoning_content", &output)
    case "signature_delta", "citations_delta": break
    case "input_json_delta":
      guard case .call(let call, _) = block, let piece = delta["partial_json"], let body = piece.body else {
        throw TranslationError(.wrongType, at: "delta.partial_json")
      }
      if body.isEmpty { return }
      blocks[index] = .call(index: call, hasInput: true)
      write(arguments: Draft(piece), of: call, &output)
    default: throw TranslationError(.notCarried, at: "delta.type")
    }
  }

  private mutating func close(_ event: WrittenValue, _ output: inout [UInt8]) {
    guard let index = event["index"]?.integer, let block = blocks.removeValue(forKey: index) else { return }
    // A tool without parameters is called without a piece of input; a chat client reads the arguments as JSON.
    if case .call(let call, hasInput: false) = block { write(arguments: "{}", of: call, &output) }
  }

  private mutating func delta(_ event: WrittenValue, _ output: inout [UInt8]) throws(TranslationError) {
    usage.take(messages: event["usage"])
    guard let reason = event["delta"]?["stop_reason"] else { return }
    write(delta: .object([]), finish: try ChatFromMessages.finishReason(reason, at: "delta.stop_reason"), &output)
  }

  private mutating func stop(_ output: inout [UInt8]) {
    isOver = true
    if includesUsage { write(.object(head + [("choices", []), ("usage", usage.chat)]), &output) }
    output.append(contentsOf: "data: [DONE]\n\n".utf8)
  }

  private func say(_ text: WrittenValue?, as field: String, _ output: inout [UInt8]) {
    guard let text, let body = text.body, !body.isEmpty else { return }
    write(delta: .object([(field, Draft(text))]), &output)
  }

  private func write(arguments: Draft, of call: Int, _ output: inout [UInt8]) {
    write(delta: ["tool_calls": [["index": .integer(call), "function": ["arguments": arguments]]]], &output)
  }

  private var head: [(String, Draft)] {
    [("id", id), ("object", "chat.completion.chunk"), ("created", .integer(created)), ("model", model)]
  }

  private func write(delta: Draft, finish: String? = nil, _ output: inout [UInt8]) {
    let choice: Draft = [
      "index": .integer(0), "delta": delta, "logprobs": .null,
      "finish_reason": finish.map { .value(.string($0)) } ?? .null,
    ]
    write(.object(head + [("choices", [choice])] + (includesUsage ? [("usage", .null)] : [])), &output)
  }

  private func write(_ event: Draft, _ output: inout [UInt8]) {
    output.append(contentsOf: "data: ".utf8)
    event.writeLine(into: &output)
    output.append(contentsOf: [0x0A, 0x0A])
  }
}
