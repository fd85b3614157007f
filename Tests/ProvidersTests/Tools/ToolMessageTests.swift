import Bytes
import Providers
import Synchronization
import Testing

struct ToolMessageTests {
  private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  private static func call(_ id: String = "7") throws -> ToolRequest {
    try ToolRequest(
      bytes(
        #"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"find_articles","#
          + #""arguments":{"patient":"Ann Lee","limit":1.50},"_meta":{"progressToken":"mine"}}}"#))
  }

  private static func answers(to request: ToolRequest, _ allowed: Set<String> = ["find_articles"]) -> ToolAnswers {
    ToolAnswers(to: request, numbered: 31, allowing: allowed) { "given.\($0)" }
  }

  @Test func `sends nothing but a tool's name and its arguments, under a number of its own`() throws {
    let request = try Self.call(#""Ann Lee 4471902""#)
    #expect(request.tool == "find_articles")
    #expect(Self.text(request.prose.text).contains("patient: Ann Lee"))
    #expect(Self.text(request.arguments) == #"{"patient":"Ann Lee","limit":1.50}"#)
    #expect(
      Self.text(request.outbound(numbered: 31, arguments: Self.bytes(#"{"a":1.50}"#), from: "0.1"))
        == #"{"jsonrpc":"2.0","id":31,"method":"tools/call","params":{"name":"find_articles","arguments":{"a":1.50},"#
        + #""_meta":{"progressToken":31}}}"#)
  }

  @Test(arguments: ["ping", "tools/list", "notifications/initialized", "initialize"])
  func `sends nothing of what else stands in a message`(_ method: String) throws {
    let id = method.hasPrefix("notifications") ? "" : #""id":"Ann Lee","#
    let request = try ToolRequest(
      Self.bytes(
        #"{"jsonrpc":"2.0",\#(id)"method":"\#(method)","params":{"name":"Ann Lee","protocolVersion":"1952-03-12","#
          + #""clientInfo":{"name":"Ann Lee"},"_meta":{"progressToken":"Ann Lee","x":"Ann Lee"}},"y":"Ann Lee"}"#))
    let sent = Self.text(request.outbound(numbered: 31, arguments: request.arguments, from: "0.1"))
    #expect(request.tool == nil && !sent.contains("Ann Lee") && !sent.contains("1952"))
    #expect(try JSONValue(parsing: Self.bytes(sent))["method"]?.string == method)
  }

  @Test func `says what of the arguments cannot be inspected`() throws {
    let request = try ToolRequest(
      Self.bytes(
        #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"f","#
          + #""arguments":{"file":"data:application/pdf;base64,JVBERi0="}}}"#))
    #expect(request.uninspectable.map(\.reason) == [.encodedBytes])
  }

  @Test(arguments: [
    (#"{"jsonrpc":"2.0","id":1,"method":"sampling/createMessage"}"#, ToolError.Code.methodNotFound),
    (#"{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"file:///a"}}"#, .methodNotFound),
    (#"{"jsonrpc":"2.0","id":1,"result":{}}"#, .methodNotFound), (#"[]"#, .invalidRequest),
    (#"{"id":1,"method":"ping"}"#, .invalidRequest), (#"{"jsonrpc":"2.0","method":"ping"}"#, .invalidRequest),
    (#"{"jsonrpc":"2.0","id":["Ann Lee"],"method":"ping"}"#, .invalidRequest),
    (#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, .invalidRequest),
    (#"{"jsonrpc":"2.0","id":1,"method":"notifications/initialized"}"#, .invalidRequest),
    (#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}}"#, .invalidParams),
    (#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"f","arguments":"Ann Lee"}}"#, .invalidParams),
    (#"{"jsonrpc":"2.0","id":1,"method":"ping","params":{"_meta":{"progressToken":["Ann Lee"]}}}"#, .invalidParams),
    (#"{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"#, .parseError), ("{", .parseError),
  ])
  func `refuses what is not carried`(_ message: String, _ code: ToolError.Code) throws {
    let error = #expect(throws: ToolError.self) { try ToolRequest(Self.bytes(message)) }
    #expect(error?.code == code)
    #expect(error.map { !Self.text($0.body).contains("Ann Lee") } == true)
  }

  @Test func `rewrites every text and name of an answer, and puts the client's id back`() throws {
    let answers = Self.answers(to: try Self.call(#""Ann""#))
    func message(_ id: String, _ name: String) -> String {
      #"{ "jsonrpc":"2.0", "id":\#(id),"result":{"content":[{"type":"text","text":"\#(name), 1.10"}],"#
        + #""structuredContent":{"\#(name)":1.50},"isError":false}}"#
    }
    let name = MarkerRewriter.name.replacing("\"", with: "\\\"")
    let answer = try answers.rewritten(Self.bytes(message("31", "NAME_1"))) { MarkerRewriter($0) }
    #expect(answer.isAnswer && !answer.isFailure)
    #expect(Self.text(answer.body) == message(#""Ann""#, name))
    let plain = try answers.rewritten(Self.bytes(message("31", "NAME_1"))) { _ in SilentRewriter() }
    #expect(Self.text(plain.body) == message(#""Ann""#, "NAME_1"))
  }

  @Test(arguments: [
    (
      #""result":{"content":[{"text":"a","type":"text"}],"structuredContent":{"mrn": "4471902", "n": [3, "NAME_1"]},"x":7}"#,
      2
    ),
    (#""result":{"content":[],"_meta":{"mrn":4471902,"who":"NAME_1"},"isError":false}"#, 2),
    (#""error":{"code":1,"message":"NAME_1","data":{"mrn":4471902}},"y":["NAME_1"]"#, 2),
  ])
  func `reads what is searched in whole members, a name with its value`(_ said: String, _ members: Int) throws {
    let answers = ToolAnswers(
      to: try Self.call("7"), numbered: 31, allowing: ["find_articles"], searching: true
    ) { $0 }
    let seen = Seen()
    let message = #"{"jsonrpc":"2.0","id":31,\#(said)}"#
    let answer = try answers.rewritten(Self.bytes(message)) { channel in
      seen.channels.withLock { $0.append(channel) }
      return MarkerRewriter(channel)
    }
    #expect(seen.channels.withLock { $0 }.filter { $0 == TextChannel(.toolArguments(call: 0)) }.count == members)
    let name = String(decoding: JSONString.escaped(Array(MarkerRewriter.name.utf8).span), as: UTF8.self)
    #expect(Self.text(answer.body) == message.replacing(#""id":31"#, with: #""id":7"#).replacing("NAME_1", with: name))
  }

  @Test(arguments: [
    #"{"type":"image","data":"QUJD","mimeType":"image/png"}"#, #"{"type":"audio","data":"QUJD"}"#,
    #"{"type":"resource","resource":{"uri":"a:b","blob":"QUJD"}}"#, #"{"type":"resource_link","uri":"a:b"}"#,
    #"{"text":"a"}"#, #""a""#, "4471902", #"["a"]"#,
  ])
  func `leaves out of what is searched what is no text`(_ part: String) throws {
    func message(_ part: String) -> String {
      #"{"jsonrpc":"2.0","id":31,"result":{"content":[{"type":"text","text":"a"},\#(part),{"type":"text","text":"b"}]}}"#
    }
    let left = #"{"type":"text","text":"[left out: it cannot be searched for identifiers]"}"#
    for (isSearched, expected) in [(true, left), (false, part)] {
      let answers = ToolAnswers(
        to: try Self.call("31"), numbered: 31, allowing: ["find_articles"], searching: isSearched
      ) { $0 }
      let answer = try answers.rewritten(Self.bytes(message(part))) { _ in SilentRewriter() }
      #expect(Self.text(answer.body) == message(expected))
    }
  }

  private final class Seen: Sendable {
    let channels = Mutex<[TextChannel]>([])
  }

  @Test(arguments: [
    #"{"jsonrpc":"2.0","id":8,"result":{"content":[]}}"#, #"{"jsonrpc":"2.0","result":{"content":[]}}"#,
    #"{"jsonrpc":"2.0","id":"31","result":{}}"#, #"{"jsonrpc":"2.0","id":31,"result":{},"error":{}}"#,
    #"{"jsonrpc":"2.0","id":31,"method":"sampling/createMessage","params":{},"result":{}}"#,
    #"{"jsonrpc":"2.0","id":1,"method":"sampling/createMessage","params":{}}"#,
    #"{"jsonrpc":"2.0","id":1,"method":"notifications/message","params":{}}"#,
    #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":7}}"#, "[]", "{",
    #"{"jsonrpc":"2.0","id":31,"result":{},"params":{"progressToken":{"a":1}}}"#,
    #"{"jsonrpc":"2.0","id":31,"result":{},"params":{"progressToken":31}}"#,
    #"{"jsonrpc":"2.0","id":31,"error":{"code":1,"message":"m"},"params":{}}"#,
    #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":{"a":31}}}"#,
    #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":[31]}}"#,
    #"{"jsonrpc":"2.0","id":[31],"result":{}}"#, #"{"jsonrpc":"2.0","id":{"id":31},"result":{}}"#,
  ])
  func `refuses an answer to another, and a server that asks`(_ message: String) throws {
    let answers = Self.answers(to: try Self.call())
    #expect(throws: ProviderError.self) { try answers.rewritten(Self.bytes(message)) { _ in SilentRewriter() } }
  }

  @Test func `leaves out tools that are not allowed, the others byte for byte`() throws {
    let list = try ToolRequest(Self.bytes(#"{"jsonrpc":"2.0","id":"a","method":"tools/list"}"#))
    let answers = Self.answers(to: list, ["b", "d"])
    let tools = [#"{"name":"a"}"#, #"{ "name" : "b","x":1.10}"#, #"{"title":"c"}"#, #"{"name":"d"}"#]
    func message(_ id: String, _ tools: [String], _ cursor: String) -> String {
      #"{"jsonrpc":"2.0","id":\#(id),"result":{"tools":[\#(tools.joined(separator: ","))],"nextCursor":"\#(cursor)"}}"#
    }
    let answer = try answers.rewritten(Self.bytes(message("31", tools, "n"))) { _ in SilentRewriter() }
    #expect(Self.text(answer.body) == message(#""a""#, [tools[1], tools[3]], "given.n"))
    #expect(throws: ProviderError.self) {
      try answers.rewritten(Self.bytes(#"{"jsonrpc":"2.0","id":31,"result":{}}"#)) { _ in SilentRewriter() }
    }
  }

  @Test(arguments: [
    (#"{"jsonrpc":"2.0","id":31,"result":{"protocolVersion":"2025-06-18","capabilities":{"prompts":{}}}}"#, true),
    (#"{"jsonrpc":"2.0","id":99,"error":null,"result":{"protocolVersion":"2025-06-18","capabilities":{}}}"#, false),
    (#"{"jsonrpc":"2.0","id":31,"result":{"protocolVersion":"1952-03-12","capabilities":{}}}"#, false),
  ])
  func `tells a client of a server's tools only`(_ message: String, _ isTaken: Bool) throws {
    let request = try ToolRequest(Self.bytes(#"{"jsonrpc":"2.0","id":0,"method":"initialize"}"#))
    let answer = try? Self.answers(to: request).rewritten(Self.bytes(message)) { _ in SilentRewriter() }
    let told = #"{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-06-18","capabilities":{}}}"#
    #expect(answer.map { Self.text($0.body) } == (isTaken ? told : nil))
  }

  @Test(arguments: 1...40)
  func `passes notices on, and nothing after the answer, wherever the stream is cut`(_ cut: Int) throws {
    func notice(_ token: String) -> String {
      #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":\#(token),"progress":1}}"#
    }
    func answer(_ id: String) -> String { #"{"jsonrpc":"2.0","id":\#(id),"result":{"content":[],"isError":true}}"# }
    let stream = Self.bytes(
      "id: 1\ndata: \n\nevent: message\r\ndata: \(notice("31"))\r\n\r\ndata: \(answer("31"))\n\ndata: {\n\n")
    var rewritten = ToolAnswerStream(Self.answers(to: try Self.call())) { _ in SilentRewriter() }
    var output: [UInt8] = []
    for start in stride(from: 0, to: stream.count, by: cut) {
      try rewritten.receive(stream[start..<min(start + cut, stream.count)].span, into: &output)
    }
    #expect(rewritten.isComplete && rewritten.isFailure)
    #expect(
      Self.text(output)
        == ": \n\nevent: message\ndata: \(notice(#""mine""#))\n\nevent: message\ndata: \(answer("7"))\n\n")
  }
}

/// Changes nothing.
private struct SilentRewriter: TextRewriter, Sendable {
  var trail: Bool { false }
  mutating func follow(_ trail: Bool) {}
  mutating func rewrite(_ text: Span<UInt8>, into output: inout [UInt8]) { output.append(copying: text) }
  mutating func finish(into output: inout [UInt8]) {}
}
