import Bytes
import Foundation
import Gateway
import Policy
import TestKit
import Testing

/// What policies are told of people and of what covers a vendor: it is the configuration's, whoever says something else.
struct PolicyHouseTests {
  private static let note = GatewayPolicyTests.note
  private static let lee = "lee@clinic.example"

  private static func set(_ source: String) -> PolicyText {
    PolicyText(policies: Array(source.utf8), schema: PolicyText.hospital.schema)
  }

  /// What another configuration says, and why what runs ends.
  @Test(
    arguments: [
      (["lee@clinic.example": ["ai-researcher"]], nil, "not_permitted_by_policy"),
      (["kim@clinic.example": ["clinician"]], nil, "not_permitted_by_policy"),
      (["lee@clinic.example": ["clinician"], "kim@clinic.example": ["clinician"]], nil, nil),
      (["lee@clinic.example": ["clinician"]], ["mfa"], "forbidden_by_policy"),
      (["lee@clinic.example": ["clinician"]], ["mfa", "managed_device", "consents"], nil),
    ] as [([String: Set<String>], [String]?, String?)])
  func `what runs is asked about again when people act in other roles, or less is vouched for`(
    _ users: [String: Set<String>], _ attests: [String]?, _ rule: String?
  ) async throws {
    let vendor = ScriptedVendor.echo()
    let bench = try await TestBench(
      vendor, yaml: GatewayPolicyTests.yaml(policy: "  users: {\(Self.lee): [clinician]}\n"))
    let endpoints = Dictionary(uniqueKeysWithValues: bench.configuration.vendors.map { ($0.id, vendor) })
    var other = bench.configuration
    other.policy?.users = users.mapValues { Granted($0) }
    if let attests { other.callers[0].attests = Granted(attests.compactMap(PolicySettings.Attestation.init)) }
    let next = try PolicyInForce(.hospital, for: other)
    let answer = try await bench.ask(Self.note, useCase: "summarize", user: Self.lee) { [other] in
      bench.gateway.under(other, policy: next, endpoints: endpoints).stopWhatHasNoRoute()
    }
    #expect(answer.error == rule && answer.isDone == (rule == nil), "\(answer.error ?? "")")
  }

