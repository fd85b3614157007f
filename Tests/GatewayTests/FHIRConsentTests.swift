import Bytes
import Gateway
import PHI
import Testing

/// What Consents of FHIR R4 and R5 come to.
struct FHIRConsentTests {
  private static let now: Int64 = 1_790_000_000_000
  private static let today = CalendarDate(secondsSinceEpoch: now / 1_000)
  private static let terms = FHIRConsent.Terms(
    recipients: ["Organization/ai": "mock", "Organization/labs": "labs"],
    statements: [
      .revocation, .conditioning, .redisclosure,
    ])

  /// What FHIR R4's examples of privacy consents have in common.
  private static let r4 = """
    "resourceType": "Consent", "id": "c-1", "text": {"status": "generated", "div": "<div>…</div>"},
    "scope": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}]},
    "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}],
    "patient": {"reference": "Patient/f001", "display": "P. van de Heuvel"}, "dateTime": "2015-11-18",
    "organization": [{"reference": "Organization/f001"}],
    "sourceAttachment": {"title": "The terms of the consent in lawyer speak."}
    """
  private static let r5 = """
    "resourceType": "Consent", "id": "c-1", "subject": {"reference": "Patient/f001"}, "date": "2018-12-28",
    "grantor": [{"reference": "Patient/f001"}], "controller": [{"reference": "Organization/f001"}]
    """

  private static let stranger = #""performer": [{"reference": "RelatedPerson/1"}]"#

  private static func rule(_ code: String) -> String {
    #""policyRule": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "\#(code)"}]}"#
  }

  private static func actor(_ reference: String, role: String = "PRCP") -> String {
    """
    "actor": [{"role": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType",
    "code": "\(role)"}]}, "reference": {"reference": "\(reference)"}}]
    """
  }

  private static func purpose(_ code: String) -> String {
    #""purpose": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "\#(code)"}]"#
  }

  private static func label(_ code: String) -> String {
    #""securityLabel": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "\#(code)"}]"#
  }

  private static func read(_ text: String, _ terms: FHIRConsent.Terms = terms) throws -> FHIRConsent {
    let json = try JSONValue(parsing: Array("{\(text)}".utf8))
    var number = 0
    return try FHIRConsent(json, terms, at: now) {
      number += 1
      return "r\(number)"
    }
  }

