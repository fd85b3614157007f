import Bytes
import Detection
import Gateway
import Ledger
import Providers
import Synchronization
import TestKit
import Testing
import Vault

/// Requests that are carried out later: what is taken, what is asked again, and what has come of them.
struct DeferredTests {
  static let yaml = SampleConfiguration.yaml.replacing(
    "    vendor: mock\n    restore: all\n", with: "    vendor: mock\n    restore: all\n    deferred: {seconds: 3600}\n")

  /// The same with other settings of its use case.
  private static func yaml(_ lines: String...) -> String {
    yaml.replacing("    deferred: {seconds: 3600}\n", with: lines.map { "    \($0)\n" }.joined())
  }

  @Test func `a request is answered when there is room, for its caller alone`() async throws {
    let vendor = ScriptedVendor.echo()
    let bench = try await TestBench(vendor, yaml: Self.yaml)
    try await bench.gateway.takeDeferred()
    let (status, id, _) = try await bench.take()
    #expect(status == 202 && vendor.requests.isEmpty)
    #expect(try await bench.ask(.retrieve, id).status == 202)
    #expect(bench.metrics.contains("cordon_deferred_requests{state=\"waiting\"} 1\n"))
    await bench.carryOut()
    #expect(try await bench.ask(.retrieve, id).text == "Patient: Ottoline Brackenridge")
    #expect(vendor.requests.count == 1)
    #expect(try await bench.ask(.retrieve, id, caller: 1).status == 404)
    for file in try bench.files() { #expect(!String(decoding: file.bytes, as: UTF8.self).contains("Brackenridge")) }
    #expect(try await bench.ask(.delete, id).status == 200)
    #expect(try await bench.ask(.retrieve, id).status == 404)
    #expect(bench.metrics.contains("cordon_deferred_requests{state=\"waiting\"} 0\n"))
  }

  @Test func `who is beyond the limits has nothing searched`() async throws {
    let searched = Shared(Atomic(0))
    var readers = Readers()
    readers.asked = SecondOpinion(reach: .everything) { _, _ in
      searched.value.add(1, ordering: .relaxed)
      return []
    }
    let limits = "\nrate_limits:\n  - {per: caller, requests: 1, seconds: 60}\n"
    let bench = try await TestBench(ScriptedVendor.echo(), yaml: Self.yaml + limits, readers: readers)
    try await bench.gateway.takeDeferred()
    #expect(try await bench.take().status == 202)
    let before = searched.value.load(ordering: .relaxed)
    #expect(before > 0)
    for _ in 1...3 { #expect(try await bench.take().status == 429) }
    #expect(searched.value.load(ordering: .relaxed) == before)
    #expect(bench.metrics.contains("cordon_deferred_requests{state=\"waiting\"} 1\n"))
  }

  @Test func `what cannot come later counts once, and gives its place back`() async throws {
    let limits = "\nrate_limits:\n  - {per: caller, requests: 1, seconds: 60}\n"
    let bench = try await TestBench(ScriptedVendor.echo(), yaml: Self.yaml + limits, hasOfficer: true)
    try await bench.gateway.takeDeferred()
    let form: JSONValue = ["patient": "Patient/1", "record": "restriction", "to": ["*"]]
    var register = ConsentRegister()
    register.add([try ConsentForm(form, id: "r1", at: 0).record], of: nil, at: 0)
    try await bench.register(register, of: "Patient/1")
    let told = try await bench.take(patient: "Patient/1")
    #expect(told.status == 403 && told.error == "restricted_by_patient")
    #expect(bench.metrics.contains("cordon_deferred_requests{state=\"waiting\"} 0\n"))
    #expect(try await bench.take(patient: "Patient/1").status == 429)
  }

  @Test func `what was deleted is not carried out`() async throws {
    let vendor = ScriptedVendor.echo()
    let bench = try await TestBench(vendor, yaml: Self.yaml)
    try await bench.gateway.takeDeferred()
    let id = try await bench.take().id
    #expect(try await bench.ask(.delete, id).status == 200)
    await bench.carryOut()
    #expect(vendor.requests.isEmpty)
    #expect(try await bench.ask(.delete, id).status == 404)
  }

  @Test(arguments: [
    ("restore: all", "restore: [NAME]", "obligation_unmet"), ("restore: all", "restore: none", "obligation_unmet"),
    ("models: [gpt-4o-mini]", "models: [gpt-4o]", "model_not_allowed"),
  ])
  func `an answer is not handed out when less may be shown than when it was given`(
    _ was: String, _ becomes: String, _ rule: String
  ) async throws {
    let vendor = ScriptedVendor.echo()
    let bench = try await TestBench(vendor, yaml: Self.yaml)
    try await bench.gateway.takeDeferred()
    let id = try await bench.take().id
    await bench.carryOut()
    #expect(try await bench.ask(.retrieve, id).status == 200)
    let place = try #require(Self.yaml.firstRange(of: "  - id: summarize\n"))
    let head = Self.yaml[..<place.upperBound]
    var tail = String(Self.yaml[place.upperBound...])
    tail.replaceSubrange(try #require(tail.firstRange(of: was)), with: becomes)
    var next = try Configuration(yaml: head + tail)
    next.keepFixed(of: bench.configuration)
    let narrowed = bench.gateway.under(
      next, endpoints: Dictionary(uniqueKeysWithValues: next.vendors.map { ($0.id, vendor) }))
    let answer = try await bench.ask(.retrieve, id, of: narrowed)
    #expect(answer.status == 403 && answer.error == rule)
    let entry = try await bench.entries().last
    #expect(entry?["event"] == "request.refused" && entry?["rule"]?.string == rule)
  }

  @Test func `a contract holds for what is kept, and its caller finds the answer`() async throws {
    let yaml = Self.yaml("deferred: {seconds: 3600}", "contract: {shares: [messages], retains: []}")
    let bench = try await TestBench(.echo(), yaml: yaml)
    try await bench.gateway.takeDeferred()
    let id = try await bench.take(patient: "Patient/4711").id
    #expect(try await bench.ask(.retrieve, id, patient: "Patient/4711").status == 202)
    await bench.carryOut()
    #expect(try await bench.ask(.retrieve, id, patient: "Patient/4711").status == 200)
    #expect(try await bench.entries().allSatisfy { $0["tags"] == nil })
  }

  @Test func `what is being carried out is stopped when it is deleted, and leaves nothing`() async throws {
    let vendor = SilentVendor()
    let bench = try await TestBench(.echo(), yaml: Self.yaml, others: ["mock": vendor])
    try await bench.gateway.takeDeferred()
    let id = try await bench.take().id
    bench.gateway.carryOutDeferred()
    await vendor.wasAsked()
    #expect(bench.metrics.contains("cordon_deferred_requests{state=\"running\"} 1\n"))
    #expect(try await bench.ask(.delete, id).status == 200)
    #expect(bench.metrics.contains("cordon_deferred_requests{state=\"running\"} 0\n"))
    #expect(bench.metrics.contains("cordon_deferred_total{result=\"deleted\"} 1\n"))
    await bench.gateway.afterwork.drain(within: .seconds(600))
    #expect(try await bench.ask(.retrieve, id).status == 404)
    #expect(try KeptMaps(bench.vault).records().isEmpty)
  }

  @Test func `what the log does not take is refused, and neither kept nor deleted`() async throws {
    let vendor = ScriptedVendor.echo()
    let bench = try await TestBench(vendor, yaml: Self.yaml)
    try await bench.gateway.takeDeferred()
    let id = try await bench.take().id
    try await bench.ledger.close()
    #expect(try await bench.take().status == 503)
    #expect(try KeptMaps(bench.vault).records().count == 1)
    #expect(try await bench.ask(.delete, id).status == 503)
    #expect(try await bench.ask(.retrieve, id).status == 202)
    await bench.carryOut()
    #expect(vendor.requests.isEmpty)
    #expect(bench.metrics.contains("cordon_deferred_requests{state=\"waiting\"} 1\n"))
  }

  @Test func `an agreement is asked about when it is carried out, and when its answer is fetched`() async throws {
    let vendor = ScriptedVendor.echo()
    let bench = try await TestBench(vendor, today: "2026-12-30", yaml: Self.yaml("deferred: {seconds: 2592000}"))
    try await bench.gateway.takeDeferred()
    let given = try await bench.take().id
    await bench.carryOut()
    let waiting = try await bench.take().id
    try bench.turnClock(to: "2027-01-03")
    await bench.carryOut()
    for id in [given, waiting] {
      let answer = try await bench.ask(.retrieve, id)
      #expect(answer.status == 403 && answer.error == "baa_not_in_force")
    }
    #expect(vendor.requests.count == 1)
  }

  @Test(arguments: [" Opioid use disorder, on buprenorphine.", ""], [nil, "true"])
  func `what policies do not allow is refused when it comes, and nothing of it is kept`(
    _ more: String, _ restricted: String?
  ) async throws {
    let vendor = ScriptedVendor.echo()
    let bench = try await TestBench(
      vendor,
      yaml: GatewayPolicyTests.yaml(
        summarize: "phi_in_output: authorised\n    approval: APR-1\n    deferred: {seconds: 3600}"))
    try await bench.gateway.takeDeferred()
    var facts = FactHeaders()
    facts.restricted = restricted
    let isAllowed = more.isEmpty && restricted == nil
    let taken = try await bench.take(GatewayPolicyTests.note + more, stating: facts)
    #expect(taken.status == (isAllowed ? 202 : 403) && taken.error == (isAllowed ? nil : "forbidden_by_policy"))
    #expect(try KeptMaps(bench.vault).records().count == (isAllowed ? 1 : 0))
    await bench.carryOut()
    #expect(vendor.requests.count == (isAllowed ? 1 : 0))
    #expect(bench.metrics.contains("cordon_deferred_total{result=\"taken\"} \(isAllowed ? 1 : 0)\n"))
    let events = try await bench.entries().map { $0["event"]?.string }
    #expect(events.contains("map.kept") == isAllowed && events.contains("request.refused") == !isAllowed)
  }

  @Test func `one that is refused counts once in the limits, as one that is taken does`() async throws {
    let yaml = GatewayPolicyTests.yaml(
      summarize: "phi_in_output: authorised\n    approval: APR-1\n    deferred: {seconds: 3600}")
    let bench = try await TestBench(
      .echo(), yaml: yaml + "\nrate_limits:\n  - {per: caller, requests: 2, seconds: 3600}\n", clock: TestClock())
    try await bench.gateway.takeDeferred()
    let forbidden = GatewayPolicyTests.note + " Opioid use disorder, on buprenorphine."
    #expect(try await bench.take(forbidden).status == 403)
    #expect(try await bench.take(GatewayPolicyTests.note).status == 202)
    #expect(try await bench.take(GatewayPolicyTests.note).status == 429)
    await bench.carryOut()
    #expect(bench.metrics.contains("cordon_deferred_total{result=\"answered\"} 1\n"))
  }

  @Test(arguments: [(1, 202), (3, 403)])
  func `what the first vendor may not be asked is taken for the next, and refused where none may be`(
    _ forbidden: Int, _ status: Int
  ) async throws {
    let second = ScriptedVendor.echo()
    let yaml = AttemptsTests.yaml()
      .replacing("prohibits_training: true", with: "prohibits_training: false", maxReplacements: forbidden)
      .replacing("    restore: all\n  - id: code", with: "    restore: all\n    deferred: {}\n  - id: code")
    let bench = try await TestBench(.echo(), yaml: yaml, others: ["second": second])
    try await bench.gateway.takeDeferred()
    #expect(try await bench.take().status == status)
    #expect(try KeptMaps(bench.vault).records().count == (status == 202 ? 1 : 0))
    await bench.carryOut()
    #expect(second.requests.count == (status == 202 ? 1 : 0))
  }

  @Test func `what was cut off is closed in the log before it is opened again`() async throws {
    let vendor = ScriptedVendor.echo()
    let bench = try await TestBench(vendor, yaml: Self.yaml)
    try await bench.gateway.takeDeferred()
    let id = try #require(try await bench.take().id)
    let start = try #require(Timestamp("2026-06-01"))
    var opening = Entry(.requestOpened, at: start, request: RequestID(id))
    (opening.caller, opening.vendor, opening.useCase) = (
      ConfiguredName("dr-lee"), ConfiguredName("mock"), ConfiguredName("summarize")
    )
    try await bench.ledger.append(opening)
    let endpoints = Dictionary(uniqueKeysWithValues: bench.configuration.vendors.map { ($0.id, vendor) })
    let next = Gateway(
      bench.configuration, endpoints: endpoints, ledger: bench.ledger, vault: bench.vault,
      clock: .ofTheSystem(from: start), newID: { "next" })
    try await next.takeDeferred()
    next.carryOutDeferred()
    await next.afterwork.drain(within: .seconds(600))
    #expect(try await bench.ask(.retrieve, id, of: next).text == "Patient: Ottoline Brackenridge")
    let entries = try await bench.entries().filter { $0["request"]?.string == id }
    #expect(
      entries.map { $0["event"]?.string } == [
        "map.kept", "request.opened", "request.closed", "request.opened", "request.closed", "map.kept", "map.deleted",
      ])
    #expect(entries[2]["outcome"] == "vendor_failed" && entries[2]["rule"] == "interrupted")
    #expect(entries[2]["caller"] == "dr-lee" && entries[2]["vendor"] == "mock" && entries[2]["use_case"] == "summarize")
    #expect(entries[4]["outcome"] == "completed")
  }

  @Test func `one caller has half of the queue`() async throws {
    let yaml = Self.yaml.replacing("body_bytes: 65536", with: "body_bytes: 65536\n  deferred_requests: 4")
    let bench = try await TestBench(.echo(), yaml: yaml)
    try await bench.gateway.takeDeferred()
    #expect(try await bench.take().status == 202)
    #expect(try await bench.take().status == 202)
    #expect(try await bench.take().status == 503)
  }

  @Test func `who is to be named is named by whoever asks`() async throws {
    let bench = try await TestBench(.echo(), yaml: Self.yaml("deferred: {seconds: 3600}", "requires: [patient]"))
    try await bench.gateway.takeDeferred()
    let id = try await bench.take(patient: "Patient/4711").id
    for act in [DeferredCall.Act.retrieve, .delete] {
      #expect(try await bench.ask(act, id).error == "party_required")
      #expect(try await bench.ask(act, id, patient: "Patient/12").status == 404)
    }
    #expect(try await bench.ask(.delete, id, patient: "Patient/4711").status == 200)
  }

  @Test func `what is over is taken out, whatever it waits for, and counted`() async throws {
    let vendor = ScriptedVendor { _ throws(VendorFailure) in throw VendorFailure(.unreachable) }
    let clock = TestClock()
    let bench = try await TestBench(vendor, yaml: Self.yaml, clock: clock)
    try await bench.gateway.takeDeferred()
    _ = try await bench.take()
    await bench.carryOut()
    clock.pass(3_601_000_000)
    await bench.carryOut()
    #expect(vendor.requests.count == 1)
    #expect(bench.metrics.contains("cordon_deferred_total{result=\"expired\"} 1\n"))
    #expect(bench.metrics.contains("cordon_deferred_requests{state=\"waiting\"} 0\n"))
  }

  @Test func `a vendor that fails is asked again by and by, and in the end that is the answer`() async throws {
    let vendor = ScriptedVendor { _ throws(VendorFailure) in throw VendorFailure(.unreachable) }
    let clock = TestClock()
    let bench = try await TestBench(vendor, yaml: Self.yaml, clock: clock)
    try await bench.gateway.takeDeferred()
    let id = try await bench.take().id
    for attempt in 1...8 {
      #expect(try await bench.ask(.retrieve, id).status == 202)
      await bench.carryOut()
      #expect(vendor.requests.count == attempt)
      // Not before its pause is over.
      if attempt < 8 {
        await bench.carryOut()
        #expect(vendor.requests.count == attempt)
      }
      clock.pass(301_000_000)
    }
    let answer = try await bench.ask(.retrieve, id)
    #expect(answer.status == 502 && answer.error == "vendor_unreachable")
  }

  @Test func `nothing is taken before it is known what was taken before the start`() async throws {
    let bench = try await TestBench(.echo(), yaml: Self.yaml)
    #expect(try await bench.take().status == 503)
    try await bench.gateway.takeDeferred()
    #expect(try await bench.take().status == 202)
    let entries = try await bench.entries()
    #expect(entries.map { $0["event"]?.string } == ["request.refused", "map.kept"])
    #expect(entries.first?["rule"] == "queue_full")
    #expect(entries.last?["decision"] == "allow")
  }

  @Test(arguments: ["deferred: {seconds: 59}", "deferred: {hours: 1}", "deferred: 1", "priority: high"])
  func `a configuration says what can be`(_ line: String) {
    let yaml = Self.yaml.replacing("deferred: {seconds: 3600}", with: line)
    #expect(throws: ConfigurationError.self) { try Configuration(yaml: yaml) }
  }
}

/// A vendor that never answers, until whoever asks gives up.
private final class SilentVendor: ModelEndpoint {
  private let (asked, telling) = AsyncStream.makeStream(of: Void.self)

  /// Waits until somebody has asked it.
  func wasAsked() async {
    for await _ in asked { return }
  }

  func send(_ request: OutboundRequest) async throws(VendorFailure) -> VendorAnswer {
    telling.yield()
    while !Task.isCancelled { try? await Task.sleep(for: .seconds(3_600)) }
    throw VendorFailure(.unreachable)
  }
}
