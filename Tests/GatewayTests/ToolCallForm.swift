import Bytes
import Gateway
import Providers
import Testing

/// One way in which a model tells a client what a tool is to do, and how a client reads it.
struct ToolCallForm: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let operation: Providers.Operation
  /// What the vendor speaks.
  let kind: String
  /// Whether what the tool is told is JSON.
  let isJSON: Bool
  fileprivate let whole: @Sendable (String) -> JSONValue
  fileprivate let events: @Sendable ([String]) -> [JSONValue]
  fileprivate let read: @Sendable (JSONValue) -> String?
  /// A piece in an event, or all in one that says it again.
  fileprivate let piece: @Sendable (JSONValue) -> String?
  fileprivate let again: @Sendable (JSONValue) -> String?

  static let all = [chat, oldChat, customChat, responses, customResponses, shell, messages, translated]
  static let ofJSON = all.filter(\.isJSON)

  /// A vendor's answer that tells a tool `arguments`, in pieces of `cut` characters where it is a stream.
  func answer(_ arguments: String, to request: OutboundRequest, cut: Int) -> VendorAnswer {
    guard request.isStreaming else {
      return VendorAnswer(
        status: 200, contentType: "application/json", passedHeaders: [], body: .pieces([whole(arguments).bytes]))
    }
    let letters = Array(arguments)
    let pieces = stride(from: 0, to: letters.count, by: cut).map {
      String(letters[$0..<min($0 + cut, letters.count)])
    }
    var bytes: [UInt8] = []
    for event in events(pieces) {
      if let type = event["type"]?.string { bytes += Array("event: \(type)\n".utf8) }
      bytes += Array("data: ".utf8) + event.bytes + [0x0A, 0x0A]
    }
    if kind == "openai", self.operation != .responses { bytes += Array("data: [DONE]\n\n".utf8) }
    return ScriptedVendor.stream(bytes, cut: max(cut, bytes.count / 512))
  }

  /// A request that says `text`.
  func request(_ text: String, streaming: Bool) -> [UInt8] {
    var body: [JSONMember] = [JSONMember("model", "gpt-4o-mini"), JSONMember("stream", .bool(streaming))]
    if operation == .responses {
      body.append(JSONMember("input", .string(text)))
    } else {
      body.append(JSONMember("messages", [["role": "user", "content": .string(text)]]))
    }
    if operation == .messages { body.append(JSONMember("max_tokens", .number("100"))) }
    return JSONValue.object(body).bytes
  }

  /// What the tool is told, as a client reads it; JSON without the spaces that do not matter.
  func told(by answer: TestAnswer) throws -> String {
    var said = ""
    if answer.headers.contains(where: { $0.value == "text/event-stream" }) {
      for line in String(decoding: answer.body, as: UTF8.self).split(separator: "\n") where line.hasPrefix("data: {") {
        let event = try JSONValue(parsing: Array(line.utf8.dropFirst(6)))
        said += piece(event) ?? ""
        if let again = again(event) { #expect(again == said) }
      }
    } else {
      said = try #require(read(try JSONValue(parsing: answer.body)))
    }
    guard isJSON, let value = try? JSONValue(parsing: Array(said.utf8)) else { return said }
    return String(decoding: value.bytes, as: UTF8.self)
  }
}

extension ToolCallForm {
  private static func completion(_ message: JSONValue) -> JSONValue {
    ["id": "1", "object": "chat.completion", "choices": [["index": 0, "message": message, "finish_reason": "stop"]]]
  }

  private static func chunks(_ deltas: [JSONValue]) -> [JSONValue] {
    let events = deltas.map { ["index": 0, "delta": $0, "finish_reason": .null] as JSONValue }
    return (events + [["index": 0, "delta": [:], "finish_reason": "stop"]]).map {
      ["id": "1", "object": "chat.completion.chunk", "choices": [$0]]
    }
  }

  private static func choice(_ answer: JSONValue, _ member: String) -> JSONValue? {
    answer["choices"]?.array?.first?[member]
  }

  private static func chat(
    _ name: String, isJSON: Bool, _ calling: @escaping @Sendable (String, Bool) -> JSONValue,
    _ told: @escaping @Sendable (JSONValue?) -> String?
  ) -> ToolCallForm {
    ToolCallForm(
      testDescription: name, operation: .chatCompletions, kind: "openai", isJSON: isJSON,
      whole: { completion(calling($0, true)) },
      events: { pieces in chunks([calling("", true)] + pieces.map { calling($0, false) }) },
      read: { told(choice($0, "message")) }, piece: { told(choice($0, "delta")) }, again: { _ in nil })
  }

  static let chat = chat("chat", isJSON: true) { text, isFirst in
    let function: JSONValue = isFirst ? ["name": "f", "arguments": .string(text)] : ["arguments": .string(text)]
    let call: JSONValue =
      isFirst
      ? ["index": 0, "id": "call_1", "type": "function", "function": function] : ["index": 0, "function": function]
    return ["role": "assistant", "tool_calls": [call]]
  } _: {
    $0?["tool_calls"]?.array?.first?["function"]?["arguments"]?.string
  }

  static let oldChat = chat("chat of the old style", isJSON: true) { text, isFirst in
    [
      "role": "assistant",
      "function_call": isFirst ? ["name": "f", "arguments": .string(text)] : ["arguments": .string(text)],
    ]
  } _: {
    $0?["function_call"]?["arguments"]?.string
  }

