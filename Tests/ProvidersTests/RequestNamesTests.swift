import Bytes
import PHI
import Providers
import Testing

/// What callers write where the protocol has ids, names, numbers and settings.
struct RequestNamesTests {
  @Test(arguments: [
    "call_1", "c1", "call_Zk3v9QhR2mN8xT1bY6cW0pLs", "toolu_01A09q90qw90lq917835lq9", "D681PevKs2x9",
    "call_0f8fad5bd9cb469fa16570867728950e",
  ])
  func `leaves the ids of vendors alone`(_ id: String) throws {
    let body = calling(id)
    let (safe, names) = try ModelRequest(body, for: .chatCompletions).replacing([])
    #expect(safe == body)
    #expect(names.isEmpty)
  }

  @Test(arguments: [
    "call_MariaGonzalez", "call_6175550100", "MariaGonzalez", "maria_gonzalez", "4471902", "call_219-09-4417",
    "toolu_mrn4471902", "call_cordon1", "Maria \u{e9}",
  ])
  func `lets every other id go out under one of its own`(_ id: String) throws {
    let request = try ModelRequest(calling(id), for: .chatCompletions)
    let (safe, names) = request.replacing([])
    let prefix = id.hasPrefix("toolu_") ? "toolu_" : "call_"
    #expect(safe == calling("\(prefix)cordon1"))
    #expect(!names.isEmpty)
    #expect(text(request.view) == "find\n\nx: 1\n\nfound")
    let answer =
      #"{"choices":[{"message":{"tool_calls":[{"id":"\#(prefix)cordon1","function":{"name":"f","arguments":""}}]}}]}"#
    let back = try ModelAnswer(rewriting: Array(answer.utf8), for: .chatCompletions, naming: names) {
      MarkerRewriter($0)
    }
    #expect(text(back.body) == answer.replacing("\(prefix)cordon1", with: id))
  }

