import Bytes
import Gateway
import PHI
import Testing

/// What is a record of an authorization or a restriction, and what it says of a use.
struct ConsentRecordTests {
  private static let now: Int64 = 1_790_000_000_000
  private static let today = CalendarDate(secondsSinceEpoch: now / 1_000)

  static let signed: JSONValue = [
    "patient": "Patient/1", "record": "authorization", "to": ["mock"], "purposes": ["HRESCH"], "classes": ["notes"],
    "description": "the notes of 2026", "by": ["Harbor Hospital"], "purpose": "research on falls",
    "expires": "2099-01-01", "signed": ["on": "2026-01-01", "by": "patient"],
    "states": ["revocation", "conditioning", "redisclosure"],
  ]

  private static let restricted: JSONValue = ["patient": "Patient/1", "record": "restriction", "to": ["mock"]]

  private static func record(_ form: JSONValue, _ changes: [String: JSONValue?] = [:]) throws -> ConsentRecord {
    var members = (form.members ?? []).filter { changes[$0.name] == nil }
    for (name, value) in changes { if let value { members.append(JSONMember(name, value)) } }
    return try ConsentForm(.object(members), id: "r1", at: now).record
  }

  private static func faults(_ form: JSONValue, _ changes: [String: JSONValue?]) -> [String] {
    do {
      _ = try record(form, changes)
      return []
    } catch {
      return (error as? ConsentFault)?.reasons ?? ["another"]
    }
  }

  private static func register(_ records: ConsentRecord...) -> ConsentRegister {
    var register = ConsentRegister()
    register.add(records, of: nil, at: now)
    return register
  }

  private static func rule(
    _ register: ConsentRegister, vendor: String = "mock", caller: String = "ehr", purpose: String = "HRESCH",
    classes: Set<String> = ["notes"], needing: Bool = true, on day: CalendarDate = today
  ) -> Refusal.Rule? {
    register.answer(
      vendor: vendor, caller: caller, purpose: purpose, classes: classes, needingAuthorization: needing, on: day
    ).refusal?.rule
  }

  @Test(
    arguments: [
      ("description", nil, "(c)(1)(i)"), ("classes", nil, "(c)(1)(i)"), ("by", nil, "(c)(1)(ii)"),
      ("by", [], "(c)(1)(ii)"), ("to", nil, "(c)(1)(iii)"), ("purpose", " ", "(c)(1)(iv)"),
      ("purposes", nil, "(c)(1)(iv)"),
      ("expires", nil, "(c)(1)(v)"), ("signed", ["by": "patient"], "(c)(1)(vi)"),
      ("signed", ["on": "2026-01-01", "by": "representative"], "(c)(1)(vi)"),
      ("signed", ["on": "2026-01-01"], "(c)(1)(vi)"), ("states", ["conditioning", "redisclosure"], "(c)(2)(i)"),
      ("states", ["revocation", "redisclosure"], "(c)(2)(ii)"),
      ("states", ["revocation", "conditioning"], "(c)(2)(iii)"),
    ] as [(String, JSONValue?, String)])
  func `an authorization that lacks an element is none, and which is said`(
    _ name: String, _ value: JSONValue?, _ paragraph: String
  ) throws {
    let faults = Self.faults(Self.signed, [name: value])
    #expect(faults.count == 1 && faults[0].hasPrefix("45 CFR 164.508\(paragraph) is missing"), "\(faults)")
  }

  @Test func `all that is missing is said at once`() {
    let faults = Self.faults(["patient": "Patient/1", "record": "authorization"], [:])
    #expect(faults.count == 10)
  }

  @Test(
    arguments: [
      ("to", ["*"]), ("classes", ["psychotherapy", "notes"]), ("expires", "2025-12-31"), ("consents", ["42CFR2"]),
      ("except", [["to": ["*"]]]), ("record", "permission"), ("patient", ""), ("purposes", "HRESCH"), ("note", "x"),
      ("begins", "yesterday"),
    ] as [(String, JSONValue)])
  func `what an authorization may not say is refused`(_ name: String, _ value: JSONValue) {
    #expect(Self.faults(Self.signed, [name: value]).count == 1)
  }

