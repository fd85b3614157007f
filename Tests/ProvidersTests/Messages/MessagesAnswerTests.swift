import Bytes
import Providers
import Testing

struct MessagesAnswerTests {
  @Test func `rewrites every text and leaves every other byte`() throws {
    let original = #"""
      { "id":"msg_NAME_1", "type":"message","role":"assistant","model":"claude-x", "x": 1.10,"content":[
       {"type":"thinking","thinking":"keep NAME_1","signature":"keep NAME_1"},
       {"type":"redacted_thinking","data":"keep NAME_1"},
       {"type":"text","text":"Dear NAME_1,\n\u00e9","citations":[{"type":"char_location","cited_text":"NAME_1",
         "document_index":0,"document_title":"NAME_1","start_char_index":0,"end_char_index":6},
         {"type":"web_search_result_location","cited_text":"NAME_1","encrypted_index":"keep NAME_1","title":"NAME_1"}]},
       {"type":"tool_use","id":"keep NAME_1","name":"keep NAME_1","input":{"who":"NAME_1","NAME_1":[{"n":1.50,"a":"NAME_1"}]}},
       {"type":"server_tool_use","id":"s","name":"web_search","input":{"query":"NAME_1"},"caller":{"type":"direct"}},
       {"type":"web_search_tool_result","tool_use_id":"s","content":[{"type":"web_search_result","title":"NAME_1",
         "encrypted_content":"keep NAME_1","page_age":"keep NAME_1"}]},
       {"type":"web_fetch_tool_result","tool_use_id":"s","content":{"type":"web_fetch_result","content":
         {"type":"document","title":"NAME_1","source":{"type":"text","media_type":"text/plain","data":"NAME_1"}}}},
       {"type":"web_fetch_tool_result","tool_use_id":"s","content":{"type":"web_fetch_result","content":
         {"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"keep NAME_1"}}}},
       {"type":"code_execution_tool_result","tool_use_id":"s","content":{"type":"encrypted_code_execution_result",
         "encrypted_stdout":"keep NAME_1","stderr":"NAME_1","content":[{"type":"code_execution_output","file_id":"keep NAME_1"}]}},
       {"type":"bash_code_execution_tool_result","tool_use_id":"s","content":{"stdout":"NAME_1","stderr":""}},
       {"type":"text_editor_code_execution_tool_result","tool_use_id":"s","content":{"content":"NAME_1","lines":["NAME_1"]}},
       {"type":"tool_search_tool_result","tool_use_id":"s","content":{"tool_references":[{"type":"tool_reference","tool_name":"find"}]}},
       {"type":"mcp_tool_use","id":"m","name":"f","server_name":"keep NAME_1","input":{}},
       {"type":"mcp_tool_result","tool_use_id":"m","is_error":false,"content":[{"type":"text","text":"NAME_1"}]},
       {"type":"mcp_tool_result","tool_use_id":"m","content":"NAME_1"},
       {"type":"advisor_tool_result","tool_use_id":"m","content":{"type":"advisor_result","text":"NAME_1","stop_reason":"end_turn"}},
       {"type":"container_upload","file_id":"keep NAME_1"},
       {"type":"compaction","content":"keep NAME_1","encrypted_content":"keep NAME_1","signature":"keep NAME_1"},
       {"type":"unheard_of","deep":["NAME_1"]}],
       "stop_reason":"tool_use","stop_sequence":"NAME_1","container":{"id":"keep NAME_1","expires_at":"2026-11-21"},
       "usage":{"input_tokens":12,"cache_read_input_tokens":3,"output_tokens":7,"service_tier":"standard"}}
      """#
    let answer = try ModelAnswer(rewriting: Array(original.utf8), for: .messages) {
      MarkerRewriter($0)
    }
    let expected =
      original.replacing("keep NAME_1", with: "KEEP").replacing("msg_NAME_1", with: "MSG")
      .replacing(",\\n\\u00e9", with: ",\\né").replacing("NAME_1", with: #"Renée \"Zoë\" 😀"#)
      .replacing("KEEP", with: "keep NAME_1").replacing("MSG", with: "msg_NAME_1")
    #expect(text(answer.body) == expected)
    #expect(answer.usage == TokenUsage(prompt: 15, completion: 7))
    #expect(answer.finishReasons == [0: "tool_use"])
    #expect(answer.model == "claude-x")
  }

  @Test func `leaves an answer without markers as it came`() throws {
    let original = Array(#"{"content":[{"type":"text","text":"\u0041\/ \ud83d é"}],"n":1.10}"#.utf8)
    #expect(
      try ModelAnswer(rewriting: original, for: .messages) { MarkerRewriter($0) }.body == original)
  }

  @Test func `passes a number of tokens`() throws {
    let original = Array(
      #"{ "input_tokens":14, "context_management":{"original_input_tokens":20}}"#.utf8)
    let answer = try ModelAnswer(rewriting: original, for: .countTokens) { MarkerRewriter($0) }
    #expect(answer.body == original)
    #expect(answer.usage == TokenUsage(prompt: 14))
  }

  @Test(
    arguments: [
      (
        #"{"type":"error","error":{"type":"overloaded_error","message":"x"}}"#, .vendorFailed, 0,
        "error"
      ),
      (#"{"id":"x"}"#, .missingField, 0, "content"),
      ("<html>", .malformedJSON(.unexpectedByte), 0, ""),
      (#"{"content":[]"#, .malformedJSON(.endOfText), 13, ""),
    ] as [(String, ProviderError.Code, Int, String)])
  func `refuses what is no answer`(
    _ body: String, _ code: ProviderError.Code, _ offset: Int, _ path: String
  ) {
    #expect(throws: ProviderError(code, at: offset, path: path)) {
      try ModelAnswer(rewriting: Array(body.utf8), for: .messages) { MarkerRewriter($0) }
    }
  }

  @Test func `refuses what is no number of tokens`() {
    #expect(throws: ProviderError(.missingField, at: 0, path: "input_tokens")) {
      try ModelAnswer(rewriting: Array("{}".utf8), for: .countTokens) { MarkerRewriter($0) }
    }
    #expect(throws: ProviderError(.vendorFailed, at: 0, path: "error")) {
      try ModelAnswer(rewriting: Array(#"{"error":{}}"#.utf8), for: .countTokens) {
        MarkerRewriter($0)
      }
    }
  }

  @Test(arguments: [
    (400, "invalid_request_error"), (401, "authentication_error"), (402, "billing_error"),
    (403, "permission_error"),
    (404, "not_found_error"), (408, "timeout_error"), (409, "conflict_error"),
    (413, "request_too_large"),
    (422, "invalid_request_error"), (429, "rate_limit_error"), (500, "api_error"),
    (503, "api_error"),
    (504, "timeout_error"), (529, "overloaded_error"),
  ])
  func `says a failure as the dialect does`(_ status: Int, _ type: String) {
    let error = AnthropicError("say \"why\"", status: status, requestID: "req_1")
    let body =
      #"{"type":"error","error":{"type":"\#(type)","message":"say \"why\""},"request_id":"req_1"}"#
    #expect(text(error.body) == body)
    #expect(text(error.event) == "event: error\ndata: \(body)\n\n")
  }

  @Test func `says a failure of a request without an id`() {
    #expect(
      text(AnthropicError("x", kind: .api).body)
        == #"{"type":"error","error":{"type":"api_error","message":"x"},"request_id":null}"#)
  }
}
