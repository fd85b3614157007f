import Bytes
import Gateway
import Testing

struct RepeatedRequestsTests {
  private static func yaml(_ reliability: String) -> String {
    SampleConfiguration.yaml + "\nreliability: {\(reliability)}\n"
  }

  @Test func `gives one answer to a request however often it comes, and records each giving`() async throws {
    let vendor = ScriptedVendor.echo()
    let caching = SampleConfiguration.yaml.replacing("    restore: all", with: "    restore: all\n    caching: allowed")
    let bench = try await TestBench(vendor, yaml: caching)
    let body = TestBench.body(GatewayTests.note)
    let first = try await bench.send(body, useCase: "summarize", key: "k-1")
    let again = try await bench.send(body, useCase: "summarize", key: "k-1")
    #expect([first.text, again.text] == [GatewayTests.note, GatewayTests.note])
    #expect(again.headers.contains { $0 == ("idempotent-replayed", "true") })
    #expect(vendor.requests.count == 1)
    let entries = try await bench.entries()
    #expect(
      entries.map { $0["event"]?.string } == [
        "request.opened", "request.closed", "request.opened", "request.closed",
      ])
    #expect(entries.map { $0["rule"]?.string } == [nil, nil, "idempotent_repeat", "idempotent_repeat"])
    #expect(entries.map { $0["vendor"]?.string } == ["mock", "mock", nil, nil])
    #expect(Set(entries.compactMap { $0["request"]?.string }).count == 2)
  }

  @Test func `tells a key that comes with another request, and one of another use case`() async throws {
    let vendor = ScriptedVendor.echo()
    let bench = try await TestBench(vendor)
    _ = try await bench.send(TestBench.body("one"), useCase: "summarize", key: "k")
    for (text, useCase) in [("two", "summarize"), ("one", "tokens-only")] {
      let answer = try await bench.send(TestBench.body(text), useCase: useCase, key: "k")
      #expect(answer.status == 409)
      #expect(answer.error == "idempotency_key_reused")
      #expect(answer.headers.contains { $0 == ("x-should-retry", "false") })
    }
    #expect(vendor.requests.count == 1)
  }

  @Test func `forgets an answer when its time is over, and when there is no room`() async throws {
    let clock = TestClock()
    let vendor = ScriptedVendor.echo()
    let bench = try await TestBench(
      vendor, yaml: Self.yaml("idempotency_seconds: 60, idempotency_bytes: 400"), clock: clock)
    func ask(_ key: String) async throws -> Int {
      _ = try await bench.send(TestBench.body("hello"), useCase: "summarize", key: key)
      return vendor.requests.count
    }
    #expect(try await [ask("a"), ask("a")] == [1, 1])
    clock.pass(60_000_000)
    #expect(try await [ask("a"), ask("a")] == [2, 2])
    // An answer has about two hundred bytes.
    #expect(try await [ask("b"), ask("c"), ask("c"), ask("a")] == [3, 4, 4, 5])
  }

  @Test func `keeps no failure and no stream`() async throws {
    let vendor = ScriptedVendor { [count = Counter()] request throws(VendorFailure) in
      if count.next() == 1 { throw VendorFailure(.unreachable) }
      let events = ScriptedVendor.events(saying: "done", cut: 2)
      return request.isStreaming ? ScriptedVendor.stream(events, cut: 9) : ScriptedVendor.whole(saying: "done")
    }
    let bench = try await TestBench(vendor)
    #expect(try await bench.send(TestBench.body("hello"), useCase: "summarize", key: "k").status == 502)
    #expect(try await bench.send(TestBench.body("hello"), useCase: "summarize", key: "k").text == "done")
    let stream = TestBench.body("hello", streaming: true)
    for _ in 0..<2 { #expect(try await bench.send(stream, useCase: "summarize", key: "s").isDone) }
    #expect(vendor.requests.count == 4)
  }
}
