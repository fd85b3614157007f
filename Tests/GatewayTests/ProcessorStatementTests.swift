import Bytes
import Ciphers
import Gateway
import Ledger
import Logging
import PHI
import Providers
import Synchronization
import TestKit
import Testing

/// A vendor whose answers say in their headers who has processed them.
private final class SayingVendor: ModelEndpoint {
  private let vendor: any ModelEndpoint
  private let said: Mutex<[(name: String, value: String)]>

  init(_ vendor: any ModelEndpoint, region: String? = "East US", provider: String? = "Amazon Bedrock") {
    self.vendor = vendor
    said = Mutex(Self.headers(region, provider))
  }

  func say(region: String? = "East US", provider: String? = "Amazon Bedrock") {
    said.withLock { $0 = Self.headers(region, provider) }
  }

  private static func headers(_ region: String?, _ provider: String?) -> [(name: String, value: String)] {
    [("X-MS-Region", region), ("x-inference-provider", provider)].compactMap { name, value in
      value.map { (name, $0) }
    }
  }

  func send(_ request: OutboundRequest) async throws(VendorFailure) -> VendorAnswer {
    var answer = try await vendor.send(request)
    answer.headers = said.withLock { $0 }
    return answer
  }

  func send(_ request: ResourceRequest) async throws(VendorFailure) -> VendorAnswer {
    var answer = try await vendor.send(request)
    answer.headers = said.withLock { $0 }
    return answer
  }
}

struct ProcessorStatementTests {
  private static let says = """
        base_url: http://127.0.0.1:9999/v1
        says:
          region: {header: x-ms-region, names: [East US, East US 2]}
          provider: {header: X-Inference-Provider, names: {Amazon Bedrock: aws}}
    """
  private static let subcontractors = """
          prohibits_training: true
          subcontractors:
            - {name: aws, agreement: S-1, effective: 2026-01-01, expires: 2026-12-31}
            - {name: over, agreement: S-2, effective: 2026-01-01, expires: 2026-05-31, models: [gpt-4o]}
            - {name: bare, models: [gpt-4o]}
            - {name: elsewhere, agreement: S-3, effective: 2026-01-01, expires: 2026-12-31, models: [gpt-4o]}
    """

  static func saying(_ yaml: String) -> String {
    yaml.replacing("    base_url: http://127.0.0.1:9999/v1", with: says, maxReplacements: 1)
      .replacing("      prohibits_training: true", with: subcontractors, maxReplacements: 1)
  }

  static let yaml = saying(SampleConfiguration.yaml)

  /// What answers say and what entries call it that is not as agreed.
  struct Case: CustomTestStringConvertible {
    var headers: [(name: String, value: String)]
    var strays: [String] = []
    var model = "gpt-4o-mini"
    var testDescription: String { headers.map { "\($0.name): \($0.value)" }.joined(separator: ", ") }

    static func provider(_ name: String, _ strays: String..., asked model: String = "gpt-4o-mini") -> Case {
      Case(headers: [("x-ms-region", "East US"), ("x-inference-provider", name)], strays: strays, model: model)
    }

    static func region(_ name: String, _ strays: String...) -> Case {
      Case(headers: [("x-ms-region", name), ("x-inference-provider", "aws")], strays: strays)
    }
  }

  private static let cases: [Case] = [
    Case.provider("Amazon Bedrock"), .provider(" AMAZON bedrock\t"), .provider("aws"), .provider("AWS"),
    .provider("mock"), .provider("Elsewhere", asked: "gpt-4o"), .region("east us 2"), .region(" EAST US "),
    .provider("Elsewhere", "provider:elsewhere"), .provider("over", "provider:over", asked: "gpt-4o"),
    .provider("bare", "provider:bare", asked: "gpt-4o"),
    .provider("aws, acme", "provider:sha256:\(digest("aws, acme"))"),
    .provider("", "provider"), .region("westeurope", "region:westeurope"),
    .region("East US 3", "region:sha256:\(digest("east us 3"))"), .region(" ", "region"),
    Case(headers: [], strays: ["region", "provider"]),
    Case(
      headers: [("x-ms-region", "east us"), ("X-MS-REGION", "eu"), ("x-inference-provider", "acme")],
      strays: ["region:eu", "provider:acme"]),
  ]

