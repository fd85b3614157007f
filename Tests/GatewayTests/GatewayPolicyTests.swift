import Bytes
import Ciphers
import Gateway
import Ledger
import Policy
import TestKit
import Testing

struct GatewayPolicyTests {
  static let note = "Patient John Abernathy, MRN 4471-20, seen 03/02/2026 for chest pain."

  /// The sample with policies, and one caller who acts as this.
  static func yaml(
    _ caller: String = "roles: [clinician], attests: [mfa, managed_device, consents]", vendor: String = "",
    policy: String = "", summarize: String = "phi_in_output: authorised\n    approval: APR-1"
  ) -> String {
    SampleConfiguration.yaml
      .replacing(
        "use_cases: [summarize, code, tokens-only, names-only]",
        with: "use_cases: [summarize, tokens-only]\n    \(caller.replacing(", attests", with: "\n    attests"))"
      )
      .replacing("    restore: all\n  - id: code", with: "    restore: all\n    \(summarize)\n  - id: code")
      .replacing("    region: us-east\n", with: "    region: us-east\n\(vendor)")
      + "\nenvironment: test\npolicy:\n  set: hospital\n  unsigned: accept\n\(policy)"
  }

  @Test func `what a policy permits goes on, and the log says by which of which set`() async throws {
    let bench = try await TestBench(ScriptedVendor.echo(), yaml: Self.yaml())
    let answer = try await bench.ask(Self.note, useCase: "summarize")
    #expect(answer.status == 200, "\(answer.message)")
    let entries = try await bench.entries()
    let opening = try #require(entries.first { $0["event"]?.string == "request.opened" })
    #expect(opening["policy"]?.string == "clinician-asks-for-treatment+clinician-sees-identifiers")
    #expect(opening["policy_set"]?.string == PolicyText.hospital.digest.description)
    #expect(opening["policy_adoption"]?.string == "unsigned")
    #expect(opening["policy_facts"]?.string == "clinician:notes:N:-:managed_device+mfa")
  }

