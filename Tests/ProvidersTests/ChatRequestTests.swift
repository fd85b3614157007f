import Bytes
import PHI
import Providers
import Testing

struct ChatRequestTests {
  @Test func `shows every string that can carry prose, in order`() throws {
    let request = try ModelRequest(
      Array(
        #"""
        {"model":"gpt-4o","stream":true,"n":2,"temperature":0.2,"stream_options":{"include_usage":true},
         "messages":[
          {"role":"system","content":"You are a scribe."},
          {"role":"user","name":"Maria_Gonzalez","content":[{"type":"text","text":"Ren\u00e9e was seen\n"}]},
          {"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function",
            "function":{"name":"lookup","arguments":"{\"patient\":\"Ren\\u00e9e\",\"mrn\":1234567,\"old\":[1,true]}"}}]},
          {"role":"tool","tool_call_id":"call_1","content":"{\"found\": \"Chen\"}"}],
         "tools":[{"type":"function","function":{"name":"lookup","description":"Finds a patient","parameters":
           {"type":"object","required":["patient"],"properties":{"patient":{"type":"string","enum":["Ann","Bo"]}}}}}],
         "user":"u-17","metadata":{"mrn":"998"},"x_note":{"who":"Lee"}}
        """#.utf8), for: .chatCompletions)
    #expect(
      text(request.view)
        == """
        You are a scribe.

        name: Maria Gonzalez

        Renée was seen


        lookup

        patient: Renée

        mrn: 1234567

        old: 1

        found: Chen

        lookup

        Finds a patient

        enum: Ann

        enum: Bo

        user: u-17

        mrn: 998

        x_note

        who: Lee
        """)
    #expect(request.model == "gpt-4o")
    #expect(request.isStreaming)
    #expect(request.choiceCount == 2)
    #expect(request.includesUsage)
    #expect(!request.wantsJSON)
    #expect(request.uninspectable.isEmpty)
  }

  @Test func `shows what stands in a structural field but does not look structural`() throws {
    let request = try ModelRequest(
      body(
        #""reasoning_effort":"for Maria Gonzalez","messages":[{"role":"Dr. Chen, 617-555-0100","tool_call_id":"123456789"}]"#
      ), for: .chatCompletions)
    #expect(
      text(request.view)
        == "reasoning_effort: for Maria Gonzalez\n\nrole: Dr. Chen, 617-555-0100")
  }

  @Test func `shows names of members outside the protocol`() throws {
    let request = try ModelRequest(
      body(#""messages":[],"by Maria Gonzalez":true,"logit_bias":{"50256":-100,"4155550100":1}"#), for: .chatCompletions
    )
    #expect(text(request.view) == "by Maria Gonzalez\n\n4155550100")
  }

  @Test(
    arguments: [
      (#"[{"type":"image_url","image_url":{"url":"https://x/y.png"}}]"#, "messages[0].content[0].image_url", .image),
      (
        #"[{"type":"text","text":"a"},{"type":"input_audio","input_audio":{"data":"AA","format":"wav"}}]"#,
        "messages[0].content[1].input_audio", .audio
      ),
      (#"[{"type":"file","file":{"file_id":"f"}}]"#, "messages[0].content[0].file", .file),
      (#"[{"type":"hologram","x":1}]"#, "messages[0].content[0]", .unknownPart),
      (#"[{"text":"no type"}]"#, "messages[0].content[0]", .unknownPart),
      (#"[{"type":"text","image_url":"x"}]"#, "messages[0].content[0].image_url", .image),
      (#""see data: DATA:image/png;BASE64,AAAA""#, "messages[0].content", .encodedBytes),
      ("\"a \(String(repeating: "q83v", count: 256)) b\"", "messages[0].content", .encodedBytes),
      (#""data:text/plain,Maria%20Gonzalez""#, "messages[0].content", .encodedBytes),
      (#""{\"picture\":\"data:image/png;base64,AA\"}""#, "messages[0].content", .encodedBytes),
    ] as [(String, String, Uninspectable.Reason)])
  func `names what cannot be inspected`(_ content: String, _ path: String, _ reason: Uninspectable.Reason) throws {
    let request = try ModelRequest(body(#""messages":[{"role":"user","content":\#(content)}]"#), for: .chatCompletions)
    #expect(request.uninspectable.first.map(\.path) == path)
    #expect(request.uninspectable.first.map(\.reason) == reason)
  }

  @Test(arguments: [
    (#""audio":{"voice":"x"}"#, "audio"), (#""modalities":["text","audio"]"#, "modalities"),
  ])
  func `names a spoken answer as one that cannot be inspected`(_ field: String, _ path: String) throws {
    let request = try ModelRequest(body("\(field),\"messages\":[]"), for: .chatCompletions)
    #expect(request.uninspectable.map(\.path) == [path])
    #expect(request.uninspectable.map(\.reason) == [.audioOutput])
  }

  @Test func `shows text that quotes JSON with its escapes decoded, and as it is written`() throws {
    let lines = #"{\"a\":\"Ren\\u00e9e\\nO\\ud83d C:\\dir\"}\n{\"b\":1}"#
    let request = try ModelRequest(body(#""messages":[{"role":"tool","content":"\#(lines)"}]"#), for: .chatCompletions)
    let written = #"{"a":"Ren\u00e9e\nO\ud83d C:\dir"}"# + "\n{\"b\":1}"
    #expect(text(request.view) == "{\"a\":\"Renée\nO\\ud83d C:\\dir\"}\n{\"b\":1}\n\n" + written)
  }

  @Test func `repeats a short name before each element of an array, and a long one not`() throws {
    let long = String(repeating: "n", count: 41)
    let request = try ModelRequest(body(#""messages":[],"mrn":[1,{"a":2},3],"\#(long)":[4,5]"#), for: .chatCompletions)
    #expect(text(request.view) == "mrn: 1\n\na: 2\n\nmrn: 3\n\n\(long): 4\n\n5")
  }

  @Test func `takes prose about data for prose`() throws {
    let request = try ModelRequest(
      body(
        #""audio":null,"modalities":["text"],"messages":[{"role":"user","content":"data: a, b; base64 is not here"}]"#),
      for: .chatCompletions)
    #expect(request.uninspectable.isEmpty)
  }

  @Test(arguments: [
    ("", ProviderError(.malformedJSON(.endOfText), at: 0)),
    ("[]", ProviderError(.wrongType, at: 0)),
    (#"{"model":"m"}"#, ProviderError(.missingField, at: 0, path: "messages")),
    (#"{"messages":[]}"#, ProviderError(.missingField, at: 0, path: "model")),
    (#"{"model":7,"messages":[]}"#, ProviderError(.wrongType, at: 9, path: "model")),
    (#"{"messages":{}}"#, ProviderError(.wrongType, at: 12, path: "messages")),
    (#"{"messages":[1]}"#, ProviderError(.wrongType, at: 13, path: "messages[0]")),
    (#"{"messages":[{"content":1}]}"#, ProviderError(.wrongType, at: 24, path: "messages[0].content")),
    (#"{"messages":[{"content":{}}]}"#, ProviderError(.wrongType, at: 24, path: "messages[0].content")),
    (#"{"messages":[{"content":[1]}]}"#, ProviderError(.wrongType, at: 25, path: "messages[0].content[0]")),
    (#"{"stream":"yes","messages":[]}"#, ProviderError(.wrongType, at: 11, path: "stream")),
    (#"{"n":0,"messages":[]}"#, ProviderError(.wrongType, at: 5, path: "n")),
    (
      #"{"messages":[{"content":"\ud800"}]}"#,
      ProviderError(.malformedJSON(.loneSurrogate), at: 25, path: "messages[0].content")
    ),
    (#"{"messages":[],"messages":[]}"#, ProviderError(.malformedJSON(.duplicateName), at: 16)),
    (
      #"{"messages":[{"Maria":{"a":1,"\u0061":2}}]}"#,
      ProviderError(.malformedJSON(.duplicateName), at: 30, path: "messages[0].*")
    ),
    (#"{"messages":[]}x"#, ProviderError(.malformedJSON(.trailingBytes), at: 15)),
  ])
  func `refuses a body it cannot take at its word`(_ body: String, _ error: ProviderError) {
    #expect(throws: error) { try ModelRequest(Array(body.utf8), for: .chatCompletions) }
  }

  @Test func `refuses bytes that are not UTF-8`() {
    var bytes = body(#""messages":[{"content":"x"}]"#)
    bytes[bytes.count - 5] = 0xFF
    #expect(throws: ProviderError(.malformedJSON(.malformedUTF8), at: bytes.count - 5)) {
      try ModelRequest(bytes, for: .chatCompletions)
    }
  }

  @Test func `refuses more strings and numbers than it takes`() throws {
    func numbers(_ count: Int) -> [UInt8] {
      body("\"messages\":[],\"x\":[\(Array(repeating: "1", count: count).joined(separator: ","))]")
    }
    let limit = 1 << 18
    #expect(try ModelRequest(numbers(limit - 1), for: .chatCompletions).model == "m")
    #expect(throws: ProviderError(.tooManyValues, at: 32 + 2 * (limit - 1))) {
      try ModelRequest(numbers(limit), for: .chatCompletions)
    }
  }

  @Test func `knows when the answer is asked for as JSON`() throws {
    #expect(
      try ModelRequest(body(#""messages":[],"response_format":{"type":"json_object"}"#), for: .chatCompletions)
        .wantsJSON)
    #expect(
      try !ModelRequest(body(#""messages":[],"response_format":{"type":"text"}"#), for: .chatCompletions).wantsJSON)
  }

  private func body(_ fields: String) -> [UInt8] { Array("{\"model\":\"m\",\(fields)}".utf8) }
}
