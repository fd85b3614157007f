import Bytes
import Gateway
import Ledger
import Providers
import TestKit
import Testing

struct RateLimitTests {
  private static func yaml(_ limits: String) -> String {
    SampleConfiguration.yaml + "\nrate_limits:\n  - {\(limits)}\n"
  }

  private func header(_ name: String, _ answer: TestAnswer) -> String? {
    answer.headers.first { $0.name == name }?.value
  }

  @Test func `makes a burst above the limit wait, and says for how long`() async throws {
    let (clock, vendor) = (TestClock(), ScriptedVendor.echo())
    let bench = try await TestBench(
      vendor, yaml: Self.yaml("per: caller, requests: 3, tokens: 1000, seconds: 60"), clock: clock)
    for _ in 0..<3 { #expect(try await bench.ask("Hello.", useCase: "summarize").status == 200) }

    let answer = try await bench.ask("Maria Gonzalez", useCase: "summarize")
    #expect(answer.status == 429)
    #expect(answer.error == "rate_limit_exceeded")
    #expect(header("retry-after", answer) == "20")
    #expect(header("x-ratelimit-limit-requests", answer) == "3")
    #expect(header("x-ratelimit-remaining-requests", answer) == "0")
    #expect(header("x-ratelimit-reset-requests", answer) == "20s")
    #expect(header("x-ratelimit-remaining-tokens", answer) == "946")
    #expect(header("x-should-retry", answer) == nil)
    #expect(vendor.requests.count == 3)

    clock.pass(19_999_000)
    #expect(try await bench.ask("Hello.", useCase: "summarize").status == 429)
    clock.pass(1_000)
    #expect(try await bench.ask("Hello.", useCase: "summarize").status == 200)
    #expect(try await bench.ask("Hello.", useCase: "summarize").status == 429)

    let refused = try await bench.entries().filter { $0["event"]?.string == "request.refused" }
    #expect(refused.map { $0["rule"]?.string } == ["rate_limited", "rate_limited", "rate_limited"])
    #expect(refused.allSatisfy { $0["object"]?.string == "caller:requests" && $0["status"]?.integer == 429 })
  }

  @Test func `tells a client of the other dialect in its own shape and headers`() async throws {
    let bench = try await TestBench(.echo(), yaml: Self.yaml("per: use_case, requests: 1, seconds: 90"))
    #expect(try await bench.ask("Hello.", useCase: "summarize").status == 200)
    let body: JSONValue = [
      "model": "gpt-4o-mini", "max_tokens": 9, "messages": [["role": "user", "content": "Hello."]],
    ]
    let answer = try await bench.send(body.bytes, as: .messages, useCase: "summarize")
    #expect(answer.status == 429)
    #expect(header("anthropic-ratelimit-requests-limit", answer) == "1")
    #expect(header("anthropic-ratelimit-requests-remaining", answer) == "0")
    #expect(header("anthropic-ratelimit-requests-reset", answer) == "2026-06-01T00:01:30.000Z")
    #expect(header("retry-after", answer) == "90")
    // Another use case has a bucket of its own.
    #expect(try await bench.ask("Hello.", useCase: "tokens-only").status == 200)
  }

  @Test func `books what a vendor counted, and lets a debt run off`() async throws {
    let clock = TestClock()
    let bench = try await TestBench(
      .echo(), yaml: Self.yaml("per: caller, tokens: 20, seconds: 60"), clock: clock)
    // Each costs 18: the second begins with two left, and leaves a debt of sixteen.
    for _ in 0..<2 { #expect(try await bench.ask("Hello.", useCase: "summarize").status == 200) }
    let answer = try await bench.ask("Hello.", useCase: "summarize")
    #expect(answer.status == 429)
    #expect(header("retry-after", answer) == "51")
    clock.pass(51_000_000)
    #expect(try await bench.ask("Hello.", useCase: "summarize").status == 200)
  }

  @Test func `estimates the tokens of a stream that does not tell them`() async throws {
    let bench = try await TestBench(.echo(cutting: 1), yaml: Self.yaml("per: caller, tokens: 50, seconds: 60"))
    #expect(try await bench.ask("Some words without a name.", useCase: "summarize", streaming: true).status == 200)
    #expect(try await bench.ask("Hello.", useCase: "summarize").status == 429)
  }

  @Test func `counts each patient once in the time, and no other than the one too many waits`() async throws {
    let clock = TestClock()
    let bench = try await TestBench(
      .echo(), yaml: Self.yaml("per: user, patients: 2, seconds: 3600"), clock: clock)
    func ask(_ patient: String, _ user: String = "lee") async throws -> Int {
      try await bench.ask("Hello.", useCase: "summarize", patient: patient, user: user).status
    }
    for patient in ["Patient/1", "Patient/2", "Patient/1", "Patient/2"] { #expect(try await ask(patient) == 200) }
    #expect(try await ask("Patient/3") == 429)
    #expect(try await ask("Patient/2") == 200)
    #expect(try await ask("Patient/3", "kim") == 200)
    clock.pass(1_800_000_000)
    #expect(try await ask("Patient/3") == 200)
  }

  @Test func `goes on to the next vendor when one was asked for as much as it may be`() async throws {
    let second = """
        - id: second
          kind: openai
          base_url: http://127.0.0.1:9998/v1
          region: us-east
          agreement: {id: BAA-2, signed: 2026-01-01, expires: 2027-01-01, prohibits_training: true}
        - id: inside
      """
    let yaml = Self.yaml("per: vendor, only: [mock], requests: 1, seconds: 60")
      .replacing("  - id: inside", with: second)
      .replacing(
        "vendor: mock\n    restore: all", with: "vendor: mock\n    fallbacks: [{vendor: second}]\n    restore: all")
    let (first, other) = (ScriptedVendor.echo(), ScriptedVendor.echo())
    let bench = try await TestBench(first, yaml: yaml, others: ["second": other])
    for _ in 0..<3 { #expect(try await bench.ask("Hello.", useCase: "summarize").status == 200) }
    #expect(first.requests.count == 1)
    #expect(other.requests.count == 2)
    // A use case with no other vendor waits, before its text is looked at.
    let answer = try await bench.ask("Hello.", useCase: "tokens-only")
    #expect(answer.status == 429)
    #expect(answer.message.contains("vendor_rate_limited"))
  }

  @Test func `does not take from one bucket for a request that has to wait for another`() async throws {
    let yaml = Self.yaml("per: caller, requests: 3, seconds: 600") + "  - {per: use_case, requests: 1, seconds: 600}\n"
    let bench = try await TestBench(.echo(), yaml: yaml)
    #expect(try await bench.ask("Hello.", useCase: "summarize").status == 200)
    for _ in 0..<5 { #expect(try await bench.ask("Hello.", useCase: "summarize").status == 429) }
    for useCase in ["tokens-only", "names-only"] {
      #expect(try await bench.ask("Hello.", useCase: useCase).status == 200)
    }
    #expect(try await bench.ask("Hello.", useCase: "tokens-only").message.contains("the caller may have at most 3"))
  }

  @Test func `takes from nobody for a request whose vendor has to wait`() async throws {
    let yaml =
      Self.yaml("per: vendor, only: [mock], requests: 1, seconds: 60") + "  - {per: user, requests: 3, seconds: 3600}\n"
    let clock = TestClock()
    let bench = try await TestBench(.echo(), yaml: yaml, clock: clock)
    func ask() async throws -> Int {
      try await bench.ask("Hello.", useCase: "summarize", patient: "Patient/1", user: "lee").status
    }
    #expect(try await ask() == 200)
    for _ in 0..<10 { #expect(try await ask() == 429) }
    for _ in 0..<2 {
      clock.pass(60_000_000)
      #expect(try await ask() == 200)
    }
  }

  @Test func `books what was asked to the end for a client that gets no answer`() async throws {
    let failing = ScriptedVendor { _ throws(VendorFailure) in throw VendorFailure(.timedOut) }
    let bench = try await TestBench(failing, yaml: Self.yaml("per: caller, tokens: 10, seconds: 3600"))
    #expect(
      try await bench.ask("Some words without a name, and some more of them.", useCase: "summarize").status != 429)
    #expect(try await bench.ask("Hello.", useCase: "summarize").status == 429)
  }

  @Test func `what is used runs off however often somebody looks`() {
    let limiter = RateLimiter()
    let ask = RateLimiter.Ask(
      limit: RateLimit(.caller, [.requests: 1], seconds: 3_600), code: RateLimiter.Code(high: 0, low: 1))
    #expect(limiter.take([ask], at: 0, wall: 0) == nil)
    // Less than a millionth runs off between two looks.
    var now: Int64 = 0
    repeat { now += 3_500 } while limiter.take([ask], at: now, wall: 0) != nil
    #expect((3_600_000_000...3_600_003_500).contains(now))
  }

  @Test func `what was used before a restart is added to what was used since`() {
    let ask = RateLimiter.Ask(
      limit: RateLimit(.caller, [.requests: 3], seconds: 3_600), code: RateLimiter.Code(high: 0, low: 1))
    let (before, since) = (RateLimiter(), RateLimiter())
    for _ in 0..<2 { #expect(before.take([ask], at: 0, wall: 0) == nil) }
    #expect(since.take([ask], at: 0, wall: 0) == nil)
    for kept in before.kept(at: 0) ?? [] { since.restore(kept, passed: 0, at: 0) }
    #expect(since.take([ask], at: 0, wall: 0) != nil)
  }

  @Test func `keeps a bounded number of users, and none of them can have another forgotten`() {
    let limiter = RateLimiter()
    let limit = RateLimit(.user, [.requests: 2], seconds: 3_600)
    let owner = RateLimiter.Code(high: 0, low: 1)
    func ask(_ user: UInt64) -> RateStop? {
      let ask = RateLimiter.Ask(limit: limit, code: RateLimiter.Code(high: 1, low: user), owner: owner)
      return limiter.take([ask], at: 0, wall: 0)
    }
    for _ in 0..<2 { #expect(ask(0) == nil) }
    var refused = 0
    for user in 1...20_000 where ask(UInt64(user)) != nil { refused += 1 }
    #expect(limiter.count == RateLimiter.mostUsers + 1)
    #expect(refused == 20_000 - (RateLimiter.mostUsers - 1) - 2)
    #expect(ask(0) != nil)
  }

  @Test func `users who share a bucket find room in it together, or none of them does`() {
    let limiter = RateLimiter()
    let limit = RateLimit(.user, [.patients: 4], seconds: 3_600)
    let owner = RateLimiter.Code(high: 0, low: 1)
    func ask(_ user: UInt64, _ patients: UInt64...) -> RateLimiter.Ask {
      var ask = RateLimiter.Ask(limit: limit, code: RateLimiter.Code(high: 1, low: user), owner: owner)
      ask.patients = patients
      return ask
    }
    for user in 0..<UInt64(RateLimiter.mostUsers) { #expect(limiter.take([ask(user, user)], at: 0, wall: 0) == nil) }
    // Two who are too many: five patients do not fit where four do.
    #expect(limiter.take([ask(10_000, 1, 2), ask(10_001, 3, 4, 5)], at: 0, wall: 0) != nil)
    #expect(limiter.take([ask(10_000, 1, 2), ask(10_001, 3, 4)], at: 0, wall: 0) == nil)
    #expect(limiter.take([ask(10_002, 6)], at: 0, wall: 0) != nil)
  }

  @Test func `takes nothing of a vendor's for what is refused before it goes there`() async throws {
    let yaml =
      BatchTests.yaml
      + "\nrate_limits: [{per: vendor, only: [mock], requests: 1, seconds: 3600}]\nvault: {new_subjects_per_day: 1}\n"
    let bench = try await TestBench(.echo(), yaml: yaml, others: ["mock": KeepingVendor()])
    let body = #"{"model":"gpt-4o-mini","input":"Hello.","store":false}"#
    func ask(_ patient: String) async throws -> TestAnswer {
      try await bench.send(Array(body.utf8), as: .responses, useCase: "summarize", patient: patient)
    }
    // The one whom the gateway may come to know today.
    let inside = #"{"model":"loopback","messages":[{"role":"user","content":"Hello."}]}"#
    #expect(try await bench.send(Array(inside.utf8), useCase: "code", patient: "Patient/1").status == 200)
    for _ in 0..<3 { #expect(try await ask("Patient/2").error == "too_many_subjects") }
    #expect(try await ask("Patient/1").status == 200)
    #expect(try await ask("Patient/1").status == 429)
  }

  @Test(arguments: [
    ("{per: nobody, requests: 1}", "per"), ("{per: caller}", "rate_limits[0]"),
    ("{per: caller, requests: 0}", "requests"), ("{per: user, only: [x], requests: 1}", "only"),
    ("{per: caller, only: [x], requests: 1}", "rate_limits[0]"),
    ("{per: vendor, requests: 1, seconds: 90000}", "seconds"),
  ])
  func `takes no limit that says nothing or names nobody`(_ limit: String, _ place: String) throws {
    let yaml = SampleConfiguration.yaml + "\nrate_limits: [\(limit)]\n"
    let error = #expect(throws: ConfigurationError.self) { try Configuration(yaml: yaml) }
    #expect(error?.path.contains(place) == true)
  }

  @Test func `takes no limit twice`() {
    let yaml = SampleConfiguration.yaml + "\nrate_limits: [{per: caller, requests: 1}, {per: caller, tokens: 1}]\n"
    let error = #expect(throws: ConfigurationError.self) { try Configuration(yaml: yaml) }
    #expect(error?.code == .duplicate)
    #expect(error?.path == "rate_limits[1]")
  }
}
