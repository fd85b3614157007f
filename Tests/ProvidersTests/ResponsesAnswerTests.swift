import Bytes
import Providers
import Testing

struct ResponsesAnswerTests {
  @Test func `rewrites every text and leaves every other byte`() throws {
    let original = #"""
      { "id":"resp_NAME_1", "object":"response","model":"gpt-5-x","status":"completed","error":null, "x": 1.10,
       "instructions":[{"type":"function_call","name":"NAME_1","arguments":"{\"a\":\"NAME_1\"}"}],
       "output":[
        {"id":"rs_1","type":"reasoning","encrypted_content":"NAME_1","summary":[{"type":"summary_text","text":"NAME_1"}],
         "content":[{"text":"on NAME_1","type":"reasoning_text"}]},
        {"id":"msg_1","type":"message","role":"assistant","content":[{"type":"output_text","text":"Dear NAME_1,\n\u00e9",
          "annotations":[{"type":"url_citation","title":"NAME_1","url":"https://x/"}],"logprobs":[{"token":"NAME"}]},
          {"type":"refusal","refusal":"not NAME_1"}]},
        {"id":"msg_2","type":"message","content":[{"type":"output_text","text":"plain","logprobs":[{"token":"plain"}]}]},
        {"type":"function_call","name":"NAME_1","call_id":"NAME_1","arguments":"{\"who\":\"NAME_1\"}"},
        {"type":"mcp_call","arguments":"{\"whom\":\"NAME_1\"}","output":"NAME_1"},
        {"type":"custom_tool_call","input":"NAME_1"},{"type":"later_call","thing":{"deep":["NAME_1"]}}],
       "metadata":{"id":"NAME_1"},"usage":{"input_tokens":12,"input_tokens_details":{"cached_tokens":3},"output_tokens":7}}
      """#
    let answer = try ModelAnswer(rewriting: Array(original.utf8), for: .responses) { MarkerRewriter($0) }
    let once = text(JSONString.escaped(Array(MarkerRewriter.name.utf8).span))
    let twice = text(JSONString.escaped(Array(once.utf8).span))
    let expected =
      original
      .replacing(#"resp_NAME_1"#, with: "resp_KEEP")
      .replacing(#""encrypted_content":"NAME_1""#, with: #""encrypted_content":"KEEP""#)
      .replacing(#""name":"NAME_1""#, with: #""name":"KEEP""#)
      .replacing(#""call_id":"NAME_1""#, with: #""call_id":"KEEP""#)
      .replacing(#"\"NAME_1\""#, with: #"\""# + twice + #"\""#)
      .replacing("Dear NAME_1,\\n\\u00e9", with: "Dear \(once),\\né")
      .replacing("NAME_1", with: once)
      .replacing("KEEP", with: "NAME_1")
      .replacing(#"[{"token":"NAME"}]"#, with: "[]")
    #expect(text(answer.body) == expected)
    #expect(answer.usage == TokenUsage(prompt: 12, completion: 7))
    #expect(answer.finishReasons == [0: "completed"])
    #expect(answer.model == "gpt-5-x")
  }

  @Test(arguments: [
    (#"{"status":"incomplete","incomplete_details":{"reason":"content_filter"},"output":[]}"#, "content_filter"),
    (#"{"status":"queued","incomplete_details":null,"output":[]}"#, "queued"),
  ])
  func `knows how an answer ended`(_ body: String, _ reason: String) throws {
    let answer = try ModelAnswer(rewriting: Array(body.utf8), for: .responses) { MarkerRewriter($0) }
    #expect(answer.finishReasons == [0: reason])
    #expect(text(answer.body) == body)
  }

  @Test func `asks for an answer's text to be escaped when it is JSON, and not for the reasoning about it`() throws {
    let content = { (field: TextChannel.Field) in TextChannel(field).escaping(contentIsJSON: true) }
    #expect(content(.content(part: 0, "text")) == .shownJSONString)
    #expect(content(.content(part: 0, "refusal")) == .none)
    #expect(content(.content(part: 0, "reasoning")) == .none)
    #expect(content(.summary(part: 0)) == .none)
    #expect(content(.functionArguments) == .jsonString)
  }
}
