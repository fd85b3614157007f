import Bytes
import Providers
import Testing

/// Texts of an answer that clients join: each goes on from the one before it.
struct JoinedTextTests {
  /// `answer` with each `?` replaced by what clients put before it.
  private func rewritten(_ answer: String, for operation: Providers.Operation) throws -> String {
    let answer = try ModelAnswer(rewriting: Array(answer.utf8), for: operation) { _ in Telling() }
    return text(answer.body)
  }

  private func streamed(_ events: [String], for operation: Providers.Operation) throws -> String {
    var stream = AnswerStream(for: operation) { _ in Telling() }
    var output: [UInt8] = []
    let bytes = Array(events.map { "data: \($0)\n\n" }.joined().utf8)
    try stream.receive(bytes.span, into: &output)
    try stream.finish(into: &output)
    return text(output)
  }

  @Test func `blocks of a message follow each other, whatever stands between`() throws {
    let answer = try rewritten(
      #"{"content":[{"type":"text","text":"a"},{"type":"tool_use","id":"t","name":"n","input":{"x":"?"}},"#
        + #"{"type":"text","text":"b?","citations":[{"cited_text":"?"}]},{"type":"text","text":"?"}]}"#, for: .messages)
    #expect(answer.contains(#""x":"<>""#) && answer.contains(#""cited_text":"<>""#))
    #expect(answer.contains(#""text":"b<ab>""#) && answer.contains(#""text":"<ab?>""#))
  }

  @Test func `blocks of a streamed message follow each other`() throws {
    let answer = try streamed(
      [
        #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":"a"}}"#,
        #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"b"}}"#,
        #"{"type":"content_block_stop","index":0}"#,
        #"{"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}"#,
        #"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"?"}}"#,
        #"{"type":"content_block_stop","index":1}"#,
        #"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"c?"}}"#,
        #"{"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"?"}}"#,
        #"{"type":"message_stop"}"#,
      ], for: .messages)
    #expect(answer.contains(#""text":"<ab>""#) && answer.contains(#""text":"c<ab?c>""#), "\(answer)")
    #expect(answer.contains(#""text":"<ab?c?>""#), "\(answer)")
  }

  @Test func `a text that goes on when a later one has begun ends the stream`() {
    let late = [1, 0].map {
      #"{"type":"content_block_delta","index":\#($0),"delta":{"type":"text_delta","text":"?"}}"#
    }
    let error = #expect(throws: ProviderError.self) { try streamed(late, for: .messages) }
    #expect(error?.code == .textsOutOfOrder)
    let parts = [1, 0].map {
      #"{"type":"response.output_text.done","output_index":0,"content_index":\#($0),"text":"?"}"#
    }
    let other = #expect(throws: ProviderError.self) { try streamed(parts, for: .responses) }
    #expect(other?.code == .textsOutOfOrder)
  }

  @Test func `parts of a response follow each other over its items`() throws {
    let item = { (text: String) in
      #"{"type":"message","content":[{"type":"output_text","text":"\#(text)"},{"type":"output_text","text":"?"}]}"#
    }
    let answer = try rewritten(
      #"{"instructions":[\#(item("i"))],"output":[\#(item("a")),{"type":"function_call","arguments":"?"},\#(item("b?"))]}"#,
      for: .responses)
    #expect(answer.contains(#""text":"<i>""#) && answer.contains(#""text":"<a>""#))
    #expect(answer.contains(#""arguments":"<>""#))
    #expect(answer.contains(#""text":"b<a?b>""#) && answer.contains(#""text":"<a?b?>""#), "\(answer)")
  }

  @Test func `each way in which a stream tells parts of a response is one text`() throws {
    var events: [String] = []
    for (part, said) in ["a", "?"].enumerated() {
      let place = #""output_index":0,"content_index":\#(part)"#
      events += [
        #"{"type":"response.content_part.added",\#(place),"part":{"type":"output_text","text":""}}"#,
        #"{"type":"response.output_text.delta",\#(place),"delta":"\#(said)"}"#,
        #"{"type":"response.output_text.done",\#(place),"text":"\#(said)"}"#,
        #"{"type":"response.content_part.done",\#(place),"part":{"type":"output_text","text":"\#(said)"}}"#,
      ]
    }
    let item = #"{"type":"message","content":[{"type":"output_text","text":"a"},{"type":"output_text","text":"?"}]}"#
    events += [
      #"{"type":"response.output_item.done","output_index":0,"item":\#(item)}"#,
      #"{"type":"response.completed","response":{"status":"completed","output":[\#(item)]}}"#,
    ]
    let answer = try streamed(events, for: .responses)
    #expect(answer.split(separator: "<a>", omittingEmptySubsequences: false).count == 6, "\(answer)")
    #expect(!answer.contains("?"))
  }

  @Test func `a content in parts is one text`() throws {
    let parts = #"[{"type":"text","text":"a"},"b",{"type":"text","text":"?"}]"#
    let whole = try rewritten(#"{"choices":[{"index":0,"message":{"content":\#(parts)}}]}"#, for: .chatCompletions)
    #expect(whole.contains(#""text":"<ab>""#), "\(whole)")
    let delta = { (content: String, choice: Int) in
      #"{"choices":[{"index":\#(choice),"delta":{"content":\#(content)}}]}"#
    }
    let events = [delta(parts, 0), delta(#""?""#, 0), delta(#"[{"type":"text","text":"?"}]"#, 1)]
    let answer = try streamed(events, for: .chatCompletions)
    #expect(answer.contains(#""text":"<ab>""#) && answer.contains(#""content":"<ab?>""#), "\(answer)")
    #expect(answer.contains(#""index":1,"delta":{"content":[{"type":"text","text":"<>"}]"#), "\(answer)")
  }

  @Test func `a text that goes on behind its end follows itself`() throws {
    let answer = try streamed(
      [
        #"{"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]}"#,
        #"{"choices":[{"index":0,"delta":{"content":"?"}}]}"#,
      ], for: .chatCompletions)
    #expect(answer.contains(#""content":"<a>""#), "\(answer)")
  }
}

/// Puts all that was said before it, in this text and in those before, in the place of each `?`.
private struct Telling: TextRewriter {
  private(set) var trail: [UInt8] = []

  mutating func follow(_ trail: [UInt8]) { self.trail = trail }

  mutating func rewrite(_ text: Span<UInt8>, into output: inout [UInt8]) {
    for index in text.indices {
      if text[index] == 0x3F { output += [0x3C] + trail + [0x3E] } else { output.append(text[index]) }
      trail.append(text[index])
    }
  }

  mutating func finish(into output: inout [UInt8]) {}
}
