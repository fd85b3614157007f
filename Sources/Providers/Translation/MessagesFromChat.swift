import Bytes

/// A whole chat answer as a Messages answer.
///
/// The content and a refusal are text blocks, the calls are `tool_use` blocks with the arguments as they are written.
/// Left out: `created`, `object`, `system_fingerprint`, `service_tier`, `logprobs`, `annotations`, `reasoning_content`
/// (a thinking block needs a signature, which nobody can give it here), and members that the dialect does not have.
/// Refused: more than one choice, a spoken answer, a `function_call`, a custom tool's call, and arguments that are no
/// object.
enum MessagesFromChat {
  static func answer(_ answer: WrittenValue) throws(TranslationError) -> [UInt8] {
    guard answer.members != nil else { throw TranslationError(.wrongType) }
    if answer["error"] != nil { throw TranslationError(.vendorFailed) }
    guard let choices = answer["choices"]?.array, let choice = choices.first else {
      throw TranslationError(.missingField, at: "choices")
    }
    guard choices.count == 1 else { throw TranslationError(.notCarried, at: "choices[1]") }
    let path = "choices[0].message"
    guard let message = choice["message"] else { throw TranslationError(.missingField, at: path) }
    var blocks: [Draft] = []
    for name in ["content", "refusal"] {
      guard let text = message[name] else { continue }
      guard let body = text.body else { throw TranslationError(.wrongType, at: "\(path).\(name)") }
      if !body.isEmpty { blocks.append(["type": "text", "text": Draft(text)]) }
    }
    for name in ["function_call", "audio"] where message[name] != nil {
      throw TranslationError(.notCarried, at: "\(path).\(name)")
    }
    let calls = message["tool_calls"]?.array ?? []
    for (index, call) in calls.enumerated() {
      blocks.append(try toolUse(call, at: "\(path).tool_calls[\(index)]"))
    }
    var reason: String?
    if let finish = choice["finish_reason"] {
      reason = try stopReason(
        finish, calls: !calls.isEmpty, refuses: message["refusal"] != nil, at: "choices[0].finish_reason")
    }
    var usage = CarriedUsage()
    usage.take(chat: answer["usage"])
    let head = head(id: answer["id"], model: answer["model"])
    let end: [(String, Draft)] = [
      ("content", .array(blocks)), ("stop_reason", reason.map { .value(.string($0)) } ?? .null),
      ("stop_sequence", .null), ("usage", usage.messages),
    ]
    return Draft.object(head + end).bytes
  }

  /// The members that say which answer it is.
  static func head(id: WrittenValue?, model: WrittenValue?) -> [(String, Draft)] {
    [
      ("id", id.map(Draft.init) ?? ""), ("type", "message"), ("role", "assistant"),
      ("model", model.map(Draft.init) ?? ""),
    ]
  }

  static func stopReason(
    _ value: WrittenValue, calls: Bool, refuses: Bool, at path: String
  ) throws(TranslationError) -> String? {
    guard let reason = value.string else { throw TranslationError(.wrongType, at: path) }
    // Some servers write an empty reason where the dialect has null.
    if reason.isEmpty { return nil }
    guard let word = StopReason.messages(for: reason, calls: calls, refuses: refuses) else {
      throw TranslationError(.outOfRange, at: path)
    }
    return word
  }

  private static func toolUse(_ call: WrittenValue, at path: String) throws(TranslationError) -> Draft {
    guard call["type"]?.string ?? "function" == "function" else {
      throw TranslationError(.notCarried, at: "\(path).type")
    }
    guard let function = call["function"], let name = function["name"], let id = call["id"] else {
      throw TranslationError(.missingField, at: path)
    }
    let input = try ToolArguments.object(function["arguments"], at: "\(path).function.arguments")
    return ["type": "tool_use", "id": Draft(id), "name": Draft(name), "input": .written(input)]
  }
}
