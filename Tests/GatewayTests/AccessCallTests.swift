import Bytes
import Gateway
import Ledger
import Policy
import TestKit
import Testing

struct AccessCallTests {
  private static let settings = """
      asked_by: [dr-lee]
      users: {ann@clinic.example: [clinician], joe@clinic.example: [system-administrator]}
    """

  /// The sample with a tool that use cases of two purposes may call, of which one is approved.
  private static let yamlWithTools = GatewayPolicyTests.yaml(policy: settings)
    .replacing(
      "  - id: inside\n",
      with: """
          - id: records
            kind: mcp
            base_url: http://127.0.0.1:9998/mcp
            region: us-east
            agreement: {id: BAA-2, signed: 2026-01-01, expires: 2027-01-01, prohibits_training: true}
            tools: [find]
          - id: inside

        """
    )
    .replacing("    approval: APR-1\n", with: "    approval: APR-1\n    tool_servers: [records]\n")
    .replacing(
      "  - id: tokens-only\n    purpose: HRESCH\n",
      with: "  - id: tokens-only\n    purpose: HRESCH\n    tool_servers: [records]\n")

  private func bench() async throws -> TestBench {
    try await TestBench(ScriptedVendor.echo(), yaml: GatewayPolicyTests.yaml(policy: Self.settings))
  }

  private func ask(_ bench: TestBench, _ endpoint: AccessEndpoint, _ body: JSONValue, as caller: Int = 0) async throws
    -> (status: Int, body: JSONValue)
  {
    let reply = await bench.gateway.answer(
      AccessCall(
        endpoint, requestID: bench.gateway.newRequestID(), caller: bench.configuration.callers[caller], body: body.bytes
      ))
    guard case .whole(let bytes) = reply.body else { throw PolicyFault("is a stream") }
    return (reply.status, try JSONValue(parsing: bytes))
  }

  private static func question(_ person: String, _ classes: JSONValue = [["type": "DataClass", "id": "notes"]])
    -> JSONValue
  {
    [
      "subject": ["type": "Person", "id": .string(person)], "action": ["name": "ask"],
      "resource": ["type": "Route", "id": "summarize/mock/gpt-4o-mini"],
      "context": [
        "purpose": "TREAT", "classes": classes, "circumstances": ["mfa": true, "managedDevice": true],
      ],
    ]
  }

  @Test func `decides by the roles of the configuration, and says by which policies`() async throws {
    let bench = try await bench()
    let allowed = try await ask(bench, .evaluation, Self.question("ann@clinic.example"))
    #expect(allowed.status == 200)
    #expect(allowed.body["decision"] == true)
    #expect(allowed.body["context"]?["policies"] == ["clinician-asks-for-treatment"])
    let denied = try await ask(bench, .evaluation, Self.question("joe@clinic.example"))
    #expect(denied.body["decision"] == false)
    #expect(denied.body["context"]?["policies"] == ["administrators-and-auditors-see-no-data"])
    // Whom the configuration does not list has no role, whatever the application says.
    var claimed = Self.question("eve@clinic.example").members ?? []
    claimed[0] = JSONMember(
      "subject", ["type": "Person", "id": "eve@clinic.example", "properties": ["roles": ["clinician"]]])
    #expect(try await ask(bench, .evaluation, .object(claimed)).body["decision"] == false)

    let entries = try await bench.entries().filter { $0["event"]?.string == "access.decided" }
    #expect(entries.map { $0["decision"]?.string } == ["allow", "deny", "deny"])
    #expect(entries[1]["policy"]?.string == "administrators-and-auditors-see-no-data")
    #expect(!entries.contains { String(decoding: $0.bytes, as: UTF8.self).contains("clinic.example") })
  }

  @Test(arguments: [
    ("{}", "`subject.id` must be a text"),
    (
      #"{"subject":{"type":"Person","id":"x"},"action":{"name":"fly"},"resource":{"type":"Log","id":"log"}}"#,
      "unknown action"
    ),
    (
      """
      {"subject":{"type":"Person","id":"x"},"action":{"name":"ask"},"resource":{"type":"Route","id":"r"},
       "context":{"classes":[]}}
      """, "attribute"
    ),
    (
      """
      {"subject":{"type":"Person","id":"x"},"action":{"name":"ask"},
       "resource":{"type":"Route","id":"summarize/mock/gpt-4o-mini"},"context":{"purpose":"TREAT"}}
      """, "required attribute is missing `classes`"
    ),
  ])
  func `what is no question is refused`(_ body: String, _ words: String) async throws {
    let bench = try await bench()
    let answer = try await ask(bench, .evaluation, try JSONValue(parsing: Array(body.utf8)))
    #expect(answer.status == 400)
    #expect(answer.body["error"]?["message"]?.string?.contains(words) == true, "\(answer.body)")
  }

