import Bytes
import Providers
import Testing

struct ChatToMessagesTests {
  @Test func `says a conversation in the words of Messages, numbers and escapes as they were written`() throws {
    let chat = #"""
      {"model":"claude-x","temperature":0.70,"top_p":1e0,"max_completion_tokens":300,"stream":true,
       "stream_options":{"include_usage":true,"include_obfuscation":false},
       "messages":[
        {"role":"system","content":"Be brief.\u0020"},
        {"role":"developer","content":[{"type":"text","text":"Dev"}]},
        {"role":"user","content":[{"type":"text","text":"NAME_1\/"},
          {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA","detail":"auto"}},
          {"type":"image_url","image_url":{"url":"https://x.test/a.png"}}]},
        {"role":"assistant","content":null,"refusal":null,"tool_calls":[
          {"id":"call_1","type":"function","function":{"name":"find","arguments":"{\"n\": 1.10, \"big\":12345678901234567890,\"w\":\"\\u00e9\"}"}},
          {"id":"call_2","type":"function","function":{"name":"now","arguments":""}}]},
        {"role":"tool","tool_call_id":"call_1","content":"found"},
        {"role":"tool","tool_call_id":"call_2","content":[{"type":"text","text":"noon"}]},
        {"role":"user","content":"and?"},
        {"role":"user","content":""},
        {"role":"assistant","content":"So"}],
       "tools":[{"type":"function","function":{"name":"find","description":"d","parameters":{"type":"object","x":1.0},"strict":true}},
        {"type":"function","function":{"name":"now"}}],
       "tool_choice":{"type":"function","function":{"name":"find"}},"parallel_tool_calls":false,
       "stop":["A","B"],"user":"u","safety_identifier":"s","service_tier":"default","reasoning_effort":"low",
       "response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,"schema":{"a":1.50}}},
       "n":1,"logprobs":false,"seed":null,"metadata":{"a":"b"},"store":false,"logit_bias":{},"presence_penalty":0.0}
      """#
    let messages = #"""
      {"model":"claude-x","max_tokens":300,
       "system":[{"type":"text","text":"Be brief.\u0020"},{"type":"text","text":"Dev"}],
       "messages":[
        {"role":"user","content":[{"type":"text","text":"NAME_1\/"},
          {"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}},
          {"type":"image","source":{"type":"url","url":"https://x.test/a.png"}}]},
        {"role":"assistant","content":[
          {"type":"tool_use","id":"call_1","name":"find","input":{"n": 1.10, "big":12345678901234567890,"w":"\u00e9"}},
          {"type":"tool_use","id":"call_2","name":"now","input":{}}]},
        {"role":"user","content":[
          {"type":"tool_result","tool_use_id":"call_1","content":[{"type":"text","text":"found"}]},
          {"type":"tool_result","tool_use_id":"call_2","content":[{"type":"text","text":"noon"}]},
          {"type":"text","text":"and?"}]},
        {"role":"assistant","content":[{"type":"text","text":"So"}]}],
       "temperature":0.70,"top_p":1e0,"stream":true,
       "stop_sequences":["A","B"],"metadata":{"user_id":"s"},"service_tier":"standard_only",
       "tools":[{"name":"find","description":"d","input_schema":{"type":"object","x":1.0},"strict":true},
        {"name":"now","input_schema":{"type":"object"}}],
       "tool_choice":{"type":"tool","name":"find","disable_parallel_tool_use":true},
       "output_config":{"effort":"low","format":{"type":"json_schema","schema":{"a":1.50}}}}
      """#
    let request = try Translation.chatToMessages.request(Array(chat.utf8))
    #expect(text(request.body) == oneLine(messages))
  }

  @Test(arguments: [
    (#""none""#, #"{"type":"none"}"#), (#""auto""#, #"{"type":"auto"}"#), (#""required""#, #"{"type":"any"}"#),
  ])
  func `says which tools may be used`(_ choice: String, _ expected: String) throws {
    let parallel = choice == #""none""# ? #","parallel_tool_calls":false"# : ""
    let body = Array(#"{"model":"m","messages":[],"tool_choice":\#(choice)\#(parallel)}"#.utf8)
    #expect(
      try text(Translation.chatToMessages.request(body).body)
        == #"{"model":"m","max_tokens":4096,"messages":[],"tool_choice":\#(expected)}"#)
  }

  @Test(
    arguments: [
      (#""n":2"#, .notCarried, "n"), (#""logprobs":true"#, .notCarried, "logprobs"),
      (#""seed":1"#, .notCarried, "seed"),
      (#""audio":{}"#, .notCarried, "audio"), (#""modalities":["text","audio"]"#, .notCarried, "modalities"),
      (#""logit_bias":{"1":2}"#, .notCarried, "logit_bias"), (#""store":true"#, .notCarried, "store"),
      (#""frequency_penalty":0.1"#, .notCarried, "frequency_penalty"), (#""unheard":1"#, .notCarried, "*"),
      (#""functions":[{"name":"f"}]"#, .notCarried, "functions"), (#""temperature":1.5"#, .outOfRange, "temperature"),
      (#""temperature":"1""#, .wrongType, "temperature"), (#""verbosity":"low""#, .notCarried, "verbosity"),
      (#""service_tier":"flex""#, .outOfRange, "service_tier"),
      (#""reasoning_effort":"minimal""#, .outOfRange, "reasoning_effort"),
      (#""response_format":{"type":"json_object"}"#, .notCarried, "response_format.type"),
      (
        #""response_format":{"type":"json_schema","json_schema":{"schema":{},"description":"d"}}"#, .notCarried,
        "response_format.json_schema.description"
      ),
      (#""tools":[{"type":"custom","custom":{"name":"c"}}]"#, .notCarried, "tools[0].type"),
      (#""tool_choice":"some""#, .outOfRange, "tool_choice"),
      (#""stream_options":{"a":1}"#, .notCarried, "stream_options.*"),
    ] as [(String, TranslationError.Code, String)])
  func `refuses by its name what Messages lacks`(
    _ member: String, _ code: TranslationError.Code, _ path: String
  ) throws {
    #expect(throws: TranslationError(code, at: path)) {
      try Translation.chatToMessages.request(Array(#"{"model":"m","messages":[],\#(member)}"#.utf8))
    }
  }

  @Test(
    arguments: [
      (#"{"role":"user","content":"x","name":"NAME_1"}"#, .notCarried, "name"),
      (#"{"role":"function","content":"x"}"#, .notCarried, "role"), (#"{"content":"x"}"#, .missingField, "role"),
      (#"{"role":"user","content":[{"type":"input_audio","input_audio":{}}]}"#, .notCarried, "content[0].type"),
      (#"{"role":"user","content":[{"type":"file","file":{}}]}"#, .notCarried, "content[0].type"),
      (
        #"{"role":"user","content":[{"type":"image_url","image_url":{"url":"x"}}]}"#, .notCarried,
        "content[0].image_url.url"
      ),
      (#"{"role":"user","content":7}"#, .wrongType, "content"),
      (#"{"role":"tool","content":"x"}"#, .missingField, "tool_call_id"),
      (#"{"role":"assistant","function_call":{"name":"f"}}"#, .notCarried, "function_call"),
      (#"{"role":"assistant","tool_calls":[{"type":"custom"}]}"#, .notCarried, "tool_calls[0].type"),
      (
        #"{"role":"assistant","tool_calls":[{"id":"1","function":{"name":"f","arguments":"{\"a\":"}}]}"#,
        .malformedJSON(.endOfText), "tool_calls[0].function.arguments"
      ),
      (
        #"{"role":"assistant","tool_calls":[{"id":"1","function":{"name":"f","arguments":"[1]"}}]}"#, .wrongType,
        "tool_calls[0].function.arguments"
      ),
    ] as [(String, TranslationError.Code, String)])
  func `refuses by its place what a message cannot hold there`(
    _ message: String, _ code: TranslationError.Code, _ path: String
  ) throws {
    #expect(throws: TranslationError(code, at: "messages[0].\(path)")) {
      try Translation.chatToMessages.request(Array(#"{"model":"m","messages":[\#(message)]}"#.utf8))
    }
  }

  @Test(
    arguments: [
      ("[]", .wrongType, ""), ("{", .malformedJSON(.endOfText), ""), ("{}", .missingField, "model"),
      (#"{"model":"m"}"#, .missingField, "messages"),
      (#"{"model":"m","messages":[],"messages":[]}"#, .malformedJSON(.duplicateName), ""),
    ] as [(String, TranslationError.Code, String)])
  func `refuses what is no request`(_ body: String, _ code: TranslationError.Code, _ path: String) throws {
    #expect(throws: TranslationError(code, at: path)) { try Translation.chatToMessages.request(Array(body.utf8)) }
  }

  @Test func `says a whole answer in the words of chat`() throws {
    let answer = #"""
      {"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[
        {"type":"thinking","thinking":"hm\u0020","signature":"c2ln"},{"type":"redacted_thinking","data":"x"},
        {"type":"text","text":"Dear \ud83d","citations":null},{"type":"text","text":"\ude00 NAME_1"},
        {"type":"tool_use","id":"toolu_1","name":"find","input":{"a": 1.10, "b":"\u00e9"}}],
       "stop_reason":"tool_use","stop_sequence":null,
       "usage":{"input_tokens":10,"cache_creation_input_tokens":2,"cache_read_input_tokens":3,"output_tokens":7}}
      """#
    let chat = #"""
      {"id":"msg_1","object":"chat.completion","created":17,"model":"claude-x","choices":[{"index":0,"message":
       {"role":"assistant","content":"Dear \ud83d\ude00 NAME_1","refusal":null,"reasoning_content":"hm\u0020",
        "tool_calls":[{"id":"toolu_1","type":"function","function":{"name":"find","arguments":"{\"a\": 1.10, \"b\":\"\\u00e9\"}"}}]},
       "logprobs":null,"finish_reason":"tool_calls"}],
       "usage":{"prompt_tokens":15,"completion_tokens":7,"total_tokens":22,"prompt_tokens_details":{"cached_tokens":3}}}
      """#
    #expect(try text(chatRequest().answer(Array(answer.utf8), created: 17)) == oneLine(chat))
  }

  @Test(arguments: [
    ("end_turn", "stop"), ("stop_sequence", "stop"), ("max_tokens", "length"), ("tool_use", "tool_calls"),
    ("refusal", "content_filter"), ("model_context_window_exceeded", "length"),
  ])
  func `says why the answer ended`(_ reason: String, _ expected: String) throws {
    let answer = Array(#"{"content":[],"stop_reason":"\#(reason)"}"#.utf8)
    let chat = try JSONValue(parsing: chatRequest().answer(answer, created: 0))
    #expect(chat["choices"]?.array?.first?["finish_reason"] == .string(expected))
  }

  @Test(
    arguments: [
      (#"{"type":"error","error":{"type":"overloaded_error","message":"x"}}"#, .vendorFailed, ""),
      (#"{"id":"x"}"#, .missingField, "content"), ("[]", .wrongType, ""),
      (#"{"content":[{"type":"server_tool_use"}]}"#, .notCarried, "content[0]"),
      (#"{"content":[],"stop_reason":"pause_turn"}"#, .outOfRange, "stop_reason"),
    ] as [(String, TranslationError.Code, String)])
  func `refuses an answer that chat cannot say`(
    _ body: String, _ code: TranslationError.Code, _ path: String
  ) throws {
    #expect(throws: TranslationError(code, at: path)) { try chatRequest().answer(Array(body.utf8), created: 0) }
  }
}

/// A small chat request for a Messages vendor.
func chatRequest(usage: Bool = false) throws -> TranslatedRequest {
  try Translation.chatToMessages.request(
    Array(#"{"model":"m","messages":[],"stream_options":{"include_usage":\#(usage)}}"#.utf8))
}

/// A small Messages request for a chat vendor.
func messagesRequest() throws -> TranslatedRequest {
  try Translation.messagesToChat().request(Array(#"{"model":"m","max_tokens":1,"messages":[]}"#.utf8))
}

/// JSON that was laid out over lines for a reader, as one.
func oneLine(_ json: String) -> String {
  json.split(separator: "\n").map { String($0.drop { $0 == " " }) }.joined()
}