  @Test func `shows the words of a tool's name, and calls it otherwise where one of them is found`() throws {
    let body = #"""
      {"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"c1","function":{"name":"callMariaGonzalez","arguments":"{}"}}]}],
      "tools":[{"type":"function","function":{"name":"callMariaGonzalez"}},{"type":"function","function":{"name":"send_mail"}}],
      "tool_choice":{"type":"function","function":{"name":"callMariaGonzalez"}}}
      """#
    let request = try ModelRequest(Array(body.utf8), for: .chatCompletions)
    let view = text(request.view)
    #expect(view == "call Maria Gonzalez\n\ncall Maria Gonzalez\n\nsend mail\n\ncall Maria Gonzalez")
    #expect(request.body(replacing: []) == request.body)
    let (safe, names) = request.replacing([Edit(5..<19, with: Array("NAME_1_KTQ".utf8))])
    #expect(text(safe) == body.replacing("callMariaGonzalez", with: "tool_cordon1"))
    let event =
      "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"c9\",\"function\":{\"name\":\"tool_cordon1\"}}]}}]}\n\n"
    var stream = AnswerStream(for: .chatCompletions, naming: names) { MarkerRewriter($0) }
    var output: [UInt8] = []
    try stream.receive(Array(event.utf8).span, into: &output)
    #expect(text(output) == event.replacing("tool_cordon1", with: "callMariaGonzalez"))
  }

  @Test(arguments: [
    (
      Operation.messages,
      #"{"id":"m","content":[{"type":"tool_use","id":"x","name":"tool_cordon1","input":{}}],"stop_reason":"tool_use"}"#
    ),
    (
      .responses,
      #"{"id":"r","tools":[{"name":"tool_cordon1"}],"output":[{"type":"function_call","name":"tool_cordon1","call_id":"x"}]}"#
    ),
  ])
  func `calls it as the caller does in every dialect`(_ operation: Operation, _ answer: String) throws {
    let tools = #""tools":[{"type":"function","name":"mailMaria"}]"#
    let request = try ModelRequest(Array(#"{"model":"m","messages":[],\#(tools)}"#.utf8), for: operation)
    let place = try #require(text(request.view).firstRange(of: "Maria")).lowerBound
    let start = text(request.view).utf8.distance(from: "".utf8.startIndex, to: place)
    let (_, names) = request.replacing([Edit(start..<start + 5, with: [0x58])])
    let back = try ModelAnswer(rewriting: Array(answer.utf8), for: operation, naming: names) { MarkerRewriter($0) }
    #expect(text(back.body) == answer.replacing("tool_cordon1", with: "mailMaria"))
  }

  @Test(arguments: [
    (#""user":"MariaGonzalez""#, "user: Maria Gonzalez"),
    (#""user":"maria@clinic.example""#, "user: maria@clinic.example"),
    (#""safety_identifier":"maria_gonzalez""#, "safety_identifier: maria gonzalez"),
    (#""prompt_cache_key":"MRN4471902""#, "prompt_cache_key: MRN 4471902"),
    (#""metadata":{"chart":"998","who":"AnnLee"}"#, "chart: 998\n\nwho: Ann Lee"),
    (#""reasoning_effort":"MariaGonzalez""#, "reasoning_effort: Maria Gonzalez"),
    (#""service_tier":"maria_gonzalez""#, "service_tier: maria gonzalez"),
    (#""top_logprobs":12,"service_tier":"flex""#, ""), (#""created":4471902"#, "created: 4471902"),
    (#""top_p":1.0E-2"#, ""),
    (#""parallel_tool_calls":4471902"#, "parallel_tool_calls: 4471902"),
    (#""parallel_tool_calls":0.219094417"#, "parallel_tool_calls: 0.219094417"),
  ])
  func `shows what the caller chose in its words`(_ field: String, _ view: String) throws {
    let request = try ModelRequest(Array(#"{"model":"m","messages":[],\#(field)}"#.utf8), for: .chatCompletions)
    #expect(text(request.view) == view)
    #expect(request.body(replacing: []) == request.body)
  }

  @Test(arguments: [
    #""temperature":219094417"#, #""temperature":-1"#, #""top_p":2"#, #""presence_penalty":4471902"#,
    #""logit_bias":{"50256":4471902}"#, #""top_logprobs":4471902"#,
  ])
  func `refuses numbers that the dialect does not have`(_ field: String) throws {
    #expect {
      try ModelRequest(Array(#"{"model":"m","messages":[],\#(field)}"#.utf8), for: .chatCompletions)
    } throws: { ($0 as? ProviderError)?.code == .outOfRange }
  }

  @Test func `folds a seed that could be a number of somebody's`() throws {
    func seed(_ number: String) throws -> String {
      let head = #"{"model":"m","messages":[],"seed":"#
      let body = Array((head + number + "}").utf8)
      let request = try ModelRequest(body, for: .chatCompletions)
      #expect(request.view.isEmpty)
      return text(Array(request.body(replacing: []).dropFirst(head.utf8.count).dropLast()))
    }
    #expect(try seed("42") == "42")
    #expect(try seed("-9999") == "-9999")
    let folded = try seed("219094417")
    #expect(try seed("219094417") == folded)
    #expect(folded.utf8.count <= 5 && Int(folded) != nil)
  }

  @Test(
    arguments: [
      (Operation.responses, #""prompt":{"id":"pmpt_1","variables":{"patient":"Ann Lee"}}"#, "prompt"),
      (.responses, #""input":[{"type":"item_reference","id":"msg_1"}]"#, "input[0]"),
      (.responses, #""input":[{"id":"msg_1"}]"#, "input[0]"),
      (.responses, #""input":"x","prompt_cache_retention":"24h""#, "prompt_cache_retention"),
      (.responses, #""input":"x","tools":[{"type":"code_interpreter","container":"cntr_1"}]"#, "tools[0].container"),
      (
        .responses, #""input":"x","prompt_cache_options":{"comparison_response_id":"resp_1"}"#,
        "prompt_cache_options.comparison_response_id"
      ),
      (.messages, #""messages":[],"container":"container_1""#, "container"),
      (.messages, #""messages":[],"container":{"id":"container_1"}"#, "container.id"),
      (.chatCompletions, #""messages":[],"prompt_cache_retention":"24h""#, "prompt_cache_retention"),
      (.chatCompletions, #""messages":[],"prompt_cache_retention":"in_memory""#, nil),
      (.responses, #""input":[{"id":"msg_1","role":"user","content":"x"}],"prompt":null"#, nil),
      (.responses, #""input":"x","tools":[{"type":"code_interpreter","container":{"type":"auto"}}]"#, nil),
      (
        .messages, #""messages":[],"container":{"skills":[{"type":"anthropic","skill_id":"pdf","version":"latest"}]}"#,
        nil
      ),
    ] as [(Operation, String, String?)])
  func `names what the vendor keeps`(_ operation: Operation, _ fields: String, _ path: String?) throws {
    let request = try ModelRequest(Array(#"{"model":"m",\#(fields)}"#.utf8), for: operation)
    #expect(request.kept == path)
    if fields.contains("variables") { #expect(text(request.view) == "patient: Ann Lee") }
  }

  private func calling(_ id: String) -> [UInt8] {
    Array(
      (#"{"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"\#(id)","function":{"name":"find","arguments":"{\"x\":1}"}}]},"#
        + #"{"role":"tool","tool_call_id":"\#(id)","content":"found"}]}"#).utf8)
  }
}
