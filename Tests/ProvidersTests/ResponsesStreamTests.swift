import Bytes
import Foundation
import Providers
import Testing

struct ResponsesStreamTests {
  /// A stream in which each event that the vendor's SDK knows occurs, but those that end it another way.
  static let whole: [UInt8] = {
    let cases = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Cases")
    return (try? Data(contentsOf: cases.appending(path: "responses-stream.txt"))).map { [UInt8]($0) } ?? []
  }()

  /// The same stream, cut after each item.
  static let items: [String] = {
    var items: [String] = [""]
    for event in text(whole).split(separator: "\n\n") {
      items[items.count - 1] += event + "\n\n"
      if event.hasPrefix("event: response.output_item.done") { items.append("") }
    }
    return items
  }()

  /// What `ResponseStreamEvent` of the vendor's SDK for Python lists, version 3.52.0.
  static let types = [
    "error", "response.audio.delta", "response.audio.done", "response.audio.transcript.delta",
    "response.audio.transcript.done", "response.code_interpreter_call.completed",
    "response.code_interpreter_call.in_progress", "response.code_interpreter_call.interpreting",
    "response.code_interpreter_call_code.delta", "response.code_interpreter_call_code.done",
    "response.compaction.compacting", "response.completed", "response.content_part.added",
    "response.content_part.done", "response.created", "response.custom_tool_call_input.delta",
    "response.custom_tool_call_input.done", "response.failed", "response.file_search_call.completed",
    "response.file_search_call.in_progress", "response.file_search_call.searching",
    "response.function_call_arguments.delta", "response.function_call_arguments.done",
    "response.image_generation_call.completed", "response.image_generation_call.generating",
    "response.image_generation_call.in_progress", "response.image_generation_call.partial_image",
    "response.in_progress", "response.incomplete", "response.mcp_call.completed", "response.mcp_call.failed",
    "response.mcp_call.in_progress", "response.mcp_call_arguments.delta", "response.mcp_call_arguments.done",
    "response.mcp_list_tools.completed", "response.mcp_list_tools.failed", "response.mcp_list_tools.in_progress",
    "response.output_item.added", "response.output_item.done", "response.output_text.annotation.added",
    "response.output_text.delta", "response.output_text.done", "response.queued",
    "response.reasoning_summary_part.added", "response.reasoning_summary_part.done",
    "response.reasoning_summary_text.delta", "response.reasoning_summary_text.done", "response.reasoning_text.delta",
    "response.reasoning_text.done", "response.refusal.delta", "response.refusal.done",
    "response.shell_call_command.added", "response.shell_call_command.delta", "response.shell_call_command.done",
    "response.shell_call_output_content.delta", "response.shell_call_output_content.done",
    "response.web_search_call.completed", "response.web_search_call.in_progress",
    "response.web_search_call.searching",
  ]

  @Test func `has every event that the vendor's SDK knows among its cases`() {
    let seen = Set(text(Self.whole).split(separator: "\n\n").map { $0.dropFirst(7).prefix { $0 != "\n" } })
    let tested: Set<Substring> = ["error", "response.failed", "response.incomplete"]
    #expect(seen.union(tested) == Set(Self.types.map { $0[...] }))
  }

  @Test func `gives every text the same words in each event that has it`() throws {
    var original = ResponsesClient()
    try original.read(Self.whole)
    var client = ResponsesClient()
    try client.read(rewritten(Self.whole, for: .responses))
    #expect(original.disagreements.isEmpty)
    #expect(client.disagreements.isEmpty)
    #expect(original.texts.count == 12)
    #expect(client.texts == original.texts.mapEach { restored($1, inJSON: $0.contains("arguments")) })
    #expect(client.numbers == Array(0..<client.numbers.count))
    #expect(client.numbers.count == original.numbers.count + 8)
  }

  @Test func `changes nothing in an event but its text, its number and the tokens of its text`() throws {
    let originals = events(of: Self.whole)
    let outputs = events(of: try rewritten(Self.whole, for: .responses))
    var rest = outputs[...]
    for original in originals where !original.contains(".delta") {
      let name = original.prefix { $0 != "\n" }
      while let output = rest.first, output.prefix(while: { $0 != "\n" }) != name { rest.removeFirst() }
      let output = rest.popFirst() ?? ""
      #expect(withoutNumber(output) == withoutNumber(expected(original)))
    }
  }

