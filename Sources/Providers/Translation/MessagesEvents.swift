import Bytes

/// The events of a chat stream as the events of a Messages stream.
///
/// A text or a call opens a block, which the next one closes; the numbers of tokens, which a chat stream ends with, and
/// why it ended leave together at its end. What is left out and refused is as for a whole answer (`MessagesFromChat`).
struct MessagesEvents {
  private enum Block: Hashable {
    case text
    case call(Int)
  }

  private var hasBegun = false
  private var open: Block?
  private var blockCount = 0
  private var lastCall = -1
  private var refuses = false
  private var stopReason: String?
  private(set) var usage = CarriedUsage()
  /// Whether the last event has been written.
  private(set) var isOver = false

  mutating func receive(_ chunk: WrittenValue, into output: inout [UInt8]) throws(TranslationError) {
    guard let choices = chunk["choices"]?.array else {
      if chunk["error"] != nil { return fail(&output) }
      throw TranslationError(.missingField, at: "choices")
    }
    if chunk["error"] != nil { return fail(&output) }
    usage.take(chat: chunk["usage"])
    for (place, choice) in choices.enumerated() {
      guard choice["index"]?.integer ?? 0 == 0, place == 0 else {
        throw TranslationError(.notCarried, at: "choices[\(place)].index")
      }
      begin(chunk, &output)
      if let delta = choice["delta"] { try receive(delta: delta, &output) }
      guard let reason = choice["finish_reason"] else { continue }
      let word = try MessagesFromChat.stopReason(
        reason, calls: lastCall >= 0, refuses: refuses, at: "choices[0].finish_reason")
      guard let word else { continue }
      stopReason = word
      close(&output)
    }
  }

  /// Takes `[DONE]`, or the end of a stream that lacks it; a stream without a reason for its end was cut off.
  mutating func finish(into output: inout [UInt8]) {
    guard !isOver, hasBegun, let stopReason else { return }
    isOver = true
    let delta: Draft = ["stop_reason": .value(.string(stopReason)), "stop_sequence": .null]
    write("message_delta", [("delta", delta), ("usage", usage.messages)], &output)
    write("message_stop", [], &output)
  }

  mutating func ping(into output: inout [UInt8]) { write("ping", [], &output) }

  mutating func fail(_ output: inout [UInt8]) {
    isOver = true
    let error: Draft = ["type": "api_error", "message": "the vendor reported a failure"]
    write("error", [("error", error)], &output)
  }

  private mutating func begin(_ chunk: WrittenValue, _ output: inout [UInt8]) {
    if hasBegun { return }
    hasBegun = true
    let message =
      MessagesFromChat.head(id: chunk["id"], model: chunk["model"])
      + [("content", []), ("stop_reason", .null), ("stop_sequence", .null), ("usage", usage.messages)]
    write("message_start", [("message", .object(message))], &output)
  }

  private mutating func receive(delta: WrittenValue, _ output: inout [UInt8]) throws(TranslationError) {
    for name in ["function_call", "audio"] where delta[name] != nil {
      throw TranslationError(.notCarried, at: "choices[0].delta.\(name)")
    }
    for name in ["content", "refusal"] {
      guard let text = delta[name] else { continue }
      guard let body = text.body else { throw TranslationError(.wrongType, at: "choices[0].delta.\(name)") }
      if body.isEmpty { continue }
      if name == "refusal" { refuses = true }
      try goOn(.text, &output)
      write(delta: ["type": "text_delta", "text": Draft(text)], &output)
    }
    for (position, call) in (delta["tool_calls"]?.array ?? []).enumerated() {
      try receive(call: call, position, &output)
    }
  }

  private mutating func receive(
    call: WrittenValue, _ position: Int, _ output: inout [UInt8]
  ) throws(TranslationError) {
    let path = "choices[0].delta.tool_calls[\(position)]"
    guard call["type"]?.string ?? "function" == "function" else {
      throw TranslationError(.notCarried, at: "\(path).type")
    }
    let index = call["index"]?.integer ?? position
    if open != .call(index) {
      guard index > lastCall else { throw TranslationError(.outOfOrder, at: path) }
      guard let id = call["id"], let name = call["function"]?["name"] else {
        throw TranslationError(.missingField, at: path)
      }
      lastCall = index
      let input: Draft = .object([])
      try goOn(
        .call(index), saying: ["type": "tool_use", "id": Draft(id), "name": Draft(name), "input": input], &output)
    }
    guard let arguments = call["function"]?["arguments"] else { return }
    guard let body = arguments.body else { throw TranslationError(.wrongType, at: "\(path).function.arguments") }
    if body.isEmpty { return }
    write(delta: ["type": "input_json_delta", "partial_json": Draft(arguments)], &output)
  }

  /// Goes on with the block that is open, or closes it and opens the one that is wanted.
  private mutating func goOn(
    _ block: Block, saying start: Draft = ["type": "text", "text": ""], _ output: inout [UInt8]
  ) throws(TranslationError) {
    if stopReason != nil { throw TranslationError(.outOfOrder, at: "choices[0].delta") }
    if open == block { return }
    close(&output)
    open = block
    write("content_block_start", [("index", .integer(blockCount)), ("content_block", start)], &output)
  }

  private mutating func close(_ output: inout [UInt8]) {
    guard open != nil else { return }
    write("content_block_stop", [("index", .integer(blockCount))], &output)
    blockCount += 1
    open = nil
  }

  private func write(delta: Draft, _ output: inout [UInt8]) {
    write("content_block_delta", [("index", .integer(blockCount)), ("delta", delta)], &output)
  }

  private func write(_ type: String, _ members: [(String, Draft)], _ output: inout [UInt8]) {
    output.append(contentsOf: "event: \(type)\ndata: ".utf8)
    Draft.object([("type", .value(.string(type)))] + members).writeLine(into: &output)
    output.append(contentsOf: [0x0A, 0x0A])
  }
}