  @Test func `it authorizes its recipient, its purpose and its classes, on its days, until it ends`() throws {
    let record = try Self.record(Self.signed)
    var register = Self.register(record)
    #expect(Self.rule(register) == nil)
    #expect(Self.rule(register, vendor: "other") == .authorizationMissing)
    #expect(Self.rule(register, purpose: "TREAT") == .authorizationMissing)
    #expect(Self.rule(register, classes: ["notes", "imaging"]) == .authorizationMissing)
    #expect(Self.rule(register, classes: []) == .authorizationMissing)
    #expect(Self.rule(register, vendor: "other", needing: false) == nil)
    let first = try #require(CalendarDate("2026-01-01"))
    let last = try #require(CalendarDate("2099-01-01"))
    #expect(Self.rule(register, on: first) == nil && Self.rule(register, on: last) == nil)
    #expect(Self.rule(register, on: try #require(CalendarDate("2025-12-31"))) == .authorizationMissing)
    #expect(Self.rule(register, on: try #require(CalendarDate("2099-01-02"))) == .authorizationMissing)
    let ended = ["r2", "r1", "r1"].map { register.end($0, .revoked, at: Self.now) }
    #expect(ended == [false, true, false])
    #expect(Self.rule(register) == .authorizationMissing)
    // Two together may cover what neither does.
    let images = try Self.record(Self.signed, ["classes": ["imaging"], "to": ["mock", "caller:ehr"]])
    let both = Self.register(try Self.record(Self.signed), images)
    #expect(Self.rule(both, classes: ["notes", "imaging"]) == nil)
    #expect(Self.rule(both, caller: "portal", classes: ["notes", "imaging"]) == .authorizationMissing)
  }

  @Test func `policies are told what it consents to, where it is for that use`() throws {
    let part2 = try Self.record(Self.signed, ["classes": ["substance-use"], "consents": ["42CFR2"]])
    func told(_ vendor: String, _ purpose: String) -> [String] {
      Self.register(part2).answer(
        vendor: vendor, caller: "ehr", purpose: purpose, classes: ["notes"], needingAuthorization: false, on: Self.today
      ).consents
    }
    #expect(told("mock", "HRESCH") == ["42CFR2", "substance-use"])
    #expect(told("other", "HRESCH") == [] && told("mock", "TREAT") == [])
  }

  @Test(
    arguments: [
      ([:], "TREAT", true), (["to": ["*"]], "TREAT", true), (["to": ["caller:ehr"]], "TREAT", true),
      (["to": ["other"]], "TREAT", false), (["to": ["caller:other"]], "TREAT", false),
      (["purposes": ["HRESCH"]], "TREAT", false), (["purposes": ["TREAT"]], "ETREAT", true),
      (["purposes": ["ETREAT"]], "TREAT", true), (["purposes": ["CLINTRCHNPC"]], "RESCH", true),
      (["purposes": ["HRESCH"]], "CLINTRCH", true), (["purposes": ["HPAYMT"]], "TREAT", false),
      (["classes": ["hiv"]], "TREAT", false),
      (["classes": ["hiv", "notes"]], "TREAT", true), (["begins": "2098-01-01"], "TREAT", false),
      (["begins": "2020-01-01", "expires": "2020-02-01"], "TREAT", false),
      (["except": [["to": ["mock"], "purposes": ["TREAT"]]]], "TREAT", false),
      (["except": [["to": ["mock"], "purposes": ["TREAT"]]]], "ETREAT", true),
      (["except": [["to": ["*"], "classes": ["hiv"]]]], "TREAT", true),
      (["except": [["to": ["other"]]]], "TREAT", true),
    ] as [([String: JSONValue], String, Bool)])
  func `a restriction stops what it touches, but for what it excepts`(
    _ changes: [String: JSONValue], _ purpose: String, _ stops: Bool
  ) throws {
    let register = Self.register(try Self.record(Self.restricted, changes.mapValues { $0 }))
    let rule = Self.rule(register, purpose: purpose, needing: false)
    #expect(rule == (stops ? .restrictedByPatient : nil))
  }

  @Test(
    arguments: [
      (["classes": ["hiv"]], .nothing, nil), (["classes": ["hiv"]], .images, .restrictedByPatient),
      (["classes": ["hiv"]], .anything, .restrictedByPatient),
      (["except": [["to": ["*"], "classes": ["notes"]]]], .nothing, nil),
      (["except": [["to": ["*"], "classes": ["notes"]]]], .images, .restrictedByPatient),
      (["except": [["to": ["*"]]]], .anything, nil),
    ] as [([String: JSONValue], Unsearched, Refusal.Rule?)])
  func `what nobody can search counts as of every class`(
    _ changes: [String: JSONValue], _ unsearched: Unsearched, _ rule: Refusal.Rule?
  ) throws {
    let register = Self.register(try Self.record(Self.restricted, changes.mapValues { $0 }))
    let answer = register.answer(
      vendor: "mock", caller: "ehr", purpose: "TREAT", classes: ["notes"], unsearched: unsearched,
      needingAuthorization: false, on: Self.today)
    #expect(answer.refusal?.rule == rule)
  }

  @Test func `an image is authorized as imaging, and a file that nobody can search by no class of its own`() throws {
    let register = Self.register(try Self.record(Self.signed, ["classes": ["notes", "imaging"]]))
    for (unsearched, rule) in [(.images, nil), (.anything, .authorizationMissing)] as [(Unsearched, Refusal.Rule?)] {
      let answer = register.answer(
        vendor: "mock", caller: "ehr", purpose: "HRESCH", classes: ["notes", "imaging"], unsearched: unsearched,
        needingAuthorization: true, on: Self.today)
      #expect(answer.refusal?.rule == rule)
    }
  }

