import Bytes
import PHI
import Providers
import TestKit
import Testing

struct ResponsesRequestTests {
  @Test func `shows every string that can carry prose, in order`() throws {
    let body = #"""
      {"model":"gpt-5","instructions":"Be brief.","input":[
        {"role":"user","content":"I am Ann"},
        {"type":"message","role":"developer","content":[{"type":"input_text","text":"Ren\u00e9e"}]},
        {"type":"message","id":"msg_67ccd3a9da748190baa7f1570fe91ac6","role":"assistant","status":"completed",
         "content":[{"type":"output_text","text":"Hi","annotations":[],"logprobs":[]},{"type":"refusal","refusal":"No"}]},
        {"type":"reasoning","id":"rs_1234567812345678abcdefabcdefabcd","summary":[{"type":"summary_text","text":"Think"}],
         "content":[{"type":"reasoning_text","text":"harder"}],"encrypted_content":"gAAAA\#(sealed)"},
        {"type":"function_call","call_id":"call_abcdefgh","name":"find","arguments":"{\"who\":\"Bo\"}","id":"fc_abcdefgh"},
        {"type":"function_call_output","call_id":"call_abcdefgh","output":"{\"mrn\":77}"},
        {"type":"function_call_output","call_id":"call_abcdefgh","output":[{"type":"input_text","text":"part"}]},
        {"type":"custom_tool_call","call_id":"call_abcdefgh","name":"sh","input":"ls"},
        {"type":"custom_tool_call_output","call_id":"call_abcdefgh","output":"out"},
        {"type":"computer_call","call_id":"call_abcdefgh","action":{"type":"type","text":"typed"},"pending_safety_checks":
          [{"id":"cu_abcdefgh","code":"x","message":"care"}],"status":"completed"},
        {"type":"file_search_call","queries":["quest"],"results":[{"file_id":"file-abcdefgh","filename":"a.txt","text":"found","score":0.5}]},
        {"type":"web_search_call","status":"completed","action":{"type":"search","query":"asked"}},
        {"type":"code_interpreter_call","code":"print(1)","container_id":"cntr_abcdefgh","outputs":[{"type":"logs","logs":"one"}]},
        {"type":"shell_call","call_id":"call_abcdefgh","action":{"commands":["grep Ann"],"timeout_ms":5}},
        {"type":"shell_call_output","call_id":"call_abcdefgh","output":[{"stdout":"hit","stderr":"","outcome":{"type":"exit","exit_code":0}}]},
        {"type":"local_shell_call_output","id":"lsh_abcdefgh","output":"local"},
        {"type":"apply_patch_call","call_id":"call_abcdefgh","status":"completed","operation":{"type":"update_file","path":"ann.txt","diff":"+Ann"}},
        {"type":"mcp_call","name":"find","server_label":"ehr","arguments":"{}","output":"mcp says","error":null},
        {"type":"mcp_approval_response","approval_request_id":"mcpr_abcdefgh","approve":false,"reason":"why"},
        {"type":"item_reference","id":"msg_abcdefgh"},{"id":"msg_abcdefgh"},"bare"],
       "prompt":{"id":"pmpt_abcdefgh","version":"2","variables":{"patient":"Cy","note":{"type":"input_text","text":"deep"}}},
       "tools":[{"type":"function","name":"find","description":"Finds","strict":true,"parameters":{"type":"object",
          "properties":{"who":{"type":"string","description":"Whom"}}}},{"type":"custom","name":"sh","format":{"type":"grammar","syntax":"lark","definition":"start: A"}}],
       "text":{"format":{"type":"json_schema","name":"out","schema":{"title":"Out"}},"verbosity":"low"},
       "include":["reasoning.encrypted_content","Ann"],"metadata":{"visit":"V-1"},"user":"u-1","truncation":"auto",
       "reasoning":{"effort":"low","summary":"auto"},"tool_choice":{"type":"function","name":"find"},
       "prompt_cache_retention":"24h","prompt_cache_options":{"ttl":"30m"},"max_output_tokens":50,"x_new":{"a":"b"}}
      """#
    let request = try ModelRequest(Array(body.utf8), for: .responses)
    #expect(
      text(request.view).split(separator: "\n\n") == [
        "Be brief.", "I am Ann", "Renée", "Hi", "No", "Think", "harder", "find", "who: Bo", "mrn: 77", "part", "sh",
        "ls", "out", "typed", "code: x", "care", "quest", "file_id: file-abcdefgh", "filename: a.txt", "found", "asked",
        "print(1)", "one",
        "grep Ann", "hit", "local", "path: ann.txt", "+Ann", "find", "ehr", "mcp says", "why", "bare", "patient: Cy",
        "note", "deep", "find", "Finds", "Whom", "sh", "start: A", "out", "Out", "include: Ann", "visit: V-1",
        "user: u-1", "find", "prompt_cache_retention: 24h",
        "x_new", "a: b",
      ])
    #expect(request.uninspectable.isEmpty)
    #expect(request.kept == "input[19]")
    #expect(request.wantsJSON)
    #expect(request.maxTokens == 50)
    #expect(request.storage == .unsaid)
    #expect(request.vendorTools.isEmpty)
  }

  private let sealed: String = {
    var generator = SeededGenerator(seed: 5)
    return Base64URL.encode((0..<1200).map { _ in UInt8.random(in: 0...255, using: &generator) })
  }()

  @Test func `knows what the vendor is to keep, and what it runs itself`() throws {
    let request = try ModelRequest(
      body(
        #""input":"hi","stream":true,"store":false,"background":true,"previous_response_id":"resp_1","#
          + #""conversation":{"id":"conv_1"},"tools":[{"type":"web_search"},{"type":"mcp","server_label":"x"},"#
          + #"{"type":"web_search"},{"type":"function","name":"f"}]"#), for: .responses)
    #expect(request.isStreaming)
    #expect(request.storage == .declined)
    #expect(request.runsInBackground)
    #expect(request.previousResponse == "resp_1")
    #expect(request.conversation == "conv_1")
    #expect(request.vendorTools == ["web_search", "mcp"])
    #expect(try ModelRequest(body(#""conversation":"conv_2""#), for: .responses).conversation == "conv_2")
  }

  @Test func `takes as many kinds of tools as there can be, each once, and no more`() throws {
    func tools(_ kinds: some Sequence<Int>) -> String {
      #""input":"hi","tools":[\#(kinds.map { #"{"type":"aa\#($0)"}"# }.joined(separator: ","))]"#
    }
    let many = try ModelRequest(body(tools((0..<128).flatMap { [$0, $0, 0] })), for: .responses)
    #expect(many.vendorTools == (0..<128).map { "aa\($0)" })
    let error = #expect(throws: ProviderError.self) { try ModelRequest(body(tools(0...128)), for: .responses) }
    #expect(error?.code == .tooManyValues && error?.path == "tools[128].type")
  }

  @Test(
    arguments: [
      (
        #"[{"role":"user","content":[{"type":"input_image","image_url":null,"file_id":"f","detail":"low"}]}]"#,
        "input[0].content[0]", .image
      ),
      (
        #"[{"role":"user","content":[{"type":"input_file","filename":"a.pdf","file_data":"AA"}]}]"#,
        "input[0].content[0]", .file
      ),
      (
        #"[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AA","format":"wav"}}]}]"#,
        "input[0].content[0]", .audio
      ),
      (#"[{"role":"user","content":[{"text":"x","image_url":"y"}]}]"#, "input[0].content[0].image_url", .image),
      (
        #"[{"type":"computer_call_output","call_id":"call_12345678","output":{"type":"computer_screenshot"}}]"#,
        "input[0].output", .image
      ),
      (
        #"[{"type":"function_call_output","output":[{"type":"input_image","image_url":"x"}]}]"#,
        "input[0].output[0]", .image
      ),
      (#"[{"type":"code_interpreter_call","outputs":[{"type":"image","url":"x"}]}]"#, "input[0].outputs[0]", .image),
      (#"[{"type":"image_generation_call","result":"AA"}]"#, "input[0]", .image),
      (#"[{"type":"hologram","role":"user","content":"x"}]"#, "input[0]", .unknownPart),
      (#"[{"content":"x"}]"#, "input[0]", .unknownPart),
      (#"[{"role":"user","content":[{"type":"hologram"}]}]"#, "input[0].content[0]", .unknownPart),
      (#"[{"role":"user","content":[{"text":"x"}]}]"#, "input[0].content[0]", .unknownPart),
      (
        #"[{"role":"assistant","content":[{"type":"output_text","text":"x","logprobs":[{"token":"x"}]}]}]"#,
        "input[0].content[0].logprobs", .tokens
      ),
      (
        #"[{"type":"reasoning","encrypted_content":"data:text/plain;base64,AA"}]"#, "input[0].encrypted_content",
        .encodedBytes
      ),
      (#""see data:image/png;base64,AAAA""#, "input", .encodedBytes),
    ] as [(String, String, Uninspectable.Reason)])
  func `names what cannot be inspected`(_ input: String, _ path: String, _ reason: Uninspectable.Reason) throws {
    let request = try ModelRequest(body(#""input":\#(input)"#), for: .responses)
    #expect(request.uninspectable.first.map(\.path) == path)
    #expect(request.uninspectable.first.map(\.reason) == reason)
  }

  @Test func `names an image among the variables of a prompt`() throws {
    let request = try ModelRequest(
      body(#""prompt":{"id":"p","variables":{"Ann":{"type":"input_image","image_url":"x"}}}"#), for: .responses)
    #expect(request.uninspectable.first.map(\.path) == "prompt.variables.*")
  }

  @Test func `shows what stands where only the vendor could read it, and is too short for that`() throws {
    let request = try ModelRequest(
      body(
        #""input":[{"type":"reasoning","encrypted_content":"Maria Gonzalez"},{"type":"compaction","encrypted_content":"b7"}]"#
      ),
      for: .responses)
    #expect(text(request.view) == "encrypted_content: Maria Gonzalez")
  }

  @Test func `shows an id that does not look like one`() throws {
    let request = try ModelRequest(
      body(
        #""input":[{"type":"item_reference","id":"617-555-0100"},"#
          + #"{"type":"function_call","call_id":"call_6175550100","name":"f","arguments":""}]"#), for: .responses)
    #expect(
      text(request.view)
        == "f\n\n")
  }

  @Test(arguments: [
    (#"{"input":"x"}"#, ProviderError(.missingField, at: 0, path: "model")),
    (#"{"input":7}"#, ProviderError(.wrongType, at: 9, path: "input")),
    (#"{"input":{"role":"user"}}"#, ProviderError(.wrongType, at: 9, path: "input")),
    (#"{"input":[7]}"#, ProviderError(.wrongType, at: 10, path: "input[0]")),
    (#"{"input":[{"content":7}]}"#, ProviderError(.wrongType, at: 21, path: "input[0].content")),
    (#"{"input":[{"output":[[]]}]}"#, ProviderError(.wrongType, at: 21, path: "input[0].output[0]")),
    (#"{"store":"Ann"}"#, ProviderError(.wrongType, at: 10, path: "store")),
    (#"{"background":1}"#, ProviderError(.wrongType, at: 14, path: "background")),
    (#"{"conversation":{"id":7}}"#, ProviderError(.wrongType, at: 22, path: "conversation.id")),
    (
      #"{"input":[{"Ann":{"a":1,"\u0061":2}}]}"#,
      ProviderError(.malformedJSON(.duplicateName), at: 25, path: "input[0].*")
    ),
    (
      #"{"input":[{"content":[{"text":"\ud800"}]}]}"#,
      ProviderError(.malformedJSON(.loneSurrogate), at: 31, path: "input[0].content[0].text")
    ),
  ])
  func `refuses a body it cannot take at its word`(_ body: String, _ error: ProviderError) {
    #expect(throws: error) { try ModelRequest(Array(body.utf8), for: .responses) }
  }

  private func body(_ fields: String) -> [UInt8] { Array("{\"model\":\"m\",\(fields)}".utf8) }
}
