import Bytes
import Foundation
import Gateway
import Ledger
import Logging
import TestKit
import Testing

/// What a gateway makes of the file with what was removed, by the log; and what it removes by itself.
struct GrantWatchTests {
  private static let summarize = "caller:dr-lee/use-case:summarize"
  private static let namesOnly = "caller:dr-lee/use-case:names-only"

  private static func watch(_ bench: TestBench) async {
    await bench.gateway.watchGrants(Logger(label: "grants") { _ in SwiftLogNoOpLogHandler() })
  }

  private static func ask(_ bench: TestBench, _ useCase: String = "summarize") async throws -> String? {
    try await bench.ask("hello", useCase: useCase).error
  }

  /// The alerts of a record that somebody has changed.
  private static func alerts(_ bench: TestBench) async throws -> Int {
    try await bench.gateway.raiseAlerts(Logger(label: "grants") { _ in SwiftLogNoOpLogHandler() })
    let name = "cordon_alerts_total{rule=\"altered_record\"} "
    let line = bench.metrics.split(separator: "\n").first { $0.hasPrefix(name) }
    return line.flatMap { Int($0.dropFirst(name.utf8.count)) } ?? 0
  }

  /// What the log has of removals, by the rule.
  private static func removed(_ bench: TestBench, as rule: String) async throws -> [JSONValue] {
    try await bench.entries().filter { $0["event"]?.string == "grant.removed" && $0["rule"]?.string == rule }
  }

  @Test func `what has left the file stays removed, and is put back when the log has no word of it`() async throws {
    let clock = TestClock()
    let bench = try await TestBench(.echo(), clock: clock)
    try bench.remove(Self.summarize)
    #expect(try await Self.ask(bench) == "grant_lapsed")
    try bench.unlist(Self.summarize)
    #expect(try await Self.ask(bench) == "grant_lapsed")
    // A command may have to wait for its word.
    await Self.watch(bench)
    #expect(try await Self.ask(bench) == "grant_lapsed")
    #expect(try RemovedGrants.read(data: bench.data).removals.isEmpty)
    #expect(try await Self.alerts(bench) == 0)
    clock.pass(11_000_000)
    await Self.watch(bench)
    let listed = try RemovedGrants.read(data: bench.data).removals
    #expect(listed.map(\.key.description) == [Self.summarize] && listed.first?.value.person == "alice")
    #expect(try await Self.ask(bench) == "grant_lapsed")
    #expect(try await Self.alerts(bench) == 1)
    let back = try await Self.removed(bench, as: "put_back")
    #expect(back.compactMap { $0["object"]?.string } == [Self.summarize])
  }

  @Test func `what the log says is restored is given back at once, and nobody is alarmed`() async throws {
    let clock = TestClock()
    let bench = try await TestBench(.echo(), clock: clock)
    try bench.remove(Self.summarize)
    #expect(try await Self.ask(bench) == "grant_lapsed")
    try await bench.restore(Self.summarize)
    await Self.watch(bench)
    #expect(try await Self.ask(bench) == nil)
    clock.pass(100_000_000)
    await Self.watch(bench)
    #expect(try await Self.ask(bench) == nil)
    #expect(try await Self.alerts(bench) == 0)
    #expect(try await Self.removed(bench, as: "put_back").isEmpty)
  }

  @Test func `while the log cannot be read nothing is given back, which is told, and it is tried again`() async throws {
    let clock = TestClock()
    let bench = try await TestBench(.echo(), clock: clock)
    try bench.remove(Self.summarize)
    #expect(try await Self.ask(bench) == "grant_lapsed")
    try await bench.restore(Self.summarize)
    let place = try bench.turnByteOfLog()
    await Self.watch(bench)
    #expect(try await Self.ask(bench) == "grant_lapsed")
    try bench.turnByteOfLog(at: place)
    // Not again and again.
    await Self.watch(bench)
    #expect(try await Self.ask(bench) == "grant_lapsed")
    clock.pass(3_000_000)
    await Self.watch(bench)
    #expect(try await Self.ask(bench) == nil)
    #expect(try await Self.alerts(bench) == 1)
  }

