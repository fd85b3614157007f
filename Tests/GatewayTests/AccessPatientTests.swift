import Bytes
import Ciphers
import Gateway
import Ledger
import PHI
import TestKit
import Testing
import Vault

/// What the decision endpoint says of questions that name the patient whom they are about.
struct AccessPatientTests {
  private static let patient = "Patient/4711"
  private static let recorded = 1_777_600_000_000 as Int64

  private func bench(_ besides: String = "") async throws -> TestBench {
    let settings = "  asked_by: [dr-lee]\n  users: {ann@clinic.example: [clinician]}\n"
    return try await TestBench(
      ScriptedVendor.echo(), yaml: GatewayPolicyTests.yaml(policy: settings) + besides, hasOfficer: true)
  }

  private static func record(_ form: JSONValue, _ changes: [String: JSONValue]) throws -> ConsentRecord {
    let members =
      (form.members ?? []).filter { changes[$0.name] == nil } + changes.map { JSONMember($0, $1) }
    return try ConsentForm(.object(members), id: "r1", at: recorded).record
  }

  private static func question(_ context: [String: JSONValue]) -> JSONValue {
    let usual: [String: JSONValue] = [
      "purpose": "TREAT", "classes": [["type": "DataClass", "id": "notes"]],
      "circumstances": ["mfa": true, "managedDevice": true], "patient": .string(patient),
    ]
    return [
      "subject": ["type": "Person", "id": "ann@clinic.example"], "action": ["name": "ask"],
      "resource": ["type": "Route", "id": "summarize/mock/gpt-4o-mini"],
      "context": .object(usual.merging(context) { $1 }.map { JSONMember($0, $1) }),
    ]
  }

  private func ask(_ bench: TestBench, _ body: JSONValue, _ endpoint: AccessEndpoint = .evaluation) async throws
    -> (status: Int, body: JSONValue)
  {
    let call = AccessCall(
      endpoint, requestID: bench.gateway.newRequestID(), caller: bench.configuration.callers[0], body: body.bytes)
    let reply = await bench.gateway.answer(call)
    guard case .whole(let bytes) = reply.body else { throw PolicyFault("is a stream") }
    return (reply.status, try JSONValue(parsing: bytes))
  }

  /// Both are how Cedar's JSON says which entity is meant.
  @Test(arguments: [
    #"{"type": "DataClass", "id": "imaging"}"#, #"{"__entity": {"type": "DataClass", "id": "imaging"}}"#,
  ])
  func `a class is restricted in whatever form the question names it`(_ named: String) async throws {
    let bench = try await bench()
    var register = ConsentRegister()
    let form: JSONValue = ["patient": "Patient/1", "record": "restriction", "to": ["mock"], "classes": ["imaging"]]
    register.add([try Self.record(form, [:])], of: nil, at: Self.recorded)
    try await bench.register(register, of: Self.patient)
    #expect(try await ask(bench, Self.question([:])).body["decision"] == true)
    let imaging = try JSONValue(parsing: Array(named.utf8))
    let answer = try await ask(bench, Self.question(["classes": [["type": "DataClass", "id": "notes"], imaging]]))
    #expect(answer.body["decision"] == false && answer.body["context"]?["rule"] == "restricted_by_patient")
  }

  @Test func `policies are told what the patient consents to, and not what the patient has withdrawn`() async throws {
    let bench = try await bench()
    let about = Self.question(["classes": [["type": "DataClass", "id": "substance-use"]]])
    let stating = Self.question([
      "classes": [["type": "DataClass", "id": "substance-use"]], "consents": ["42CFR2"],
    ])
    func isAllowed(_ question: JSONValue) async throws -> JSONValue? { try await ask(bench, question).body["decision"] }
    #expect(try await isAllowed(about) == false)
    #expect(try await isAllowed(stating) == true)
    var register = ConsentRegister()
    let consent = try Self.record(
      ConsentRecordTests.signed, ["purposes": ["TREAT"], "classes": ["substance-use"], "consents": ["42CFR2"]])
    register.add([consent], of: nil, at: Self.recorded)
    try await bench.register(register, of: Self.patient)
    #expect(try await isAllowed(about) == true)
    let isEnded = register.end("r1", .revoked, at: Self.recorded)
    #expect(isEnded)
    try await bench.register(register, of: Self.patient)
    #expect(try await isAllowed(about) == false)
    #expect(try await isAllowed(stating) == false)
  }

  @Test(arguments: ["treat", "treatment", "", "HRESCH"])
  func `a purpose that restrictions do not name, or that is not the route's, is none`(_ purpose: String) async throws {
    let bench = try await bench()
    let question = Self.question(["purpose": .string(purpose)])
    let answer = try await ask(bench, question)
    #expect(answer.status == 400)
    #expect(answer.body["error"]?["message"]?.string?.contains("`context.purpose`") == true)
    // A question about nobody is for policies alone.
    #expect(try await ask(bench, Self.question(["purpose": .string(purpose), "patient": .null])).status == 200)
  }

  @Test func `the log has whom the questions name of those whom it knows`() async throws {
    let bench = try await bench()
    try await bench.register(ConsentRegister(), of: Self.patient)
    let tag = try await bench.vault.tag(of: SubjectReference(.patient, Self.patient))
    var members = Self.question([:]).members ?? []
    let others: [JSONValue] = ["\(Self.patient)/_history/2", "Patient/9"].map { patient in
      ["context": Self.question(["patient": .string(patient)])["context"] ?? .null]
    }
    members.append(JSONMember("evaluations", .array([[:]] + others)))
    #expect(try await ask(bench, .object(members), .evaluations).status == 200)
    _ = try await ask(bench, Self.question(["patient": "Patient/9"]))
    let entries = try await bench.entries().filter { $0["event"]?.string == "access.decided" }
    #expect(entries.map { $0["requests"]?.integer } == [3, 1])
    #expect(entries.first?["tags"] == [.string(tag.description)] && entries.last?["tags"] == nil)
  }

  @Test func `each patient counts as one who is asked about alone`() async throws {
    let bench = try await bench("\nrate_limits:\n  - {per: caller, requests: 4, seconds: 60}\n")
    var members = Self.question([:]).members ?? []
    let each: [JSONValue] = (1...3).map { number in
      ["context": Self.question(["patient": .string("Patient/\(number)")])["context"] ?? .null]
    }
    members.removeAll { $0.name == "context" }
    members.append(JSONMember("evaluations", .array(each)))
    #expect(try await ask(bench, .object(members), .evaluations).status == 200)
    #expect(try await ask(bench, Self.question([:])).status == 200)
    #expect(try await ask(bench, Self.question([:])).status == 429)
  }
}
