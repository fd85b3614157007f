import Bytes
import Gateway
import Ledger
import Providers
import TestKit
import Testing

struct RouteTests {
  static let route = """
      - id: R-1
        use_cases: [summarize, names-only]
        vendors: [mock]
        owner: privacy-office
        purpose: TREAT
        basis: treatment
        justification: Summaries for the ward, approved by the board on 2026-03-02
        begins: 2026-03-02
        expires: 2026-06-30
    """
  private static let yaml = SampleConfiguration.yaml + "\nroutes:\n" + route + "\n"

  @Test(.proves("IOC-22", "RES-03"))
  func `lets nothing leave without an open route, and records on which basis and why it left`() async throws {
    let vendor = ScriptedVendor.echo()
    let bench = try await TestBench(vendor, yaml: Self.yaml)
    #expect(try await bench.ask("Maria Gonzalez", useCase: "summarize").status == 200)
    #expect(vendor.requests.count == 1)

    // No route leads from this use case to the vendor: nobody has said on which basis.
    let unregistered = try await bench.ask("Maria Gonzalez", useCase: "tokens-only")
    #expect((unregistered.status, unregistered.error) == (403, "no_route"))
    #expect(unregistered.headers.contains { $0 == ("x-should-retry", "false") })

    try bench.turnClock(to: "2026-06-30T23:59:59.000Z")
    #expect(try await bench.ask("Maria Gonzalez", useCase: "summarize").status == 200)
    try bench.turnClock(to: "2026-07-01")
    let expired = try await bench.ask("Maria Gonzalez", useCase: "summarize")
    #expect((expired.status, expired.error) == (403, "route_expired"))
    #expect(vendor.requests.count == 2)

    let entries = try await bench.entries()
    let opened = entries.filter { $0["event"]?.string == "request.opened" }
    #expect(opened.count == 2)
    for entry in opened {
      #expect(entry["route"]?.string == "R-1")
      #expect(entry["basis"]?.string == "treatment")
      #expect(
        entry["justification"]?.string == "Summaries for the ward, approved by the board on 2026-03-02")
      #expect(entry["destination"]?.string == "http://127.0.0.1:9999")
      #expect(entry["retention"]?.string == "declined")
      #expect(entry["vendor"]?.string == "mock")
      #expect(entry["purpose"]?.string == "TREAT")
      #expect(entry["identifiers"]?["NAME"]?.integer == 1)
    }
    let refused = entries.filter { $0["event"]?.string == "request.refused" }
    #expect(refused.map { $0["rule"]?.string } == ["no_route", "route_expired"])
    #expect(refused.map { $0["route"]?.string } == [nil, "R-1"])
  }

  @Test func `needs no route for the model inside, and none where the configuration has none`() async throws {
    let body: JSONValue = ["model": "loopback", "messages": [["role": "user", "content": "Hello."]]]
    let bench = try await TestBench(.echo(), yaml: SampleConfiguration.yaml + "\nroutes: []\n")
    #expect(try await bench.send(body.bytes, useCase: "code").status == 200)
    #expect(try await bench.ask("Hello.", useCase: "summarize").error == "no_route")
    let opened = try await bench.entries()[0]
    #expect(opened["retention"]?.string == "inside")
    #expect(opened["destination"] == nil)

    let former = try await TestBench(.echo())
    #expect(try await former.ask("Hello.", useCase: "summarize").status == 200)
    #expect(try await former.entries()[0]["route"] == nil)
  }

  @Test func `ends a stream whose route a reload takes away`() async throws {
    let bench = try await TestBench(.echo(cutting: 3), yaml: Self.yaml)
    let gateways = GatewayInForce(bench.gateway)
    var next = try Configuration(yaml: SampleConfiguration.yaml + "\nroutes: []\n")
    next.keepFixed(of: bench.configuration)
    let endpoints = Dictionary(uniqueKeysWithValues: next.vendors.map { ($0.id, ScriptedVendor.echo()) })
    let answer = try await bench.ask(GatewayTests.note, useCase: "summarize") {
      try await gateways.replace(by: bench.gateway.under(next, endpoints: endpoints))
    }
    #expect(answer.error == "no_route" && !answer.isDone)
    let closed = try #require(try await bench.entries().last)
    #expect(closed["outcome"] == "withheld" && closed["rule"] == "no_route")
  }

  @Test func `ends a stream whose route comes to its end`() async throws {
    let bench = try await TestBench(.echo(cutting: 3), yaml: Self.yaml)
    let answer = try await bench.ask("A long enough answer in many pieces.", useCase: "summarize") {
      try bench.turnClock(to: "2026-07-01")
    }
    #expect(!answer.isDone)
    #expect(answer.error == "route_expired")
    let entries = try await bench.entries().filter { $0["request"] != nil }
    #expect(entries.last?["rule"]?.string == "route_expired")
  }

  @Test func `passes over a fallback that no route leads to`() async throws {
    let other = """
        - id: second
          kind: openai
          base_url: http://127.0.0.1:9998/v1
          region: us-east
          agreement: {id: BAA-2, signed: 2026-01-01, expires: 2027-01-01, prohibits_training: true}
        - id: inside
      """
    let yaml = Self.yaml.replacing("  - id: inside", with: other)
      .replacing(
        "vendor: mock\n    restore: all", with: "vendor: mock\n    fallbacks: [{vendor: second}]\n    restore: all")
    let failing = ScriptedVendor { _ throws(VendorFailure) in throw VendorFailure(.unreachable) }
    let second = ScriptedVendor.echo()
    let bench = try await TestBench(failing, yaml: yaml, others: ["second": second])
    #expect(try await bench.ask("Hello.", useCase: "summarize").status == 503)
    #expect(second.requests.isEmpty)
  }

  @Test(arguments: [
    ("basis: treatment", "basis: payment", "basis"), ("basis: treatment", "basis: because", "basis"),
    ("    basis: treatment\n", "", "basis"), ("    owner: privacy-office\n", "", "owner"),
    ("\n    expires: 2026-06-30", "", "expires"), ("vendors: [mock]", "vendors: [nobody]", "routes[0]"),
    ("vendors: [mock]", "vendors: []", "vendors"), ("summarize, names-only", "tokens-only", "routes[0]"),
    ("Summaries for", "Summaries [for", "justification"),
  ])
  func `takes no route that leaves something open`(_ old: String, _ new: String, _ place: String) throws {
    let yaml = SampleConfiguration.yaml + "\nroutes:\n" + Self.route.replacing(old, with: new) + "\n"
    #expect(throws: Never.self) { try Configuration(yaml: Self.yaml) }
    let error = #expect(throws: ConfigurationError.self) { try Configuration(yaml: yaml) }
    #expect(error?.path.contains(place) == true)
  }

  @Test func `compares where something went with where routes lead`() async throws {
    let bench = try await TestBench(.echo(), yaml: Self.yaml)
    for useCase in ["summarize", "names-only"] { _ = try await bench.ask("Hello.", useCase: useCase) }
    _ = try await bench.entries()
    let logs = try await ProvedLogs.of(bench.data, bench.vault)
    let report = try EgressReport(bench.configuration, in: logs)
    #expect(report.strays.isEmpty)
    #expect(report.destinations.map(\.name) == ["http://127.0.0.1:9999"])
    #expect(report.destinations[0].calls == 2)
    #expect(report.destinations[0].callsWithoutRoute == 0)

    // With the vendor moved, what was contacted is not what is approved.
    let moved = try Configuration(yaml: Self.yaml.replacing("127.0.0.1:9999", with: "127.0.0.1:9997"))
    let other = try EgressReport(moved, in: logs)
    #expect(other.strays.map(\.name) == ["http://127.0.0.1:9999"])
    #expect(other.destinations.map(\.calls) == [2, 0])
    #expect(try EgressReport(moved, in: logs, until: Timestamp("2026-05-31")).strays.isEmpty)
  }

  @Test(arguments: [
    ("https://llm.example/v1", "https://llm.example:443"), ("https://llm.example:8443/v1", "https://llm.example:8443"),
    ("http://[::1]:9/v1", "http://::1:9"), ("http://127.0.0.1/v1", "http://127.0.0.1:80"),
    ("http://[::1]/v1", "http://::1:80"),
  ])
  func `names the machine with its port`(_ address: String, _ destination: String) throws {
    let yaml = SampleConfiguration.yaml.replacing("http://127.0.0.1:9999/v1", with: address)
    #expect(try Configuration(yaml: yaml).vendors[0].destination?.description == destination)
  }
}
