import Bytes
import Ciphers
import Gateway
import Ledger
import Providers
import Testing

/// What is refused before any limit is asked: an entry each, up to a bound, and counts beyond it.
struct RefusalTallyTests {
  private func models(_ bench: TestBench, from client: String) async -> Int {
    await bench.gateway.models(
      authorization: "Bearer x", from: ConfiguredName(client), in: .openAI, of: bench.gateway.newRequestID()
    ).status
  }

  /// How many refusals the log has of each address.
  private func sums(_ entries: [JSONValue]) -> [String: Int] {
    Dictionary(
      entries.filter { $0["event"] == "request.refused" && $0["rule"] == "unauthenticated" }.map {
        ($0["client"]?.string ?? "", $0["requests"]?.integer ?? 1)
      }, uniquingKeysWith: +)
  }

  @Test func `a flood of strangers has few entries, and every request is in their sum`() async throws {
    let clock = TestClock()
    let bench = try await TestBench(.echo(), clock: clock)
    var answered: [Int: Int] = [:]
    for _ in 0..<5_000 { answered[await models(bench, from: "192.0.2.1"), default: 0] += 1 }
    // Another is not crowded out by it.
    #expect(await models(bench, from: "192.0.2.2") == 401)
    #expect(answered == [401: 60, 429: 4_940])
    clock.pass(60_000_000)
    #expect(await models(bench, from: "192.0.2.1") == 401)
    try await bench.gateway.recordStop()
    let entries = try await bench.entries()
    #expect(sums(entries) == ["192.0.2.1": 5_001, "192.0.2.2": 1])
    let refused = entries.filter { $0["event"] == "request.refused" }
    #expect(refused.count == 63)
    #expect(entries.count == 64, "\(entries.map { $0["event"]?.string ?? "" }.filter { $0 != "request.refused" })")
  }

  @Test func `a flood from everywhere has as many entries as one, and the sum is whole`() async throws {
    let bench = try await TestBench(.echo())
    for place in 0..<3_000 { _ = await models(bench, from: "2001:db8::\(place)") }
    try await bench.gateway.recordStop()
    let entries = try await bench.entries()
    #expect(sums(entries).values.reduce(0, +) == 3_000)
    #expect(entries.count <= 600 + 129 + 1)
  }

  @Test func `a caller that goes on in spite of its limit is counted, too`() async throws {
    let bench = try await TestBench(
      .echo(), yaml: SampleConfiguration.yaml + "\nrate_limits: [{per: caller, requests: 1, seconds: 3600}]\n")
    for _ in 0..<200 { _ = try await bench.ask("hello", useCase: "summarize") }
    try await bench.gateway.recordStop()
    let refused = try await bench.entries().filter { $0["rule"] == "rate_limited" }
    #expect(refused.count == 61 && refused.map { $0["requests"]?.integer ?? 1 }.reduce(0, +) == 199)
    #expect(refused.allSatisfy { $0["object"] == "caller:requests" && $0["caller"] == "dr-lee" })
  }

  @Test func `a caller who may not read the log is counted when it goes on asking`() async throws {
    var random = SystemRandomNumberGenerator()
    let key = APIKey(using: &random)
    let yaml = SampleConfiguration.yaml.replacing(
      "hmac-sha256:AAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
      with: "\(APIKeyHash(of: key, using: &random))")
    let bench = try await TestBench(.echo(), yaml: yaml + "\nlog: {readers: [batch]}\n")
    let authorization = "Bearer \(key.revealingText())"
    for _ in 0..<100 {
      let id = bench.gateway.newRequestID()
      #expect(await bench.gateway.phiMap(authorization: authorization, of: id).status == 403)
      let log = await bench.gateway.logFile("checkpoint", authorization: authorization, client: nil, requestID: id)
      #expect(log.status == 403)
    }
    try await bench.gateway.recordStop()
    let refused = try await bench.entries().filter { $0["rule"] == "log_not_readable" }
    #expect(refused.count == 62 && refused.map { $0["requests"]?.integer ?? 1 }.reduce(0, +) == 200)
    #expect(refused.allSatisfy { $0["caller"] == "dr-lee" && $0["status"]?.integer == 403 })
  }

  @Test func `what a log does not take for hours is no more to write than a minute of it`() {
    let tally = RefusalTally()
    var refused = 0
    for minute in 0..<100 as Range<Int64> {
      let now = minute * 60_000_000
      for place in 0..<700 {
        var entry = Entry(.requestRefused, at: Timestamp(milliseconds: 0))
        entry.client = ConfiguredName("2001:db8:\(minute)::\(place)")
        entry.rule = ConfiguredName("unauthenticated")
        if tally.take(RefusalTally.Kind(entry), at: now) != .own { refused += 1 }
      }
      tally.putBack(tally.takeDue(at: now))
    }
    let due = tally.takeDue(at: 0, atEnd: true)
    #expect(refused == 10_000 && due.map(\.count).reduce(0, +) == refused)
    #expect(due.count <= RefusalTally.mostShared + 1)
  }
}
