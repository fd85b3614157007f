import Bytes
import PHI
import Providers
import Testing

struct ToolMessageTests {
  private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  private static func call(_ id: String = "7") throws -> ToolRequest {
    try ToolRequest(
      bytes(
        #"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"find_articles","#
          + #""arguments":{"patient":"Ann Lee","limit":5},"_meta":{"progressToken":3}}}"#))
  }

  @Test func `shows the arguments of a call, and nothing of the protocol`() throws {
    let request = try Self.call()
    #expect(request.method == .call)
    #expect(request.tool == "find_articles")
    let view = Self.text(request.view)
    #expect(view.contains("patient: Ann Lee"))
    #expect(!view.contains("find_articles") && !view.contains("2.0"))
    let place = try #require(Self.range(of: "Ann Lee", in: request.view))
    #expect(
      Self.text(request.body(replacing: [Edit(place, with: Self.bytes("NAME_1_KTQ"))]))
        == Self.text(request.body).replacing("Ann Lee", with: "NAME_1_KTQ"))
  }

  @Test(arguments: [
    (#"{"jsonrpc":"2.0","id":1,"method":"sampling/createMessage"}"#, ToolError.Code.methodNotFound),
    (#"{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"file:///a"}}"#, .methodNotFound),
    (#"{"jsonrpc":"2.0","id":1,"result":{}}"#, .methodNotFound), (#"[]"#, .invalidRequest),
    (#"{"id":1,"method":"ping"}"#, .invalidRequest), (#"{"jsonrpc":"2.0","method":"ping"}"#, .invalidRequest),
    (#"{"jsonrpc":"2.0","id":4471902,"method":"ping"}"#, .invalidRequest),
    (#"{"jsonrpc":"2.0","id":"Ann Lee","method":"ping"}"#, .invalidRequest),
    (#"{"jsonrpc":"2.0","id":1,"method":"notifications/initialized"}"#, .invalidRequest),
    (#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}}"#, .invalidParams),
    (
      #"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"progressToken":"Ann Lee"}}}"#, .invalidRequest
    ),
    (#"{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"#, .parseError), ("{", .parseError),
  ])
  func `refuses what is not carried`(_ message: String, _ code: ToolError.Code) throws {
    let error = #expect(throws: ToolError.self) { try ToolRequest(Self.bytes(message)) }
    #expect(error?.code == code)
    #expect(error.map { !Self.text($0.body).contains("Ann Lee") } == true)
  }

  @Test func `tells a server nothing of the client`() throws {
    let request = try ToolRequest(
      Self.bytes(
        #"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","#
          + #""capabilities":{"sampling":{}},"clientInfo":{"name":"Ann Lee's laptop","version":"1"}}}"#))
    #expect(
      Self.text(request.handshake(version: "0.1"))
        == #"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"#
        + #""clientInfo":{"name":"cordon","version":"0.1"}}}"#)
  }

  @Test func `rewrites every text of an answer, and nothing else`() throws {
    let answers = ToolAnswers(to: try Self.call(), allowing: ["find_articles"])
    let message =
      #"{ "jsonrpc":"2.0", "id":7,"result":{"content":[{"type":"text","text":"NAME_1, 1.10"}],"isError":false}}"#
    let answer = try answers.rewritten(Self.bytes(message)) { MarkerRewriter($0) }
    #expect(answer.isAnswer && !answer.isFailure)
    let name = MarkerRewriter.name.replacing("\"", with: "\\\"")
    #expect(Self.text(answer.body) == message.replacing("NAME_1", with: name))
    let plain = try answers.rewritten(Self.bytes(message)) { _ in SilentRewriter() }
    #expect(Self.text(plain.body) == message)
  }

  @Test(arguments: [
    #"{"jsonrpc":"2.0","id":8,"result":{"content":[]}}"#, #"{"jsonrpc":"2.0","result":{"content":[]}}"#,
    #"{"jsonrpc":"2.0","id":1,"method":"sampling/createMessage","params":{}}"#,
    #"{"jsonrpc":"2.0","id":1,"method":"notifications/message","params":{}}"#,
  ])
  func `refuses an answer to another, and a server that asks`(_ message: String) throws {
    let answers = ToolAnswers(to: try Self.call(), allowing: [])
    #expect(throws: ProviderError.self) { try answers.rewritten(Self.bytes(message)) { _ in SilentRewriter() } }
  }

  @Test func `leaves out tools that are not allowed, the others byte for byte`() throws {
    let list = try ToolRequest(Self.bytes(#"{"jsonrpc":"2.0","id":"a","method":"tools/list"}"#))
    let answers = ToolAnswers(to: list, allowing: ["b", "d"])
    let tools = [#"{"name":"a"}"#, #"{ "name" : "b","x":1.10}"#, #"{"title":"c"}"#, #"{"name":"d"}"#]
    func message(_ tools: [String]) -> String {
      #"{"jsonrpc":"2.0","id":"a","result":{"tools":[\#(tools.joined(separator: ","))],"nextCursor":"n"}}"#
    }
    let answer = try answers.rewritten(Self.bytes(message(tools))) { _ in SilentRewriter() }
    #expect(Self.text(answer.body) == message([tools[1], tools[3]]))
  }

  @Test(arguments: 1...40)
  func `passes notices on, and nothing after the answer, wherever the stream is cut`(_ cut: Int) throws {
    let notice = #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":3,"progress":1}}"#
    let answer = #"{"jsonrpc":"2.0","id":7,"result":{"content":[],"isError":true}}"#
    let stream = Self.bytes("id: 1\ndata: \n\nevent: message\r\ndata: \(notice)\r\n\r\ndata: \(answer)\n\ndata: {\n\n")
    var rewritten = ToolAnswerStream(ToolAnswers(to: try Self.call(), allowing: [])) { _ in SilentRewriter() }
    var output: [UInt8] = []
    for start in stride(from: 0, to: stream.count, by: cut) {
      try rewritten.receive(stream[start..<min(start + cut, stream.count)].span, into: &output)
    }
    try rewritten.finish(into: &output)
    #expect(rewritten.isComplete && rewritten.isFailure)
    #expect(Self.text(output) == "event: message\ndata: \(notice)\n\nevent: message\ndata: \(answer)\n\n")
  }

  private static func range(of text: String, in view: [UInt8]) -> Range<Int>? {
    let wanted = bytes(text)
    return (0...(view.count - wanted.count)).map { $0..<($0 + wanted.count) }.first { Array(view[$0]) == wanted }
  }
}

/// Changes nothing.
private struct SilentRewriter: TextRewriter, Sendable {
  mutating func rewrite(_ text: Span<UInt8>, into output: inout [UInt8]) { output.append(copying: text) }
  mutating func finish(into output: inout [UInt8]) {}
}
