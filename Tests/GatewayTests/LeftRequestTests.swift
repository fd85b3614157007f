import Bytes
import Gateway
import Ledger
import Providers
import Synchronization
import TestKit
import Testing
import Vault

/// Requests for later that were left behind: by who may use their use case no more, and by a process that was killed.
struct LeftRequestTests {
  private static let hidden = "Brackenridge"

  /// A configuration that comes into force.
  private static func gateway(_ bench: TestBench, _ yaml: String) throws -> (Gateway, Caller) {
    var next = try Configuration(yaml: yaml)
    next.keepFixed(of: bench.configuration)
    let vendor = ScriptedVendor.echo()
    let gateway = bench.gateway.under(
      next, endpoints: Dictionary(uniqueKeysWithValues: next.vendors.map { ($0.id, vendor) }))
    return (gateway, try #require(next.callers.first))
  }

  @Test(arguments: [("[summarize, code, ", "[code, "), ("- id: summarize\n", "- id: another\n")])
  func `who may use a use case no more deletes what it has left there, and reads none of it`(
    _ was: String, _ becomes: String
  ) async throws {
    let vendor = ScriptedVendor.echo()
    let bench = try await TestBench(vendor, yaml: DeferredTests.yaml)
    try await bench.gateway.takeDeferred()
    let given = try await bench.take().id
    await bench.carryOut()
    let waiting = try await bench.take().id
    let callers = becomes.contains("another") ? ("[summarize, ", "[another, ") : (was, becomes)
    let (gateway, caller) = try Self.gateway(
      bench, DeferredTests.yaml.replacing(was, with: becomes).replacing(callers.0, with: callers.1))
    let state = try await bench.ask(.retrieve, waiting, of: gateway, as: caller)
    #expect(state.status == 202)
    let answer = try await bench.ask(.retrieve, given, of: gateway, as: caller)
    #expect(answer.status == 403 && answer.error == "use_case_not_granted")
    #expect(!String(decoding: answer.body, as: UTF8.self).contains(Self.hidden))
    let entry = try bench.written().last
    #expect(entry?["event"] == "request.refused" && entry?["operation"] == "deferred.retrieve")
    // What waits stays so, and is nobody else's.
    gateway.carryOutDeferred()
    await gateway.afterwork.drain(within: .seconds(600))
    #expect(vendor.requests.count == 1)
    for id in [given, waiting] {
      #expect(try await bench.ask(.delete, id, caller: 1, of: gateway).status == 404)
      #expect(try await bench.ask(.delete, id, patient: "Patient/12", of: gateway, as: caller).status == 404)
      #expect(try await bench.ask(.delete, id, of: gateway, as: caller).status == 200)
      #expect(try await bench.ask(.retrieve, id, of: gateway, as: caller).status == 404)
    }
    #expect(try KeptMaps(bench.vault).records().isEmpty)
    #expect(bench.metrics.contains("cordon_deferred_requests{state=\"waiting\"} 0\n"))
    let deletions = try bench.written().filter {
      $0["operation"] == "deferred.delete" && $0["event"] == "map.deleted"
    }
    #expect(deletions.map { $0["use_case"]?.string } == ["summarize", "summarize"])
  }

  @Test func `what was left under a grant that somebody removed is deleted, and not read`() async throws {
    let bench = try await TestBench(.echo(), yaml: DeferredTests.yaml)
    try await bench.gateway.takeDeferred()
    let given = try await bench.take().id
    await bench.carryOut()
    let waiting = try await bench.take().id
    let removal = RemovedGrants.Removal(
      by: "alice", because: "INC-7", proposal: nil, at: Timestamp(milliseconds: 1_795_230_604_123))
    let grant = try #require(ConfiguredName("caller:dr-lee/use-case:summarize"))
    _ = try RemovedGrants.remove(grant, removal, data: bench.data)
    #expect(try await bench.ask(.retrieve, waiting).status == 202)
    let answer = try await bench.ask(.retrieve, given)
    #expect(answer.status == 403 && answer.error == "grant_lapsed")
    #expect(!String(decoding: answer.body, as: UTF8.self).contains(Self.hidden))
    for id in [given, waiting] { #expect(try await bench.ask(.delete, id).status == 200) }
    #expect(try KeptMaps(bench.vault).records().isEmpty)
  }

  @Test func `who is to be named is named also where the use case is granted no more`() async throws {
    let bench = try await TestBench(
      .echo(), yaml: DeferredTests.yaml.replacing("{seconds: 3600}", with: "{seconds: 3600}\n    requires: [patient]"))
    try await bench.gateway.takeDeferred()
    let id = try await bench.take(patient: "Patient/4711").id
    let (gateway, caller) = try Self.gateway(
      bench,
      DeferredTests.yaml.replacing("{seconds: 3600}", with: "{seconds: 3600}\n    requires: [patient]")
        .replacing("[summarize, code, ", with: "[code, "))
    #expect(try await bench.ask(.delete, id, of: gateway, as: caller).error == "party_required")
    #expect(try await bench.ask(.delete, id, patient: "Patient/4711", of: gateway, as: caller).status == 200)
  }

  /// A request that the log has as taken and opened, as a process leaves it that is killed; its time is over at once.
  private static func leave(_ name: String, in bench: TestBench, closed isClosed: Bool = false) async throws {
    let (id, time) = (try #require(RequestID(name)), try #require(Timestamp("2026-06-01")))
    let holder = KeptHolder(caller: "dr-lee", useCase: "summarize")
    let maps = try KeptMaps(bench.vault)
    let object = KeptObject(.deferred, name, at: "")
    var entry = Entry(.mapKept, at: time, request: id)
    entry.object = ConfiguredName(try await maps.recorded(object, for: holder))
    try await bench.ledger.append(entry)
    for event in isClosed ? [Event.requestOpened, .requestClosed] : [.requestOpened] {
      var entry = Entry(event, at: time, request: id)
      (entry.caller, entry.vendor) = (ConfiguredName("dr-lee"), ConfiguredName("mock"))
      if event == .requestClosed { entry.outcome = .completed }
      try await bench.ledger.append(entry)
    }
    _ = try await maps.keep(
      [0], of: object, for: holder, until: Moment(milliseconds: maps.now.milliseconds - 1),
      within: KeptBounds(maps: 100, bytes: 1 << 20))
  }

  private static func closings(_ bench: TestBench) throws -> [String] {
    try bench.written().filter { $0["event"] == "request.closed" && $0["rule"] == "interrupted" }
      .compactMap { $0["request"]?.string }
  }

  @Test func `what was cut off and is over is closed once, before it is forgotten`() async throws {
    let bench = try await TestBench(.echo(), yaml: DeferredTests.yaml)
    for number in 1...3 { try await Self.leave("req_left\(number)", in: bench, closed: number == 2) }
    // Somebody waits for this one.
    let start = try #require(Timestamp("2026-06-01"))
    try await bench.ledger.append(Entry(.requestOpened, at: start, request: RequestID("req_waited")))
    #expect(try await bench.gateway.purgeKept() == 0)
    try await bench.gateway.takeDeferred()
    #expect(try Self.closings(bench) == ["req_left1", "req_left3"])
    // Killed here, the next finds it done.
    let vendor = ScriptedVendor.echo()
    let next = Gateway(
      bench.configuration,
      endpoints: Dictionary(uniqueKeysWithValues: bench.configuration.vendors.map { ($0.id, vendor) }),
      ledger: bench.ledger, vault: bench.vault, clock: .ofTheSystem(from: start), newID: { "next" })
    try await next.takeDeferred()
    #expect(try Self.closings(bench) == ["req_left1", "req_left3"])
    #expect(try await next.purgeKept() == 3)
    #expect(try KeptMaps(bench.vault).records().isEmpty)
    let events = try bench.written().filter { $0["request"] == "req_left1" }.map { $0["event"]?.string }
    #expect(events == ["map.kept", "request.opened", "request.closed"])
  }

  @Test func `what is being carried out is not forgotten before it has ended, though its time is over`() async throws {
    let vendor = HeldVendor()
    let ahead = Shared(Atomic<Int64>(0))
    let bench = try await TestBench(.echo(), yaml: DeferredTests.yaml, others: ["mock": vendor]) {
      Moment(milliseconds: Moment.now().milliseconds + ahead.value.load(ordering: .relaxed))
    }
    try await bench.gateway.takeDeferred()
    _ = try await bench.take()
    bench.gateway.carryOutDeferred()
    await reached { !vendor.asked.isEmpty }
    ahead.value.store(3_601_000, ordering: .relaxed)
    #expect(try await bench.gateway.purgeKept() == 0)
    vendor.release()
    await bench.gateway.afterwork.drain(within: .seconds(600))
    #expect(try await bench.gateway.purgeKept() == 1)
    let ends = try bench.written().filter { $0["event"] == "request.closed" }
    #expect(ends.map { $0["outcome"]?.string } == ["completed"])
  }
}
