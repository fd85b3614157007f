import Gateway
import Ledger
import PHI
import Providers
import TestKit
import Testing

struct AgreementTests {
  /// An entry of a registry; a line of it is replaced, or taken out where the new one is empty.
  static func entry(_ old: String = "", _ new: String = "", vendor: String = "mock", id: String = "BAA-7") -> String {
    let text = """
      vendor: \(vendor)
      id: \(id)
      signed: 2026-01-10
      effective: 2026-01-20
      expires: 2026-12-31
      environment: production
      prohibits_training: true
      zero_retention_attested: 2026-02-01
      breach_report_hours: 72
      regions: [us-east]
      services: {operations: [chatCompletions], models: [gpt-4o-mini], endpoints: ["127.0.0.1:9999"]}
      purposes: [TREAT, HRESCH]
      data_classes: all
      subcontractors: []
      clauses: {uses: p. 2, no_other_use: p. 2, safeguards: p. 3, report: p. 3, subcontractors: p. 4, access: p. 4, \
      amend: p. 4, accounting: p. 5, delegated: p. 5, books: p. 5, return: p. 6, terminate: p. 6, sec_comply: p. 7, \
      sec_sub: p. 7, sec_report: p. 7}
      """
    let lines = text.split(separator: "\n").map(String.init)
    return lines.compactMap { line in
      guard !old.isEmpty, line.hasPrefix(old) else { return line }
      return new.isEmpty ? nil : new
    }.joined(separator: "\n")
  }

  /// A registry with these entries.
  static func list(_ entries: String...) throws -> AgreementList {
    var list = AgreementList()
    for entry in entries { list.put(try AgreementList.entry(yaml: entry)) }
    return list
  }

