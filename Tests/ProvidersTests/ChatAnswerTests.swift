import Bytes
import Providers
import Testing

struct ChatAnswerTests {
  @Test func `rewrites every text and leaves every other byte`() throws {
    let original = #"""
      { "id":"c1", "object":"chat.completion","model":"gpt-4o-2024", "x": 1.10,
       "choices":[{"index":0,"message":{"role":"assistant","content":"Dear NAME_1,\n\u00e9","refusal":null,
         "reasoning_content":"NAME_1","tool_calls":[{"id":"t","type":"function","function":{"name":"NAME_1",
           "arguments":"{\"who\":\"NAME_1\"}"}}],"annotations":[{"type":"note","text":"NAME_1"}]},
         "logprobs":null,"finish_reason":"stop"},
        {"index":1,"message":{"content":"un\/changed \ud83d","function_call":{"name":"f","arguments":"NAME_1"}},"finish_reason":"length"}],
       "usage":{"prompt_tokens":12,"completion_tokens":7,"total_tokens":19}, "new":{"deep":["NAME_1"]}}
      """#
    let answer = try ModelAnswer(rewriting: Array(original.utf8), for: .chatCompletions) { MarkerRewriter($0) }
    let once = #"Renée \"Zoë\" 😀"#
    let twice = #"Renée \\\"Zoë\\\" 😀"#
    let expected =
      original
      .replacing(#"\"who\":\"NAME_1\""#, with: #"\"who\":\""# + twice + #"\""#)
      .replacing(#""arguments":"NAME_1""#, with: #""arguments":""# + twice + #"""#)
      .replacing(#""name":"NAME_1""#, with: #""name":"KEEP""#)
      .replacing("Dear NAME_1,\\n\\u00e9", with: "Dear \(once),\\né")
      .replacing("NAME_1", with: once)
      .replacing("KEEP", with: "NAME_1")
    #expect(text(answer.body) == expected)
    #expect(answer.usage == TokenUsage(prompt: 12, completion: 7))
    #expect(answer.finishReasons == [0: "stop", 1: "length"])
    #expect(answer.model == "gpt-4o-2024")
  }

  @Test func `leaves an answer without markers as it came`() throws {
    let original = Array(#"{"choices":[{"message":{"content":"\u0041\/ \ud83d é"}}],"n":1.10}"#.utf8)
    #expect(try ModelAnswer(rewriting: original, for: .chatCompletions) { MarkerRewriter($0) }.body == original)
  }

  @Test(arguments: [
    (#"{"error":{"message":"x"}}"#, ProviderError(.vendorFailed, at: 0, path: "error")),
    (#"{"id":"x"}"#, ProviderError(.missingField, at: 0, path: "choices")),
    ("<html>", ProviderError(.malformedJSON(.unexpectedByte), at: 0)),
    (#"{"choices":[]"#, ProviderError(.malformedJSON(.endOfText), at: 13)),
    (#"{"choices":[],"choices":[]}"#, ProviderError(.malformedJSON(.duplicateName), at: 15)),
  ])
  func `refuses what is no answer`(_ body: String, _ error: ProviderError) {
    #expect(throws: error) {
      try ModelAnswer(rewriting: Array(body.utf8), for: .chatCompletions) { MarkerRewriter($0) }
    }
  }
}