  @Test func `releases what is held in a delta like the first, numbered before the event that ends the text`() throws {
    let stream =
      #"data: {"type":"response.output_text.delta","sequence_number":7,"item_id":"msg_1","output_index":2,"content_index":1,"delta":"Hi NAM","logprobs":[{"token":"Hi NAM"}],"new":1.10}"#
      + "\n\n"
      + #"data: {"sequence_number":8,"type":"response.output_text.done","output_index":2,"content_index":1,"text":"Hi NAM","logprobs":[]}"#
      + "\n\n" + #"data: {"type":"response.in_progress","sequence_number":9}"# + "\n\n"
    #expect(
      try text(rewritten(Array(stream.utf8), for: .responses))
        == #"data: {"type":"response.output_text.delta","sequence_number":7,"item_id":"msg_1","output_index":2,"content_index":1,"delta":"Hi ","logprobs":[],"new":1.10}"#
        + "\n\nevent: response.output_text.delta\n"
        + #"data: {"type":"response.output_text.delta","sequence_number":8,"item_id":"msg_1","output_index":2,"content_index":1,"delta":"NAM","logprobs":[],"new":1.10}"#
        + "\n\n"
        + #"data: {"sequence_number":9,"type":"response.output_text.done","output_index":2,"content_index":1,"text":"Hi NAM","logprobs":[]}"#
        + "\n\n" + #"data: {"type":"response.in_progress","sequence_number":10}"# + "\n\n")
  }

