import Bytes
import Providers
import Testing

struct ChatStreamTests {
  static let streams = [
    "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"é NA\"}}]}\n\n"
      + "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"ME_1 \\ud83d\"}}]}\n\n"
      + "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\\ude00 \\u00e9NAM\"},\"finish_reason\":\"stop\"}]}\n\n"
      + "data: [DONE]\n\n",
    ": hi\r\n\r\nevent: x\r\nid: 1\r\ndata: {\"choices\":[{\"delta\":{\"content\":\"😀NAME\"}}]}\r\n\r\n"
      + "data:{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":2,\"function\":{\"arguments\":\"{\\\"NAME_1\"}}]}}]}\r\n\r\n"
      + "data: [DONE]\r\n\r\n",
    "retry: 5\rdata: {\"choices\":\rdata: [{\"delta\":{\"content\":\"NAME_1\"}}]}\r\r"
      + "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1}}\r\rdata: [DONE]\r\r",
  ]

  @Test(arguments: streams)
  func `gives the same bytes wherever the network cuts`(_ stream: String) throws {
    let bytes = Array(stream.utf8)
    let whole = try rewritten(bytes)
    for first in 0...bytes.count {
      for second in first...bytes.count {
        let output = try rewritten(bytes, cutAt: [first, second])
        if output != whole { Issue.record("cut at \(first) and \(second): \(text(output))") }
      }
    }
    #expect(try rewritten(bytes, cutAt: Array(0...bytes.count)) == whole)
  }

