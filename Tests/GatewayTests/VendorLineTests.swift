import Bytes
import Gateway
import Providers
import Synchronization
import Testing

struct VendorLineTests {
  /// A vendor that takes its time, and knows how many it answered at once.
  private final class SlowVendor: ModelEndpoint {
    private let load = Mutex<(now: Int, most: Int)>((0, 0))

    var most: Int { load.withLock(\.most) }
    var now: Int { load.withLock(\.now) }

    func send(_ request: OutboundRequest) async throws(VendorFailure) -> VendorAnswer {
      load.withLock { load in
        load.now += 1
        load.most = max(load.most, load.now)
      }
      try? await Task.sleep(for: .milliseconds(20))
      load.withLock { $0.now -= 1 }
      return ScriptedVendor.whole(saying: "done")
    }
  }

  private static func bench(_ vendor: SlowVendor, queue: Int) async throws -> TestBench {
    let yaml = SampleConfiguration.yaml.replacing(
      "kind: openai", with: "kind: openai\n    concurrency: 2\n    queue: \(queue)")
    return try await TestBench(
      .echo(), yaml: yaml + "\nreliability: {queue_seconds: 600}\n", others: ["mock": vendor], clock: nil)
  }

  private static func statuses(_ bench: TestBench, of count: Int) async throws -> [Int: Int] {
    try await withThrowingTaskGroup(of: TestAnswer.self) { group in
      for _ in 0..<count { group.addTask { try await bench.ask("hello", useCase: "summarize") } }
      var statuses: [Int: Int] = [:]
      for try await answer in group {
        statuses[answer.status, default: 0] += 1
        if answer.status == 503 {
          #expect(answer.error == "vendor_busy")
          #expect(answer.headers.contains { $0 == ("retry-after", "5") })
          #expect(answer.message.contains("please try again"))
        }
      }
      return statuses
    }
  }

  @Test func `sends a vendor no more at one time than it may have, and lets the others wait`() async throws {
    let vendor = SlowVendor()
    let bench = try await Self.bench(vendor, queue: 30)
    #expect(try await Self.statuses(bench, of: 20) == [200: 20])
    #expect(vendor.most == 2)
  }

  @Test func `tells those to come back for whom there is no room, and records them`() async throws {
    let vendor = HeldVendor()
    let bench = try await Self.held(vendor, "concurrency: 2\n    queue: 0")
    async let statuses = Self.statuses(bench, of: 20)
    await reached { bench.sample("cordon_refusals_total{rule=\"vendor_busy\"}") == 18 }
    #expect(vendor.asked.count == 2)
    for _ in 0..<2 { vendor.release() }
    #expect(try await statuses == [200: 2, 503: 18])
    let entries = try await bench.entries()
    #expect(entries.filter { $0["rule"]?.string == "vendor_busy" }.count == 18)
  }

  @Test func `gives the place of a client that has gone to the next`() async throws {
    let vendor = SlowVendor()
    let bench = try await Self.bench(vendor, queue: 30)
    let leaving = (0..<10).map { _ in Task { try await bench.ask("hello", useCase: "summarize") } }
    for client in leaving { client.cancel() }
    for client in leaving { _ = try await client.value }
    #expect(try await Self.statuses(bench, of: 6) == [200: 6])
    #expect(vendor.now == 0)
  }

  private static func held(_ vendor: HeldVendor, _ bounds: String) async throws -> TestBench {
    let yaml = SampleConfiguration.yaml.replacing("kind: openai", with: "kind: openai\n    \(bounds)")
      .replacing("- id: tokens-only", with: "- id: tokens-only\n    priority: batch")
    return try await TestBench(
      .echo(), yaml: yaml + "\nreliability: {queue_seconds: 3600}\n", others: ["mock": vendor], clock: nil)
  }

  private static func ask(_ bench: TestBench, _ text: String, _ useCase: String) -> Task<TestAnswer, any Error> {
    Task { try await bench.ask(text, useCase: useCase) }
  }

