import Bytes
import Providers
import TestKit
import Testing

struct MessagesStreamTests {
  /// A stream with each event, each delta and each kind of block that the vendor's SDK knows.
  static let stream =
    event(
      "message_start",
      #""message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[],"stop_reason":null,"usage":{"input_tokens":10,"cache_read_input_tokens":2,"output_tokens":1,"service_tier":"standard"}}"#
    )
    + start(0, #"{"type":"thinking","thinking":"","signature":""}"#) + event("ping")
    + delta(0, #"{"type":"thinking_delta","thinking":"NAME_1"}"#)
    + delta(0, #"{"type":"signature_delta","signature":"NAME_1"}"#) + stop(0)
    + start(1, #"{"type":"redacted_thinking","data":"NAME_1"}"#) + stop(1)
    + start(2, #"{"type":"text","text":"","citations":null}"#)
    + delta(2, #"{"type":"text_delta","text":"é NA"}"#)
    + delta(2, #"{"type":"text_delta","text":"ME_1 \ud83d"}"#)
    + delta(2, #"{"type":"text_delta","text":"\ude00 NAM"}"#)
    + delta(
      2,
      #"{"type":"citations_delta","citation":{"type":"char_location","cited_text":"NAME_1","document_index":0,"document_title":null,"start_char_index":0,"end_char_index":6,"file_id":"NAME_1"}}"#
    )
    + stop(2) + start(3, #"{"type":"tool_use","id":"toolu_1","name":"find","input":{}}"#)
    + delta(3, #"{"type":"input_json_delta","partial_json":""}"#)
    + delta(3, #"{"type":"input_json_delta","partial_json":"{\"who\": \"NAME"}"#)
    + delta(3, #"{"type":"input_json_delta","partial_json":"_1\", \"n\": 1.10, \"rest\": \"N"}"#)
    + delta(3, #"{"type":"input_json_delta","partial_json":"AME\"}"}"#) + stop(3)
    + start(4, #"{"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{}}"#)
    + delta(4, #"{"type":"input_json_delta","partial_json":"{\"query\":\"NAME_1\"}"}"#) + stop(4)
    + start(
      5,
      #"{"type":"web_search_tool_result","tool_use_id":"srvtoolu_1","content":[{"type":"web_search_result","title":"NAME_1","url":"u","encrypted_content":"NAME_1"}]}"#
    )
    + stop(5) + start(6, #"{"type":"compaction","content":null}"#)
    + delta(6, #"{"type":"compaction_delta","content":"NAME_1","encrypted_content":"NAME_1"}"#)
    + stop(6)
    + start(7, #"{"type":"text","text":"NAME"}"#)
    + "data: {\"type\":\"unheard_of\",\r\ndata: \"x\":\"NAME_1\"}\r\n\r\n"
    + delta(7, #"{"type":"text_delta","text":"_1"}"#)
    + event(
      "message_delta",
      #""delta":{"stop_reason":"tool_use","stop_sequence":null,"stop_details":null,"container":null},"usage":{"output_tokens":7}"#
    )
    + event("message_stop")

  @Test func `restores text, input and citations, and nothing that goes back to the vendor`() throws {
    let name = #"Renée \"Zoë\" 😀"#
    let twice = #"Renée \\\"Zoë\\\" 😀"#
    let expected =
      Self.stream
      .replacing(
        delta(2, #"{"type":"text_delta","text":"é NA"}"#),
        with: delta(2, #"{"type":"text_delta","text":"é "}"#)
      )
      .replacing(#""ME_1 \ud83d""#, with: "\"\(name) \\ud83d\"")
      .replacing(#""\ude00 NAM""#, with: #""\ude00 ""#)
      .replacing(#""cited_text":"NAME_1""#, with: "\"cited_text\":\"\(name)\"")
      .replacing(stop(2), with: delta(2, #"{"type":"text_delta","text":"NAM"}"#) + stop(2))
      .replacing(#"{\"who\": \"NAME""#, with: #"{\"who\": \"""#)
      .replacing(
        #""_1\", \"n\": 1.10, \"rest\": \"N""#,
        with: #"""# + twice + #"\", \"n\": 1.10, \"rest\": \"""#
      )
      .replacing(#""AME\"}""#, with: #""NAME\"}""#)
      .replacing(#"{\"query\":\"NAME_1\"}"#, with: #"{\"query\":\""# + twice + #"\"}"#)
      .replacing(#""title":"NAME_1""#, with: "\"title\":\"\(name)\"")
      .replacing(#"{"type":"text","text":"NAME"}"#, with: #"{"type":"text","text":""}"#)
      .replacing("\r\ndata: \"x\":\"NAME_1\"}", with: "KEEP")
      .replacing(#""text_delta","text":"_1""#, with: "\"text_delta\",\"text\":\"\(name)\"")
    let output = try text(rewritten(Array(Self.stream.utf8), for: .messages))
    let unheard = "data: {\"type\":\"unheard_of\", \"x\":\"\(name)\"}\r\ndata: \r\n\r\n"
    #expect(
      output == expected.replacing("data: {\"type\":\"unheard_of\",KEEP\r\n\r\n", with: unheard))
  }

  @Test func `gives the same bytes wherever the network cuts`() throws {
    let bytes = Array(Self.stream.utf8)
    let whole = try rewritten(bytes, for: .messages)
    for cut in 0...bytes.count where try rewritten(bytes, cutAt: [cut], for: .messages) != whole {
      Issue.record("cut at \(cut)")
    }
    #expect(try rewritten(bytes, cutAt: Array(0...bytes.count), for: .messages) == whole)
  }

  @Test(arguments: [
    "NAME_1", "aNAME_1é", "😀 NAME_1NAME_1, NAM", "NNAME_NAME_1\"\\\nNAME_", "", "한국",
  ])
  func `rewrites a text the same wherever the vendor cuts it`(_ whole: String) throws {
    let scalars = Array(whole.unicodeScalars)
    func piece(_ range: Range<Int>) -> String {
      text(JSONString.escaped(Array(String(String.UnicodeScalarView(scalars[range])).utf8).span))
    }
    for first in 0...scalars.count {
      for second in first...scalars.count {
        let pieces = [piece(0..<first), piece(first..<second), piece(second..<scalars.count)]
        let stream =
          start(0, #"{"type":"text","text":"\#(pieces[0])"}"#)
          + pieces.dropFirst().map { delta(0, #"{"type":"text_delta","text":"\#($0)"}"#) }.joined()
          + stop(0)
          + start(1, #"{"type":"tool_use","id":"t","name":"n","input":{}}"#)
          + pieces.map { delta(1, #"{"type":"input_json_delta","partial_json":"\#($0)"}"#) }
          .joined()
          + event("message_delta", #""delta":{"stop_reason":"tool_use"}"#) + event("message_stop")
        let input = whole.replacing(
          "NAME_1", with: text(JSONString.escaped(Array(MarkerRewriter.name.utf8).span)))
        #expect(
          try read(rewritten(Array(stream.utf8), for: .messages)) == [
            "0.text": replacingMarkers(whole), "1.input": input,
          ])
      }
    }
  }

  @Test func `puts the same into an input that comes whole as into one that comes in pieces`()
    throws
  {
    let input = #"{"who":"NAME_1","NAME_1":["x NAME_1"]}"#
    let whole = try ModelAnswer(
      rewriting: Array(#"{"content":[{"type":"tool_use","input":\#(input)}]}"#.utf8), for: .messages
    ) { MarkerRewriter($0) }
    let pieces = text(JSONString.escaped(Array(input.utf8).span))
    let stream = delta(0, #"{"type":"input_json_delta","partial_json":"\#(pieces)"}"#) + stop(0)
    let streamed = try #require(read(rewritten(Array(stream.utf8), for: .messages))["0.input"])
    #expect(
      try JSONValue(parsing: whole.body)["content"]?.array?.first?["input"]
        == JSONValue(parsing: Array(streamed.utf8)))
  }

  @Test func `passes events whose text does not change as they came`() throws {
    let stream =
      ": hi\r\n\r\n" + delta(0, #" {"type":"text_delta", "text":"\u0041\/ \ud83d","new":1.10}"#)
      + event("message_stop", #""new":{"a":[null]}"#)
    #expect(try text(rewritten(Array(stream.utf8), for: .messages)) == stream)
  }

  @Test func `finds its way whatever comes first`() throws {
    let stream =
      "data: {\"delta\":{\"text\":\"NA\",\"type\":\"text_delta\"},\"index\":4,\"type\":\"content_block_delta\"}\n\n"
      + "data: {\"index\":4,\"type\":\"content_block_stop\"}\n\n"
    #expect(
      try text(rewritten(Array(stream.utf8), for: .messages))
        == stream.replacing(#""NA""#, with: #""""#).replacing(
          "data: {\"index\"",
          with: delta(4, #"{"type":"text_delta","text":"NA"}"#) + "data: {\"index\""))
  }

  @Test func `knows whether the vendor came to its end`() throws {
    func stream(_ events: String) throws -> AnswerStream<MarkerRewriter> {
      var stream = AnswerStream(for: .messages) { MarkerRewriter($0) }
      var output: [UInt8] = []
      try stream.receive(Array(events.utf8).span, into: &output)
      return stream
    }
    let cut = try #require(Self.stream.firstRange(of: "event: message_delta"))
    #expect(try !stream(String(Self.stream[..<cut.lowerBound])).isComplete)
    // That it ends is not its end.
    let last = try #require(Self.stream.firstRange(of: "event: message_stop"))
    let unfinished = try stream(String(Self.stream[..<last.lowerBound]))
    #expect(unfinished.finishReasons == [0: "tool_use"])
    #expect(!unfinished.isComplete)
    let whole = try stream(Self.stream)
    #expect(whole.isComplete)
    #expect(whole.isDone)
    #expect(whole.finishReasons == [0: "tool_use"])
    #expect(whole.usage == TokenUsage(prompt: 12, completion: 7))
    #expect(whole.model == "claude-x")
  }

  @Test(arguments: [
    (
      event("error", #""error":{"type":"overloaded_error","message":"x"}"#),
      ProviderError(.vendorFailed, at: 0, path: "error")
    ),
    ("data: {\"type\":\"error\"}\n\n", ProviderError(.vendorFailed, at: 0, path: "type")),
    ("data: nonsense\n\n", ProviderError(.malformedJSON(.unexpectedByte), at: 1)),
    ("data: {\"type\":\"pi", ProviderError(.truncatedEvent, at: 11)),
  ])
  func `refuses what is no stream of answers`(_ stream: String, _ error: ProviderError) {
    #expect(throws: error) { try rewritten(Array(stream.utf8), for: .messages) }
  }

  @Test func `refuses more blocks at once than it takes`() throws {
    let events = (0...AnswerStream<MarkerRewriter>.channelLimit).map {
      delta($0, #"{"type":"text_delta","text":"x"}"#)
    }
    #expect(throws: ProviderError(.tooManyChannels, at: 0)) {
      try rewritten(Array(events.joined().utf8), for: .messages)
    }
  }

  @Test func `never traps on a mutated request, answer or stream`() throws {
    let seed: UInt64 = 1_983
    var random = SeededGenerator(seed: seed)
    let request = Array(
      #"{"model":"m","max_tokens":1,"system":"s","messages":[{"role":"user","content":[{"type":"document","source":{"type":"text","data":"x"}},{"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":"a"}]}]},{"role":"assistant","content":[{"type":"tool_use","input":{"a":[1,"b"]}}]}],"tools":[{"name":"n","input_schema":{}}]}"#
        .utf8)
    let answer = Array(
      #"{"content":[{"type":"text","text":"NAME_1","citations":[{"cited_text":"x"}]},{"type":"tool_use","input":{"a":{"NAME_1":1}}},{"type":"document","source":{"type":"text","data":"x"}}],"stop_reason":"end_turn","usage":{"input_tokens":1}}"#
        .utf8)
    for _ in 0..<2_000 {
      if let request = try? ModelRequest(mutated(request, &random), for: .messages) {
        #expect(firstInvalidUTF8(in: request.view) == nil, "seed \(seed)")
        let (body, names) = request.replacing([])
        #expect(names.isEmpty ? body == request.body : (try? JSONValue(parsing: body)) != nil, "seed \(seed)")
      }
      _ = try? ModelAnswer(rewriting: mutated(answer, &random), for: .messages) {
        MarkerRewriter($0)
      }
      let events = mutated(Array(Self.stream.utf8), &random)
      _ = try? rewritten(
        events, cutAt: [Int.random(in: 0...events.count, using: &random)], for: .messages)
    }
  }
}

private func start(_ index: Int, _ block: String) -> String {
  event("content_block_start", #""index":\#(index),"content_block":\#(block)"#)
}

private func delta(_ index: Int, _ delta: String) -> String {
  event("content_block_delta", #""index":\#(index),"delta":\#(delta)"#)
}

private func stop(_ index: Int) -> String { event("content_block_stop", #""index":\#(index)"#) }

/// What a client has in hand when it has read a stream: the text and the input of each block.
private func read(_ stream: [UInt8]) throws -> [String: String] {
  var texts: [String: String] = [:]
  for event in text(stream).split(separator: "\n\n") {
    guard
      let data = event.split(separator: "\n").first(where: { $0.hasPrefix("data:") })?.dropFirst(5)
    else { continue }
    let value = try JSONValue(parsing: Array(data.utf8))
    let index = value["index"]?.integer ?? 0
    if let said = value["delta"]?["text"]?.string ?? value["content_block"]?["text"]?.string {
      texts["\(index).text", default: ""] += said
    }
    if let said = value["delta"]?["partial_json"]?.string {
      texts["\(index).input", default: ""] += said
    }
  }
  return texts
}
