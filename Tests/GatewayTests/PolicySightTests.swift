import Bytes
import Gateway
import Ledger
import Policy
import TestKit
import Testing

/// Whether identifiers are shown: it is in the log when they are not, and asked again whenever an answer is read again or
/// another set comes into force.
struct PolicySightTests {
  private static let note = GatewayPolicyTests.note

  private static func set(_ source: String) -> PolicyText {
    PolicyText(policies: Array(source.utf8), schema: PolicyText.hospital.schema)
  }

  private static func opening(_ bench: TestBench) async throws -> JSONValue {
    try #require(try await bench.entries().first { $0["event"]?.string == "request.opened" })
  }

  @Test(arguments: [
    (GatewayPolicyTests.yaml(), nil),
    (GatewayPolicyTests.yaml(summarize: "known: accept"), "identifiers-without-approval"),
    (GatewayPolicyTests.yaml("roles: [clinician], attests: [managed_device]"), "not_permitted_by_policy"),
    // What shows nobody anything is not asked about.
    (GatewayPolicyTests.yaml().replacing("purpose: HRESCH", with: "purpose: TREAT"), nil),
  ])
  func `what keeps identifiers back is in the log`(_ yaml: String, _ rule: String?) async throws {
    let useCase = yaml.contains("purpose: HRESCH") ? "summarize" : "tokens-only"
    let bench = try await TestBench(ScriptedVendor.echo(), yaml: yaml)
    let answer = try await bench.ask(Self.note, useCase: useCase)
    #expect(answer.status == 200)
    #expect(answer.text.contains("Abernathy") == (rule == nil && useCase == "summarize"))
    let opening = try await Self.opening(bench)
    #expect(opening["policy_withheld"]?.string == rule)
    #expect(opening["decision"]?.string == "allow")
  }

  @Test(arguments: [
    (#"@id("n") forbid (principal, action == Action::"see-identifiers", resource);"#, "forbidden_by_policy"),
    (#"@id("r") @redact("NAME") permit (principal, action, resource);"#, "obligation_unmet"),
    (#"@id("q") @require("patient") permit (principal, action, resource);"#, "obligation_unmet"),
    (#"@id("k") @redact("SSN") permit (principal, action, resource);"#, nil),
  ])
  func `an answer that runs ends when another set does not let what it shows be shown`(
    _ source: String, _ rule: String?
  ) async throws {
    let vendor = ScriptedVendor.echo()
    let yaml = GatewayPolicyTests.yaml().replacing("restore: all", with: "restore: [NAME]")
    let bench = try await TestBench(vendor, yaml: yaml)
    let endpoints = Dictionary(uniqueKeysWithValues: bench.configuration.vendors.map { ($0.id, vendor) })
    let rest = source.contains("permit") ? "" : #"@id("all") permit (principal, action, resource);"#
    let next = try PolicyInForce(Self.set(source + rest), for: bench.configuration)
    let answer = try await bench.ask(Self.note, useCase: "summarize") {
      bench.gateway.under(bench.configuration, policy: next, endpoints: endpoints).stopWhatHasNoRoute()
    }
    #expect(answer.error == rule && answer.isDone == (rule == nil), "\(answer.error ?? "")")
  }

  @Test func `an answer that is given again is asked about for the client that reads it`() async throws {
    let source = """
      @id("all") permit (principal, action, resource);
      @id("house") forbid (principal, action == Action::"see-identifiers", resource)
      unless { context.circumstances has address && context.circumstances.address.isInRange(ip("10.0.0.0/8")) };
      """
    let caching = "phi_in_output: authorised\n    approval: APR-1\n    caching: allowed"
    let vendor = ScriptedVendor.echo()
    let bench = try await TestBench(
      vendor, yaml: GatewayPolicyTests.yaml(summarize: caching), policies: Self.set(source))
    func ask(_ client: String?) async throws -> TestAnswer {
      try await bench.send(
        TestBench.body(Self.note), useCase: "summarize", key: "k-1", from: client.flatMap { ConfiguredName($0) })
    }
    let first = try await ask("10.1.1.1")
    #expect(first.text.contains("Abernathy"))
    for client in ["192.0.2.7", nil] {
      let refused = try await ask(client)
      #expect(refused.status == 403 && refused.error == "forbidden_by_policy" && refused.text.isEmpty)
    }
    let again = try await ask("10.2.2.2")
    #expect(again.body == first.body && vendor.requests.count == 1)
  }

  @Test func `a batch for two people ends when another set does not allow one of them`() async throws {
    let vendor = BatchVendor()
    let yaml = GatewayPolicyTests.yaml(
      summarize: "phi_in_output: authorised\n    approval: APR-1\n    kept_by_vendor: {seconds: 3600}")
    let bench = try await TestBench(.echo(), yaml: yaml, others: ["mock": vendor], clock: nil)
    let lines = ["lee", "kim"].map { name in
      BatchTests.line.replacing(#""model""#, with: #""cordon":{"user":"\#(name)"},"model""#)
        .replacing("of Ottoline", with: "\(name) of Ottoline")
    }
    vendor.hold("/files")
    let client = Task { await bench.send(.createFile, BatchTests.upload(lines.joined(separator: "\n"))) }
    while vendor.hanging == 0 { try await Task.sleep(for: .milliseconds(2)) }
    let source = #"""
      @id("all") permit (principal, action, resource);
      @id("kim") forbid (principal == Person::"kim", action == Action::"see-identifiers", resource);
      """#
    let next = try PolicyInForce(Self.set(source), for: bench.configuration)
    let endpoints = Dictionary(uniqueKeysWithValues: bench.configuration.vendors.map { ($0.id, vendor) })
    bench.gateway.under(bench.configuration, policy: next, endpoints: endpoints).stopWhatHasNoRoute()
    let answer = await client.value
    #expect(answer.status == 403 && answer.text.contains("forbidden_by_policy"), "\(answer.text)")
  }
}
