import Bytes
import Gateway
import Ledger
import Providers
import TestKit
import Testing

/// Calls about answers that a vendor keeps: what carries them, what stops them, what they take.
struct KeptCallTests {
  private static let yaml = SampleConfiguration.yaml.replacing(
    "    restore: all\n", with: "    restore: all\n    kept_by_vendor: {seconds: 3600}\n")

  private static let fallback = yaml.replacing(
    "    vendor: mock\n    restore: all\n",
    with: "    vendor: mock\n    fallbacks: [{vendor: second, models: {gpt-4o-mini: house-model}}]\n    restore: all\n"
  ).replacing(
    "  - id: inside\n",
    with: """
        - id: second
          kind: openai
          base_url: http://127.0.0.1:9998/v1
          region: us-east
          agreement: {id: BAA-2, signed: 2026-01-01, expires: 2027-01-01, prohibits_training: true}
        - id: inside

      """)

  private func ask(_ act: KeptCall.Act, _ bench: TestBench, id: String = "resp_1") async -> (status: Int, rule: String?)
  {
    var call = KeptCall(act, id, requestID: bench.gateway.newRequestID(), caller: bench.configuration.callers[0])
    call.useCase = "summarize"
    let reply = await bench.gateway.answer(call)
    guard case .whole(let body) = reply.body else { return (reply.status, nil) }
    return (reply.status, (try? JSONValue(parsing: body))?["error"]?["code"]?.string)
  }

  private func keep(_ bench: TestBench) async throws {
    let body = #"{"model":"gpt-4o-mini","input":"Patient: Ottoline Brackenridge","store":true}"#
    #expect(try await bench.send(Array(body.utf8), as: .responses, useCase: "summarize").status == 200)
  }

  private func stop(_ name: String, _ bench: TestBench) throws {
    try StopMarkers(data: bench.data).set(
      Stop(try #require(ModelName(name)), by: "alice", because: "a breach", at: Timestamp(milliseconds: 0)))
  }

  @Test func `goes by the name that the model has at the vendor which keeps the answer`() async throws {
    let second = KeepingVendor()
    let bench = try await TestBench(
      ScriptedVendor { _ throws(VendorFailure) in throw VendorFailure(.unreachable) }, yaml: Self.fallback,
      others: ["second": second])
    try await keep(bench)
    try stop("gpt-4o-mini", bench)
    #expect(await ask(.retrieve, bench).status == 200)
    try stop("house-model", bench)
    #expect(await ask(.retrieve, bench).rule == "stopped_by_operator")
    let opened = try await bench.entries().last {
      $0["operation"] == "responses.retrieve" && $0["event"] == "request.opened"
    }
    #expect(opened?["model"] == "house-model" && opened?["vendor"] == "second")
  }

  @Test func `a stop ends what a vendor has not answered yet`() async throws {
    let vendor = KeepingVendor()
    let bench = try await TestBench(.echo(), yaml: Self.yaml, others: ["mock": vendor], clock: nil)
    try await keep(bench)
    vendor.hang()
    async let answer = ask(.retrieve, bench)
    while !vendor.isHanging { try await Task.sleep(for: .milliseconds(5)) }
    try stop("mock", bench)
    bench.gateway.stopWhatMayNotRun()
    vendor.goOn()
    #expect(await answer.rule == "stopped_by_operator")
    let closed = try await bench.entries().last
    #expect(closed?["outcome"] == "withheld" && closed?["rule"] == "stopped_by_operator")
  }

  @Test func `a vendor that fails is left in peace by these calls, too`() async throws {
    let vendor = KeepingVendor()
    let bench = try await TestBench(
      .echo(), yaml: Self.yaml + "\nreliability: {breaker: {requests: 2}}\n", others: ["mock": vendor])
    try await keep(bench)
    vendor.fail()
    for _ in 0..<3 { _ = await ask(.retrieve, bench) }
    let rested = await ask(.retrieve, bench)
    #expect(rested.status == 503 && rested.rule == "vendor_resting")
  }

  @Test func `takes from the limits of its caller`() async throws {
    let bench = try await TestBench(
      .echo(), yaml: Self.yaml + "\nrate_limits: [{per: caller, requests: 2}]\n", others: ["mock": KeepingVendor()])
    try await keep(bench)
    #expect(await ask(.retrieve, bench).status == 200)
    let limited = await ask(.retrieve, bench)
    #expect(limited.status == 429)
    let last = try await bench.entries().last
    #expect(last?["rule"] == "rate_limited" && last?["operation"] == "responses.retrieve")
  }

  @Test func `what is kept can be deleted when its agreement is over, and seen no more`() async throws {
    let bench = try await TestBench(.echo(), yaml: Self.yaml, others: ["mock": KeepingVendor()])
    try await keep(bench)
    try bench.turnClock(to: "2027-01-02")
    #expect(await ask(.retrieve, bench).rule == "baa_not_in_force")
    #expect(await ask(.delete, bench).status == 200)
    #expect(await ask(.delete, bench).rule == "response_not_found")
    let entries = try await bench.entries()
    let opened = entries.last { $0["event"] == "request.opened" }
    #expect(opened?["rule"] == "return_or_destroy" && opened?["agreement"] == "BAA-1")
    #expect(entries.contains { $0["event"] == "map.deleted" })
  }

  @Test func `what is kept can be deleted when the access was removed, and seen no more`() async throws {
    let vendor = KeepingVendor()
    let bench = try await TestBench(.echo(), yaml: Self.yaml, others: ["mock": vendor])
    try await keep(bench)
    try bench.remove("caller:dr-lee/use-case:summarize")
    #expect(await ask(.retrieve, bench).rule == "grant_lapsed")
    #expect(await ask(.delete, bench).status == 200 && vendor.deletions == 1)
    let entries = try await bench.entries()
    #expect(entries.last { $0["event"] == "request.opened" }?["rule"] == nil)
    #expect(entries.contains { $0["event"] == "map.deleted" })
  }

  @Test func `nothing is deleted at a vendor that somebody has stopped`() async throws {
    let bench = try await TestBench(.echo(), yaml: Self.yaml, others: ["mock": KeepingVendor()])
    try await keep(bench)
    try stop("mock", bench)
    try bench.turnClock(to: "2027-01-02")
    #expect(await ask(.delete, bench).rule == "stopped_by_operator")
  }

  @Test func `a failure to forget keeps the deletion from being told`() async throws {
    let bench = try await TestBench(.echo(), yaml: Self.yaml, others: ["mock": KeepingVendor(deletes: false)])
    try await keep(bench)
    #expect(await ask(.delete, bench).status == 502)
    #expect(await ask(.retrieve, bench).status == 200)
  }
}
