import Bytes
import Gateway
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
    let vendor = SlowVendor()
    let bench = try await Self.bench(vendor, queue: 0)
    let statuses = try await Self.statuses(bench, of: 20)
    #expect(vendor.most <= 2)
    #expect((statuses[503] ?? 0) > 0)
    #expect((statuses[200] ?? 0) + (statuses[503] ?? 0) == 20)
    let entries = try await bench.entries()
    #expect(entries.filter { $0["rule"]?.string == "vendor_busy" }.count == statuses[503])
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
}
