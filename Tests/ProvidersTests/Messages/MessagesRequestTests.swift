import Bytes
import PHI
import Providers
import Testing

struct MessagesRequestTests {
  static let signature = String(repeating: "EqQBCkYIAxgC", count: 8)

  @Test(arguments: [Operation.messages, .countTokens])
  func `shows every string that can carry prose, in order`(_ operation: Operation) throws {
    let request = try ModelRequest(
      Array(
        #"""
        {"model":"claude-x-20250805","max_tokens":900,"stream":true,"temperature":0.2,"top_k":4,
         "system":[{"type":"text","text":"Scribe","cache_control":{"type":"ephemeral","ttl":"5m"}}],
         "messages":[
          {"role":"user","content":"Ren\u00e9e"},
          {"role":"user","content":[
           {"type":"document","title":"Letter","context":"About Lee","citations":{"enabled":true},
            "source":{"media_type":"text/plain","data":"Dear Bo","type":"text"}},
           {"type":"document","source":{"type":"content","content":[{"type":"text","text":"Inner"}]}},
           {"type":"search_result","source":"notes","title":"Chart","content":[{"type":"text","text":"Found"}]}]},
          {"role":"assistant","content":[
           {"type":"thinking","thinking":"NAME_1?","signature":"\#(Self.signature)"},
           {"type":"redacted_thinking","data":"\#(Self.signature)"},
           {"type":"text","text":"Says","citations":[{"type":"char_location","cited_text":"Bo","document_index":0,
             "document_title":"T","start_char_index":0,"end_char_index":2}]},
           {"type":"tool_use","id":"toolu_01A09q90qw90lq917835lq9","name":"find","input":{"who":"Ann","mrn":1234567},
            "caller":{"type":"code_execution_20260120","tool_id":"srvtoolu_01A09q90qw90"}},
           {"type":"server_tool_use","id":"srvtoolu_01A09q90qw90","name":"web_search","input":{"query":"Lyme"}},
           {"type":"web_search_tool_result","tool_use_id":"srvtoolu_01A09q90qw90","content":[
             {"type":"web_search_result","title":"Ticks","url":"https://x.test","encrypted_content":"\#(Self.signature)"}]}]},
          {"role":"user","content":[
           {"type":"tool_result","tool_use_id":"toolu_01A09q90qw90lq917835lq9","is_error":false,
            "content":[{"type":"text","text":"Cho"},{"type":"tool_reference","tool_name":"find"}]},
           {"type":"code_execution_tool_result","tool_use_id":"srvtoolu_01A09q90qw90","content":
             {"type":"code_execution_result","stdout":"out","stderr":"","return_code":0,"content":[]}}]}],
         "tools":[{"name":"find","description":"Finds","input_schema":{"type":"object","properties":{"who":{"type":"string"}}},
           "input_examples":[{"who":"Eve"}]},{"type":"web_search_20250305","name":"web_search","max_uses":3,
           "allowed_domains":["nih.gov"],"user_location":{"type":"approximate","city":"Tacoma"}}],
         "tool_choice":{"type":"tool","name":"find"},"stop_sequences":["END"],"metadata":{"user_id":"u-17"},
         "thinking":{"type":"enabled","budget_tokens":1024,"display":"summarized"},
         "context_management":{"edits":[{"type":"clear_tool_uses_20250919","trigger":{"type":"input_tokens","value":9}}]},
         "output_config":{"effort":"low","format":{"type":"json_schema","schema":{"type":"object"}}},"new":{"a":"b"}}
        """#.utf8), for: operation)
    #expect(
      text(request.view)
        == [
          "Scribe", "Renée", "Letter", "About Lee", "Dear Bo", "Inner", "source: notes", "Chart",
          "Found", "NAME_1?",
          "Says", "Bo", "T", "find", "who: Ann", "mrn: 1234567", "query: Lyme", "Ticks",
          "url: https://x.test", "Cho", "find", "out", "",
          "find", "Finds", "who: Eve", "allowed_domains: nih.gov", "city: Tacoma", "find",
          "stop_sequences: END",
          "user_id: u-17", "new", "a: b",
        ].joined(separator: "\n\n"))
    #expect(request.model == "claude-x-20250805")
    #expect(request.isStreaming)
    #expect(request.choiceCount == 1)
    #expect(request.maxTokens == 900)
    #expect(request.wantsJSON)
    #expect(request.storage == .declined)
    #expect(request.uninspectable.isEmpty)
    #expect(request.body(replacing: []) == request.body)
  }

  @Test func `changes the strings that are edited and no other byte`() throws {
    let original = #"""
      { "model":"m", "x": 1.10, "max_tokens":1,
       "messages":[{"role":"user","content":[{"type":"text","text":"Ren\u00e9e \/","new":[1.0,null]},
        {"type":"tool_use","id":"toolu_1","name":"f","input":{"deep":[{"who":"Ren\u00e9e","n":1.50}]}}]}]}
      """#
    let request = try ModelRequest(Array(original.utf8), for: .messages)
    let view = text(request.view)
    let edits = view.utf8Ranges(of: "Renée").map { Edit($0, with: Array("NAME_1".utf8)) }
    #expect(
      text(request.body(replacing: edits)) == original.replacing(#"Ren\u00e9e"#, with: "NAME_1"))
  }

  @Test(
    arguments: [
      (
        #"{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}}"#,
        ".source", .image
      ),
      (#"{"type":"image","source":{"type":"url","url":"https://x.test"}}"#, ".source", .image),
      (
        #"{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"AAAA"}}"#,
        ".source.data", .file
      ),
      (
        #"{"type":"document","source":{"type":"url","url":"https://x.test"}}"#, ".source.url", .file
      ),
      (
        #"{"source":{"file_id":"file_1","type":"file"},"type":"document"}"#, ".source.file_id",
        .file
      ),
      (#"{"type":"document","source":{"type":"other","data":"x"}}"#, ".source", .unknownPart),
      (#"{"type":"container_upload","file_id":"file_1"}"#, ".file_id", .file),
      (#"{"type":"unheard_of","text":"x"}"#, "", .unknownPart),
      (#"{"text":"x"}"#, "", .unknownPart),
      (#"{"type":"\u0074ext","text":"x"}"#, "", .unknownPart),
      (
        #"{"type":"tool_result","tool_use_id":"toolu_1","content":[{"type":"image","source":{}}]}"#,
        ".content[0].source",
        .image
      ),
      (#"{"type":"text","text":"data:image/png;base64,AAAA"}"#, ".text", .encodedBytes),
    ] as [(String, String, Uninspectable.Reason)])
  func `says where something is that cannot be read`(
    _ block: String, _ path: String, _ reason: Uninspectable.Reason
  ) throws {
    let body = #"{"model":"m","messages":[{"role":"user","content":[\#(block)]}]}"#
    let found = try ModelRequest(Array(body.utf8), for: .messages).uninspectable
    #expect(found.map(\.path) == ["messages[0].content[0]\(path)"])
    #expect(found.map(\.reason) == [reason])
  }

  @Test func `tells the first of what cannot be read for one reason, however much of it there is`() throws {
    let parts = String(repeating: "{},", count: 10_000) + #"{"type":"image","source":{}},{}"#
    let block = #"{"type":"tool_result","tool_use_id":"toolu_1","content":[\#(parts)]}"#
    let body = #"{"model":"m","messages":[{"role":"user","content":[\#(block)]}]}"#
    let found = try ModelRequest(Array(body.utf8), for: .messages).uninspectable
    #expect(found.map(\.reason) == [.unknownPart, .image])
    #expect(found.map(\.path) == ["messages[0].content[0].content[0]", "messages[0].content[0].content[10000].source"])
  }

  @Test func `cannot answer for servers that the vendor is to talk to by itself`() throws {
    let body =
      #"{"model":"m","messages":[],"mcp_servers":[{"type":"url","url":"https://x.test","name":"n"}]}"#
    let found = try ModelRequest(Array(body.utf8), for: .messages).uninspectable
    #expect(found.map(\.path) == ["mcp_servers"])
    #expect(found.map(\.reason) == [.connection])
  }

  @Test func `knows which tools the vendor runs`() throws {
    let body =
      #"{"model":"m","messages":[],"tools":[{"type":"custom","name":"f"},{"type":"web_search_20250305"},{"name":"g"}],"tool_choice":{"type":"any","disable_parallel_tool_use":true}}"#
    let request = try ModelRequest(Array(body.utf8), for: .messages)
    #expect(request.vendorTools == ["web_search_20250305"])
    #expect(text(request.view) == "f\n\ng")
  }

  @Test func `shows what stands where the vendor's own bytes should`() throws {
    let body =
      #"{"model":"m","messages":[{"role":"assistant","content":[{"type":"thinking","thinking":"","signature":"Maria Lee"}]}]}"#
    #expect(
      try text(ModelRequest(Array(body.utf8), for: .messages).view) == "signature: Maria Lee")
  }

  @Test(arguments: [
    (#"{"model":"m"}"#, ProviderError(.missingField, at: 0, path: "messages")),
    (#"{"messages":[]}"#, ProviderError(.missingField, at: 0, path: "model")),
    (#"{"model":"m","messages":["x"]}"#, ProviderError(.wrongType, at: 26, path: "messages[0]")),
    (
      #"{"model":"m","messages":[{"content":[7]}]}"#,
      ProviderError(.wrongType, at: 37, path: "messages[0].content[0]")
    ),
    (
      #"{"model":"m","messages":[{"content":[{"type":"text","type":"text"}]}]}"#,
      ProviderError(.malformedJSON(.duplicateName), at: 53, path: "messages[0].content[0]")
    ),
  ])
  func `refuses what is no request`(_ body: String, _ error: ProviderError) {
    #expect(throws: error) { try ModelRequest(Array(body.utf8), for: .messages) }
  }
}

extension String {
  /// Where `word` occurs, as offsets of bytes.
  fileprivate func utf8Ranges(of word: String) -> [Range<Int>] {
    ranges(of: word).map { range in
      utf8.distance(
        from: startIndex, to: range.lowerBound)..<utf8.distance(
          from: startIndex, to: range.upperBound)
    }
  }
}
