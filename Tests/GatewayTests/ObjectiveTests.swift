import Bytes
import Gateway
import Ledger
import Logging
import Providers
import Synchronization
import TestKit
import Testing

struct ObjectiveTests {
  private static func yaml(_ objectives: String...) -> String {
    SampleConfiguration.yaml + "\nobjectives:\n" + objectives.map { "  - {\($0)}\n" }.joined()
  }

  /// A vendor that takes its time, or fails.
  private struct SlowVendor {
    let clock = TestClock()
    let vendor: ScriptedVendor
    private let manner = Manner()

    private final class Manner: Sendable {
      let state = Mutex<(microseconds: Int64, fails: Bool)>((1_000, false))
    }

    init() {
      let (clock, manner) = (clock, manner)
      let echo = ScriptedVendor.echo()
      vendor = ScriptedVendor { request throws(VendorFailure) in
        let (microseconds, fails) = manner.state.withLock(\.self)
        clock.pass(microseconds)
        if fails { throw VendorFailure(.unreachable) }
        return try echo.answer(request)
      }
    }

    func takes(_ milliseconds: Int64, fails: Bool = false) {
      manner.state.withLock { $0 = (milliseconds * 1_000, fails) }
    }
  }

  /// Asks so often, with a minute between two requests, and raises what there is to raise.
  private func ask(_ count: Int, _ bench: TestBench, _ clock: TestClock, seconds: Int64 = 60) async throws {
    for _ in 0..<count {
      _ = try await bench.ask("Hello.", useCase: "summarize")
      clock.pass(seconds * 1_000_000)
      bench.gateway.watchObjectives()
    }
    try await bench.gateway.raiseAlerts(Logger(label: "test"))
  }

  /// How many were raised so far.
  private func raised(_ bench: TestBench) throws -> Double {
    try sample(#"cordon_alerts_total{rule="error_budget"}"#, bench)
  }

  /// What the log says of all of them; nothing can be asked after that.
  private func alerts(_ bench: TestBench) async throws -> [String] {
    try await bench.entries().filter { $0["event"]?.string == "alert.raised" && $0["rule"]?.string == "error_budget" }
      .compactMap { $0["object"]?.string }
  }

  private func sample(_ name: String, _ bench: TestBench) throws -> Double {
    guard case .whole(let page) = bench.gateway.metricsPage().body else { return .nan }
    let line = try #require(
      String(decoding: page, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("\(name) ") }, "\(name)")
    return try #require(Double(line.split(separator: " ")[1]))
  }

  @Test(.proves("OPS-01")) func `injected latency burns the budget and raises an alert`() async throws {
    let slow = SlowVendor()
    let bench = try await TestBench(
      slow.vendor, yaml: Self.yaml("id: quick, within_ms: 500, target: 90", "id: answered, target: 99.9"),
      clock: slow.clock)
    try await ask(40, bench, slow.clock)
    #expect(try raised(bench) == 0)
    #expect(try sample(#"cordon_objective_budget_left_ratio{objective="quick"}"#, bench) == 1)

    slow.takes(501)
    try await ask(2, bench, slow.clock)
    // Two late ones in forty-two are within what one in ten allows.
    #expect(try raised(bench) == 0)
    #expect(try abs(sample(#"cordon_objective_budget_left_ratio{objective="quick"}"#, bench) - (1 - 2 / 4.2)) < 1e-5)
    try await ask(58, bench, slow.clock)
    #expect(try raised(bench) > 0)
    #expect(try sample(#"cordon_objective_requests{objective="quick",result="bad"}"#, bench) == 60)
    #expect(try sample(#"cordon_objective_requests{objective="quick",result="good"}"#, bench) == 40)
    #expect(try sample(#"cordon_objective_budget_left_ratio{objective="quick"}"#, bench) == -5)
    #expect(try sample(#"cordon_objective_burn_rate{objective="quick",minutes="5"}"#, bench) == 10)
    // All of them were answered.
    #expect(try sample(#"cordon_objective_budget_left_ratio{objective="answered"}"#, bench) == 1)
    #expect(try sample(#"cordon_objective_target_ratio{objective="answered"}"#, bench) == 0.999)
    let said = try await alerts(bench)
    #expect(said.contains("quick:fast") && said.allSatisfy { $0 == "quick:fast" || $0 == "quick:slow" })
  }