  /// What the sample configuration, whose vendor has no agreement of its own, decides under a registry.
  static func refusal(
    _ list: AgreementList, today: String = "2026-06-01", operation: Operation = .chatCompletions,
    change: (inout Configuration) -> Void = { _ in }
  ) throws -> Refusal? {
    var configuration = try Configuration(yaml: SampleConfiguration.yaml)
    configuration.vendors[0].agreement = nil
    change(&configuration)
    let admission = Admission(configuration, registry: AgreementRegistry(list))
    let decision = admission.decide(
      caller: configuration.callers[0], requesting: nil, model: try #require(ModelName("gpt-4o-mini")), for: operation,
      on: try #require(CalendarDate(today)))
    return if case .refused(let refusal, _, _) = decision { refusal } else { nil }
  }

  /// A change to the entry, and the element that is missing then.
  struct Gap: CustomTestStringConvertible {
    var rule: Refusal.Rule
    var words: String
    var old = ""
    var new = ""
    var today = "2026-06-01"
    var operation = Operation.chatCompletions
    var change: @Sendable (inout Configuration) -> Void = { _ in }

    var testDescription: String { "\(rule.rawValue): \(words)" }
  }

  static let gaps = [
    Gap(rule: .agreementNotInForce, words: "in force from 2026-01-20", today: "2026-01-19"),
    Gap(
      rule: .agreementNotInForce, words: "in force from 2026-01-25", old: "signed", new: "signed: 2026-01-25",
      today: "2026-01-24"),
    Gap(rule: .agreementNotInForce, words: "to 2026-12-31", today: "2027-01-01"),
    Gap(
      rule: .agreementNotInForce, words: "terminated on 2026-06-01", old: "services",
      new: "terminated: 2026-06-01\nservices: {}"),
    Gap(rule: .serviceNotCovered, words: "operation `embeddings`", operation: .embeddings),
    // Messages go to this vendor as chat completions, which are covered; responses are not.
    Gap(rule: .serviceNotCovered, words: "operation `responses`", operation: .responses),
    Gap(rule: .serviceNotCovered, words: "the model", old: "services", new: "services: {models: [gpt-9]}"),
    Gap(
      rule: .serviceNotCovered, words: "the endpoint of vendor `mock`", old: "services",
      new: "services: {endpoints: [llm.vendor.example]}"),
    Gap(rule: .purposeNotPermitted, words: "purpose `TREAT`", old: "purposes", new: "purposes: [HPAYMT]"),
    Gap(rule: .purposeNotPermitted, words: "purpose `TREAT`", old: "purposes", new: "purposes: []"),
    Gap(
      rule: .subcontractorNotCovered, words: "subcontractor `cloud`", old: "subcontractors",
      new: "subcontractors: [{name: cloud}]"),
    Gap(
      rule: .subcontractorNotCovered, words: "subcontractor `cloud`", old: "subcontractors",
      new: "subcontractors: [{name: cloud, agreement: S-1, effective: 2026-01-01, expires: 2026-05-31}]"),
    Gap(
      rule: .trainingNotProhibited, words: "does not prohibit training", old: "prohibits_training",
      new: "prohibits_training: false"),
    Gap(
      rule: .zeroRetentionNotAttested, words: "wants nothing kept", old: "zero_retention_attested",
      change: { $0.useCases[0].wantsZeroRetention = true }),
    Gap(
      rule: .environmentMismatch, words: "is for production, this is test", change: { $0.environment = .test }),
    Gap(rule: .regionNotCovered, words: "does not cover `us-east`", old: "regions", new: "regions: [us-west]"),
    Gap(rule: .regionNotApproved, words: "`us-east`, which is not approved", change: { $0.approvedRegions = [] }),
    Gap(rule: .noAgreement, words: "vendor `mock` has no agreement", old: "vendor", new: "vendor: other"),
  ]

  @Test(arguments: gaps) func `names the element that is missing`(_ gap: Gap) throws {
    let list = try Self.list(Self.entry(gap.old, gap.new))
    let refusal = try Self.refusal(list, today: gap.today, operation: gap.operation, change: gap.change)
    #expect(refusal?.rule == gap.rule)
    #expect(refusal?.fact.contains(gap.words) == true)
    #expect(refusal?.agreement?.name == (gap.rule == .noAgreement ? nil : "BAA-7"))
    #expect(refusal?.message.contains("45 CFR 164.") == true)
  }

  @Test(arguments: ["2026-01-20", "2026-06-01", "2026-12-31"], [Operation.chatCompletions, .messages])
  func `covers each day of its term and what the vendor is asked for in its own dialect`(
    _ day: String, _ operation: Operation
  ) throws {
    #expect(try Self.refusal(Self.list(Self.entry()), today: day, operation: operation) == nil)
  }

  @Test func `asks only the subcontractors that run the model`() throws {
    let other = "subcontractors: [{name: cloud, models: [gpt-9]}]"
    #expect(try Self.refusal(Self.list(Self.entry("subcontractors", other))) == nil)
  }

  @Test func `takes the agreement that covers the request, and names what the nearest one lacks`() throws {
    let old = Self.entry("expires", "expires: 2026-05-31", id: "BAA-6")
    #expect(try Self.refusal(Self.list(old, Self.entry())) == nil)
    let narrow = Self.entry("purposes", "purposes: []", id: "BAA-8")
    let worse = Self.entry("purposes", "purposes: []\nterminated: 2026-02-01", id: "BAA-5")
    let refusal = try Self.refusal(Self.list(worse, narrow))
    #expect(refusal?.agreement?.name == "BAA-8")
    #expect(refusal?.rule == .purposeNotPermitted)
  }

  @Test func `lets the registry speak for an agreement that stands in the configuration too`() throws {
    let list = try Self.list(Self.entry("services", "services: {}\nterminated: 2026-05-01", id: "BAA-1"))
    var configuration = try Configuration(yaml: SampleConfiguration.yaml)
    let written = configuration.vendors[0].agreement
    configuration.vendors[0].agreement = nil
    let refusal = try Self.refusal(list) { $0.vendors[0].agreement = written }
    #expect(refusal?.rule == .agreementNotInForce)
  }

  @Test func `keeps what it does not cover of the kinds that a request holds`() async throws {
    let list = try Self.list(Self.entry("data_classes", "data_classes: [NAME, MRN, DATE]", id: "BAA-1"))
    let vendor = ScriptedVendor.echo()
    let bench = try await TestBench(vendor, registry: AgreementRegistry(list))
    let answer = try await bench.ask(GatewayTests.note, useCase: "summarize")
    #expect(answer.error == "data_class_not_covered")
    #expect(answer.message.contains("does not cover PHONE;"))
    #expect(vendor.bodies.isEmpty)
    #expect(try await bench.ask("Maria Gonzalez, MRN: TV-0051-4672", useCase: "summarize").status == 200)
  }

  @Test func `writes what it reads`() throws {
    let entry = Self.entry(
      "subcontractors",
      "subcontractors: [{name: cloud, agreement: S-1, effective: 2026-01-01, expires: 2027-01-01, models: [a/b]}]\n"
        + "document: sha256:\(String(repeating: "0f", count: 32))\nterminated: 2026-11-01")
    let list = try Self.list(
      entry, Self.entry("data_classes", "data_classes: [NAME, image]", vendor: "other", id: "true"),
      Self.entry("services", "services: {}", id: "BAA-9"))
    #expect(try AgreementList(yaml: list.yaml) == list)
    #expect(try AgreementList(yaml: AgreementList().yaml) == AgreementList())
    #expect(list.digest != AgreementList().digest)
  }

  @Test(arguments: RequiredClause.allCases)
  func `is not taken without a clause, whose paragraph is named`(_ clause: RequiredClause) throws {
    let clauses = RequiredClause.allCases.filter { $0 != clause }.map { "\($0.rawValue): p. 1" }
    let entry = Self.entry("clauses", "clauses: {\(clauses.joined(separator: ", "))}")
    let error = #expect(throws: ConfigurationError.self) { try AgreementList.entry(yaml: entry) }
    #expect(error?.description.contains("(45 CFR \(clause.paragraph))") == true)
  }

  @Test(arguments: [
    ("expires", "expires: 2026-01-01"), ("environment", "environment: staging"),
    ("breach", "breach_report_hours: 1441"),
    ("data_classes", "data_classes: [NICKNAME]"), ("services", "services: {operations: [chat]}"),
    ("services", "services: {endpoints: [\"https://x.example/v1\"]}"), ("purposes", "purposes: [TREAT, TREAT]"),
    ("subcontractors", "subcontractors: [{name: cloud, agreement: S-1}]"), ("regions", "region: us-east"),
    ("data_classes", "data_classes: all\ndocument: sha256:12"),
  ])
  func `refuses terms that make no sense`(_ old: String, _ new: String) {
    #expect(throws: ConfigurationError.self) { try AgreementList.entry(yaml: Self.entry(old, new)) }
  }

  @Test func `is needed for no agreement of the configuration to say more than before`() throws {
    let configuration = try Configuration(yaml: SampleConfiguration.yaml)
    let agreement = try #require(configuration.vendors[0].agreement)
    #expect(agreement.clauses == nil && agreement.environment == nil && agreement.purposes == nil)
    #expect(agreement.begins == agreement.signed)
  }
}