  private static func r4(_ more: String..., status: String = "active") -> String {
    ([r4, #""status": "\#(status)""#] + more).joined(separator: ", ")
  }

  private static func r5(_ more: String...) -> String { ([r5, #""status": "active""#] + more).joined(separator: ", ") }

  private static func provision(_ type: String, _ more: String...) -> String {
    "\"provision\": {" + ([#""type": "\#(type)""#] + more).joined(separator: ", ") + "}"
  }

  private static func nested(_ provisions: String...) -> String {
    "\"provision\": [" + provisions.map { "{\($0)}" }.joined(separator: ", ") + "]"
  }

  /// Whether a use is let go on by all that a Consent comes to.
  private static func allows(
    _ consent: FHIRConsent, _ vendor: String = "mock", _ purpose: String = "TREAT", _ classes: Set<String> = ["notes"]
  ) -> Bool {
    var register = ConsentRegister()
    register.add(consent.records, of: consent.origin.source, at: now)
    return register.answer(
      vendor: vendor, caller: "ehr", purpose: purpose, classes: classes, needingAuthorization: false, on: today
    ).refusal == nil
  }

  @Test func `a denial of an organisation is a restriction of it alone`() throws {
    let actions = #""action": [{"coding": [{"code": "access"}]}, {"coding": [{"code": "correct"}]}]"#
    let consent = try Self.read(
      Self.r4(Self.rule("OPTIN"), Self.provision("deny", Self.actor("Organization/ai"), actions)))
    #expect(
      consent.origin.patient == "Patient/f001" && consent.origin.source == "Consent/c-1" && consent.records.count == 1)
    #expect(!Self.allows(consent) && Self.allows(consent, "labs"))
  }

  @Test func `a denial of labelled data, of a purpose or for a time is of that`() throws {
    let labelled = try Self.read(Self.r4(Self.provision("deny", Self.label("ETH"))))
    #expect(Self.allows(labelled) && !Self.allows(labelled, "mock", "TREAT", ["notes", "substance-use"]))
    let research = try Self.read(Self.r4(Self.provision("deny", Self.purpose("HRESCH"))))
    #expect(Self.allows(research) && !Self.allows(research, "mock", "CLINTRCH"))
    let past = try Self.read(
      Self.r4(Self.provision("deny", #""period": {"start": "2015-01-01", "end": "2015-02-01T00:00:00Z"}"#)))
    #expect(Self.allows(past))
  }

  @Test func `a permit inside a denial is excepted from it, and a denial inside that is not`() throws {
    let consent = try Self.read(
      Self.r4(
        Self.provision(
          "deny",
          Self.nested(
            #""type": "permit", \#(Self.purpose("TREAT")), "#
              + Self.nested(#""type": "deny", \#(Self.label("HIV"))"#)))))
    #expect(consent.records.count == 2)
    #expect(Self.allows(consent) && !Self.allows(consent, "mock", "HPAYMT"))
    #expect(!Self.allows(consent, "mock", "TREAT", ["notes", "hiv"]))
    // What the inner denial does not say, the permit around it says: it is of treatment.
    #expect(consent.records[1].scope.purposes == ["TREAT"] && consent.records[1].scope.classes == ["hiv"])
  }

  @Test func `opting out denies what nothing permits`() throws {
    #expect(!Self.allows(try Self.read(Self.r4(Self.rule("OPTOUT")))))
    let consent = try Self.read(
      Self.r4(Self.rule("OPTOUT"), Self.provision("permit", Self.actor("Organization/ai"), Self.purpose("TREAT"))))
    #expect(Self.allows(consent) && !Self.allows(consent, "labs") && !Self.allows(consent, "mock", "HPAYMT"))
    #expect(Self.allows(try Self.read(Self.r4(Self.rule("OPTIN")))))
  }

  @Test func `a root without a type denies what it names, or is refused where it could permit`() throws {
    let named = #""provision": {\#(Self.actor("Organization/ai"))}"#
    let consent = try Self.read(Self.r4(Self.rule("OPTIN"), named))
    #expect(!Self.allows(consent) && Self.allows(consent, "labs"))
    // By the standard it is what is excepted from opting out.
    let excepted = #""provision": {\#(Self.actor("Organization/ai")), \#(Self.purpose("ETREAT"))}"#
    let fault = #expect(throws: ConsentFault.self) { try Self.read(Self.r4(Self.rule("OPTOUT"), excepted)) }
    #expect(fault?.reasons.first?.hasPrefix("`provision.type`") == true)
    let inner = Self.nested(#""type": "permit", \#(Self.purpose("TREAT"))"#)
    let held = try Self.read(Self.r4(Self.rule("OPTOUT"), #""provision": {\#(inner)}"#))
    #expect(Self.allows(held) && !Self.allows(held, "mock", "HPAYMT"))
    for open in [
      #""provision": {}"#, #""provision": {"period": {"start": "2020-01-01"}}"#,
      #""provision": {\#(Self.actor("Organization/ai")), \#(inner)}"#,
    ] {
      #expect(throws: ConsentFault.self) { try Self.read(Self.r4(Self.rule("OPTIN"), open)) }
    }
  }

  @Test(arguments: ["EMRGONLY", "NOPP", "va-10-0484", "optout"])
  func `a rule that nobody knows refuses the Consent`(_ code: String) throws {
    let permit = Self.provision("permit", Self.purpose("ETREAT"))
    #expect(throws: ConsentFault.self) { try Self.read(Self.r4(Self.rule(code), permit)) }
    let beside = #""policyRule": {"coding": [{"code": "OPTIN"}, {"code": "\#(code)"}]}"#
    #expect(throws: ConsentFault.self) { try Self.read(Self.r4(beside, permit)) }
    let basis = #""regulatoryBasis": [{"coding": [{"code": "\#(code)"}]}]"#
    #expect(throws: ConsentFault.self) { try Self.read(Self.r5(#""decision": "permit""#, basis)) }
  }

  @Test(arguments: [
    #""policyRule": {"text": "opt out"}"#, #""policyRule": {}"#,
    #""policyRule": {"coding": [{"system": "http://other.example/codes", "code": "OPTIN"}]}"#,
  ])
  func `a rule without a code of HL7 refuses the Consent`(_ rule: String) {
    #expect(throws: ConsentFault.self) { try Self.read(Self.r4(rule, Self.provision("permit"))) }
  }

  @Test(arguments: [
    r4(rule("OPTOUT"), provision("permit")),
    r4(rule("OPTOUT"), provision("permit", #""action": [{"coding": [{"code": "disclose"}]}]"#)),
    r4(provision("deny", label("HIV"), nested(#""type": "permit""#))),
    r5(#""decision": "deny""#, nested("")),
  ])
  func `an exception that leaves nothing of its denial refuses the Consent`(_ text: String) {
    let fault = #expect(throws: ConsentFault.self) { try Self.read(text) }
    #expect(fault?.reasons.first?.contains("permits all that is denied") == true)
  }

  @Test func `psychotherapy notes are authorized by a form of their own, and nothing in what is authorized`() throws {
    func form(_ root: String, _ inner: String) -> String {
      Self.r4(
        Self.rule("HIPAAAuth"), #""performer": [{"reference": "Patient/f001"}]"#,
        Self.provision(
          "permit", Self.actor("Organization/ai"), Self.purpose("HRESCH"), #""period": {"end": "2099-01-01"}"#, root,
          inner))
    }
    #expect(
      try Self.read(form(Self.label("PSYTHPN"), Self.nested(#""type": "deny", \#(Self.label("HIV"))"#))).records.count
        == 2)
    func faults(_ text: String) -> [String] {
      #expect(throws: ConsentFault.self) { try Self.read(text) }?.reasons ?? []
    }
    let nested = Self.nested(#""type": "permit", \#(Self.label("HIV"))"#)
    #expect(faults(form(Self.label("PSYTHPN"), nested)).first?.contains("permits something in") == true)
    let between = Self.nested(
      #""type": "deny", \#(Self.label("SEX")), "#
        + Self.nested(#""type": "permit", \#(Self.label("HIV")), \#(Self.purpose("TREAT"))"#))
    #expect(faults(form(Self.label("PSYTHPN"), between)).first?.contains("164.508(b)(3)(ii)") == true)
  }

  @Test func `an authorization that was not verified is none`() throws {
    let permit = Self.provision(
      "permit", Self.actor("Organization/ai"), Self.purpose("HRESCH"), Self.label("HIV"),
      #""period": {"end": "2099-01-01"}"#)
    func read(_ verified: Bool) throws -> [ConsentRecord] {
      try Self.read(
        Self.r4(
          Self.rule("HIPAAAuth"), #""performer": [{"reference": "Patient/f001"}]"#,
          #""verification": [{"verified": \#(verified)}]"#, permit)
      ).records
    }
    #expect(try read(true).count == 1)
    #expect(throws: ConsentFault.self) { try read(false) }
  }

  @Test(arguments: ["#p1", "urn:uuid:9d0f", "Patient/1/_history/3"])
  func `a patient who is named within a document only is nobody`(_ reference: String) {
    let text =
      #""resourceType": "Consent", "id": "x", "status": "active", "decision": "deny", "subject": {"reference": "\#(reference)"}"#
    #expect(throws: ConsentFault.self) { try Self.read(text) }
    #expect(throws: ConsentFault.self) {
      try Self.read(Self.r4(Self.rule("OPTOUT"), #""subject": {"reference": "Patient/2"}"#))
    }
  }

  @Test func `rules of R5 are exceptions from what they are in`() throws {
    let denied = try Self.read(
      Self.r5(#""decision": "deny""#, Self.nested("\(Self.purpose("TREAT")), " + Self.nested(Self.label("PSYTHPN")))))
    #expect(Self.allows(denied) && !Self.allows(denied, "mock", "HPAYMT"))
    #expect(!Self.allows(denied, "mock", "TREAT", ["psychotherapy"]))
    let permitted = try Self.read(Self.r5(#""decision": "permit""#, Self.nested(Self.actor("Organization/labs"))))
    #expect(Self.allows(permitted) && !Self.allows(permitted, "labs"))
    #expect(!Self.allows(try Self.read(Self.r5(#""decision": "deny""#))))
    #expect(try Self.read(Self.r5(#""decision": "permit""#)).records.isEmpty)
  }

  @Test func `what a law wants signed is an authorization, or lacks what is said`() throws {
    let rule = #""policyRule": {"coding": [{"code": "hipaa-auth"}]}"#
    let permit = Self.provision(
      "permit", Self.actor("Organization/ai", role: "IRCP"), Self.purpose("HRESCH"), Self.label("HIV"),
      #""period": {"start": "2020-01-01", "end": "2099-01-01"}"#)
    let performer = #""performer": [{"reference": "Patient/f001"}]"#
    let consent = try Self.read(Self.r4(rule, performer, permit))
    #expect(consent.records.count == 1 && consent.records[0].isAuthorization)
    let scope = consent.records[0].scope
    #expect(scope.recipients == ["mock"] && scope.purposes == ["HRESCH"] && scope.classes == ["hiv"])
    func lacking(_ text: String, _ terms: FHIRConsent.Terms = Self.terms) -> [String] {
      let fault = #expect(throws: ConsentFault.self) { try Self.read(text, terms) }
      return fault?.reasons ?? []
    }
    let unsigned = lacking(Self.r4(rule, permit)) + lacking(Self.r4(rule, Self.stranger, permit))
    #expect(unsigned.count == 2 && unsigned.allSatisfy { $0.hasPrefix("45 CFR 164.508(c)(1)(vi) is missing") })
    var silent = Self.terms
    silent.statements = []
    #expect(lacking(Self.r4(rule, performer, permit), silent).count == 3)
    // Under no such law a permit authorizes nothing, and restricts nothing.
    #expect(try Self.read(Self.r4(performer, permit)).records.isEmpty)
  }

  @Test func `a part 2 consent is told to policies by its name`() throws {
    let permit = Self.provision(
      "permit", Self.actor("Organization/ai"), Self.purpose("TREAT"), Self.label("ETH"),
      #""period": {"end": "2099-01-01"}"#)
    let consent = try Self.read(
      Self.r4(Self.rule("42CFRPart2"), #""performer": [{"reference": "Patient/f001"}]"#, permit))
    #expect(consent.records.map(\.names) == [["42CFR2"]])
  }

  @Test(arguments: ["draft", "proposed", "rejected", "on-hold"])
  func `a Consent that is not active is refused, and one that is over comes to nothing`(_ status: String) throws {
    #expect(throws: ConsentFault.self) { try Self.read(Self.r4(Self.rule("OPTOUT"), status: status)) }
    for over in ["inactive", "entered-in-error"] {
      #expect(try Self.read(Self.r4(Self.rule("OPTOUT"), status: over)).records.isEmpty)
    }
  }

  @Test(arguments: [
    #""data": [{"meaning": "instance", "reference": {"reference": "Task/example3"}}]"#,
    #""dataPeriod": {"start": "2015-01-01"}"#, #""code": [{"coding": [{"code": "x"}]}]"#, #""class": [{"code": "x"}]"#,
    #""expression": {}"#, #""resourceType": [{"code": "Observation"}]"#, #""modifierExtension": [{"url": "x"}]"#,
    #""_type": {}"#, #""purpose": [{"display": "research"}]"#, #""purpose": {}"#, #""securityLabel": [{"code": "V"}]"#,
    #""action": [{"coding": [{"code": "collect"}]}]"#, #""action": [{"coding": [{"code": "share"}]}]"#,
    #""action": [{"text": "all"}]"#, #""period": {"start": "2015"}"#, #""period": {"from": "2015-01-01"}"#,
    #""actor": []"#, #""actor": [{"reference": {"reference": "Organization/who"}}]"#, #""actor": [{}]"#,
    #""actor": [{"role": {"coding": [{"code": "CST"}]}, "reference": {"reference": "Organization/ai"}}]"#,
    #""provision": [{"purpose": [{"code": "TREAT"}]}]"#, #""provision": [{"type": "allow"}]"#, #""provision": {}"#,
    #""provision": [{"type": "permit", "period": {"end": "2016-01-01"}}]"#,
    #""provision": [{"type": "permit", "provision": [{"type": "deny", "data": []}]}]"#,
  ])
  func `a denial with anything in it that is not understood is refused, and not left out`(_ condition: String) {
    #expect(throws: ConsentFault.self) { try Self.read(Self.r4(Self.provision("deny", condition))) }
  }

  @Test(arguments: [
    #""resourceType": "Patient""#, r4(), r4(provision("allow")), r4(#""provision": {}"#), r4(#""provision": []"#),
    r4(#""policyRule": {"coding": [{"code": "OPTIN"}, {"code": "OPTOUT"}]}"#),
    r4(#""modifierExtension": []"#, provision("deny")), r5(),
    r5(#""decision": "maybe""#), r5(#""decision": "deny""#, nested(#""type": "permit""#)),
    #""resourceType": "Consent", "id": "x", "status": "active", "decision": "deny""#,
    #""resourceType": "Consent", "status": "active", "decision": "deny", "subject": {"reference": "Patient/1"}"#,
    r4.replacing("patient-privacy", by: "adr")
      + #", "status": "active", "policyRule": {"coding": [{"code": "OPTOUT"}]}"#,
  ])
  func `what is no Consent that can be understood is refused`(_ text: String) {
    #expect(throws: ConsentFault.self) { try Self.read(text) }
  }

  @Test func `patients are named by reference or by identifier`() throws {
    let named =
      #""subject": {"reference": "Patient/1", "identifier": {"system": "http://h.example/mrn", "value": "7"}}"#
    let text = #""resourceType": "Consent", "id": "x", "status": "active", "decision": "deny", \#(named)"#
    #expect(try Self.read(text).origin.patient == "Patient/1")
    #expect(try Self.read(text, FHIRConsent.Terms(byIdentifier: true)).origin.patient == "http://h.example/mrn|7")
  }

  @Test func `an actor's identifier is one of its system, and a document one of its server`() throws {
    func denial(_ identifier: String) -> String {
      #""actor": [{"reference": {"identifier": {\#(identifier)}}}]"#
    }
    func recipients(_ identifier: String, of names: [String: String]) throws -> [Set<String>] {
      let text = Self.r4(Self.rule("OPTIN"), Self.provision("deny", denial(identifier)))
      return try Self.read(text, FHIRConsent.Terms(recipients: names)).records.map(\.scope.recipients)
    }
    let (system, bare) = (#""system": "urn:oid:1.2", "value": "7""#, #""value": "7""#)
    let both = ["urn:oid:1.2|7": "mock", "7": "labs"]
    #expect(try recipients(system, of: both) == [["mock"]] && recipients(bare, of: both) == [["labs"]])
    #expect(throws: ConsentFault.self) { try recipients(system, of: ["7": "labs", "urn:oid:1.3|7": "mock"]) }
    let one = Self.r4(Self.provision("deny", Self.actor("Organization/ai")))
    var terms = Self.terms
    terms.server = "north"
    let (here, north) = (try Self.read(one), try Self.read(one, terms))
    #expect(here.origin.source == "Consent/c-1" && north.origin.source == "north Consent/c-1")
    // The end of the one is not the end of the other.
    var register = ConsentRegister()
    for consent in [here, north] { #expect(register.take(consent, at: Self.now) == .taken) }
    terms.server = "south"
    let over = Self.r4(Self.provision("deny", Self.actor("Organization/ai")), status: "entered-in-error")
    _ = register.take(try Self.read(over, terms), at: Self.now)
    #expect(register.records.count { $0.ended == nil } == 2)
    terms.server = "north"
    #expect(register.take(try Self.read(over, terms), at: Self.now) == .taken)
    #expect(register.records.filter { $0.ended == nil }.map(\.source) == ["Consent/c-1"])
  }

  @Test func `documents hold one resource, a Bundle, or one a line`() throws {
    let one = #"{"resourceType": "Consent", "id": "x"}"#
    func count(_ text: String) throws -> Int {
      try FHIRConsent.resources(in: Array(text.utf8)).count { (try? $0.get()) != nil }
    }
    func bundle(_ type: String, _ entries: String...) -> String {
      #"{"resourceType": "Bundle", \#(type)"entry": [\#(entries.joined(separator: ", "))]}"#
    }
    #expect(try count(one) == 1)
    #expect(try count(one + "\n" + one + "\n\n") == 2)
    let entry = #"{"resource": \#(one)}"#
    for type in ["collection", "searchset", "batch", "transaction", "document"] {
      #expect(try count(bundle(#""type": "\#(type)", "#, entry)) == 1)
    }
    // What is none is refused by itself.
    #expect(try count(one + "\nx") == 1)
    let deleted = #"{"request": {"method": "DELETE", "url": "Consent/1"}}"#
    let removed = #"{"resource": \#(one), "request": {"method": "DELETE"}}"#
    #expect(try count(bundle(#""type": "batch", "#, deleted, entry, removed)) == 1)
    for wrong in ["", "x", bundle(#""type": "history", "#, entry), bundle("", entry)] {
      #expect(throws: ConsentFault.self) { try count(wrong) }
    }
  }
}

extension String {
  fileprivate func replacing(_ part: String, by other: String) -> String {
    split(separator: part, omittingEmptySubsequences: false).joined(separator: other)
  }
}
