import Bytes
import Ciphers
import Foundation
import Gateway
import Ledger
import Logging
import PHI
import Synchronization
import TestKit
import Testing
import Vault

/// What a configuration gives, one by one: while it lasts, when it is taken away, and when nobody needs it.
struct GrantTests {
  private static let lee = "lee@clinic.example"
  private static let summarize = "caller:dr-lee/use-case:summarize"
  private static let tools = """
      - id: library
        kind: mcp
        base_url: http://127.0.0.1:9998/mcp
        region: us-east
        tools: [find, "look up"]
        agreement:
          id: BAA-2
          signed: 2026-01-01
          expires: 2027-01-01
          prohibits_training: true
    use_cases:
    """

  private static func logger() -> Logger { Logger(label: "grants") { _ in SwiftLogNoOpLogHandler() } }

  @Test func `every single access has a name of its own`() throws {
    let yaml =
      GatewayPolicyTests.yaml(policy: "  asked_by: [dr-lee]\n  users: {\(Self.lee): [clinician]}\n")
      .replacing("use_cases:\n  - id: summarize", with: "\(Self.tools)\n  - id: summarize\n    tool_servers: [library]")
      + "log: {readers: [batch]}\n"
    let configuration = try Configuration(yaml: yaml)
    let pseudonym = try #require(Pseudonym("p_00112233445566778899aabbccddeeff"))
    let ids = configuration.grants.keys.compactMap { $0.id([Self.lee: pseudonym])?.description }.sorted()
    #expect(
      ids
        == [
          "caller:batch/reads:log", "caller:batch/use-case:code", "caller:dr-lee/asks:decisions",
          "caller:dr-lee/attests:consents", "caller:dr-lee/attests:managed_device", "caller:dr-lee/attests:mfa",
          "caller:dr-lee/role:clinician", Self.summarize, "caller:dr-lee/use-case:tokens-only",
          // A name that the log does not take.
          "grant:35f011faf567b8fd2c0ce5bb9ebdaf83",
          "use-case:summarize/tool:library/find", "user:\(pseudonym)/role:clinician",
        ].sorted())
    // Of whom there is no pseudonym there is no name.
    #expect(configuration.grants.keys.filter { $0.id([:]) == nil }.count == 1)
  }

  @Test func `what the configuration does not give nobody has`() async throws {
    let vendor = ScriptedVendor.echo()
    let bench = try await TestBench(
      vendor,
      yaml: SampleConfiguration.yaml.replacing("[summarize, code, tokens-only, names-only]", with: "[code]"))
    let answer = try await bench.ask(GatewayTests.note, useCase: "summarize")
    #expect(answer.status == 403 && answer.error == "use_case_not_granted" && vendor.bodies.isEmpty)
  }

  @Test func `what was removed is refused at once, and given again when it is restored`() async throws {
    let vendor = ScriptedVendor.echo()
    let bench = try await TestBench(vendor)
    let body = TestBench.body("hello")
    #expect(try await bench.send(body, useCase: "summarize", key: "k").status == 200)
    try bench.remove(Self.summarize)
    let sent = vendor.bodies.count
    for useCase in ["summarize", nil] {
      let answer = try await bench.ask(GatewayTests.note, useCase: useCase)
      #expect(answer.status == 403 && answer.error == "grant_lapsed")
    }
    #expect(try await bench.send(body, useCase: "summarize", key: "k").error == "grant_lapsed")
    #expect(vendor.bodies.count == sent)
    #expect(bench.gateway.deadLines == ["line 41: `\(Self.summarize)` was removed"])
    // Another access of the same caller is none of its business.
    #expect(try await bench.ask("hello", useCase: "tokens-only").status == 200)
    try await bench.restore(Self.summarize)
    // The file alone gives nothing back.
    #expect(try await bench.ask("hello", useCase: "summarize").error == "grant_lapsed")
    await bench.gateway.watchGrants(Self.logger())
    #expect(try await bench.ask("hello", useCase: "summarize").status == 200)
    #expect(bench.gateway.deadLines.isEmpty)
  }

  @Test(arguments: [false, true])
  func `what runs by it is stopped`(_ asksPolicies: Bool) async throws {
    let bench = try await TestBench(
      .echo(cutting: 3), yaml: asksPolicies ? GatewayPolicyTests.yaml() : SampleConfiguration.yaml)
    let answer = try await bench.ask(GatewayTests.note, useCase: "summarize") {
      try bench.remove(asksPolicies ? "caller:dr-lee/role:clinician" : Self.summarize)
      bench.gateway.stopWhatMayNotRun()
      bench.gateway.stopWhatHasNoRoute()
    }
    #expect(answer.error == (asksPolicies ? "not_permitted_by_policy" : "grant_lapsed") && !answer.isDone)
  }

  @Test(arguments: [
    ("caller:dr-lee/role:clinician", "not_permitted_by_policy"),
    ("caller:dr-lee/attests:managed_device", "forbidden_by_policy"),
  ])
  func `policies are told of callers without what was removed`(_ id: String, _ rule: String) async throws {
    let bench = try await TestBench(.echo(), yaml: GatewayPolicyTests.yaml())
    #expect(try await bench.ask(GatewayPolicyTests.note, useCase: "summarize").status == 200)
    try bench.remove(id)
    #expect(try await bench.ask(GatewayPolicyTests.note, useCase: "summarize").error == rule)
  }

  @Test func `of people, too, whom the file has by pseudonyms`() async throws {
    let bench = try await TestBench(
      .echo(), yaml: GatewayPolicyTests.yaml(policy: "  users: {\(Self.lee): [clinician], kim: [clinician]}\n"))
    func ask(_ user: String) async throws -> String? {
      try await bench.ask(GatewayPolicyTests.note, useCase: "summarize", user: user).error
    }
    #expect(try await ask(Self.lee) == nil)
    try bench.remove("user:\(try await bench.vault.pseudonym(of: Self.lee))/role:clinician")
    // Until it is known who that is, nobody has a role.
    #expect(try await [ask(Self.lee), ask("kim")] == ["not_permitted_by_policy", "not_permitted_by_policy"])
    try await bench.gateway.recordStart()
    #expect(try await [ask(Self.lee), ask("kim")] == ["not_permitted_by_policy", nil])
    let said = try #require(FileManager.default.contents(atPath: "\(bench.data)/\(RemovedGrants.file)"))
    #expect(!String(decoding: said, as: UTF8.self).contains("lee@"))
  }

  @Test(arguments: ["no list", #"{"removed": [{"by": "alice"}]}"#, nil])
  func `nobody has anything when what was removed cannot be read, or is gone`(_ content: String?) async throws {
    let vendor = ScriptedVendor.echo(cutting: 3)
    let bench = try await TestBench(vendor)
    try bench.remove("caller:dr-lee/use-case:names-only")
    let running = try await bench.ask("hello", useCase: "summarize") {
      try bench.setRemovals(content)
      bench.gateway.stopWhatMayNotRun()
    }
    #expect(running.error == "grants_unreadable" && !running.isDone)
    let sent = vendor.bodies.count
    let answer = try await bench.ask(GatewayTests.note, useCase: "summarize")
    #expect(answer.status == 503 && answer.error == "grants_unreadable" && vendor.bodies.count == sent)
    // Nor can anybody change it then.
    #expect(throws: FileFault.self) { try bench.remove(Self.summarize) }
  }

  @Test func `it ends with its last day, also for what runs`() async throws {
    let yaml = SampleConfiguration.yaml.replacing(
      "[summarize, code, tokens-only, names-only]", with: "[{name: summarize, until: 2026-06-01}, tokens-only]")
    let bench = try await TestBench(.echo(cutting: 3), yaml: yaml)
    #expect(try await bench.ask("hello", useCase: "summarize").status == 200)
    let running = try await bench.ask("hello", useCase: "summarize") {
      try bench.turnClock(to: "2026-06-02")
      bench.gateway.stopWhatMayNotRun()
    }
    #expect(running.error == "grant_lapsed" && !running.isDone)
    let answer = try await bench.ask("hello", useCase: "summarize")
    #expect(answer.error == "grant_lapsed" && answer.message.contains("ended with 2026-06-01"))
    // What names no use case meant that one, and does not mean another now.
    #expect(try await bench.ask("hello", useCase: nil).error == "grant_lapsed")
    #expect(try await bench.ask("hello", useCase: "tokens-only").status == 200)
  }

  @Test(arguments: [
    ("[summarize, code, tokens-only, names-only]", "[{name: summarize}]", "until"),
    ("[summarize, code, tokens-only, names-only]", "[{name: summarize, until: soon}]", "2026-01-31"),
    ("[summarize, code, tokens-only, names-only]", "[{name: billing, until: 2027-01-31}]", "names no use case"),
    ("listen:\n", "access: {unused_days: 0}\nlisten:\n", "whole number"),
    ("listen:\n", "access: {remove_unused: ask}\nlisten:\n", "`propose` or `remove`"),
  ])
  func `what says it wrongly is refused`(_ old: String, _ new: String, _ words: String) {
    let error = #expect(throws: ConfigurationError.self) {
      try Configuration(yaml: SampleConfiguration.yaml.replacing(old, with: new))
    }
    #expect("\(String(describing: error))".contains(words))
  }

  @Test(.proves("ACC-07"))
  func `what nobody used for ninety days is proposed once, and removed by one act`() async throws {
    let bench = try await TestBench(.echo())
    let gateway = bench.gateway
    try await gateway.recordStart()
    // A start with the same grants says nothing anew.
    try await gateway.recordStart()
    func used(on day: String) async throws {
      try bench.turnClock(to: day)
      #expect(try await bench.ask("hello", useCase: "summarize").status == 200)
    }
    try await used(on: "2026-08-29")
    // Eighty-nine days after 1 June nothing is old enough.
    await gateway.watchGrants(Self.logger())
    #expect(try await gateway.reviewGrants().proposals.isEmpty)
    try await used(on: "2026-08-30")
    for _ in 0..<2 { await gateway.watchGrants(Self.logger()) }
    try bench.turnClock(to: "2026-08-31")
    await gateway.watchGrants(Self.logger())
    try await gateway.raiseAlerts(Self.logger())
    let unused =
      ["caller:batch/use-case:code"] + ["code", "names-only", "tokens-only"].map { "caller:dr-lee/use-case:\($0)" }
    let review = try await gateway.reviewGrants()
    #expect(review.proposals.map(\.id.description) == unused)
    #expect(review.proposals.allSatisfy { $0.proposed != nil && $0.used == nil })
    #expect(bench.metrics.contains("cordon_alerts_total{rule=\"unused_grant\"} 4\n"))
    try bench.remove(unused[2])
    let answer = try await bench.ask("hello", useCase: "names-only")
    #expect(answer.status == 403 && answer.error == "grant_lapsed")
    let entries = try await bench.entries()
    func objects(_ event: String, _ rule: String? = nil) -> [String] {
      entries.filter { $0["event"]?.string == event && $0["rule"]?.string == rule }.compactMap { $0["object"]?.string }
    }
    #expect(objects("grant.given").sorted() == (unused + [Self.summarize]).sorted())
    #expect(objects("grant.removal_proposed") == unused)
    #expect(objects("alert.raised", "unused_grant").sorted() == unused)
  }

  @Test func `of several gateways that begin at once on the same data, one records what is given`() async throws {
    let bench = try await TestBench(.echo())
    let gateway = bench.gateway
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<8 { group.addTask { try await gateway.recordGrants() } }
      try await group.waitForAll()
    }
    let given = try await bench.entries().filter { $0["event"]?.string == "grant.given" }
    let objects = given.compactMap { $0["object"]?.string }
    #expect(objects.count == 5 && Set(objects).count == 5)
  }

  @Test func `after a restore nobody has anything until it is settled, where access was ever removed`() async throws {
    let backup = Digest(hashing: [1].span)
    let made = Timestamp(milliseconds: 1_795_230_604_123)
    func holds(_ bench: TestBench) throws -> Bool? {
      try RemovedGrants.hold(bench.data, asRestoredFrom: backup, made: made)
      return try RemovedGrants.read(data: bench.data).restore?.holds
    }
    let vendor = ScriptedVendor.echo()
    let bench = try await TestBench(vendor)
    // Where nothing ever was, a restore is noted, and another after it finds no removal either.
    #expect(try [holds(bench), holds(bench)] == [false, false])
    #expect(try await bench.ask("hello", useCase: "summarize").status == 200)
    try bench.remove("caller:dr-lee/use-case:names-only")
    let sent = vendor.bodies.count
    #expect(try holds(bench) == true)
    for useCase in ["summarize", "names-only"] {
      let answer = try await bench.ask(GatewayTests.note, useCase: useCase)
      #expect(answer.status == 503 && answer.error == "grants_unreadable")
    }
    #expect(bench.gateway.deadLines.count == 1 && vendor.bodies.count == sent)
    // What is removed meanwhile settles nothing.
    try bench.remove("caller:dr-lee/use-case:code")
    #expect(try await bench.ask("hello", useCase: "summarize").error == "grants_unreadable")
    let restore = try #require(try RemovedGrants.read(data: bench.data).restore)
    let other = RemovedGrants.Restore(backup: restore.backup, made: Timestamp(milliseconds: 1), holds: true)
    #expect(try RemovedGrants.settle(other, data: bench.data).before == nil)
    #expect(try await bench.ask("hello", useCase: "summarize").error == "grants_unreadable")
    #expect(try RemovedGrants.settle(restore, data: bench.data).before != nil)
    #expect(try await bench.ask("hello", useCase: "summarize").status == 200)
    for useCase in ["names-only", "code"] {
      #expect(try await bench.ask("hello", useCase: useCase).error == "grant_lapsed")
    }
  }

  @Test(arguments: ["{}", #"{"backup": "ab", "made": "2026-06-01T00:00:00.000Z", "holds": true}"#])
  func `a restore that cannot be read gives nobody anything`(_ restore: String) async throws {
    let bench = try await TestBench(.echo())
    let content = #"{"removed": [], "restored": \#(restore)}"#
    try content.write(toFile: "\(bench.data)/\(RemovedGrants.file)", atomically: true, encoding: .utf8)
    #expect(try await bench.ask("hello", useCase: "summarize").error == "grants_unreadable")
    try RemovedGrants.hold(bench.data, asRestoredFrom: Digest(hashing: [1].span), made: Timestamp(milliseconds: 1))
    #expect(try await bench.ask("hello", useCase: "summarize").error == "grants_unreadable")
  }

  @Test func `on the strength of a log that cannot be read nothing is proposed`() async throws {
    let bench = try await TestBench(.echo())
    try await bench.gateway.recordStart()
    try await bench.ledger.close()
    try bench.turnByteOfLog()
    try bench.turnClock(to: "2027-06-11")
    await #expect(throws: (any Error).self) { try await bench.gateway.reviewGrants() }
    await bench.gateway.watchGrants(Self.logger())
    try? await bench.gateway.raiseAlerts(Self.logger())
    #expect(bench.metrics.contains("cordon_alerts_total{rule=\"unused_grant\"} 0\n"))
  }
}