  @Test func `an alert is over when the short time is, and what was used up stays`() async throws {
    let slow = SlowVendor()
    let bench = try await TestBench(slow.vendor, yaml: Self.yaml("id: answered, target: 99"), clock: slow.clock)
    slow.takes(1, fails: true)
    try await ask(30, bench, slow.clock)
    let atOnce = try raised(bench)
    #expect(atOnce > 0)
    slow.takes(1)
    // The short time of the fast pace, and what is kept silent after an alert.
    try await ask(11, bench, slow.clock)
    let before = try raised(bench)
    try await ask(120, bench, slow.clock)
    #expect(try sample(#"cordon_objective_burn_rate{objective="answered",minutes="60"}"#, bench) == 0)
    #expect(try sample(#"cordon_objective_requests{objective="answered",result="bad"}"#, bench) == 30)
    // A month later nothing of it counts.
    slow.clock.pass(28 * 86_400_000_000)
    #expect(try sample(#"cordon_objective_budget_left_ratio{objective="answered"}"#, bench) == 1)
    let said = try await alerts(bench)
    #expect(said.prefix(Int(atOnce)).allSatisfy { $0 == "answered:fast" })
    #expect(said.dropFirst(Int(before)).allSatisfy { $0 == "answered:slow" })
  }

  @Test func `a few requests say nothing, and refusals by a rule are no failures`() async throws {
    let slow = SlowVendor()
    let bench = try await TestBench(slow.vendor, yaml: Self.yaml("id: answered, target: 99"), clock: slow.clock)
    slow.takes(1, fails: true)
    try await ask(19, bench, slow.clock)
    #expect(try raised(bench) == 0)
    let kept = Array(#"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hello."}],"store":true}"#.utf8)
    for _ in 0..<30 { #expect(try await bench.send(kept, useCase: "summarize").status == 403) }
    #expect(try sample(#"cordon_objective_requests{objective="answered",result="bad"}"#, bench) == 19)
    try await ask(1, bench, slow.clock)
    #expect(try await alerts(bench) == ["answered:fast"])
  }

  @Test func `an objective of one use case does not count the others`() async throws {
    let slow = SlowVendor()
    let bench = try await TestBench(
      slow.vendor, yaml: Self.yaml("id: few, use_cases: [tokens-only], target: 99"), clock: slow.clock)
    try await ask(3, bench, slow.clock)
    #expect(try sample(#"cordon_objective_requests{objective="few",result="good"}"#, bench) == 0)
    _ = try await bench.ask("Hello.", useCase: "tokens-only")
    #expect(try sample(#"cordon_objective_requests{objective="few",result="good"}"#, bench) == 1)
  }

  @Test func `a request counts once, and is answered when any of its vendors answers`() async throws {
    let yaml = AttemptsTests.yaml() + "\nobjectives:\n  - {id: answered, target: 99}\n"
    let bench = try await TestBench(
      AttemptsTests.failing(500), yaml: yaml,
      others: ["lapsed": ScriptedVendor.echo(), "second": ScriptedVendor.echo()])
    for _ in 0..<5 { #expect(try await bench.ask("Hello.", useCase: "summarize").status == 200) }
    #expect(try sample(#"cordon_objective_requests{objective="answered",result="good"}"#, bench) == 5)
    #expect(try sample(#"cordon_objective_requests{objective="answered",result="bad"}"#, bench) == 0)
    let none = try await TestBench(
      AttemptsTests.failing(500), yaml: yaml,
      others: ["lapsed": ScriptedVendor.echo(), "second": AttemptsTests.failing(503)])
    for _ in 0..<5 { #expect(try await none.ask("Hello.", useCase: "summarize").status >= 500) }
    #expect(try sample(#"cordon_objective_requests{objective="answered",result="bad"}"#, none) == 5)
  }

  @Test(arguments: [400, 404, 413, 422])
  func `what a vendor refuses as the client's mistake is nobody's failure`(_ status: Int) async throws {
    let bench = try await TestBench(AttemptsTests.failing(status), yaml: Self.yaml("id: answered, target: 99"))
    #expect(try await bench.ask("Hello.", useCase: "summarize").status == status)
    for result in ["good", "bad"] {
      #expect(try sample(#"cordon_objective_requests{objective="answered",result="\#(result)"}"#, bench) == 0)
    }
  }

  @Test(arguments: [false, true])
  func `the vendor's time is in the total and before the first byte, and is not added`(_ isStreaming: Bool) async throws
  {
    let slow = SlowVendor()
    let bench = try await TestBench(
      slow.vendor,
      yaml: Self.yaml(
        "id: all, target: 90, within_ms: 500", "id: first, target: 90, within_ms: 500, measure: first_byte",
        "id: own, target: 90, within_ms: 500, measure: added"), clock: slow.clock)
    slow.takes(501)
    #expect(try await bench.ask("Hello.", useCase: "summarize", streaming: isStreaming).status == 200)
    slow.takes(499)
    #expect(try await bench.ask("Hello.", useCase: "summarize", streaming: isStreaming).status == 200)
    for (objective, good) in [("all", 1.0), ("first", 1), ("own", 2)] {
      #expect(try sample(#"cordon_objective_requests{objective="\#(objective)",result="good"}"#, bench) == good)
      #expect(try sample(#"cordon_objective_requests{objective="\#(objective)",result="bad"}"#, bench) == 2 - good)
    }
  }

  @Test func `what was counted is there after a restart, and a file that somebody has written counts for nothing`()
    async throws
  {
    let slow = SlowVendor()
    let bench = try await TestBench(
      slow.vendor, yaml: Self.yaml("id: answered, target: 99", "id: quick, target: 90, within_ms: 500"),
      clock: slow.clock)
    try await ask(3, bench, slow.clock)
    slow.takes(1, fails: true)
    try await ask(2, bench, slow.clock)
    // A clock that is set back loses nothing.
    try bench.turnClock(to: "2026-05-31")
    try await ask(1, bench, slow.clock)
    try await bench.gateway.recordStop()
    let file = try #require(try bench.files().first { $0.name == "objectives" })
    let now = Timestamp("2026-06-02")?.milliseconds ?? 0
    let objectives = bench.configuration.objectives
    let next = ObjectiveWatch()
    next.take(file.bytes, for: objectives, at: now)
    for line in [
      #"cordon_objective_requests{objective="answered",result="good"} 3"#,
      #"cordon_objective_requests{objective="quick",result="bad"} 3"#,
    ] { #expect(next.page(objectives, at: now).contains("\(line)\n")) }

    let number = String(1 << 52)
    for doctored in [
      #"{"v":1,"hours":{"answered+answered":[[\#(number),1,1]]}}"#,
      #"{"v":1,"hours":{"answered+answered":[\#(Array(repeating: "[1,\(number),\(number)]", count: 600).joined(separator: ","))]}}"#,
      #"{"v":1,"hours":{"answered+answered":[[-1,1,1],[1],[1,2,"x"],null]}}"#, "{", "", #"{"v":2,"hours":{}}"#,
    ] {
      let other = ObjectiveWatch()
      other.take(Array(doctored.utf8), for: objectives, at: now)
      #expect(other.page(objectives, at: now).contains(#"{objective="answered",result="good"} 0"#))
    }
  }

  @Test(arguments: [
    "id: a", "id: a, target: 100", "id: a, target: 0", "id: a, target: 99.9999", "id: a, target: 99., days: 3",
    "id: a, target: 99, days: 91", "id: a, target: 99, measure: total", "id: a, target: 99, within_ms: 0",
    "id: a, target: 99, within_ms: 5, measure: mean", "id: a, target: 99, use_cases: [nobody]", "target: 99",
    "id: a, target: -1",
  ])
  func `is refused where it says nothing that can be kept`(_ objective: String) {
    #expect(throws: ConfigurationError.self) { try Configuration(yaml: Self.yaml(objective)) }
  }

  @Test func `is there once, and may be of any form that the page shows`() throws {
    #expect(throws: ConfigurationError.self) {
      try Configuration(yaml: Self.yaml("id: a, target: 99", "id: a, target: 95"))
    }
    let read = try Configuration(
      yaml: Self.yaml("id: a, target: 99.5", "id: b, target: 95, within_ms: 3000, measure: first_byte, days: 7"))
    #expect(read.objectives.map(\.target) == [995_000, 950_000] && read.objectives.map(\.days) == [28, 7])
  }
}