  @Test(arguments: [
    (#"@id("r") @redact("identifiers") permit (principal, action, resource);"#, 403),
    (
      #"""
      @id("all") permit (principal, action == Action::"ask", resource);
      @id("r") @redact("identifiers") permit (principal, action == Action::"see-identifiers", resource);
      """#, 403
    ),
    (#"@id("r") permit (principal, action, resource);"#, 200),
  ])
  func `a part that nobody can search does not go out where a policy has identifiers taken out`(
    _ source: String, _ status: Int
  ) async throws {
    let vendor = ScriptedVendor.echo()
    let bench = try await TestBench(
      vendor, yaml: GatewayPolicyTests.yaml(summarize: "uninspected: [image]"), policies: Self.set(source))
    let picture: JSONValue = ["type": "image_url", "image_url": ["url": "data:image/png;base64,iVBORw0KGgo="]]
    let body: JSONValue = [
      "model": "gpt-4o-mini",
      "messages": [["role": "user", "content": [["type": "text", "text": .string(Self.note)], picture]]],
    ]
    let answer = try await bench.send(body.bytes, useCase: "summarize")
    #expect(answer.status == status, "\(answer.message)")
    #expect(vendor.requests.count == (status == 200 ? 1 : 0))
    if status == 403 {
      #expect(answer.error == "obligation_unmet" && answer.message.contains("policy `r`"), "\(answer.message)")
      // Without the picture it goes.
      #expect(try await bench.ask(Self.note, useCase: "summarize").status == 200)
    }
  }

  private func decide(_ bench: TestBench, _ question: JSONValue) async throws -> (status: Int, body: JSONValue) {
    let reply = await bench.gateway.answer(
      AccessCall(
        .evaluation, requestID: bench.gateway.newRequestID(), caller: bench.configuration.callers[0],
        body: question.bytes))
    guard case .whole(let bytes) = reply.body else { throw PolicyFault("is a stream") }
    return (reply.status, try JSONValue(parsing: bytes))
  }

  private static func question(_ action: String, of subject: JSONValue) -> JSONValue {
    [
      "subject": subject, "action": ["name": .string(action)],
      "resource": ["type": "Route", "id": "summarize/mock/gpt-4o-mini"],
      "context": [
        "purpose": "TREAT", "classes": [["type": "DataClass", "id": "notes"]],
        "circumstances": ["mfa": true, "managedDevice": true],
      ],
    ]
  }

  /// Somebody whom the configuration has, where an application says that they are, and what is told of it.
  @Test(arguments: [
    ("Service", "dr-lee", "development", 400), ("Service", "dr-lee", "test", 200),
    ("Person", "lee@clinic.example", "development", 400), ("Person", "lee@clinic.example", "test", 200),
    ("Service", "portal", "development", 200),
  ])
  func `where a caller of the configuration is, an application does not say`(
    _ type: String, _ id: String, _ place: String, _ status: Int
  ) async throws {
    let bench = try await TestBench(
      ScriptedVendor.echo(),
      yaml: GatewayPolicyTests.yaml(policy: "  asked_by: [dr-lee]\n  users: {\(Self.lee): [clinician]}\n"))
    let answer = try await decide(
      bench,
      Self.question(
        "ask",
        of: ["type": .string(type), "id": .string(id), "properties": ["environment": .string(place)]]))
    #expect(answer.status == status, "\(answer.body)")
    if status == 400 {
      #expect(answer.body["error"]?["message"]?.string?.contains("`subject.properties.environment`") == true)
    }
  }

  /// What an agreement is for, what is asked, and whether it is covered.
  @Test(arguments: [
    ("[chatCompletions]", "ask", true), ("[chatCompletions]", "embed", false), ("[chatCompletions]", "batch", false),
    ("[chatCompletions, batches]", "batch", true), ("[chatCompletions, embeddings]", "embed", true),
    ("[embeddings]", "ask", false), ("[embeddings]", "retrieve", false), ("[chatCompletions]", "retrieve", true),
  ])
  func `an agreement covers each kind of work for itself`(
    _ operations: String, _ action: String, _ isCovered: Bool
  ) async throws {
    let entry = AgreementTests.entry("services", "services: {operations: \(operations)}", id: "BAA-1")
      .replacing("environment: production", with: "environment: test")
    let bench = try await TestBench(
      ScriptedVendor.echo(), yaml: GatewayPolicyTests.yaml(policy: "  asked_by: [dr-lee]\n"),
      registry: AgreementRegistry(try AgreementTests.list(entry)))
    let answer = try await decide(
      bench, Self.question(action, of: ["type": "Person", "id": "ann", "properties": ["roles": ["clinician"]]]))
    let policy = isCovered ? "clinician-asks-for-treatment" : "vendor-without-agreement"
    #expect(answer.body["context"]?["policies"] == [.string(policy)], "\(answer.body)")
  }

  @Test func `a vendor that may train on what it gets is forbidden by that policy, too`() async throws {
    let yaml = GatewayPolicyTests.yaml(policy: "  asked_by: [dr-lee]\n")
      .replacing("prohibits_training: true", with: "prohibits_training: false")
    let bench = try await TestBench(ScriptedVendor.echo(), yaml: yaml)
    let answer = try await decide(
      bench, Self.question("ask", of: ["type": "Person", "id": "ann", "properties": ["roles": ["clinician"]]]))
    #expect(
      Set(answer.body["context"]?["policies"]?.array?.compactMap(\.string) ?? [])
        == ["vendor-without-agreement", "vendor-that-trains-on-input"],
      "\(answer.body)")
    #expect(try await bench.ask(Self.note, useCase: "summarize").error == "training_not_prohibited")
  }

  /// A set with a character in it, and whether it is taken.
  @Test(arguments: [
    ("permit (principal, action, resource); // all\u{202E}", false), ("// a\u{200B}b\n", false),
    ("// a\u{00AD}\n", false), ("// a\rpermit (principal, action, resource);\n", false), ("// a\u{2028}b\n", false),
    ("// \"a\u{200B}\"\n", false), ("// \"\n// a\u{FEFF}\n", false), ("@id(\"a\\\"\u{1B}\") // b\u{1B}\n", false),
    ("@id(\"a\\\\\") // \u{200D}\n", false),
    ("permit (principal, action, resource) when { context.purpose == \"a\u{200B}\" };", true),
    ("// café ── \u{0430} \r\n\t// b\n", true), ("@id(\"a\\\\\") @b(\"\\\"\u{200D}\") // é\n", true),
  ])
  func `a set hides nothing from who reads it`(_ source: String, _ isTaken: Bool) {
    func fault(_ text: PolicyText) -> String? { Self.fault(text, isProposed: true) }
    #expect((fault(Self.set(source)) == nil) == isTaken)
    let schema = PolicyText(policies: [], schema: Array("\n\(source)".utf8))
    #expect((fault(schema) == nil) == isTaken)
    #expect(isTaken || fault(schema)?.contains("schema: line ") == true)
    #expect(fault(.hospital) == nil)
  }

  /// A set with a character in it, and which one is said when it is loaded; nil when it is taken.
  @Test(
    arguments: [
      ("// \u{26A0}\u{FE0F} with consent\n", nil), ("// \u{1F468}\u{200D}\u{2695}\u{FE0F}\n", nil),
      ("// a\u{FE0F}\u{202E}\n", "line 1 has a character that is not seen (U+202E)"), ("\n\u{FE0F}", "line 2"),
      ("permit\u{200D}(principal, action, resource);", "(U+200D)"), ("// a\u{200B}\n", "(U+200B)"),
      ("// a\rb", "(U+000D)"), ("// a\u{E0001}\n", "(U+E0001)"), ("// a\u{FEFF}\n", "(U+FEFF)"),
    ] as [(String, String?)])
  func `a set that is only loaded may have pictures in its comments, and one that is proposed not`(
    _ source: String, _ words: String?
  ) {
    let loaded = Self.fault(Self.set(source), isProposed: false)
    #expect(words == nil ? loaded == nil : loaded?.contains(words ?? "") == true, "\(loaded ?? "")")
    #expect(Self.fault(Self.set(source), isProposed: true)?.contains("(U+") == true)
  }

  @Test func `a byte order mark at the beginning of a file is no part of the set`() throws {
    let folder = try TemporaryFolder()
    let source = "permit (principal, action, resource);\n"
    for name in ["a.cedar", "b.cedar"] {
      try Data("\u{FEFF}\(source)".utf8).write(to: URL(filePath: "\(folder.path)/\(name)"))
    }
    let text = try PolicyText.read(PolicySettings(source: .path(folder.path)))
    #expect(String(decoding: text.policies, as: UTF8.self) == "\(source)\n\(source)\n")
    try text.checkVisible(isProposed: true)
  }

  private static func fault(_ text: PolicyText, isProposed: Bool) -> String? {
    do throws(PolicyFault) {
      try text.checkVisible(isProposed: isProposed)
      return nil
    } catch {
      return error.description
    }
  }
}