  @Test(arguments: cases)
  func `who has processed an answer is the vendor or a subcontractor in force for the model, in the region`(
    _ one: Case
  ) throws {
    let vendor = try #require(try Configuration(yaml: Self.yaml).vendors.first)
    let says = try #require(vendor.says)
    let model = try #require(ModelName(one.model))
    let strays = says.strays(
      in: one.headers, of: vendor.id, asked: model, under: vendor.agreement,
      on: try #require(CalendarDate("2026-06-01")))
    #expect(strays.map { $0.recorded?.description } == one.strays)
  }

  private static func digest(_ text: String) -> String { "\(Digest(hashing: Array(text.utf8).span))" }

  @Test(arguments: [
    "says: {}", "says: {region: {header: x-ms-region}}", "says: {region: {header: x-ms-region, names: []}}",
    "says: {region: {header: 'x ms', names: [East US]}}", "says: {provider: {names: {a: b}}}",
    "says: {provider: {header: x-provider, names: {A: b, a: c}}}",
    "says: {provider: {header: x-provider, names: {A: b c}}}",
    "says: {region: {header: x-ms-region, names: [' ']}}", "says: {member: provider}",
    "says: {provider: {header: x-provider, member: provider}}", "says: {provider: {member: ''}}",
    "says: {provider: {member: a b}}", "says: {region: {member: region}}",
  ])
  func `a configuration says in which header or member, and by which names`(_ line: String) throws {
    let yaml = SampleConfiguration.yaml.replacing(
      "base_url: http://127.0.0.1:9999/v1", with: "base_url: http://127.0.0.1:9999/v1\n    \(line)")
    #expect(throws: ConfigurationError.self) { try Configuration(yaml: yaml) }
  }

  @Test func `what is inside this process and what has no region says none`() throws {
    let provider = "says: {provider: {header: x-provider}}"
    let region = "says: {region: {header: x-ms-region, names: [East US]}}"
    for yaml in [
      SampleConfiguration.yaml.replacing("kind: loopback", with: "kind: loopback\n    \(provider)"),
      SampleConfiguration.yaml.replacing("    region: us-east\n", with: "    \(region)\n"),
    ] {
      #expect(throws: ConfigurationError.self) { try Configuration(yaml: yaml) }
    }
  }

  private static let others: [(region: String?, provider: String?, named: String)] = [
    ("westeurope", "Amazon Bedrock", "region:westeurope"), ("East US", "acme", "provider:acme"),
    ("East US", nil, "provider"), (nil, "aws", "region"),
  ]

  @Test(arguments: others.indices, [false, true])
  func `nothing of an answer of others is released, and each is told of once`(_ place: Int, _ streams: Bool)
    async throws
  {
    let other = Self.others[place]
    let vendor = SayingVendor(ScriptedVendor.echo())
    let bench = try await TestBench(.echo(), yaml: Self.yaml, others: ["mock": vendor])
    #expect(try await bench.ask("Hello.", useCase: "summarize", streaming: streams).text == "Hello.")
    vendor.say(region: other.region, provider: other.provider)
    for _ in 0..<3 {
      let answer = try await bench.ask("Hello.", useCase: "summarize", streaming: streams)
      #expect(answer.status == 502 && answer.error == "other_processor" && answer.text.isEmpty)
      try await bench.gateway.raiseAlerts(Logger(label: "test"))
    }
    #expect(bench.metrics.contains("cordon_alerts_total{rule=\"other_processor\"} 1\n"))
    let entries = try await bench.entries()
    let closed = entries.filter { $0["event"] == "request.closed" }
    #expect(closed.map { $0["outcome"]?.string } == ["completed"] + Array(repeating: "vendor_failed", count: 3))
    #expect(closed.map { $0["rule"]?.string } == [nil] + Array(repeating: "other_processor", count: 3))
    let alerts = entries.filter { $0["event"] == "alert.raised" }
    #expect(alerts.map { $0["rule"]?.string } == ["other_processor"])
    #expect(alerts.first?["vendor"] == "mock" && alerts.first?["object"]?.string == other.named)
  }

  @Test func `the next vendor is asked, and what an error says of others is told of, too`() async throws {
    let second = ScriptedVendor.echo()
    let yaml = Self.saying(AttemptsTests.yaml(chain: "[{vendor: second}]"))
    let stray = SayingVendor(ScriptedVendor.echo(), provider: "acme")
    let bench = try await TestBench(.echo(), yaml: yaml, others: ["mock": stray, "second": second])
    #expect(try await bench.ask("Hello.", useCase: "summarize").text == "Hello.")
    #expect(second.requests.count == 1)
    let failing = SayingVendor(AttemptsTests.failing(400), region: nil, provider: "acme")
    let other = try await TestBench(.echo(), yaml: Self.yaml, others: ["mock": failing])
    #expect(try await other.ask("Hello.", useCase: "summarize").error == "vendor_status_400")
    try await other.gateway.raiseAlerts(Logger(label: "test"))
    let alerts = try await other.entries().filter { $0["event"] == "alert.raised" }
    #expect(alerts.map { $0["object"]?.string } == ["provider:acme"])
  }

  @Test func `an answer of others that the vendor keeps is deleted there, and one that is fetched is not handed out`()
    async throws
  {
    let keeping = KeepingVendor(
      made: KeepingVendor.answer("queued"), kept: KeepingVendor.answer(saying: "Yes."))
    let vendor = SayingVendor(keeping)
    let bench = try await TestBench(.echo(), yaml: Self.saying(BatchTests.yaml), others: ["mock": vendor])
    let body = Array(#"{"model":"gpt-4o-mini","input":"Hello.","store":true,"background":true}"#.utf8)
    #expect(try await bench.send(body, as: .responses, useCase: "summarize").status == 200)
    vendor.say(region: "westeurope")
    let id = bench.gateway.newRequestID()
    let fetch = KeptCall(.retrieve, "resp_1", requestID: id, caller: bench.configuration.callers[0])
    let fetched = await bench.gateway.answer(fetch)
    guard case .whole(let told) = fetched.body else { throw VendorFailure(.unexpectedAnswer) }
    #expect(fetched.status == 502)
    #expect(try JSONValue(parsing: told)["error"]?["code"] == "other_processor")
    #expect(try await bench.send(body, as: .responses, useCase: "summarize").error == "other_processor")
    await bench.gateway.afterwork.drain(within: .seconds(600))
    #expect(keeping.deletions == 1)
  }

  @Test func `files, batches and their results are compared as well`() async throws {
    let vendor = SayingVendor(BatchVendor(), provider: "acme")
    let bench = try await TestBench(.echo(), yaml: Self.saying(BatchTests.yaml), others: ["mock": vendor])
    func isStray(_ answer: (status: Int, text: String)) -> Bool {
      answer.status == 502 && answer.text.contains("other_processor") && !answer.text.contains("custom_id")
    }
    #expect(isStray(await bench.send(.createFile, BatchTests.upload())))
    vendor.say()
    #expect(await bench.send(.createFile, BatchTests.upload()).status == 200)
    #expect(await bench.send(.createBatch, (BatchTests.order, "application/json")).status == 200)
    #expect(await bench.send(.batch, id: "batch-1").status == 200)
    vendor.say(provider: "acme")
    #expect(isStray(await bench.send(.batch, id: "batch-1")))
    #expect(isStray(await bench.send(.fileContent, id: "file-2")))
    vendor.say()
    #expect(await bench.send(.fileContent, id: "file-2").text.contains("Ottoline Brackenridge"))
    let closed = try await bench.entries().filter { $0["rule"] == "other_processor" }
    #expect(closed.map { $0["operation"]?.string } == ["files.create", "batches.retrieve", "files.content"])
  }

  @Test func `a vendor that names another each time leaves room for other alerts`() throws {
    let vendor = try #require(try Configuration(yaml: Self.yaml).vendors.first)
    let says = try #require(vendor.says)
    let watch = KeyUseWatch()
    func name(_ numbers: Range<Int>, at time: Int64) throws {
      for number in numbers {
        let strays = says.strays(
          in: [("x-ms-region", "East US"), ("x-inference-provider", "p\(number)")], of: vendor.id, asked: nil,
          under: vendor.agreement, on: try #require(CalendarDate("2026-06-01")))
        for stray in strays { watch.noticed(Alert(stray, of: vendor.id), at: time) }
      }
    }
    try name(0..<5_000, at: 0)
    #expect(watch.take().count == 256)
    watch.noticed(Alert(.alteredRecord), at: 1)
    #expect(watch.take() == [Alert(.alteredRecord)])
    // Their silence over, they are told of again.
    try name(4_990..<5_000, at: 600_000)
    #expect(watch.take().count == 10)
  }
}
