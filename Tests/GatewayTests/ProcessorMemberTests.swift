import Bytes
import Gateway
import Logging
import Providers
import Testing

/// Vendors whose answers say in a member who has processed them, as routers do.
struct ProcessorMemberTests {
  private static func saying(_ yaml: String) -> String {
    ProcessorStatementTests.saying(yaml)
      .replacing("provider: {header: X-Inference-Provider,", with: "provider: {member: provider,")
      .replacing("      region: {header: x-ms-region, names: [East US, East US 2]}\n", with: "")
  }

  private static let yaml = saying(SampleConfiguration.yaml)
  private static let text = "Hello, you there."

  /// A vendor that says each of these with one event of its stream after the other, the last one with all that follow; nil
  /// for nothing.
  private static func vendor(_ providers: [String?], cut length: Int = 40) -> ScriptedVendor {
    ScriptedVendor { request throws(VendorFailure) in
      func said(_ bytes: [UInt8], _ provider: String?) -> [UInt8] {
        let member = provider.map { "\"provider\":\($0),\"object\":" } ?? "\"object\":"
        return Array(String(decoding: bytes, as: UTF8.self).replacing("\"object\":", with: member).utf8)
      }
      guard request.isStreaming else {
        var answer = ScriptedVendor.whole(saying: text)
        let body: JSONValue = [
          "id": "1", "object": "chat.completion",
          "choices": [
            ["index": 0, "message": ["role": "assistant", "content": .string(text)], "finish_reason": "stop"]
          ],
        ]
        answer.body = .pieces([said(body.bytes, providers[0])])
        return answer
      }
      let events = String(decoding: ScriptedVendor.events(saying: text, cut: 3), as: UTF8.self)
        .split(separator: "\n\n").enumerated()
      let bytes = events.flatMap { place, event in
        said(Array("\(event)\n\n".utf8), providers[min(place, providers.count - 1)])
      }
      return ScriptedVendor.stream(bytes, cut: length)
    }
  }