  @Test func `evaluations have what they do not say from the whole, and end as asked`() async throws {
    let bench = try await bench()
    var members = Self.question("ann@clinic.example").members ?? []
    members.append(
      JSONMember(
        "evaluations",
        [
          [:], ["subject": ["type": "Person", "id": "joe@clinic.example"]], ["action": ["name": "fly"]], [:],
        ]))
    let all = try await ask(bench, .evaluations, .object(members))
    #expect(all.body["evaluations"]?.array?.map { $0["decision"] } == [true, false, false, true])
    #expect(all.body["evaluations"]?.array?[2]["context"]?["error"]?["status"] == 400)
    members.append(JSONMember("options", ["evaluations_semantic": "deny_on_first_deny"]))
    let some = try await ask(bench, .evaluations, .object(members))
    #expect(some.body["evaluations"]?.array?.map { $0["decision"] } == [true, false])
    members[members.count - 1] = JSONMember("options", ["evaluations_semantic": "permit_on_first_permit"])
    let first = try await ask(bench, .evaluations, .object(members))
    #expect(first.body["evaluations"]?.array?.map { $0["decision"] } == [true])

    // Each decision is in the log, those that are alike in one entry.
    let said = try await bench.entries().filter { $0["event"]?.string == "access.decided" }.map { entry in
      [
        entry["object"]?.string, entry["decision"]?.string, entry["policy"]?.string,
        entry["requests"]?.integer.map(String.init),
      ]
      .map { $0 ?? "-" }.joined(separator: " ")
    }
    let allowed = "ask allow clinician-asks-for-treatment"
    let denied = "ask deny administrators-and-auditors-see-no-data 1"
    #expect(said == ["\(allowed) 2", denied, "- deny - 1", "\(allowed) 1", denied, "\(allowed) 1"])
  }

  @Test func `of many kinds of decisions the log has as many entries as a call may have, and all of the decisions`()
    async throws
  {
    let source = (0..<100).map { number in
      #"@id("p\#(number)") forbid (principal == Person::"n\#(number)", action, resource);"#
    }
    let text = PolicyText(
      policies: Array(source.joined(separator: "\n").utf8), schema: PolicyText.hospital.schema)
    let bench = try await TestBench(
      ScriptedVendor.echo(), yaml: GatewayPolicyTests.yaml(policy: Self.settings), policies: text)
    var members = Self.question("").members ?? []
    members.append(
      JSONMember(
        "evaluations", .array((0..<100).map { ["subject": ["type": "Person", "id": .string("n\($0)")]] })))
    let answer = try await ask(bench, .evaluations, .object(members))
    #expect(answer.body["evaluations"]?.array?.count == 100)
    let entries = try await bench.entries().filter { $0["event"]?.string == "access.decided" }
    #expect(entries.count == 63 && entries.allSatisfy { $0["decision"]?.string == "deny" })
    #expect(entries[0]["policy"]?.string == "p0" && entries[62]["policy"] == nil)
    #expect(entries.compactMap { $0["requests"]?.integer }.reduce(0, +) == 100)
  }

