import Bytes
import Providers
import TestKit
import Testing

struct TranslatedStreamTests {
  static let messages =
    event(
      "message_start",
      #""message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[],"usage":{"input_tokens":10,"output_tokens":1}}"#
    )
    + event("ping")
    + event("content_block_start", #""index":0,"content_block":{"type":"thinking","thinking":"","signature":""}"#)
    + event("content_block_delta", #""index":0,"delta":{"type":"thinking_delta","thinking":"hm"}"#)
    + event("content_block_delta", #""index":0,"delta":{"type":"signature_delta","signature":"c2ln"}"#)
    + event("content_block_stop", #""index":0"#)
    + event("content_block_start", #""index":1,"content_block":{"type":"text","text":""}"#)
    + event("content_block_delta", #""index":1,"delta":{"type":"text_delta","text":"Renée \ud83d"}"#)
    + event("content_block_delta", #""index":1,"delta":{"type":"text_delta","text":"\ude00"}"#)
    + event("content_block_delta", #""index":1,"delta":{"type":"citations_delta","citation":{"cited_text":"x"}}"#)
    + event("content_block_stop", #""index":1"#)
    + event(
      "content_block_start", #""index":2,"content_block":{"type":"tool_use","id":"toolu_1","name":"find","input":{}}"#)
    + event("content_block_delta", #""index":2,"delta":{"type":"input_json_delta","partial_json":""}"#)
    + event("content_block_delta", #""index":2,"delta":{"type":"input_json_delta","partial_json":"{\"a\": 1.1"}"#)
    + event("content_block_delta", #""index":2,"delta":{"type":"input_json_delta","partial_json":"0}"}"#)
    + event("content_block_stop", #""index":2"#)
    + event(
      "content_block_start", #""index":3,"content_block":{"type":"tool_use","id":"toolu_2","name":"now","input":{}}"#)
    + event("content_block_stop", #""index":3"#) + event("unheard_of", #""text":"x""#)
    + event("message_delta", #""delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":7}"#)
    + event("message_stop")

  static let chat =
    ": hello\r\n\r\n"
    + #"data: {"id":"c1","model":"gpt-x","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null}"#
    + "\r\n\r\n" + #"data: {"choices":[{"index":0,"delta":{"content":"Renée \ud83d"}}]}"# + "\n\n"
    + #"data: {"choices":[{"index":0,"delta":{"content":"\ude00"}}]}"# + "\n\n"
    + #"data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"find","arguments":""}}]}}]}"#
    + "\n\n"
    + #"data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\": 1.10}"}}]}}]}"#
    + "\n\n"
    + #"data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"call_2","function":{"name":"now","arguments":"{}"}}]}}]}"#
    + "\n\n" + #"data: {"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"# + "\n\n"
    + #"data: {"choices":[],"usage":{"prompt_tokens":15,"completion_tokens":7,"prompt_tokens_details":{"cached_tokens":5}}}"#
    + "\n\ndata: [DONE]\n\n"

  @Test func `knows whether the vendor came to its end, whatever could be translated`() throws {
    for (events, ending, request) in [
      (Self.messages, "event: message_stop", try chatRequest()),
      (Self.chat, #"data: {"choices":[{"index":0,"delta":{},"finish_reason""#, try messagesRequest()),
    ] {
      let cut = try #require(events.firstRange(of: ending)).lowerBound
      for (sent, isComplete) in [(String(events[..<cut]), false), (events, true)] {
        var stream = request.stream(created: 0)
        var output: [UInt8] = []
        try stream.receive(Array(sent.utf8).span, into: &output)
        try stream.finish(into: &output)
        #expect(stream.isComplete == isComplete)
      }
    }
  }

  @Test func `says the events of Messages in the words of chat`() throws {
    func chunk(_ delta: String, finish: String = "null") -> String {
      #"data: {"id":"msg_1","object":"chat.completion.chunk","created":17,"model":"claude-x","choices":[{"index":0,"delta":"#
        + delta + #","logprobs":null,"finish_reason":"# + finish + "}],\"usage\":null}\n\n"
    }
    let expected =
      chunk(#"{"role":"assistant","content":""}"#) + ": ping\n\n" + chunk(#"{"reasoning_content":"hm"}"#)
      + chunk(#"{"content":"Renée \ud83d"}"#) + chunk(#"{"content":"\ude00"}"#)
      + chunk(
        #"{"tool_calls":[{"index":0,"id":"toolu_1","type":"function","function":{"name":"find","arguments":""}}]}"#)
      + chunk(#"{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\": 1.1"}}]}"#)
      + chunk(#"{"tool_calls":[{"index":0,"function":{"arguments":"0}"}}]}"#)
      + chunk(
        #"{"tool_calls":[{"index":1,"id":"toolu_2","type":"function","function":{"name":"now","arguments":""}}]}"#)
      + chunk(#"{"tool_calls":[{"index":1,"function":{"arguments":"{}"}}]}"#)
      + chunk("{}", finish: #""tool_calls""#)
      + #"data: {"id":"msg_1","object":"chat.completion.chunk","created":17,"model":"claude-x","choices":[],"usage":{"prompt_tokens":10,"completion_tokens":7,"total_tokens":17,"prompt_tokens_details":{"cached_tokens":0}}}"#
      + "\n\ndata: [DONE]\n\n"
    #expect(try text(translated(Self.messages, chatRequest(usage: true))) == expected)
  }

  @Test func `says the events of chat in the words of Messages`() throws {
    let expected =
      event("ping")
      + event(
        "message_start",
        #""message":{"id":"c1","type":"message","role":"assistant","model":"gpt-x","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":0,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":0}}"#
      )
      + event("content_block_start", #""index":0,"content_block":{"type":"text","text":""}"#)
      + event("content_block_delta", #""index":0,"delta":{"type":"text_delta","text":"Renée \ud83d"}"#)
      + event("content_block_delta", #""index":0,"delta":{"type":"text_delta","text":"\ude00"}"#)
      + event("content_block_stop", #""index":0"#)
      + event(
        "content_block_start", #""index":1,"content_block":{"type":"tool_use","id":"call_1","name":"find","input":{}}"#)
      + event("content_block_delta", #""index":1,"delta":{"type":"input_json_delta","partial_json":"{\"a\": 1.10}"}"#)
      + event("content_block_stop", #""index":1"#)
      + event(
        "content_block_start", #""index":2,"content_block":{"type":"tool_use","id":"call_2","name":"now","input":{}}"#)
      + event("content_block_delta", #""index":2,"delta":{"type":"input_json_delta","partial_json":"{}"}"#)
      + event("content_block_stop", #""index":2"#)
      + event(
        "message_delta",
        #""delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"input_tokens":10,"cache_creation_input_tokens":0,"cache_read_input_tokens":5,"output_tokens":7}"#
      )
      + event("message_stop")
    #expect(try text(translated(Self.chat, messagesRequest())) == expected)
  }

  @Test(arguments: [true, false])
  func `gives the same bytes wherever the network cuts`(_ isChat: Bool) throws {
    let bytes = Array((isChat ? Self.chat : Self.messages).utf8)
    let request = try isChat ? messagesRequest() : chatRequest()
    let whole = try translated(text(bytes), request)
    for cut in 0...bytes.count where try translated(bytes, request, cutAt: [cut]) != whole {
      Issue.record("cut at \(cut)")
    }
    #expect(try translated(bytes, request, cutAt: Array(0...bytes.count)) == whole)
  }

  @Test func `is read by the stream of the client's own dialect`() throws {
    let messages = Self.messages.replacing(#"\ud83d"#, with: "NA").replacing(#"\ude00"#, with: "ME_1")
    let chat = try translated(messages, chatRequest())
    #expect(
      try assembled(rewritten(chat)) == [
        "0.content": "Renée " + MarkerRewriter.name, "0.reasoning_content": "hm", "0.call0": #"{"a": 1.10}"#,
        "0.call1": "{}",
      ])
  }

  @Test func `makes an error event of a failure and says nothing after it`() throws {
    let failure = event("error", #""error":{"type":"overloaded_error","message":"NAME_1"}"#) + Self.messages
    #expect(
      try text(translated(failure, chatRequest()))
        == #"data: {"error":{"message":"the vendor reported a failure","type":"server_error","param":null,"code":"overloaded_error"}}"#
        + "\n\n")
    for failure in ["data: {\"error\":{\"message\":\"x\"}}\n\n", "event: error\ndata: {}\n\n"] {
      #expect(
        try text(translated(failure + Self.chat, messagesRequest()))
          == event("error", #""error":{"type":"api_error","message":"the vendor reported a failure"}"#))
    }
  }

  @Test func `counts the tokens whether or not the client asked for them`() throws {
    for (request, stream, usage) in [
      (try chatRequest(), Self.messages, TokenUsage(prompt: 10, completion: 7)),
      (try messagesRequest(), Self.chat, TokenUsage(prompt: 15, completion: 7)),
    ] {
      var translation = request.stream(created: 0)
      var output: [UInt8] = []
      try translation.receive(Array(stream.utf8).span, into: &output)
      #expect(translation.usage == usage)
    }
  }

  @Test func `does not end a stream that was cut off`() throws {
    let messages = Self.messages.prefix(
      upTo: try #require(Self.messages.firstRange(of: "event: message_delta")).lowerBound)
    #expect(try !text(translated(String(messages), chatRequest())).contains("[DONE]"))
    let chat = Self.chat.prefix(
      upTo: try #require(Self.chat.firstRange(of: "data: {\"choices\":[{\"index\":0,\"delta\":{},")).lowerBound)
    #expect(try !text(translated(String(chat), messagesRequest())).contains("message_stop"))
  }

  @Test func `ends a chat stream that lacks only its last event`() throws {
    let chat = #"data: {"choices":[{"delta":{"content":"x"},"finish_reason":"stop"}]}"#
    #expect(try text(translated(chat, messagesRequest())).hasSuffix(event("message_stop")))
  }

  @Test(
    arguments: [
      (
        #""index":0,"content_block":{"type":"server_tool_use"}"#, "content_block_start", .notCarried,
        "content_block.type"
      ),
      (#""index":0,"delta":{"type":"text_delta","text":"x"}"#, "content_block_delta", .outOfOrder, "index"),
      (#""delta":{"stop_reason":"pause_turn"}"#, "message_delta", .outOfRange, "delta.stop_reason"),
    ] as [(String, String, TranslationError.Code, String)])
  func `refuses events that chat cannot say`(
    _ members: String, _ type: String, _ code: TranslationError.Code, _ path: String
  ) throws {
    #expect(throws: TranslationError(code, at: path)) { try translated(event(type, members), chatRequest()) }
  }

  @Test(
    arguments: [
      (#"{"id":"x"}"#, .missingField, "choices"),
      (#"{"choices":[{"index":1,"delta":{}}]}"#, .notCarried, "choices[0].index"),
      (#"{"choices":[{"delta":{"function_call":{}}}]}"#, .notCarried, "choices[0].delta.function_call"),
      (#"{"choices":[{"delta":{"tool_calls":[{"index":0}]}}]}"#, .missingField, "choices[0].delta.tool_calls[0]"),
      (
        #"{"choices":[{"delta":{"tool_calls":[{"index":1,"id":"a","function":{"name":"f"}},{"index":0}]}}]}"#,
        .outOfOrder,
        "choices[0].delta.tool_calls[1]"
      ),
      ("nonsense", .malformedJSON(.unexpectedByte), ""),
    ] as [(String, TranslationError.Code, String)])
  func `refuses events that Messages cannot say`(
    _ data: String, _ code: TranslationError.Code, _ path: String
  ) throws {
    #expect(throws: TranslationError(code, at: path)) { try translated("data: \(data)\n\n", messagesRequest()) }
  }

  @Test func `refuses an event that is cut or too large, and too many blocks`() throws {
    #expect(throws: TranslationError(.truncatedEvent)) { try translated("data: {\"a\":", messagesRequest()) }
    var stream = try messagesRequest().stream(created: 0, eventLimit: 64)
    var output: [UInt8] = []
    #expect(throws: TranslationError(.eventTooLarge)) {
      try stream.receive(Array(String(repeating: "x", count: 65).utf8).span, into: &output)
    }
    let blocks = (0...256).map {
      event("content_block_start", #""index":\#($0),"content_block":{"type":"text","text":""}"#)
    }
    #expect(throws: TranslationError(.tooManyBlocks)) { try translated(blocks.joined(), chatRequest()) }
  }

  @Test func `never traps on mutated bodies and streams`() throws {
    let seed: UInt64 = 2_026
    var random = SeededGenerator(seed: seed)
    let requests = [try chatRequest(), try messagesRequest()]
    var (whole, refused) = (0, 0)
    for _ in 0..<2_000 {
      for (request, stream) in zip(requests, [Self.messages, Self.chat]) {
        let events = mutated(Array(stream.utf8), &random)
        let cut = Int.random(in: 0...events.count, using: &random)
        if (try? translated(events, request, cutAt: [cut])) != nil { whole += 1 } else { refused += 1 }
        for body in Self.bodies {
          let body = mutated(Array(body.utf8), &random)
          _ = try? request.answer(body, created: 0)
          _ = try? request.translation.request(body)
        }
      }
    }
    // Neither all of them nor none is nonsense.
    #expect(whole > 0 && refused > 0)
  }

  private static let bodies = [
    #"{"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:a/b;base64,AA"}}]},{"role":"assistant","tool_calls":[{"id":"c","function":{"name":"f","arguments":"{\"a\":[1,{\"b\":2}]}"}}]},{"role":"tool","tool_call_id":"c","content":"x"}],"tools":[{"type":"function","function":{"name":"f"}}]}"#,
    #"{"model":"m","max_tokens":1,"system":"s","messages":[{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"n","input":{"a":1}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":"x"}]}]}]}"#,
    #"{"id":"m","type":"message","model":"x","content":[{"type":"text","text":"a"},{"type":"tool_use","id":"t","name":"n","input":{}}],"stop_reason":"end_turn","usage":{"input_tokens":1}}"#,
    #"{"id":"c","choices":[{"message":{"content":"a","tool_calls":[{"id":"t","function":{"name":"n","arguments":"{}"}}]},"finish_reason":"stop"}],"usage":{"prompt_tokens":1}}"#,
  ]
}

/// An event of a Messages stream with these members beside its type.
func event(_ type: String, _ members: String = "") -> String {
  "event: \(type)\ndata: {\"type\":\"\(type)\"\(members.isEmpty ? "" : ",")\(members)}\n\n"
}

private func translated(_ stream: String, _ request: TranslatedRequest) throws -> [UInt8] {
  try translated(Array(stream.utf8), request, cutAt: [])
}

/// The stream in the client's dialect when it comes cut at these places.
private func translated(_ stream: [UInt8], _ request: TranslatedRequest, cutAt cuts: [Int]) throws -> [UInt8] {
  var translation = request.stream(created: 17)
  var output: [UInt8] = []
  var start = 0
  for cut in cuts + [stream.count] {
    try translation.receive(stream.span.extracting(start..<cut), into: &output)
    start = cut
  }
  try translation.finish(into: &output)
  return output
}

/// The bytes with one to three of them changed, left out or put in.
func mutated(_ original: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
  var bytes = original
  for _ in 0..<Int.random(in: 1...3, using: &random) {
    let place = Int.random(in: 0..<bytes.count, using: &random)
    switch Int.random(in: 0..<4, using: &random) {
    case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
    case 1: bytes.remove(at: place)
    case 2: bytes.insert(original[Int.random(in: 0..<original.count, using: &random)], at: place)
    default: bytes[place] = original[Int.random(in: 0..<original.count, using: &random)]
    }
  }
  return bytes
}
