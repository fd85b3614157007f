import Bytes
import Providers
import Testing

/// Blocks that say at their end what they are.
struct KindsAheadTests {
  @Test(arguments: [1, 8, 28], [1, 200])
  func `are read in steps that grow with the text and not with its depth`(_ depth: Int, _ breadth: Int) throws {
    let texts = String(repeating: #"{"text":"x","type":"text"},"#, count: breadth)
    var block = #"{"text":"end","type":"text"}"#
    for _ in 0..<depth { block = #"{"content":[\#(texts)\#(block)],"tool_use_id":"toolu_1","type":"tool_result"}"# }
    let body = Array(#"{"model":"m","messages":[{"role":"user","content":[\#(block)]}]}"#.utf8)
    let request = try ModelRequest(body, for: .messages)
    #expect(request.uninspectable.isEmpty)
    #expect(text(request.view).hasSuffix("end"))
    var cursor = try JSONCursor(body.span)
    var tokens = 0
    while try cursor.next(in: body.span) != nil { tokens += 1 }
    #expect(request.stepsAhead <= tokens)
  }

  @Test func `are not read ahead where they say it first`() throws {
    let block = #"{"type":"text","text":"x"}"#
    let list = Array(repeating: block, count: 500).joined(separator: ",")
    let body = Array(#"{"model":"m","messages":[{"role":"user","content":[\#(list)]}]}"#.utf8)
    #expect(try ModelRequest(body, for: .messages).stepsAhead == 1000)
  }

  @Test func `of an answer are what they say, first or last`() throws {
    let first = #"{"content":[{"type":"compaction","content":"NAME_1"},{"type":"text","text":"NAME_1"}]}"#
    let last = #"{"content":[{"content":"NAME_1","type":"compaction"},{"text":"NAME_1","type":"text"}]}"#
    for answer in [first, last] {
      let body = try ModelAnswer(rewriting: Array(answer.utf8), for: .messages) { MarkerRewriter($0) }.body
      #expect(text(body).contains(#""content":"NAME_1""#))
      #expect(!text(body).contains(#""text":"NAME_1""#))
    }
  }
}