  /// What an application says of somebody or something that the house knows, and what is told of it.
  @Test(arguments: [
    ("Route", "summarize/mock/gpt-4o-mini", "environment", #""development""#, "environment"),
    ("Route", "summarize/mock/gpt-4o-mini", "model", #"{"type":"Model","id":"inside/loopback"}"#, "model"),
    ("Route", "tokens-only/mock/gpt-4o-mini", "showsIdentifiers", "true", "showsIdentifiers"),
    ("Route", "summarize/mock/gpt-4o-mini", "in", #"[{"type":"Team","id":"ward"}]"#, "is in what it is not in"),
    ("Dataset", "kept", "classes", "[]", "classes"),
    ("Dataset", "kept", "licence", #""2030-01-01""#, nil),
    ("Route", "summarize/mock/gpt-4o-mini", "environment", #""test""#, nil),
    // What the configuration leaves out is known, too: there is none.
    ("Route", "tokens-only/mock/gpt-4o-mini", "approval", #""APR-1""#, "approval"),
    ("Route", "summarize/mock/gpt-4o-mini", "in", #"[{"type":"Role","id":"clinician"}]"#, "is in what it is not in"),
    ("Tool", "records/find", "approval", #""APR-1""#, "approval"),
    ("Tool", "records/find", "name", #""find""#, nil),
    ("Vendor", "inside", "region", #""us""#, "region"),
    ("Vendor", "inside", "inside", "true", nil),
  ])
  func `of what the set knows more may be said, of what the configuration has nothing, and nothing else of either`(
    _ type: String, _ id: String, _ property: String, _ value: String, _ words: String?
  ) async throws {
    let entities = """
      [{"uid": {"type": "Dataset", "id": "kept"}, "parents": [],
        "attrs": {"classes": [{"type": "DataClass", "id": "notes"}], "environment": "production", "assigned": []}}]
      """
    let text = PolicyText(
      policies: PolicyText.hospital.policies, schema: PolicyText.hospital.schema, entities: Array(entities.utf8))
    let bench = try await TestBench(
      ScriptedVendor.echo(), yaml: Self.yamlWithTools, policies: text)
    var members = Self.question("ann@clinic.example").members ?? []
    let said = try JSONValue(parsing: Array(value.utf8))
    let action = ["Dataset": "read", "Route": "ask"][type] ?? "use-tool"
    members[1] = JSONMember("action", ["name": .string(action)])
    members[2] = JSONMember(
      "resource", ["type": .string(type), "id": .string(id), "properties": .object([JSONMember(property, said)])])
    let answer = try await ask(bench, .evaluation, .object(members))
    #expect(answer.status == (words == nil ? 200 : 400), "\(answer.body)")
    let message = answer.body["error"]?["message"]?.string
    #expect(words == nil ? message == nil : message?.contains(words ?? "") == true, "\(message ?? "")")
  }

  /// What an agreement is for, what is asked about, and by which policy that is decided.
  @Test(arguments: [
    ("TREAT", "Route", "tokens-only/mock/gpt-4o-mini", "vendor-without-agreement"),
    ("TREAT", "Route", "summarize/mock/gpt-4o-mini", "clinician-asks-for-treatment"),
    ("HRESCH", "Route", "tokens-only/mock/gpt-4o-mini", "clinician-asks-for-treatment"),
    ("HRESCH", "Route", "names-only/mock/gpt-4o-mini", "vendor-without-agreement"),
    // What is used for both is covered when both are.
    ("TREAT", "Vendor", "mock", "tool-without-agreement"),
    ("TREAT", "Tool", "records/find", "tool-without-agreement"),
    ("HRESCH", "Tool", "records/find", "tool-without-agreement"),
    ("TREAT, HRESCH", "Tool", "records/find", "clinician-uses-tools"),
  ])
  func `an agreement covers what it is for, in whatever order the use cases stand`(
    _ purposes: String, _ type: String, _ id: String, _ policy: String
  ) async throws {
    var list = AgreementList()
    for (vendor, agreement) in [("mock", "BAA-1"), ("records", "BAA-2")] {
      let entry = AgreementTests.entry("purposes", "purposes: [\(purposes)]", vendor: vendor, id: agreement)
        .replacing("environment: production", with: "environment: test")
      let services = vendor == "mock" ? entry : entry.replacing(#/services: \{.*\}/#, with: "services: {}")
      list.put(try AgreementList.entry(yaml: services))
    }
    let bench = try await TestBench(
      ScriptedVendor.echo(), yaml: Self.yamlWithTools, registry: AgreementRegistry(list))
    var members = Self.question("ann@clinic.example").members ?? []
    members[1] = JSONMember("action", ["name": .string(type == "Route" ? "ask" : "use-tool")])
    members[2] = JSONMember("resource", ["type": .string(type), "id": .string(id)])
    let answer = try await ask(bench, .evaluation, .object(members))
    #expect(answer.body["context"]?["policies"] == [.string(policy)], "\(answer.body)")
    #expect(answer.body["decision"] == .bool(policy.hasPrefix("clinician")))
  }

  @Test func `where somebody whom two people know is, an application does not say`() async throws {
    let entities = """
      [{"uid": {"type": "Person", "id": "dev"}, "parents": [], "attrs": {"environment": "development"}}]
      """
    let text = PolicyText(
      policies: PolicyText.hospital.policies, schema: PolicyText.hospital.schema, entities: Array(entities.utf8))
    let bench = try await TestBench(
      ScriptedVendor.echo(), yaml: GatewayPolicyTests.yaml(policy: "  asked_by: [dr-lee]\n"), policies: text)
    func ask(_ properties: JSONValue) async throws -> (status: Int, body: JSONValue) {
      try await self.ask(
        bench, .evaluation,
        [
          "subject": ["type": "Person", "id": "dev", "properties": properties], "action": ["name": "read"],
          "resource": [
            "type": "Dataset", "id": "d",
            "properties": [
              "classes": [["type": "DataClass", "id": "deidentified"]], "environment": "production",
              "assigned": [["type": "Person", "id": "dev"]],
            ],
          ],
          "context": [
            "purpose": "HRESCH", "classes": [["type": "DataClass", "id": "deidentified"]],
            "circumstances": ["mfa": true, "managedDevice": true],
          ],
        ])
    }
    let denied = try await ask(["roles": ["data-scientist"]])
    #expect(denied.body["context"]?["policies"] == ["production-data-elsewhere"], "\(denied.body)")
    #expect(try await ask(["roles": ["data-scientist"], "environment": "production"]).status == 400)
  }

  @Test func `searches find who may, what, and of what, page by page`() async throws {
    let bench = try await bench()
    var who = Self.question("").members ?? []
    who[0] = JSONMember("subject", ["type": "Person"])
    let people = try await ask(bench, .subjects, .object(who))
    #expect(people.body["results"] == [["type": "Person", "id": "ann@clinic.example"]])
    #expect(people.body["page"]?["next_token"] == "")

    var what = Self.question("ann@clinic.example").members ?? []
    what.removeAll { $0.name == "action" }
    let actions = try await ask(bench, .actions, .object(what))
    let names = actions.body["results"]?.array?.compactMap { $0["name"]?.string }
    #expect(names == ["ask", "batch", "embed", "retrieve", "see-identifiers"])

    var where_ = Self.question("ann@clinic.example").members ?? []
    where_[2] = JSONMember("resource", ["type": "Route"])
    var found: [String] = []
    var token = ""
    repeat {
      let page = JSONMember("page", ["token": .string(token), "limit": 1])
      let answer = try await ask(bench, .resources, .object(where_ + [page]))
      found += answer.body["results"]?.array?.compactMap { $0["id"]?.string } ?? []
      token = answer.body["page"]?["next_token"]?.string ?? ""
    } while !token.isEmpty
    #expect(
      found == [
        "code/inside/loopback", "names-only/mock/gpt-4o-mini", "summarize/mock/gpt-4o-mini",
        "tokens-only/mock/gpt-4o-mini",
      ])
  }

  @Test func `nobody asks whom the configuration does not name`() async throws {
    let bench = try await bench()
    let answer = try await ask(bench, .evaluation, Self.question("ann@clinic.example"), as: 1)
    #expect(answer.status == 403)
    #expect(answer.body["error"]?["code"] == "decisions_not_allowed")
  }

  /// A conflict of duties, and the policy that refuses it.
  @Test(arguments: [
    ("reviewer", "clinician", "reviewer-and-asker"), ("clinician", "system-administrator", "keys-and-data"),
    ("auditor", "security-engineer", "auditor-and-anything"),
  ])
  func `a role that conflicts is not granted, and the log says so`(
    _ role: String, _ held: String, _ policy: String
  ) async throws {
    let bench = try await TestBench(
      ScriptedVendor.echo(), yaml: GatewayPolicyTests.yaml(policy: "  asked_by: [dr-lee]\n"))
    let answer = try await ask(
      bench, .evaluation,
      [
        "subject": ["type": "Person", "id": "boss", "properties": ["roles": ["security-engineer"]]],
        "action": ["name": "grant-role"],
        "resource": ["type": "Person", "id": "holder", "properties": ["roles": [.string(held)]]],
        "context": ["role": ["type": "Role", "id": .string(role)], "circumstances": ["mfa": true]],
      ])
    #expect(answer.body["decision"] == false, "\(answer.body)")
    #expect(answer.body["context"]?["policies"]?.array?.contains(.string(policy)) == true)
    let entry = try #require(try await bench.entries().last { $0["event"]?.string == "access.decided" })
    #expect(entry["decision"]?.string == "deny" && entry["policy"]?.string?.contains(policy) == true)
  }
}
