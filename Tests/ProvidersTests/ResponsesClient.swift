import Bytes
import Providers

/// A client of a stream of `POST /v1/responses` that compares what different events say of the same text.
struct ResponsesClient {
  /// Each text, put together from its deltas.
  private(set) var texts: [String: String] = [:]
  /// The numbers of the events.
  private(set) var numbers: [Int] = []
  /// Where an event says another text than the deltas did, or another item than the event at its end.
  private(set) var disagreements: [String] = []
  private var items: [Int: JSONValue] = [:]

  mutating func read(_ stream: [UInt8]) throws {
    for event in text(stream).split(separator: "\n\n") {
      let lines = event.split(separator: "\n")
      for line in lines where line.hasPrefix("data: ") {
        let event = try JSONValue(parsing: Array(line.dropFirst(6).utf8))
        let type = event["type"]?.string ?? ""
        if lines.count > 1, lines[0] != "event: \(type)" { disagreements.append("event: of \(type)") }
        read(event, type)
      }
    }
  }

  private mutating func read(_ event: JSONValue, _ type: String) {
    if let number = event["sequence_number"]?.integer { numbers.append(number) }
    let place = "\(event["output_index"]?.integer ?? 0)"
    let index = ["content_index", "summary_index", "command_index"].compactMap { event[$0]?.integer }.first ?? 0
    let key = { (subject: String) in "\(place).\(subject).\(index)" }
    if type.hasSuffix(".delta"), type != "response.audio.delta" {
      let subject = String(type.dropFirst(9).dropLast(6))
      if let said = event["delta"]?.string { texts[key(subject), default: ""] += said }
      for member in event["delta"]?.members ?? [] {
        texts[key("\(subject).\(member.name)"), default: ""] += member.value.string ?? ""
      }
    } else if type.hasSuffix(".done") {
      let subject = String(type.dropFirst(9).dropLast(5))
      for name in ["text", "refusal", "arguments", "input", "code", "command"] {
        if let said = event[name]?.string { compare(said, key(subject), type) }
      }
      for output in event["output"]?.array ?? [] {
        for name in ["stdout", "stderr"] { compare(output[name]?.string, key("\(subject).\(name)"), type) }
      }
      if let part = event["part"] { compare(part, type, key) }
      if let item = event["item"], let index = event["output_index"]?.integer {
        items[index] = item
        compare(item, index, type)
      }
    } else if type == "response.completed" {
      for (index, item) in (event["response"]?["output"]?.array ?? []).enumerated() where items[index] != item {
        disagreements.append("item \(index)")
      }
    }
  }

  private mutating func compare(_ part: JSONValue, _ type: String, _ key: (String) -> String) {
    switch part["type"]?.string {
    case "output_text": compare(part["text"]?.string, key("output_text"), type)
    case "reasoning_text": compare(part["text"]?.string, key("reasoning_text"), type)
    case "summary_text": compare(part["text"]?.string, key("reasoning_summary_text"), type)
    case "refusal": compare(part["refusal"]?.string, key("refusal"), type)
    default: disagreements.append("part")
    }
  }

  private mutating func compare(_ item: JSONValue, _ place: Int, _ type: String) {
    for (index, part) in (item["content"]?.array ?? []).enumerated() {
      compare(part, type) { "\(place).\($0).\(index)" }
    }
    for (index, part) in (item["summary"]?.array ?? []).enumerated() {
      compare(part, type) { "\(place).\($0).\(index)" }
    }
    for (index, said) in (item["action"]?["commands"]?.array ?? []).enumerated() {
      compare(said.string, "\(place).shell_call_command.\(index)", type)
    }
    for (index, output) in (item["output"]?.array ?? []).enumerated() {
      for name in ["stdout", "stderr"] {
        compare(output[name]?.string, "\(place).shell_call_output_content.\(name).\(index)", type)
      }
    }
    let call = item["type"] == "mcp_call" ? "mcp_call" : "function_call"
    if let said = item["arguments"]?.string { compare(said, "\(place).\(call)_arguments.0", type) }
    if let said = item["input"]?.string { compare(said, "\(place).custom_tool_call_input.0", type) }
    if let said = item["code"]?.string { compare(said, "\(place).code_interpreter_call_code.0", type) }
  }

  private mutating func compare(_ said: String?, _ key: String, _ type: String) {
    if texts[key] != said { disagreements.append("\(type): \(key)") }
  }
}