  @Test func `whoever is waited for goes before whoever is not, however long that one has waited`() async throws {
    let vendor = HeldVendor()
    let bench = try await Self.held(vendor, "concurrency: 1")
    var asking = [Self.ask(bench, "first", "summarize")]
    await reached { vendor.asked.count == 1 }
    for (number, letter) in ["a", "b", "c"].enumerated() {
      asking.append(Self.ask(bench, "batch \(letter)", "tokens-only"))
      await reached { bench.waiting("batch") == number + 1 }
    }
    for (number, letter) in ["a", "b", "c"].enumerated() {
      asking.append(Self.ask(bench, "now \(letter)", "summarize"))
      await reached { bench.waiting("interactive") == number + 1 }
    }
    for served in 1...7 {
      await reached { vendor.asked.count == served }
      vendor.release()
    }
    for one in asking { #expect(try await one.value.status == 200) }
    #expect(vendor.asked == ["first", "now a", "now b", "now c", "batch a", "batch b", "batch c"])
    #expect(bench.metrics.contains("cordon_vendor_overtaken_total{vendor=\"mock\"} 0\n"))
  }

  @Test func `those that nobody waits for leave places free`() async throws {
    let vendor = HeldVendor()
    let bench = try await Self.held(vendor, "concurrency: 4\n    batch_concurrency: 2")
    var asking = (0..<4).map { _ in Self.ask(bench, "batch", "tokens-only") }
    await reached { vendor.asked.count == 2 && bench.waiting("batch") == 2 }
    asking += (0..<2).map { _ in Self.ask(bench, "now", "summarize") }
    await reached { vendor.asked.count == 4 }
    #expect(vendor.asked.suffix(2) == ["now", "now"])
    for served in 4...9 {
      await reached { vendor.asked.count == min(served, 6) }
      vendor.release()
    }
    for one in asking { #expect(try await one.value.status == 200) }
  }

  @Test func `whoever is waited for takes a place in a full queue from the last who is not`() async throws {
    let vendor = HeldVendor()
    let bench = try await Self.held(vendor, "concurrency: 1\n    queue: 2")
    let first = Self.ask(bench, "first", "summarize")
    await reached { vendor.asked.count == 1 }
    let early = Self.ask(bench, "early", "tokens-only")
    await reached { bench.waiting("batch") == 1 }
    let late = Self.ask(bench, "late", "tokens-only")
    await reached { bench.waiting("batch") == 2 }
    let now = Self.ask(bench, "now", "summarize")
    #expect(try await late.value.error == "vendor_busy")
    #expect(try await Self.ask(bench, "later", "tokens-only").value.error == "vendor_busy")
    for served in 1...3 {
      await reached { vendor.asked.count == served }
      vendor.release()
    }
    for one in [first, early, now] { #expect(try await one.value.status == 200) }
    #expect(vendor.asked == ["first", "now", "early"])
  }

  @Test func `a request can say less of itself than its use case, and not more`() async throws {
    let vendor = HeldVendor()
    let bench = try await Self.held(vendor, "concurrency: 1")
    func ask(_ useCase: String, _ priority: Priority) -> Task<Int, Never> {
      var call = ModelCall(
        .chatCompletions, requestID: bench.gateway.newRequestID(), caller: bench.configuration.callers[0],
        useCase: useCase, body: TestBench.body(useCase))
      call.priority = priority
      return Task { [call] in await bench.gateway.answer(call).status }
    }
    var asking = [ask("summarize", .interactive)]
    await reached { vendor.asked.count == 1 }
    asking += [ask("summarize", .batch), ask("tokens-only", .interactive)]
    await reached { bench.waiting("batch") == 2 }
    #expect(bench.waiting("interactive") == 0)
    for served in 1...3 {
      await reached { vendor.asked.count == served }
      vendor.release()
    }
    for one in asking { #expect(await one.value == 200) }
  }
}