  @Test func `refuses more texts at once than it takes, however many an event begins`() throws {
    let limit = AnswerStream<MarkerRewriter>.channelLimit
    func event(_ outputs: Int) -> [UInt8] {
      let parts = Array(repeating: #"{"stdout":"x"}"#, count: outputs).joined(separator: ",")
      return Array("data: {\"type\":\"response.x.delta\",\"item\":{\"output\":[\(parts)]}}\n\n".utf8)
    }
    #expect(throws: ProviderError(.tooManyChannels, at: 0)) { try rewritten(event(limit + 1), for: .responses) }
    #expect(try rewritten(event(limit), for: .responses) == event(limit))
  }

  @Test(arguments: [#""logprobs":[]"#, #""also":"TEXT""#, #""more":[1,"TEXT"]"#])
  func `keeps of a delta no more than it takes to write another`(_ member: String) throws {
    // What is text of a delta, or of its tokens, is not kept: only what else there is counts.
    let text = String(repeating: "y", count: 20_000)
    let delta = #"{"type":"response.x.delta","delta":"\#(text)NAM",\#(member)}"#.replacing("TEXT", with: text)
    let output = try rewritten(Array("data: \(delta)\n\n".utf8), for: .responses)
    #expect(
      ProvidersTests.text(output).hasSuffix(
        "event: response.x.delta\ndata: "
          + #"{"type":"response.x.delta","delta":"NAM",\#(member)}"#.replacing("TEXT", with: "") + "\n\n"))
  }

  @Test func `refuses a delta that says much beside its text`() throws {
    let numbers = String(repeating: "1,", count: 10_000) + "1"
    let delta = #"{"type":"response.x.delta","delta":"NAM","also":[\#(numbers)]}"#
    #expect(throws: ProviderError(.eventTooLarge, at: 1 << 14)) {
      try rewritten(Array("data: \(delta)\n\n".utf8), for: .responses)
    }
  }

  @Test func `releases what is held at an early end, numbered after the last event`() throws {
    let delta = #"{"type":"response.custom_tool_call_input.delta","sequence_number":3,"output_index":0,"delta":"NA"}"#
    #expect(
      try text(rewritten(Array("data: \(delta)\n\n".utf8), for: .responses))
        == "data: \(delta.replacing("NA", with: ""))\n\nevent: response.custom_tool_call_input.delta\n"
        + "data: \(delta.replacing("3", with: "4"))\n\n")
  }

  @Test func `puts a text of an event it has not heard of together from its deltas`() throws {
    let delta = #"{"type":"response.poem.delta","output_index":1,"delta":"NAM"}"#
    let last = #"{"type":"response.poem.delta","output_index":1,"delta":"E_1"}"#
    let name = text(JSONString.escaped(Array(MarkerRewriter.name.utf8).span))
    #expect(
      try text(rewritten(Array("data: \(delta)\n\ndata: \(last)\n\n".utf8), for: .responses))
        == "data: \(delta.replacing("NAM", with: ""))\n\ndata: \(last.replacing("E_1", with: name))\n\n")
  }

  @Test(arguments: items)
  func `gives the same bytes wherever the network cuts`(_ item: String) throws {
    let stream = Array(item.utf8)
    let whole = try rewritten(stream, for: .responses)
    #expect(try rewritten(stream, cutAt: Array(0...stream.count), for: .responses) == whole)
    for cut in 0...stream.count {
      if try rewritten(stream, cutAt: [cut], for: .responses) != whole { Issue.record("cut at \(cut)") }
    }
  }

  @Test func `gives the same bytes wherever the network cuts twice`() throws {
    let start = #"data: {"type":"response.refusal.d"#
    let stream = Array(
      (start + "elta\",\"sequence_number\":1,\"delta\":\"é NA\"}\r\n\r\n" + start
        + "elta\",\"sequence_number\":2,\"delta\":\"ME_1N\"}\n\n" + start
        + "one\",\"sequence_number\":3,\"refusal\":\"é NAME_1N\"}\r\r").utf8)
    let whole = try rewritten(stream, for: .responses)
    for first in 0...stream.count {
      for second in first...stream.count where try rewritten(stream, cutAt: [first, second], for: .responses) != whole {
        Issue.record("cut at \(first) and \(second)")
      }
    }
  }

  @Test(arguments: ["response.completed", "response.incomplete"])
  func `is done with the event that ends the answer, and why is known`(_ type: String) throws {
    let last =
      #"{"type":"\#(type)","sequence_number":1,"response":{"model":"m-1","status":"\#(type.dropFirst(9))","error":null,"#
      + #""incomplete_details":\#(type.hasSuffix("incomplete") ? #"{"reason":"max_output_tokens"}"# : "null"),"output":[],"#
      + #""usage":{"input_tokens":3,"output_tokens":4}}}"#
    let stream = #"data: {"type":"response.in_progress","response":{"status":"in_progress"}}"# + "\n\ndata: \(last)\n\n"
    var editor = AnswerStream(for: .responses) { MarkerRewriter($0) }
    var output: [UInt8] = []
    try editor.receive(Array((stream + "data: more\n\n").utf8).span, into: &output)
    #expect(text(output) == stream)
    #expect(editor.isDone)
    #expect(editor.isComplete)
    #expect(editor.usage == TokenUsage(prompt: 3, completion: 4))
    #expect(editor.model == "m-1")
    #expect(editor.finishReasons == [0: type.hasSuffix("incomplete") ? "max_output_tokens" : "completed"])
    #expect(editor.nextEventNumber == 2)
  }

  @Test func `is not complete before`() throws {
    var editor = AnswerStream(for: .responses) { MarkerRewriter($0) }
    var output: [UInt8] = []
    let event = #"data: {"type":"response.in_progress","response":{"status":"in_progress"}}"#
    try editor.receive(Array("\(event)\n\n".utf8).span, into: &output)
    #expect(!editor.isComplete)
  }

  @Test(arguments: [
    (#"{"type":"error","code":"server_error","message":"NAME_1","sequence_number":3}"#, "error"),
    (
      #"{"type":"response.failed","response":{"status":"failed","error":{"code":"x","message":"y"}}}"#, "response.error"
    ),
    (#"{"type":"response.failed","response":{"status":"failed","error":null}}"#, "response"),
    (#"{"error":{"message":"x"}}"#, "error"),
  ])
  func `refuses a stream that reports a failure`(_ event: String, _ path: String) {
    #expect(throws: ProviderError(.vendorFailed, at: 0, path: path)) {
      try rewritten(Array("data: \(event)\n\n".utf8), for: .responses)
    }
  }

  /// What an event that is no delta is expected to become.
  private func expected(_ event: String) -> String {
    let isAboutArguments = event.contains("\"arguments\":\"{")
    var event = event.replacing("gAAAANAME_1", with: "gAAAAKEEP")
    if isAboutArguments { event = event.replacing("\\\"NAME_1", with: "\\\"\(escaped(twice: true))") }
    event = event.replacing("NAME_1", with: escaped(twice: false)).replacing("gAAAAKEEP", with: "gAAAANAME_1")
    while let start = event.firstRange(of: "\"logprobs\":[{")?.lowerBound {
      let list = event.index(start, offsetBy: 11)
      var end = list
      var depth = 0
      repeat {
        if event[end] == "[" { depth += 1 }
        if event[end] == "]" { depth -= 1 }
        end = event.index(after: end)
      } while depth > 0
      event.replaceSubrange(list..<end, with: "[]")
    }
    return event
  }

  private func escaped(twice: Bool) -> String {
    let once = JSONString.escaped(Array(MarkerRewriter.name.utf8).span)
    return text(twice ? JSONString.escaped(once.span) : once)
  }

  private func restored(_ said: String, inJSON: Bool) -> String {
    inJSON ? said.replacing("NAME_1", with: escaped(twice: false)) : replacingMarkers(said)
  }

  private func events(of stream: [UInt8]) -> [String] {
    text(stream).split(separator: "\n\n").map { String($0) }
  }

  private func withoutNumber(_ event: String) -> String {
    guard let name = event.firstRange(of: "\"sequence_number\":") else { return event }
    let rest = event[name.upperBound...].drop { $0.isNumber }
    return String(event[..<name.upperBound]) + rest
  }
}

extension Dictionary where Key == String, Value == String {
  fileprivate func mapEach(_ transform: (String, String) -> String) -> [String: String] {
    Dictionary(uniqueKeysWithValues: map { ($0, transform($0, $1)) })
  }
}
