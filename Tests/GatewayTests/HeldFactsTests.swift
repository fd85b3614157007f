import Bytes
import Gateway
import Ledger
import Providers
import TestKit
import Testing

/// What a vendor keeps is asked about with all that it holds, however little a request about it says.
struct HeldFactsTests {
  private static let yaml = GatewayPolicyTests.yaml(
    summarize: "phi_in_output: authorised\n    approval: APR-1\n    kept_by_vendor: {seconds: 3600}")

  private static let consented: FactHeaders = {
    var facts = FactHeaders()
    facts.consents = "42CFR2"
    return facts
  }()

  private static let none = FactHeaders()

  private static func body(_ input: String, after previous: String? = nil) -> [UInt8] {
    var members: [JSONMember] = [
      JSONMember("model", "gpt-4o-mini"), JSONMember("input", .string(input)),
      JSONMember("store", .bool(previous == nil)),
    ]
    if let previous { members.append(JSONMember("previous_response_id", .string(previous))) }
    return JSONValue.object(members).bytes
  }

  private static func facts(_ bench: TestBench) async throws -> [String?] {
    try await bench.entries().filter { $0["event"]?.string == "request.opened" }.map { $0["policy_facts"]?.string }
  }

  @Test func `a conversation is about what any of its turns was about, and a fetched answer too`() async throws {
    let bench = try await TestBench(.echo(), yaml: Self.yaml, others: ["mock": KeepingVendor()])
    func ask(_ input: String, after previous: String?, _ facts: FactHeaders) async throws -> TestAnswer {
      try await bench.send(
        Self.body(input, after: previous), as: .responses, useCase: "summarize", stating: facts)
    }
    func fetch(_ facts: FactHeaders) async -> Int {
      var call = KeptCall(
        .retrieve, "resp_1", requestID: bench.gateway.newRequestID(), caller: bench.configuration.callers[0])
      (call.useCase, call.facts) = ("summarize", facts)
      return await bench.gateway.answer(call).status
    }
    #expect(try await ask("Opioid use disorder, on buprenorphine.", after: nil, Self.consented).status == 200)
    let refused = try await ask("Summarise it.", after: "resp_1", Self.none)
    #expect(refused.status == 403 && refused.message.contains("`substance-use-without-consent`"), "\(refused.message)")
    #expect(await fetch(Self.none) == 403)
    #expect(try await ask("Summarise it.", after: "resp_1", Self.consented).status == 200)
    #expect(await fetch(Self.consented) == 200)
    let held = "clinician:notes+substance-use:R:42CFR2:managed_device+mfa"
    #expect(try await Self.facts(bench) == ["clinician:substance-use:R:42CFR2:managed_device+mfa", held, held])
  }

  @Test(arguments: [("substance-use", 200, 404), ("billing", 403, 403)])
  func `who may read because of a class that was found is not refused before anybody looks`(
    _ name: String, _ kept: Int, _ unknown: Int
  ) async throws {
    let source = """
      @id("a") permit (principal, action in [Action::"ask", Action::"see-identifiers"], resource);
      @id("r") permit (principal, action == Action::"retrieve", resource)
        when { context.classes.contains(DataClass::"\(name)") };
      """
    let bench = try await TestBench(
      .echo(), yaml: Self.yaml, others: ["mock": KeepingVendor()],
      policies: PolicyText(policies: Array(source.utf8), schema: PolicyText.hospital.schema))
    let asked = try await bench.send(
      Self.body("Opioid use disorder, on buprenorphine."), as: .responses, useCase: "summarize")
    #expect(asked.status == 200, "\(asked.message)")
    for (id, status) in [("resp_1", kept), ("resp_9", unknown)] {
      var call = KeptCall(
        .retrieve, id, requestID: bench.gateway.newRequestID(), caller: bench.configuration.callers[0])
      call.useCase = "summarize"
      #expect(await bench.gateway.answer(call).status == status)
    }
  }

  @Test func `a batch is about what any of its lines is about`() async throws {
    let bench = try await TestBench(.echo(), yaml: Self.yaml, others: ["mock": BatchVendor()])
    let line = BatchTests.line.replacing("Brackenridge\"}", with: "Brackenridge. Opioid use disorder.\"}")
    let order = (BatchTests.order, "application/json")
    #expect(await bench.send(.createFile, BatchTests.upload(line)).status == 403)
    #expect(await bench.send(.createFile, BatchTests.upload(line), stating: Self.consented).status == 200)
    #expect(await bench.send(.createBatch, order).status == 403)
    #expect(await bench.send(.createBatch, order, stating: Self.consented).status == 200)
    #expect(await bench.send(.batch, id: "batch-1", stating: Self.consented).status == 200)
    let refused = await bench.send(.fileContent, id: "file-2")
    #expect(refused.status == 403 && refused.text.contains("substance-use-without-consent"), "\(refused.text)")
    let results = await bench.send(.fileContent, id: "file-2", stating: Self.consented)
    #expect(results.status == 200 && results.text.contains("Ottoline Brackenridge. Opioid use disorder."))
  }

  @Test(arguments: [
    (nil, nil, 200), ("Patient/1", "Patient/1", 200), (nil, "Patient/1", 403), ("Patient/1", nil, 200),
  ])
  func `what an upload says of consents is said of the patient whom it names`(
    _ named: String?, _ ofLine: String?, _ status: Int
  ) async throws {
    let bench = try await TestBench(.echo(), yaml: Self.yaml, others: ["mock": BatchVendor()])
    var line = BatchTests.line.replacing("Brackenridge\"}", with: "Brackenridge. Opioid use disorder.\"}")
    if let ofLine { line = line.replacing(#""model""#, with: #""cordon":{"patient":"\#(ofLine)"},"model""#) }
    let answer = await bench.send(.createFile, BatchTests.upload(line), patient: named, stating: Self.consented)
    #expect(answer.status == status, "\(answer.text)")
    // A line may say of its own patient what it likes.
    guard let ofLine else { return }
    let own = line.replacing(#""\#(ofLine)""#, with: #""\#(ofLine)","consents":["42CFR2"]"#)
    // The vendor of these tests has one file.
    let another = try await TestBench(.echo(), yaml: Self.yaml, others: ["mock": BatchVendor()])
    let alone = await another.send(.createFile, BatchTests.upload(own), patient: named)
    #expect(alone.status == 200, "\(alone.text)")
  }
}