  /// A request that one policy refuses, and its words.
  struct Denial: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var yaml = GatewayPolicyTests.yaml()
    var text = GatewayPolicyTests.note
    var user: String?
    var facts = FactHeaders()
    var useCase = "summarize"
    let words: String
  }

  @Test(arguments: Self.denials)
  func `each rule refuses what it is there for, and names itself`(_ denial: Denial) async throws {
    let vendor = ScriptedVendor.echo()
    let bench = try await TestBench(vendor, yaml: denial.yaml)
    let answer = try await bench.ask(
      denial.text, useCase: denial.useCase, user: denial.user, stating: denial.facts)
    #expect(answer.status == 403)
    #expect(answer.message.contains(denial.words), "\(answer.message)")
    #expect(!answer.message.contains("Abernathy") && !answer.message.contains("lee@"), "\(answer.message)")
    let entries = try await bench.entries()
    #expect(vendor.requests.isEmpty && !entries.contains { $0["event"]?.string == "request.opened" })
    let refused = try #require(entries.last { $0["event"]?.string == "request.refused" })
    #expect(refused["policy_set"]?.string == PolicyText.hospital.digest.description)
  }

  private static var denials: [Denial] {
    var restricted = FactHeaders()
    restricted.restricted = "true"
    var secret = FactHeaders()
    secret.confidentiality = "V"
    return [
      Denial(
        testDescription: "purpose",
        yaml: yaml().replacing(
          "purpose: TREAT\n    models: [gpt-4o-mini]\n    vendor: mock\n    restore: all",
          with: "purpose: HRESCH\n    models: [gpt-4o-mini]\n    vendor: mock\n    restore: all"),
        words: "no policy permits it; the nearest, `clinician-asks-for-treatment`"),
      Denial(
        testDescription: "role", yaml: yaml("roles: [ai-researcher], attests: [mfa, managed_device]"),
        useCase: "tokens-only", words: "`researcher-asks-deidentified`"),
      Denial(
        testDescription: "no role", yaml: yaml("roles: [], attests: [managed_device]"), words: "no policy permits it"),
      Denial(
        testDescription: "42 CFR Part 2", text: note + " Opioid use disorder, on buprenorphine.",
        words: "policy `substance-use-without-consent` forbids it"),
      Denial(
        testDescription: "psychotherapy", text: note + " From the psychotherapy notes of last week.",
        words: "policy `psychotherapy-without-authorization` forbids it"),
      Denial(testDescription: "restriction", facts: restricted, words: "policy `restricted-by-patient` forbids it"),
      Denial(
        testDescription: "confidentiality", facts: secret, words: "policy `very-restricted-to-a-model` forbids it"),
      Denial(
        testDescription: "region",
        yaml: yaml().replacing("regions: [us-east]", with: "regions: [eu-west]")
          .replacing("region: us-east", with: "region: eu-west"),
        words: "policy `vendor-outside-the-country` forbids it"),
      Denial(
        testDescription: "device", yaml: yaml("roles: [clinician], attests: [mfa]"), user: "lee@clinic.example",
        words: "policy `unmanaged-device` forbids it"),
      Denial(
        testDescription: "device of nobody", yaml: yaml("roles: [clinician], attests: [mfa]"),
        words: "policy `unmanaged-device` forbids it"),
      Denial(
        testDescription: "administrator", yaml: yaml("roles: [system-administrator], attests: [managed_device]"),
        words: "policy `administrators-and-auditors-see-no-data` forbids it"),
    ]
  }

  @Test func `a consent that a caller vouches for lifts what is forbidden without it, and one that it does not, not`()
    async throws
  {
    var facts = FactHeaders()
    facts.consents = "42CFR2"
    let text = Self.note + " Opioid use disorder."
    let trusted = try await TestBench(ScriptedVendor.echo(), yaml: Self.yaml())
    #expect(try await trusted.ask(text, useCase: "summarize", stating: facts).status == 200)
    let other = try await TestBench(
      ScriptedVendor.echo(), yaml: Self.yaml("roles: [clinician], attests: [mfa, managed_device]"))
    #expect(try await other.ask(text, useCase: "summarize", stating: facts).status == 403)
  }

  @Test func `of consents the log keeps those that policies name, and no id of anybody's`() async throws {
    var facts = FactHeaders()
    facts.consents = "42CFR2, consent-MRN-4471-20"
    let bench = try await TestBench(ScriptedVendor.echo(), yaml: Self.yaml())
    let text = Self.note + " Opioid use disorder."
    #expect(try await bench.ask(text, useCase: "summarize", stating: facts).status == 200)
    let entries = try await bench.entries()
    let opening = try #require(entries.first { $0["event"]?.string == "request.opened" })
    #expect(opening["policy_facts"]?.string == "clinician:notes+substance-use:R:42CFR2:managed_device+mfa")
    for entry in entries { #expect(!String(decoding: entry.bytes, as: UTF8.self).contains("4471-20")) }
  }

  @Test func `identifiers are put back only for whom a policy lets see them`() async throws {
    let allowed = try await TestBench(ScriptedVendor.echo(), yaml: Self.yaml())
    #expect(try await allowed.ask(Self.note, useCase: "summarize").text.contains("John Abernathy"))
    let unapproved = try await TestBench(ScriptedVendor.echo(), yaml: Self.yaml(summarize: "known: accept"))
    let answer = try await unapproved.ask(Self.note, useCase: "summarize")
    #expect(answer.status == 200)
    #expect(!answer.text.contains("Abernathy"))
  }

  @Test func `a user acts in the roles that both have, and who is not listed or not named in none`() async throws {
    let users = "  users: {lee@clinic.example: [clinician], kim@clinic.example: [ai-researcher]}\n"
    let bench = try await TestBench(ScriptedVendor.echo(), yaml: Self.yaml(policy: users))
    #expect(try await bench.ask(Self.note, useCase: "summarize", user: "lee@clinic.example").status == 200)
    for user in ["kim@clinic.example", "nobody@clinic.example", nil] {
      #expect(try await bench.ask(Self.note, useCase: "summarize", user: user).status == 403)
    }
  }

  @Test(arguments: [
    (#"@id("held") @hold("review") permit (principal, action, resource);"#, "policy `held` has the answer held"),
    (#"@id("r") @require("patient") permit (principal, action, resource);"#, "policy `r` requires `patient`"),
    (#"@id("r") @require("mfa") permit (principal, action, resource);"#, "policy `r` requires `mfa`"),
  ])
  func `an obligation that is not met refuses`(_ source: String, _ words: String) async throws {
    let text = PolicyText(policies: Array(source.utf8), schema: PolicyText.hospital.schema)
    let bench = try await TestBench(ScriptedVendor.echo(), yaml: Self.yaml("roles: [clinician]"), policies: text)
    let answer = try await bench.ask(Self.note, useCase: "summarize")
    #expect(answer.status == 403 && answer.error == "obligation_unmet")
    #expect(answer.message.contains(words), "\(answer.message)")
  }

  @Test func `kinds that a policy has redacted stay tokens, and whom it notifies is in the log before`() async throws {
    let source = #"@id("r") @redact("MRN DATE") @notify("privacy-officer") permit (principal, action, resource);"#
    let text = PolicyText(policies: Array(source.utf8), schema: PolicyText.hospital.schema)
    let bench = try await TestBench(ScriptedVendor.echo(), yaml: Self.yaml(), policies: text)
    let answer = try await bench.ask(Self.note, useCase: "summarize")
    #expect(answer.text.contains("John Abernathy") && !answer.text.contains("4471-20"))
    let events = try await bench.entries().map { ($0["event"]?.string, $0["object"]?.string) }
    let notice = try #require(events.firstIndex { $0 == ("alert.raised", "privacy-officer") })
    let opening = try #require(events.firstIndex { $0.0 == "request.opened" })
    #expect(notice < opening)
  }

  @Test(arguments: [
    (
      #"@id("p") permit (principal, action, resource) when { principal == Person::"kim@clinic.example" };"#,
      "the nearest, `p`, does not, because it is for others"
    ),
    (
      #"@id("p") permit (principal == Person::"kim@clinic.example", action, resource);"#,
      "the nearest, `p`, does not, because it is for others"
    ),
    (
      """
      @id("all") permit (principal, action, resource);
      @id("f") forbid (principal, action == Action::"ask", resource)
      when { principal == Person::"lee@clinic.example" || ["kim@clinic.example"].contains(context.purpose) };
      """, "policy `f` forbids it"
    ),
  ])
  func `a refusal says nobody's name that stands in a policy`(_ source: String, _ words: String) async throws {
    let text = PolicyText(policies: Array(source.utf8), schema: PolicyText.hospital.schema)
    let bench = try await TestBench(ScriptedVendor.echo(), yaml: Self.yaml(), policies: text)
    let answer = try await bench.ask(Self.note, useCase: "summarize", user: "lee@clinic.example")
    #expect(answer.status == 403 && answer.message.contains(words), "\(answer.message)")
    #expect(!answer.message.contains("clinic.example") && !answer.message.contains("Person::"))
    for entry in try await bench.entries() {
      #expect(!String(decoding: entry.bytes, as: UTF8.self).contains("clinic.example"))
    }
  }

  @Test(arguments: [
    ("permit (principal, action, resource) when { context.nothing };", "attribute that the type does not have"),
    ("permit (principal, action, resource", "policies: unexpected end of the text"),
    (#"@id("a b") permit (principal, action, resource);"#, "an `@id` has 1 to 64"),
    (#"@id("a") @redact("names") permit (principal, action, resource);"#, "policy `a`: `@redact` must be"),
    (#"@id("a") @require("luck") permit (principal, action, resource);"#, "policy `a`: `@require` must be one of"),
  ])
  func `a set that is not good is refused, and says which policy`(_ source: String, _ words: String) throws {
    let configuration = try Configuration(yaml: Self.yaml())
    let text = PolicyText(policies: Array(source.utf8), schema: PolicyText.hospital.schema)
    let fault = #expect(throws: PolicyFault.self) { try PolicyInForce(text, for: configuration) }
    #expect(fault?.description.contains(words) == true, "\(fault?.description ?? "")")
  }

  @Test(arguments: [
    ("roles: [clinician, reviewer]", "policy `reviewer-and-asker`"),
    ("roles: [clinician, system-administrator]", "policy `keys-and-data`"),
    ("roles: [auditor, security-engineer]", "policy `auditor-and-anything`"),
    ("roles: [surgeon]", "acts as `surgeon`, which the schema does not have"),
  ])
  func `roles that exclude each other are refused at load`(_ roles: String, _ words: String) throws {
    let configuration = try Configuration(yaml: Self.yaml(roles))
    let fault = #expect(throws: PolicyFault.self) { try PolicyInForce(.hospital, for: configuration) }
    #expect(fault?.description.contains(words) == true, "\(fault?.description ?? "")")
  }

  @Test func `roles that go together are taken`() throws {
    let configuration = try Configuration(yaml: Self.yaml("roles: [clinician, data-scientist]"))
    let policy = try PolicyInForce(.hospital, for: configuration)
    #expect(policy.digest == PolicyText.hospital.digest && policy.adoption == nil)
    #expect(configuration.callers[0].roles.set == ["clinician", "data-scientist"])
  }

  @Test(arguments: ["", "environment: production\n"])
  func `a set that nobody adopted is taken nowhere where patients are`(_ environment: String) throws {
    let yaml = Self.yaml()
    let real = yaml.replacing("environment: test\n", with: environment)
    #expect(real != yaml)
    let error = #expect(throws: ConfigurationError.self) { try Configuration(yaml: real) }
    #expect(error?.description.contains("unsigned") == true, "\(error?.description ?? "")")
    let refusing = real.replacing("unsigned: accept", with: "unsigned: refuse")
    #expect(try Configuration(yaml: refusing).policy?.acceptsUnsigned == false)
  }

  @Test func `a schema that lacks what the gateway asks is refused`() throws {
    let configuration = try Configuration(yaml: Self.yaml())
    let schema = String(decoding: PolicyText.hospital.schema, as: UTF8.self)
      .replacing("action \"use-tool\"", with: "action \"use-tools\"")
    let text = PolicyText(policies: Array("permit (principal, action, resource);".utf8), schema: Array(schema.utf8))
    let fault = #expect(throws: PolicyFault.self) { try PolicyInForce(text, for: configuration) }
    #expect(fault?.description.contains("`use-tool`") == true, "\(fault?.description ?? "")")
  }

  @Test func `a set is one document, whatever it holds, and its name is the hash of it`() throws {
    let text = PolicyText(
      policies: Array("permit (principal, action, resource);\n// \"é\"\n".utf8), schema: [], entities: [0x5B, 0x5D])
    #expect(PolicyText(document: text.document) == text)
    #expect(PolicyText.hospital.digest != text.digest)
  }

  @Test func `what runs under a set is stopped when another does not allow it`() async throws {
    let vendor = ScriptedVendor.echo()
    let bench = try await TestBench(vendor, yaml: Self.yaml())
    let endpoints = Dictionary(uniqueKeysWithValues: bench.configuration.vendors.map { ($0.id, vendor) })
    let nothing = PolicyText(
      policies: Array("forbid (principal, action, resource);".utf8), schema: PolicyText.hospital.schema)
    let next = try PolicyInForce(nothing, for: bench.configuration)
    let answer = try await bench.ask(Self.note, useCase: "summarize") {
      bench.gateway.under(bench.configuration, policy: next, endpoints: endpoints).stopWhatHasNoRoute()
    }
    #expect(answer.error == "forbidden_by_policy" && !answer.isDone, "\(answer.error ?? "")")
  }
}
