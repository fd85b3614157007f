import Bytes
import Providers
import Testing

struct MessagesToChatTests {
  @Test func `says a conversation in the words of chat, numbers and escapes as they were written`() throws {
    let messages = #"""
      {"model":"gpt-x","max_tokens":300,"temperature":0.70,"top_p":1e0,"stream":true,
       "system":[{"type":"text","text":"Be brief.\u0020","cache_control":{"type":"ephemeral"}},{"type":"text","text":"B"}],
       "messages":[
        {"role":"user","content":"NAME_1\/"},
        {"role":"system","content":"later"},
        {"role":"user","content":[{"type":"text","text":"See"},
          {"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}},
          {"type":"image","source":{"type":"url","url":"https:\/\/x.test"}}]},
        {"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"s"},
          {"type":"text","text":"a\ud83d","citations":null},{"type":"text","text":"\ude00"},
          {"type":"tool_use","id":"toolu_1","name":"find","input":{"n": 1.10, "w":"\u00e9"},"caller":{"type":"direct"}}]},
        {"role":"user","content":[
          {"type":"tool_result","tool_use_id":"toolu_1","content":"gone","is_error":true},
          {"type":"tool_result","tool_use_id":"toolu_2","content":[{"type":"text","text":"x"}]},
          {"type":"tool_result","tool_use_id":"toolu_3"},
          {"type":"text","text":"and?"}]},
        {"role":"assistant","content":"So"}],
       "tools":[{"name":"find","description":"d","input_schema":{"type":"object","x":1.0},"cache_control":null}],
       "tool_choice":{"type":"tool","name":"find","disable_parallel_tool_use":true},
       "stop_sequences":["A"],"metadata":{"user_id":"u"},"service_tier":"standard_only","thinking":{"type":"adaptive"},
       "output_config":{"effort":"high","format":{"type":"json_schema","schema":{"a":1.50}}},"mcp_servers":[]}
      """#
    let chat = #"""
      {"model":"gpt-x","max_completion_tokens":300,"messages":[
        {"role":"system","content":[{"type":"text","text":"Be brief.\u0020"},{"type":"text","text":"B"}]},
        {"role":"user","content":"NAME_1\/"},
        {"role":"system","content":"later"},
        {"role":"user","content":[{"type":"text","text":"See"},
          {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},
          {"type":"image_url","image_url":{"url":"https:\/\/x.test"}}]},
        {"role":"assistant","content":"a\ud83d\ude00","tool_calls":[
          {"id":"toolu_1","type":"function","function":{"name":"find","arguments":"{\"n\": 1.10, \"w\":\"\\u00e9\"}"}}]},
        {"role":"tool","tool_call_id":"toolu_1","content":[{"type":"text","text":"error:"},{"type":"text","text":"gone"}]},
        {"role":"tool","tool_call_id":"toolu_2","content":"x"},
        {"role":"tool","tool_call_id":"toolu_3","content":""},
        {"role":"user","content":"and?"},
        {"role":"assistant","content":"So"}],
       "temperature":0.70,"top_p":1e0,"stream":true,"stream_options":{"include_usage":true},
       "stop":["A"],"user":"u","service_tier":"default",
       "tools":[{"type":"function","function":{"name":"find","description":"d","parameters":{"type":"object","x":1.0}}}],
       "tool_choice":{"type":"function","function":{"name":"find"}},"parallel_tool_calls":false,
       "reasoning_effort":"high",
       "response_format":{"type":"json_schema","json_schema":{"name":"answer","schema":{"a":1.50},"strict":true}}}
      """#
    #expect(try text(Translation.messagesToChat().request(Array(messages.utf8)).body) == oneLine(chat))
  }

  @Test func `calls the limit as the vendor does`() throws {
    let body = Array(#"{"model":"m","max_tokens":9,"messages":[]}"#.utf8)
    #expect(
      try text(Translation.messagesToChat(limit: .maxTokens).request(body).body)
        == #"{"model":"m","max_tokens":9,"messages":[]}"#)
  }

  @Test(
    arguments: [
      (#""top_k":5"#, .notCarried, "top_k"), (#""container":"c""#, .notCarried, "container"),
      (#""thinking":{"type":"enabled","budget_tokens":1024}"#, .notCarried, "thinking"),
      (#""mcp_servers":[{"type":"url","url":"u","name":"n"}]"#, .notCarried, "mcp_servers"),
      (#""context_management":{}"#, .notCarried, "context_management"), (#""speed":"fast""#, .notCarried, "speed"),
      (#""inference_geo":"us""#, .notCarried, "inference_geo"), (#""unheard":1"#, .notCarried, "*"),
      (#""tools":[{"type":"bash_20250124","name":"bash"}]"#, .notCarried, "tools[0].type"),
      (#""tools":[{"name":"f","input_schema":{},"defer_loading":true}]"#, .notCarried, "tools[0].defer_loading"),
      (#""tool_choice":{"type":"other"}"#, .notCarried, "tool_choice.type"),
      (#""service_tier":"flex""#, .outOfRange, "service_tier"), (#""temperature":3"#, .outOfRange, "temperature"),
      (#""output_config":{"effort":"some"}"#, .outOfRange, "output_config.effort"),
      (#""metadata":{"other":"x"}"#, .notCarried, "metadata.*"),
    ] as [(String, TranslationError.Code, String)])
  func `refuses by its name what chat lacks`(
    _ member: String, _ code: TranslationError.Code, _ path: String
  ) throws {
    #expect(throws: TranslationError(code, at: path)) {
      try Translation.messagesToChat().request(
        Array(#"{"model":"m","max_tokens":1,"messages":[],\#(member)}"#.utf8))
    }
  }

  @Test(
    arguments: [
      (#"{"role":"user","content":[{"type":"document","source":{}}]}"#, .notCarried, "content[0].type"),
      (#"{"role":"user","content":[{"type":"search_result"}]}"#, .notCarried, "content[0].type"),
      (#"{"role":"assistant","content":[{"type":"server_tool_use"}]}"#, .notCarried, "content[0].type"),
      (
        #"{"role":"assistant","content":[{"type":"text","text":"a","citations":[{}]}]}"#, .notCarried,
        "content[0].citations"
      ),
      (
        #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":[{"type":"image"}]}]}"#,
        .notCarried, "content[0].content[0].type"
      ),
      (
        #"{"role":"user","content":[{"type":"image","source":{"type":"file","file_id":"f"}}]}"#, .notCarried,
        "content[0].source.type"
      ),
      (#"{"role":"user","content":7}"#, .wrongType, "content"), (#"{"role":"user"}"#, .missingField, "content"),
      (#"{"role":"other","content":"x"}"#, .notCarried, "role"),
      (
        #"{"role":"assistant","content":[{"type":"tool_use","id":"1","name":"n","input":"x"}]}"#, .wrongType,
        "content[0].input"
      ),
    ] as [(String, TranslationError.Code, String)])
  func `refuses by its place what a message cannot hold there`(
    _ message: String, _ code: TranslationError.Code, _ path: String
  ) throws {
    #expect(throws: TranslationError(code, at: "messages[0].\(path)")) {
      try Translation.messagesToChat().request(
        Array(#"{"model":"m","max_tokens":1,"messages":[\#(message)]}"#.utf8))
    }
  }

  @Test func `says a whole answer in the words of Messages`() throws {
    let chat = #"""
      {"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"gpt-x","choices":[{"index":0,"message":
       {"role":"assistant","content":"Dear \u004eAME_1","refusal":null,"tool_calls":[
        {"id":"call_1","type":"function","function":{"name":"find","arguments":"{\"a\": 1.10}"}}]},
       "logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":15,"completion_tokens":7,"total_tokens":22,
        "prompt_tokens_details":{"cached_tokens":3}},"system_fingerprint":"f"}
      """#
    let messages = #"""
      {"id":"chatcmpl-1","type":"message","role":"assistant","model":"gpt-x","content":[
        {"type":"text","text":"Dear \u004eAME_1"},{"type":"tool_use","id":"call_1","name":"find","input":{"a": 1.10}}],
       "stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":12,"cache_creation_input_tokens":0,
        "cache_read_input_tokens":3,"output_tokens":7}}
      """#
    #expect(try text(messagesRequest().answer(Array(chat.utf8), created: 0)) == oneLine(messages))
  }

  @Test(arguments: [
    (#"{"content":"x"}"#, "stop", "end_turn"), (#"{"refusal":"no"}"#, "stop", "refusal"),
    (#"{"content":"x"}"#, "length", "max_tokens"), (#"{"content":"x"}"#, "content_filter", "refusal"),
    (#"{"tool_calls":[{"id":"1","function":{"name":"f"}}]}"#, "tool_calls", "tool_use"),
  ])
  func `says why the answer ended`(_ message: String, _ reason: String, _ expected: String) throws {
    let chat = #"{"choices":[{"message":\#(message),"finish_reason":"\#(reason)"}]}"#
    let answer = try JSONValue(parsing: messagesRequest().answer(Array(chat.utf8), created: 0))
    #expect(answer["stop_reason"] == .string(expected))
  }

  @Test(
    arguments: [
      (#"{"error":{"message":"x"}}"#, .vendorFailed, ""), (#"{"id":"x"}"#, .missingField, "choices"),
      (#"{"choices":[{"message":{}},{"message":{}}]}"#, .notCarried, "choices[1]"),
      (#"{"choices":[{"message":{"audio":{}}}]}"#, .notCarried, "choices[0].message.audio"),
      (
        #"{"choices":[{"message":{"tool_calls":[{"id":"1","function":{"name":"f","arguments":"{"}}]}}]}"#,
        .malformedJSON(.endOfText), "choices[0].message.tool_calls[0].function.arguments"
      ),
      (#"{"choices":[{"message":{},"finish_reason":"other"}]}"#, .outOfRange, "choices[0].finish_reason"),
    ] as [(String, TranslationError.Code, String)])
  func `refuses an answer that Messages cannot say`(
    _ body: String, _ code: TranslationError.Code, _ path: String
  ) throws {
    #expect(throws: TranslationError(code, at: path)) { try messagesRequest().answer(Array(body.utf8), created: 0) }
  }
}
