import Bytes
import Gateway
import Ledger
import Providers
import Testing

struct ReloadTests {
  private static func changed(_ old: String, _ new: String) throws -> Configuration {
    try Configuration(yaml: SampleConfiguration.yaml.replacing(old, with: new))
  }

  @Test func `records what comes into force, and leaves what runs under what it began with`() async throws {
    let vendor = ScriptedVendor.echo()
    let bench = try await TestBench(vendor)
    let gateways = GatewayInForce(bench.gateway)
    let former = gateways.current
    var next = try Self.changed("models: [gpt-4o-mini]", "models: [other]")
    next.keepFixed(of: bench.configuration)
    let endpoints = Dictionary(uniqueKeysWithValues: next.vendors.map { ($0.id, vendor) })
    try await gateways.replace(by: former.under(next, endpoints: endpoints))

    func status(_ gateway: Gateway) async -> Int {
      let body = TestBench.body("hello")
      let call = ModelCall(
        .chatCompletions, requestID: gateway.newRequestID(), caller: bench.configuration.callers[0],
        useCase: "summarize", body: body)
      return await gateway.answer(call).status
    }
    #expect(await [status(former), status(gateways.current)] == [200, 403])
    let entries = try await bench.entries()
    #expect(entries.first?["event"]?.string == "configuration.loaded")
    #expect(entries.first?["object"]?.string == next.digest?.description)
  }

  @Test func `puts nothing in force that cannot be recorded`() async throws {
    let vendor = ScriptedVendor.echo()
    let bench = try await TestBench(vendor)
    let gateways = GatewayInForce(bench.gateway)
    try await bench.ledger.close()
    let next = try Self.changed("models: [gpt-4o-mini]", "models: [other]")
    let endpoints = Dictionary(uniqueKeysWithValues: next.vendors.map { ($0.id, vendor) })
    await #expect(throws: (any Error).self) {
      try await gateways.replace(by: bench.gateway.under(next, endpoints: endpoints))
    }
    let answer = await gateways.current.answer(
      ModelCall(
        .chatCompletions, requestID: bench.gateway.newRequestID(), caller: bench.configuration.callers[0],
        useCase: "summarize", body: TestBench.body("hello")))
    #expect(answer.status == 503)
  }

  @Test func `names what needs a restart, and keeps it`() throws {
    let former = try Configuration(yaml: SampleConfiguration.yaml)
    var next = try Configuration(
      yaml: SampleConfiguration.yaml.replacing("port: 8787", with: "port: 8788")
        .replacing("data: state", with: "data: elsewhere")
        .replacing("body_bytes: 65536", with: "body_bytes: 4096\n  idle_seconds: 5"))
    #expect(former.fixed(unlike: next) == ["listen", "data", "limits.idle_seconds"])
    next.keepFixed(of: former)
    #expect(next.listen == former.listen)
    #expect(next.dataDirectory == "state")
    #expect(next.limits.bodyBytes == 4_096)
    #expect(next.limits.idleSeconds == former.limits.idleSeconds)
    #expect(former.fixed(unlike: next).isEmpty)
  }
}