  @Test(arguments: ["NAME_1", "aNAME_1é", "😀 NAME_1NAME_1, NAM", "NNAME_NAME_1\"\\\nNAME_", "", "한국"])
  func `rewrites a text the same wherever the vendor cuts it`(_ whole: String) throws {
    let scalars = Array(whole.unicodeScalars)
    func piece(_ range: Range<Int>) -> JSONValue {
      .string(String(String.UnicodeScalarView(scalars[range])))
    }
    for first in 0...scalars.count {
      for second in first...scalars.count {
        let pieces = [piece(0..<first), piece(first..<second), piece(second..<scalars.count)]
        let texts = pieces.map { chunk(["content": $0, "reasoning_content": $0]) }.joined()
        let calls = pieces.map { piece in
          chunk(["tool_calls": [["index": 1, "function": ["arguments": piece]]]], choice: 1)
        }.joined()
        let stream =
          texts + calls + chunk([:], finish: "stop") + chunk([:], choice: 1, finish: "tool_calls")
          + "data: [DONE]\n\n"
        let expected = replacingMarkers(whole)
        let escaped = whole.replacing("NAME_1", with: text(JSONString.escaped(Array(MarkerRewriter.name.utf8).span)))
        #expect(
          try assembled(rewritten(Array(stream.utf8))) == [
            "0.content": expected, "0.reasoning_content": expected, "1.call1": escaped,
          ])
      }
    }
  }

  @Test func `passes events whose text does not change as they came`() throws {
    let stream =
      ": ping\n\nevent: e\nid: 7\ndata:  {\"choices\":[{\"delta\":{\"content\":\"\\u0041\\/\"},\"x\":1.10}]}\n\n"
      + "\ndata: {\"choices\":[{\"delta\":{\"content\":\"\\ud83d\"}}]}\n\n"
      + "data: {\"choices\":[{\"delta\":{\"content\":\"\\ude00\"}}]}\n\ndata: [DONE]\n\n"
    #expect(try text(rewritten(Array(stream.utf8))) == stream)
  }

  @Test func `releases what is held before the event that ends the choice`() throws {
    let stream = chunk(["content": "Hi NAM"]) + chunk([:], finish: "length") + "data: [DONE]\n\n"
    #expect(
      try text(rewritten(Array(stream.utf8))) == chunk(["content": "Hi "]) + chunk(["content": "NAM"])
        + chunk([:], finish: "length") + "data: [DONE]\n\n")
  }

  @Test func `releases what is held into the event that ends the choice when it has that text`() throws {
    let stream = chunk(["content": "NAME_"]) + chunk(["content": "2 NA"], finish: "stop")
    #expect(
      try text(rewritten(Array(stream.utf8))) == chunk(["content": ""])
        + chunk(["content": "NAME_2 NA"], finish: "stop"))
  }

  @Test func `releases what is held before DONE and at an early end`() throws {
    let held = chunk(["tool_calls": [["index": 3, "function": ["arguments": "NA"]]]], choice: 1)
    let emptied = chunk(["tool_calls": [["index": 3, "function": ["arguments": ""]]]], choice: 1)
    #expect(try text(rewritten(Array((held + "data: [DONE]\n\n").utf8))) == emptied + held + "data: [DONE]\n\n")
    #expect(try text(rewritten(Array(held.utf8))) == emptied + held)
  }

  @Test(
    arguments: [
      (["refusal": "I "], ["refusal": "NAM"]),
      (["audio": ["id": "NAME_1", "transcript": "I ", "data": "NAME_1"]], ["audio": ["transcript": "NAM"]]),
      (["function_call": ["name": "NAME_1", "arguments": "I "]], ["function_call": ["arguments": "NAM"]]),
      (
        ["tool_calls": [["index": 2, "custom": ["name": "NAME_1", "input": "I "]]]],
        ["tool_calls": [["index": 2, "custom": ["input": "NAM"]]]]
      ),
    ] as [(JSONValue, JSONValue)])
  func `releases what is held of each text of a message`(_ first: JSONValue, _ held: JSONValue) throws {
    let emptied = held.emptied
    let stream = chunk(first, choice: 1) + chunk(held, choice: 1) + chunk([:], choice: 1, finish: "stop")
    #expect(
      try text(rewritten(Array(stream.utf8))) == chunk(first, choice: 1) + chunk(emptied, choice: 1)
        + chunk(held, choice: 1) + chunk([:], choice: 1, finish: "stop"))
  }

  @Test func `takes an empty finish reason for none`() throws {
    let stream = chunk(["content": "NA"], finish: "") + chunk(["content": "ME_1"], finish: "")
    let expected = chunk(["content": ""], finish: "") + chunk(["content": .string(MarkerRewriter.name)], finish: "")
    #expect(try text(rewritten(Array(stream.utf8))) == expected)
  }

  @Test func `ends a last event that lacks its empty line`() throws {
    #expect(try text(rewritten(Array("data: [DONE]".utf8))) == "data: [DONE]\n\n")
    #expect(
      try text(rewritten(Array(chunk(["content": "NAME_1"]).dropLast().utf8)))
        == chunk(["content": .string(MarkerRewriter.name)]))
  }

  @Test func `knows whether the vendor came to its end`() throws {
    func stream(_ events: String) throws -> AnswerStream<MarkerRewriter> {
      var stream = AnswerStream(for: .chatCompletions, choiceCount: 2) { MarkerRewriter($0) }
      var output: [UInt8] = []
      try stream.receive(Array(events.utf8).span, into: &output)
      return stream
    }
    let one = chunk([:], finish: "stop")
    let both = one + chunk([:], choice: 1, finish: "length")
    #expect(try !stream(one).isComplete)
    #expect(try stream(both).isComplete)
    #expect(try !stream(both).isDone)
    #expect(try stream(both).finishReasons == [0: "stop", 1: "length"])
    #expect(try stream(one + "data: [DONE]\n\n").isComplete)
    let usage = "data: {\"model\":\"m-1\",\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}\n\n"
    #expect(try stream(usage).usage == TokenUsage(prompt: 3, completion: 4))
    #expect(try stream(usage).model == "m-1")
  }

  @Test(arguments: [
    ("data: {\"error\":{\"message\":\"x\"}}\n\n", ProviderError(.vendorFailed, at: 0, path: "error")),
    ("event: error\ndata: {\"message\":\"x\"}\n\n", ProviderError(.vendorFailed, at: 0, path: "error")),
    ("data: nonsense\n\n", ProviderError(.malformedJSON(.unexpectedByte), at: 1)),
    ("data: {\"choices\":[{\"del", ProviderError(.truncatedEvent, at: 17)),
    ("data: {\"a\":1,\"a\":2}\n\n", ProviderError(.malformedJSON(.duplicateName), at: 8)),
  ])
  func `refuses what is no stream of answers`(_ stream: String, _ error: ProviderError) {
    #expect(throws: error) { try rewritten(Array(stream.utf8)) }
  }

  @Test func `refuses an event that is too large, whole or not`() throws {
    for end in ["", "\n\n"] {
      var stream = AnswerStream(for: .chatCompletions, eventLimit: 64) { MarkerRewriter($0) }
      var output: [UInt8] = []
      #expect(throws: ProviderError(.eventTooLarge, at: 64)) {
        try stream.receive(Array((": " + String(repeating: "x", count: 64) + end).utf8).span, into: &output)
      }
      #expect(output.isEmpty)
    }
  }

  @Test func `refuses more tool calls at once than it takes`() throws {
    let events = (0...AnswerStream<MarkerRewriter>.channelLimit).map { call in
      chunk(["tool_calls": [["index": .integer(call), "function": ["arguments": "x"]]]])
    }
    #expect(throws: ProviderError(.tooManyChannels, at: 0)) { try rewritten(Array(events.joined().utf8)) }
  }
}

extension JSONValue {
  /// The value with every text empty.
  fileprivate var emptied: JSONValue {
    switch self {
    case .string: .string("")
    case .array(let elements): .array(elements.map(\.emptied))
    case .object(let members): .object(members.map { JSONMember($0.name, $0.value.emptied) })
    default: self
    }
  }
}
