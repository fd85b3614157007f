import Bytes
import Gateway
import PHI
import Testing

/// What versions of one Consent come to in the register, one after the other.
struct ConsentVersionTests {
  private static let now: Int64 = 1_790_000_000_000
  private static let terms = FHIRConsent.Terms(
    recipients: ["Organization/ai": "mock"], statements: [.revocation, .conditioning, .redisclosure])

  private static let given = """
    "policyRule": {"coding": [{"code": "HIPAAAuth"}]}, "performer": [{"reference": "Patient/1"}],
    "organization": [{"reference": "Organization/h"}], "provision": {"type": "permit",
    "actor": [{"reference": {"reference": "Organization/ai"}}], "purpose": [{"code": "HRESCH"}],
    "securityLabel": [{"code": "HIV"}], "period": {"end": "2099-01-01"}}
    """
  private static let denied = #""policyRule": {"coding": [{"code": "OPTOUT"}]}"#

  private static func json(_ more: String, meta: String = "", dated: String = "2026-01-01") throws -> JSONValue {
    let text = """
      {"resourceType": "Consent", "id": "c", \(meta.isEmpty ? "" : "\"meta\": {\(meta)}, ")"status": "active",
      "patient": {"reference": "Patient/1"}, "dateTime": "\(dated)", \(more)}
      """
    return try JSONValue(parsing: Array(text.utf8))
  }

  private static func read(_ json: JSONValue, _ id: String) throws -> FHIRConsent {
    try FHIRConsent(json, terms, at: now) { id }
  }

  private static func inForce(_ register: ConsentRegister) -> [String] {
    register.records.filter { $0.ended == nil }.map(\.id)
  }

  @Test func `the same again changes nothing, and brings back nothing that was ended by hand`() throws {
    var register = ConsentRegister()
    var outcome = register.take(try Self.read(Self.json(Self.given), "a1"), at: Self.now)
    #expect(outcome == .taken && Self.inForce(register) == ["a1"])
    let before = register
    // A server numbers it anew, and that is all.
    let again = try Self.json(Self.given, meta: #""versionId": "7", "lastUpdated": "2026-10-01T10:00:00Z""#)
    outcome = register.take(try Self.read(again, "a2"), at: Self.now)
    #expect(outcome == .unchanged && register == before)
    let isEnded = register.end("a1", .revoked, at: Self.now)
    #expect(isEnded)
    register = try ConsentRegister(register.bytes)
    for json in [try Self.json(Self.given), again] {
      outcome = register.take(try Self.read(json, "a3"), at: Self.now + 1)
      #expect(outcome == .endedByHand && Self.inForce(register).isEmpty)
    }
    // One that is dated before the end is none that was given anew; one of afterwards is.
    let early = try Self.json(Self.given + #", "language": "en""#, dated: "2026-02-01")
    outcome = register.take(try Self.read(early, "a4"), at: Self.now)
    #expect(outcome == .endedByHand && Self.inForce(register).isEmpty)
    let anew = try Self.json(Self.given, dated: "2026-12-01")
    outcome = register.take(try Self.read(anew, "a5"), at: Self.now)
    #expect(outcome == .taken && Self.inForce(register) == ["a5"])
  }

  @Test(arguments: [
    (#""versionId": "2""#, #""versionId": "1""#),
    (#""lastUpdated": "2026-03-01T10:00:00Z""#, #""lastUpdated": "2026-03-01T11:59:59.9+02:00""#),
    (#""versionId": "2""#, ""), (#""versionId": "2""#, #""versionId": "2""#),
  ])
  func `an older version takes the place of nothing`(_ newer: String, _ older: String) throws {
    var register = ConsentRegister()
    _ = register.take(try Self.read(Self.json(Self.denied, meta: newer), "d1"), at: Self.now)
    let before = register
    let outcome = register.take(try Self.read(Self.json(Self.given, meta: older), "a1"), at: Self.now)
    #expect(outcome == .older && register == before)
    let ended = register.refuse(
      try FHIRConsent.Origin(of: Self.json(Self.given, meta: older), Self.terms), at: Self.now)
    #expect(ended == 0 && register == before)
  }

  @Test func `what says no version is older where it is dated so, or was there before`() throws {
    var register = ConsentRegister()
    _ = register.take(try Self.read(Self.json(Self.given), "a1"), at: Self.now)
    _ = register.take(try Self.read(Self.json(Self.denied), "d1"), at: Self.now)
    #expect(Self.inForce(register) == ["d1"])
    for json in [try Self.json(Self.given), try Self.json(Self.given, dated: "2025-12-31")] {
      let outcome = register.take(try Self.read(json, "a2"), at: Self.now)
      #expect(outcome == .older && Self.inForce(register) == ["d1"])
    }
  }

  @Test func `a newer version that is refused ends what was authorized, and lifts nothing that was denied`() throws {
    let refused = try Self.json(#""status2": "x""#, meta: #""versionId": "2""#)
    let origin = try FHIRConsent.Origin(of: refused, Self.terms)
    for (text, stays) in [(Self.given, false), (Self.denied, true)] {
      var register = ConsentRegister()
      let first = try Self.read(Self.json(text, meta: #""versionId": "1""#), "r1")
      _ = register.take(first, at: Self.now)
      let before = register
      let ended = register.refuse(origin, at: Self.now)
      #expect(ended == (stays ? 0 : 1) && Self.inForce(register) == (stays ? ["r1"] : []))
      #expect(register.changes(since: before) == (stays ? nil : "ended r1"))
      // What was there before it does not come back.
      let outcome = register.take(first, at: Self.now)
      #expect(outcome == .older && Self.inForce(register) == (stays ? ["r1"] : []))
    }
  }

  @Test func `what changed is said by the ids of records`() throws {
    var register = ConsentRegister()
    _ = register.take(try Self.read(Self.json(Self.given), "a1"), at: Self.now)
    #expect(register.changes(since: ConsentRegister()) == "recorded a1")
    let before = register
    _ = register.take(try Self.read(Self.json(Self.denied), "d1"), at: Self.now)
    #expect(register.changes(since: before) == "ended a1, recorded d1" && register.changes(since: register) == nil)
  }
}