  static let customChat = chat("custom tool of a chat", isJSON: false) { text, isFirst in
    let custom: JSONValue = isFirst ? ["name": "f", "input": .string(text)] : ["input": .string(text)]
    let call: JSONValue =
      isFirst ? ["index": 0, "id": "call_1", "type": "custom", "custom": custom] : ["index": 0, "custom": custom]
    return ["role": "assistant", "tool_calls": [call]]
  } _: {
    $0?["tool_calls"]?.array?.first?["custom"]?["input"]?.string
  }
}

extension ToolCallForm {
  /// One whose events are of `subject` and say it whole as `member`, in an `item` that says what it has `told`.
  private static func responses(
    _ name: String, isJSON: Bool, _ subject: String, _ member: String,
    _ item: @escaping @Sendable (String) -> JSONValue, _ told: @escaping @Sendable (JSONValue?) -> String?
  ) -> ToolCallForm {
    let answer = { @Sendable (text: String) -> JSONValue in
      ["id": "resp_1", "object": "response", "model": "m", "status": "completed", "output": [item(text)]]
    }
    return ToolCallForm(
      testDescription: name, operation: .responses, kind: "openai", isJSON: isJSON, whole: answer,
      events: { pieces in
        let text = pieces.joined()
        var events: [[JSONMember]] = [
          [
            JSONMember("type", "response.output_item.added"), JSONMember("output_index", 0),
            JSONMember("item", item("")),
          ]
        ]
        let place = [JSONMember("output_index", 0), JSONMember("command_index", 0), JSONMember("item_id", "i_1")]
        for piece in pieces {
          events.append(
            [JSONMember("type", .string("response.\(subject).delta"))] + place + [JSONMember("delta", .string(piece))])
        }
        events += [
          [JSONMember("type", .string("response.\(subject).done"))] + place + [JSONMember(member, .string(text))],
          [
            JSONMember("type", "response.output_item.done"), JSONMember("output_index", 0),
            JSONMember("item", item(text)),
          ],
          [JSONMember("type", "response.completed"), JSONMember("response", answer(text))],
        ]
        return events.enumerated().map { .object($1 + [JSONMember("sequence_number", .number("\($0)"))]) }
      },
      read: { told($0["output"]?.array?.first) },
      piece: { $0["type"]?.string == "response.\(subject).delta" ? $0["delta"]?.string : nil },
      again: { event in
        switch event["type"]?.string {
        case "response.\(subject).done": event[member]?.string
        case "response.output_item.done": told(event["item"])
        case "response.completed": told(event["response"]?["output"]?.array?.first)
        default: nil
        }
      })
  }

  static let responses = responses(
    "function of a response", isJSON: true, "function_call_arguments", "arguments",
    { ["id": "i_1", "type": "function_call", "call_id": "call_1", "name": "f", "arguments": .string($0)] },
    { $0?["arguments"]?.string })

  static let customResponses = responses(
    "custom tool of a response", isJSON: false, "custom_tool_call_input", "input",
    { ["id": "i_1", "type": "custom_tool_call", "call_id": "call_1", "name": "f", "input": .string($0)] },
    { $0?["input"]?.string })

  static let shell = responses(
    "shell of a response", isJSON: false, "shell_call_command", "command",
    { text in
      let commands: JSONValue = text.isEmpty ? [] : [.string(text)]
      return ["id": "i_1", "type": "shell_call", "call_id": "call_1", "action": ["commands": commands]]
    }, { $0?["action"]?["commands"]?.array?.first?.string })
}

extension ToolCallForm {
  private static let usage: JSONValue = ["input_tokens": 1, "output_tokens": 1]

  private static func message(_ content: [JSONValue], _ stop: JSONValue) -> JSONValue {
    [
      "id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": .array(content),
      "stop_reason": stop, "stop_sequence": .null, "usage": usage,
    ]
  }

  private static func use(_ input: JSONValue) -> JSONValue {
    ["type": "tool_use", "id": "toolu_1", "name": "f", "input": input]
  }

  private static let toldInput: @Sendable (JSONValue) -> String? = { answer in
    answer["content"]?.array?.last?["input"].map { String(decoding: $0.bytes, as: UTF8.self) }
  }
  private static let toldPiece: @Sendable (JSONValue) -> String? = { $0["delta"]?["partial_json"]?.string }

  static let messages = ToolCallForm(
    testDescription: "message", operation: .messages, kind: "anthropic", isJSON: true,
    whole: { text in message([use((try? JSONValue(parsing: Array(text.utf8))) ?? [:])], "tool_use") },
    events: { pieces in
      let deltas = pieces.map { piece -> JSONValue in
        let delta: JSONValue = ["type": "input_json_delta", "partial_json": .string(piece)]
        return ["type": "content_block_delta", "index": 0, "delta": delta]
      }
      return [
        ["type": "message_start", "message": message([], .null)],
        ["type": "content_block_start", "index": 0, "content_block": use([:])],
      ] + deltas + [
        ["type": "content_block_stop", "index": 0],
        ["type": "message_delta", "delta": ["stop_reason": "tool_use", "stop_sequence": .null], "usage": usage],
        ["type": "message_stop"],
      ]
    }, read: toldInput, piece: toldPiece, again: { _ in nil })

  /// A message that a vendor of chats has made.
  static let translated = ToolCallForm(
    testDescription: "message of a chat", operation: .messages, kind: "openai", isJSON: true, whole: chat.whole,
    events: chat.events, read: toldInput, piece: toldPiece, again: { _ in nil })
}
