import Bytes
import Providers

/// What a client of a stream has in hand when it has read it: each text, put together from its pieces.
func assembled(_ stream: [UInt8]) throws -> [String: String] {
  var texts: [String: String] = [:]
  for event in text(stream).replacing("\r\n", with: "\n").replacing("\r", with: "\n").split(separator: "\n\n") {
    let lines = event.split(separator: "\n").filter { $0.hasPrefix("data:") }.map { $0.dropFirst(5) }
    let data = lines.joined(separator: "\n")
    if lines.isEmpty || data.hasSuffix("[DONE]") { continue }
    for choice in try JSONValue(parsing: Array(data.utf8))["choices"]?.array ?? [] {
      let index = choice["index"]?.integer ?? 0
      for member in choice["delta"]?.members ?? [] where member.value.string != nil && member.name != "role" {
        texts["\(index).\(member.name)", default: ""] += member.value.string ?? ""
      }
      for call in choice["delta"]?["tool_calls"]?.array ?? [] {
        let name = "\(index).call\(call["index"]?.integer ?? 0)"
        texts[name, default: ""] += call["function"]?["arguments"]?.string ?? ""
      }
    }
  }
  return texts
}

func chunk(_ delta: JSONValue, choice: Int = 0, finish: JSONValue = .null) -> String {
  let event: JSONValue = [
    "id": "c1", "model": "m",
    "choices": [["index": .integer(choice), "delta": delta, "finish_reason": finish]],
  ]
  return "data: \(text(event.bytes))\n\n"
}

/// The stream as it leaves when it comes cut at these places.
func rewritten(
  _ stream: [UInt8], cutAt cuts: [Int] = [], for operation: Operation = .chatCompletions
) throws -> [UInt8] {
  var editor = AnswerStream(for: operation) { MarkerRewriter($0) }
  var output: [UInt8] = []
  var start = 0
  for cut in cuts + [stream.count] {
    try editor.receive(stream.span.extracting(start..<cut), into: &output)
    start = cut
  }
  try editor.finish(into: &output)
  return output
}