  @Test(arguments: ["gone", "caller:gone"])
  func `a restriction of a name that nobody has any more is of everybody`(_ name: String) throws {
    let restriction = Self.register(try Self.record(Self.restricted, ["to": [.string(name)]]))
    let known: Set<String> = ["mock", "caller:ehr", "*"]
    #expect(Self.rule(restriction, needing: false) == nil)
    let answer = restriction.restrictingEverybody(unlessAmong: known).answer(
      vendor: "mock", caller: "ehr", purpose: "TREAT", classes: ["notes"], needingAuthorization: false, on: Self.today)
    #expect(answer.refusal?.rule == .restrictedByPatient && answer.refusal?.message.contains("gone") == false)
    #expect(restriction.restrictingEverybody(unlessAmong: known.union([name])) == restriction)
    // An authorization is of whom it names, and of nobody else.
    let signed = Self.register(try Self.record(Self.signed, ["to": ["gone"]]))
    #expect(signed.restrictingEverybody(unlessAmong: known) == signed)
  }

  @Test func `what was authorized and is not any more, nobody may say is consented to`() throws {
    func withdrawn(_ register: ConsentRegister, from vendor: String = "mock") -> Set<String> {
      register.withdrawn(vendor: vendor, caller: "ehr", purpose: "HRESCH", on: Self.today)
    }
    var register = Self.register(try Self.record(Self.signed, ["consents": ["research"]]))
    #expect(withdrawn(register).isEmpty)
    let isEnded = register.end("r1", .revoked, at: Self.now)
    #expect(isEnded && withdrawn(register) == ["notes", "research"] && withdrawn(register, from: "other").isEmpty)
    // Until it is signed anew.
    register.add([try Self.record(Self.signed, ["consents": ["research"]])], of: nil, at: Self.now)
    #expect(withdrawn(register).isEmpty)
    let signed: JSONValue = ["on": "2019-01-01", "by": "patient"]
    let expired = Self.register(try Self.record(Self.signed, ["signed": signed, "expires": "2019-02-01"]))
    #expect(withdrawn(expired) == ["notes"])
  }

  @Test func `a restriction wins over an authorization, and each kind has a rule`() throws {
    for (kind, rule) in [
      ("restriction", Refusal.Rule.restrictedByPatient), ("paid_in_full", .restrictedPaidInFull),
      ("consent_withheld", .consentWithheld),
    ] {
      let restriction = try Self.record(Self.restricted, ["record": .string(kind)])
      #expect(Self.rule(Self.register(try Self.record(Self.signed), restriction)) == rule)
      #expect(rule.status == 403 && rule.paragraph != nil && rule.isAboutAnotherRecipient)
    }
  }

  @Test func `a register restricts until its last restriction is over, and with one that has no end for ever`() throws {
    var register = Self.register(try Self.record(Self.signed))
    #expect(register.lastRestrictedDay == nil)
    register.add([try Self.record(Self.restricted, ["expires": "2099-01-01"])], of: nil, at: Self.now)
    #expect(register.lastRestrictedDay == 47_117)
    let endless = try ConsentForm(Self.restricted, id: "r2", at: Self.now).record
    register.add([endless], of: nil, at: Self.now)
    #expect(register.lastRestrictedDay == .max)
    // What cannot be read may restrict for good.
    #expect(ConsentRegister.lastRestrictedDay(of: register.bytes) == .max)
    #expect(ConsentRegister.lastRestrictedDay(of: Array("none".utf8)) == .max)
    #expect(ConsentRegister.lastRestrictedDay(of: ConsentRegister().bytes) == nil)
    #expect(register.end("r2", .revoked, at: Self.now) && register.lastRestrictedDay == 47_117)
  }

  @Test func `what is kept is read as it was written, and what is not understood is not read`() throws {
    var register = Self.register(
      try Self.record(Self.signed, ["consents": ["research"]]),
      try Self.record(
        Self.restricted, ["except": [["to": ["mock"], "purposes": ["TREAT"]]], "expires": "2099-01-01"]),
      try Self.record(Self.signed, ["signed": ["on": "2026-01-01", "by": "representative", "authority": "proxy"]]))
    let isEnded = register.end("r1", .event, at: 7)
    #expect(isEnded)
    #expect(try ConsentRegister(register.bytes) == register)
    #expect(try ConsentRegister(nil) == ConsentRegister())
    let text = String(decoding: register.bytes, as: UTF8.self)
    for (was, is_) in [("restriction", "constriction"), ("consents 1", "consents 2"), (#""event""#, #""thing""#)] {
      let parts = text.split(separator: was, maxSplits: 1, omittingEmptySubsequences: false)
      let changed = parts.joined(separator: is_)
      #expect(changed != text)
      #expect(throws: ConsentFault.self) { try ConsentRegister(Array(changed.utf8)) }
    }
  }
}

extension Refusal.Rule {
  fileprivate var status: Int { Refusal(self, "").status }
  fileprivate var isAboutAnotherRecipient: Bool { help.contains("consent") }
}