  @Test func `a list that is gone is written anew with what is known of it`() async throws {
    let bench = try await TestBench(.echo())
    try bench.remove(Self.namesOnly)
    #expect(try await Self.ask(bench) == nil)
    try bench.setRemovals(nil)
    #expect(try await Self.ask(bench) == "grants_unreadable")
    // Whoever removes something now does not make a list of that alone.
    #expect(throws: FileFault.self) { try bench.remove(Self.summarize) }
    #expect(throws: FileFault.self) { try RemovedGrants.read(data: bench.data) }
    await Self.watch(bench)
    #expect(try await Self.ask(bench) == nil)
    #expect(try await Self.ask(bench, "names-only") == "grant_lapsed")
    #expect(try RemovedGrants.read(data: bench.data).removals.map(\.key.description) == [Self.namesOnly])
    #expect(try await Self.alerts(bench) == 1)
  }

  @Test func `a list that a gateway finds gone when it begins is written anew from the log`() async throws {
    let bench = try await TestBench(.echo())
    var entry = Entry(.grantRemoved, at: try #require(Timestamp("2026-06-01")))
    entry.object = ConfiguredName(Self.namesOnly)
    _ = try await bench.ledger.append(entry)
    #expect(FileManager.default.createFile(atPath: "\(bench.data)/\(RemovedGrants.file).begun", contents: nil))
    try bench.turnClock(to: "2026-06-02")
    #expect(try await Self.ask(bench) == "grants_unreadable")
    await Self.watch(bench)
    #expect(try await Self.ask(bench) == nil)
    #expect(try await Self.ask(bench, "names-only") == "grant_lapsed")
    #expect(try await Self.alerts(bench) == 1)
  }

  @Test func `a removal of which the log has nothing is in it after a minute, once`() async throws {
    let clock = TestClock()
    let bench = try await TestBench(.echo(), clock: clock)
    await Self.watch(bench)
    try bench.remove(Self.summarize)
    for _ in 0..<4 {
      #expect(try await Self.ask(bench) == "grant_lapsed")
      await Self.watch(bench)
      clock.pass(31_000_000)
    }
    #expect(try await Self.alerts(bench) == 0)
    let found = try await Self.removed(bench, as: "found")
    #expect(found.compactMap { $0["object"]?.string } == [Self.summarize] && found.first?["after"] != nil)
  }

  @Test func `what is restored while the log is read is not missing`() async throws {
    let id = try #require(ConfiguredName(Self.summarize))
    let bench = try await TestBench(.echo())
    try bench.remove(Self.summarize)
    var removals = RemovalsInForce()
    removals.take(try RemovedGrants.read(data: bench.data), at: 0)
    var entry = Entry(.grantRemoved, at: Timestamp(milliseconds: 0))
    entry.object = id
    _ = try await bench.ledger.append(entry)
    let history = try GrantHistory(await ProvedLogs.of(bench.data, bench.vault), until: Timestamp(milliseconds: 1))
    #expect(history.standingRemovals.keys.map(\.description) == [Self.summarize])
    // It has left the file by now: what was looked at before the log counts.
    try await bench.restore(Self.summarize)
    #expect(removals.judged(by: history, at: 1_000_000).missing.isEmpty)
    // Before it was looked at only somebody's hand has taken it out.
    #expect(RemovalsInForce().judged(by: history, at: 1_000_000).missing.keys.contains(id))
  }

  /// A gateway that removes what is unused for ten days, of which one use case is used each day.
  private static func bench(_ clock: TestClock = TestClock()) async throws -> TestBench {
    let bench = try await TestBench(
      .echo(), yaml: SampleConfiguration.yaml + "\naccess: {unused_days: 10, remove_unused: remove}\n", clock: clock)
    try await bench.gateway.recordStart()
    return bench
  }

  private static func go(to days: ClosedRange<Int>, _ bench: TestBench) async throws {
    for day in days {
      try bench.turnClock(to: "2026-06-\(day < 10 ? "0" : "")\(day)")
      #expect(try await ask(bench) == nil)
      await watch(bench)
    }
  }

  @Test func `where the configuration says so, it is removed a week after that was proposed`() async throws {
    let bench = try await Self.bench()
    try await Self.go(to: 1...17, bench)
    // Proposed on the eleventh.
    #expect(try await Self.ask(bench, "names-only") == nil)
    try await Self.go(to: 18...18, bench)
    #expect(try await Self.ask(bench, "tokens-only") == "grant_lapsed")
    // What was used meanwhile stays.
    #expect(try await Self.ask(bench, "names-only") == nil)
    let removed = try await Self.removed(bench, as: "unused")
    let ids = ["batch/use-case:code", "dr-lee/use-case:code", "dr-lee/use-case:tokens-only"].map { "caller:\($0)" }
    #expect(removed.compactMap { $0["object"]?.string }.sorted() == ids)
    #expect(removed.allSatisfy { $0["approval"] != nil && $0["after"] != nil })
  }

  @Test func `a role by which a policy forbids is not removed by itself, and its end is announced`() async throws {
    let roles = "roles: [{name: system-administrator, until: 2027-01-31}], attests: [managed_device]"
    let bench = try await TestBench(
      .echo(), yaml: GatewayPolicyTests.yaml(roles) + "\naccess: {unused_days: 10, remove_unused: remove}\n")
    let gateway = bench.gateway
    let forbid = "administrators-and-auditors-see-no-data"
    let policy = try #require(gateway.policy)
    let lifted = ["clinician", "auditor", "system-administrator"].map { policy.lifted(without: $0) }
    #expect(lifted == [[], [forbid], [forbid]])
    let more = "and without it `\(forbid)` may allow more"
    #expect(gateway.liftingLines.count == 1)
    #expect(gateway.liftingLines[0].hasSuffix("role:system-administrator` ends with 2027-01-31, \(more)"))
    for day in 1...18 {
      try bench.turnClock(to: "2026-06-\(day < 10 ? "0" : "")\(day)")
      try await gateway.recordStart()
      await Self.watch(bench)
    }
    try bench.remove("caller:dr-lee/role:system-administrator")
    #expect(gateway.deadLines.contains { $0.hasSuffix("was removed, \(more)") })
    let entries = try await bench.entries()
    func objects(_ event: String) -> Set<String> {
      Set(entries.filter { $0["event"]?.string == event }.compactMap { $0["object"]?.string })
    }
    #expect(objects("grant.removal_proposed").contains("caller:dr-lee/role:system-administrator"))
    #expect(objects("grant.removed").contains("caller:dr-lee/attests:managed_device"))
    #expect(!objects("grant.removed").contains("caller:dr-lee/role:system-administrator"))
  }

  @Test(arguments: [["2026-08-30", "2026-08-31", "2026-09-10"], ["2036-06-01", "2036-06-02", "2036-07-01"]])
  func `days of which the log has nothing are no evidence, whether nobody was there or the clock is wrong`(
    _ days: [String]
  ) async throws {
    let bench = try await Self.bench()
    for day in days {
      try bench.turnClock(to: day)
      await Self.watch(bench)
      let proposals = try await bench.gateway.reviewGrants().proposals
      #expect(proposals.count == 5 && proposals.allSatisfy { $0.proposed != nil && !$0.isRemovable })
    }
    #expect(try RemovedGrants.read(data: bench.data).removals.isEmpty)
    #expect(try await Self.ask(bench) != "grant_lapsed")
  }

  @Test func `what the log cannot take is not removed`() async throws {
    let bench = try await Self.bench()
    try await Self.go(to: 1...17, bench)
    try bench.turnClock(to: "2026-06-18")
    try await bench.ledger.close()
    await Self.watch(bench)
    #expect(try RemovedGrants.read(data: bench.data).removals.isEmpty)
  }
}