  @Test(arguments: [#""Amazon Bedrock""#, #""AWS""#, #""mock""#], [false, true])
  func `an answer of the vendor or of a subcontractor is released`(_ provider: String, _ streams: Bool) async throws {
    let bench = try await TestBench(.echo(), yaml: Self.yaml, others: ["mock": Self.vendor([provider])])
    let answer = try await bench.ask("Hello.", useCase: "summarize", streaming: streams)
    #expect(answer.status == 200 && answer.text == Self.text && answer.isDone == streams)
    // What it says is a text of the answer like any other.
    #expect(String(decoding: answer.body, as: UTF8.self).contains("\"provider\":"))
  }

  private static let others: [(said: String?, named: String)] = [
    (#""acme""#, "provider:acme"), (#""elsewhere""#, "provider:elsewhere"), (nil, "provider"), ("null", "provider"),
    (#"{"name":"aws"}"#, "provider"),
  ]

  @Test(arguments: others.indices, [0, 1, 7, 1_000])
  func `nothing of an answer of others is released, and they are told of`(_ place: Int, _ length: Int) async throws {
    let other = Self.others[place]
    let vendor = Self.vendor([other.said], cut: max(1, length))
    let bench = try await TestBench(.echo(), yaml: Self.yaml, others: ["mock": vendor])
    let answer = try await bench.ask("Hello.", useCase: "summarize", streaming: length > 0)
    #expect(answer.error == "other_processor" && answer.text.isEmpty)
    #expect(answer.status == (length > 0 ? 200 : 502))
    #expect(!String(decoding: answer.body, as: UTF8.self).contains("chat.completion"))
    try await bench.gateway.raiseAlerts(Logger(label: "test"))
    let entries = try await bench.entries()
    let closed = entries.last { $0["event"] == "request.closed" }
    #expect(closed?["outcome"] == "vendor_failed" && closed?["rule"] == "other_processor")
    #expect(entries.filter { $0["event"] == "alert.raised" }.map { $0["object"]?.string } == [other.named])
  }

  @Test(arguments: [false, true])
  func `an answer that says it twice is none`(streams: Bool) async throws {
    let vendor = Self.vendor([#""aws","provider":"acme""#])
    let bench = try await TestBench(.echo(), yaml: Self.yaml, others: ["mock": vendor])
    let answer = try await bench.ask("Hello.", useCase: "summarize", streaming: streams)
    #expect(answer.error != nil && answer.text.isEmpty && !answer.isDone)
    let closed = try await bench.entries().last { $0["event"] == "request.closed" }
    #expect(closed?["outcome"] == "vendor_failed")
  }

  @Test(arguments: [1, 7, 1_000])
  func `a stream is held back until it says who processes it, and ends where it says another`(
    length: Int
  ) async throws {
    let late = Self.vendor([nil, nil, #""aws""#, nil], cut: length)
    let patient = try await TestBench(.echo(), yaml: Self.yaml, others: ["mock": late])
    #expect(try await patient.ask("Hello.", useCase: "summarize", streaming: true).text == Self.text)
    let moving = Self.vendor([#""aws""#, #""mock""#, #""acme""#], cut: length)
    let bench = try await TestBench(.echo(), yaml: Self.yaml, others: ["mock": moving])
    let answer = try await bench.ask("Hello.", useCase: "summarize", streaming: true)
    #expect(answer.error == "other_processor" && !answer.isDone)
    #expect(Self.text.hasPrefix(answer.text) && answer.text.count <= 6)
    #expect(!String(decoding: answer.body, as: UTF8.self).contains("acme"))
  }

  @Test func `the next vendor is asked when a whole answer names another`() async throws {
    let yaml = Self.saying(AttemptsTests.yaml(chain: "[{vendor: second}]"))
    let second = ScriptedVendor.echo()
    let bench = try await TestBench(
      .echo(), yaml: yaml, others: ["mock": Self.vendor([#""acme""#]), "second": second])
    #expect(try await bench.ask("Hello.", useCase: "summarize").text == "Hello.")
    #expect(second.requests.count == 1)
  }

  @Test func `a member that an event's document carries is read, whatever else is in it`() {
    var said = SaidMembers(["provider"])
    var news = said.receive(Array(#"data: {"type":"message_start","message":{"provider":"a"}}"#.utf8).span)
    #expect(!news && said.values.isEmpty)
    let rest = "\n\ndata: [DONE]\n\ndata: {\"response\":{\"provider\":\"b\"},\"deep\":{\"provider\":\"c\"}}\n\n"
    news = said.receive(Array(rest.utf8).span)
    #expect(news && said.values == ["provider": ["a", "b"]] && said.isWhole)
    news = said.receive(Array("data: {\"provider\":\"a\",\"text\":\"\\ud83d\"}\n\n".utf8).span)
    #expect(!news)
    news = said.receive(Array("data: {\"text\":\"\\uD83D\",\"provider\":\"d\"}".utf8).span)
    said.finish()
    #expect(!news && said.values == ["provider": ["a", "b", "d"]])
  }

  @Test(arguments: [
    (#"{"provid\u0065r":"a"}"#, ["a"]), (#"{"provider":"\u0061\/b"}"#, ["a/b"]), (#"{"provider":"\ud83d"}"#, [""]),
    (#"{"text":"provider"}"#, []), (#"{"deep":{"provider":"a"},"list":[{"provider":"a"}]}"#, []),
    (#"{"message":{"provider":"a","more":{"provider":"b"}},"provider":7}"#, ["a", ""]), (#"[{"provider":"a"}]"#, []),
    (#"{"provider":"a"} {}"#, []), (#"{"provider":"a""#, []), (#"{"provider":"a","provider":"b"}"#, []),
    (#"{"message":["provider"],"response":null,"provider":null}"#, []), (#""provider""#, []), ("", []),
  ])
  func `a document says what stands in its own members`(_ document: String, _ values: [String]) {
    var said = SaidMembers(["provider"])
    #expect(said.read(Array(document.utf8)) == !values.isEmpty)
    #expect(said.values["provider"] ?? [] == values)
    var streamed = SaidMembers(["provider"])
    _ = streamed.receive(Array("event: x\ndata: \(document)\n\n".utf8).span)
    #expect(streamed.values == said.values)
  }

  @Test(arguments: [
    (#"{"provider":"acme","error":{}}"#, true), (#"{"provider":"aws"}"#, false), ("{}", false), ("", false),
  ])
  func `an error that names another is told of, and the next vendor is asked`(
    _ body: String, _ isTold: Bool
  ) async throws {
    let failing = ScriptedVendor { _ throws(VendorFailure) in
      VendorAnswer(
        status: 500, contentType: "application/json", passedHeaders: [],
        body: .pieces(Array(body.utf8).map { [$0] }))
    }
    let bench = try await TestBench(
      .echo(), yaml: Self.saying(AttemptsTests.yaml(chain: "[{vendor: second}]")),
      others: ["mock": failing, "second": ScriptedVendor.echo()])
    #expect(try await bench.ask("Hello.", useCase: "summarize").text == "Hello.")
    await bench.gateway.afterwork.drain(within: .seconds(600))
    try await bench.gateway.raiseAlerts(Logger(label: "test"))
    let alerts = try await bench.entries().filter { $0["event"] == "alert.raised" }.map { $0["object"]?.string }
    #expect(alerts == (isTold ? ["provider:acme"] : []))
  }

  @Test(arguments: ["aws", "acme", nil], [200, 500])
  func `a line of a batch is handed out only when it says that nobody else has processed it`(
    _ provider: String?, _ status: Int
  ) async throws {
    let vendor = BatchVendor(saying: provider.map { [JSONMember("provider", .string($0))] } ?? [], status: status)
    let bench = try await TestBench(.echo(), yaml: Self.saying(BatchTests.yaml), others: ["mock": vendor])
    #expect(await bench.send(.createFile, BatchTests.upload()).status == 200)
    #expect(await bench.send(.createBatch, (BatchTests.order, "application/json")).status == 200)
    #expect(await bench.send(.batch, id: "batch-1").status == 200)
    let results = await bench.send(.fileContent, id: "file-2").text
    let isReleased = provider == "aws" && status == 200
    #expect(results.contains("Patient: Ottoline Brackenridge") == isReleased)
    #expect(results.contains("other_processor") == (provider != "aws" && status == 200))
    try await bench.gateway.raiseAlerts(Logger(label: "test"))
    let alerts = try await bench.entries().filter { $0["event"] == "alert.raised" }.map { $0["object"]?.string }
    let named = provider == "acme" ? ["provider:acme"] : provider == nil && status == 200 ? ["provider"] : []
    #expect(alerts == named)
  }

  @Test func `a vendor that goes on with other names is believed in none`() {
    var said = SaidMembers(["provider"])
    for number in 0..<100 { said.read(Array("{\"provider\":\"p\(number)\"}".utf8)) }
    #expect(said.values["provider"]?.count == 9 && said.values["provider"]?.last == "")
  }
}
