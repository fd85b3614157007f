import Bytes
import Ciphers
import Ledger
import PHI
import Testing

struct EntryTests {
  static func digest(_ byte: String) -> Digest {
    Digest(hexadecimal: String(repeating: byte, count: 32)) ?? MerkleTree.emptyRoot
  }

  @Test(arguments: [0, 1, 40, 1_000])
  func `has room for every member at its longest`(_ count: Int) throws {
    let name = try #require(ConfiguredName(String(repeating: "n", count: 128)))
    let person = try #require(Pseudonym(code: [UInt8](repeating: 1, count: 16)))
    let digest = EntryTests.digest("0a")
    for event in Event.allCases {
      var entry = Entry(event, at: Timestamp(milliseconds: 1_795_230_604_123))
      entry.request = RequestID(String(repeating: "r", count: 64))
      entry.model = ModelName(String(repeating: "m", count: 96))
      entry.servedModel = entry.model
      (entry.caller, entry.client, entry.server, entry.useCase) = (name, name, name, name)
      (entry.purpose, entry.vendor, entry.agreement, entry.operation) = (name, name, name, name)
      (entry.profile, entry.policy, entry.rule, entry.object) = (name, name, name, name)
      (entry.policySet, entry.policyAdoption, entry.policyFacts) = (digest, name, name)
      entry.policyWithheld = name
      (entry.user, entry.sent, entry.received) = (person, digest, digest)
      (entry.before, entry.after, entry.method) = (digest, digest, .cryptographicErase)
      (entry.agreementDigest, entry.region) = (digest, name)
      (entry.route, entry.basis, entry.destination, entry.retention, entry.approval) = (name, name, name, name, name)
      entry.justification = Justification(String(repeating: "j", count: 200))
      (entry.decision, entry.outcome) = (.allow, .clientDisconnected)
      for kind in Identifier.allCases { entry.identifiers[kind] = .max }
      for stage in Stage.allCases { entry.microseconds[stage] = .max }
      (entry.knownIdentifiers, entry.promptTokens, entry.completionTokens) = (.max, .max, .max)
      (entry.status, entry.bytesDropped, entry.bytesFree) = (.max, .max, .max)
      (entry.clockStep, entry.errorNumber) = (-.max, .max)
      entry.people = [Pseudonym](repeating: person, count: count)
      (entry.tags, entry.blobs) = ([Digest](repeating: digest, count: count), [Digest](repeating: digest, count: count))
      let part = PartReference(subject: digest, digest: digest, commitment: digest, length: .max)
      entry.parts = [PartReference](repeating: part, count: count)
      #expect(try JSONValue(parsing: entry.json)["event"]?.string == event.rawValue)
    }
  }

  @Test func `writes every member in its place`() throws {
    var entry = Entry(.requestClosed, at: Timestamp(milliseconds: 1_795_230_604_123), request: RequestID("r-1"))
    entry.parts = [
      PartReference(
        subject: EntryTests.digest("01"), digest: EntryTests.digest("02"), commitment: EntryTests.digest("03"),
        length: 70)
    ]
    entry.caller = ConfiguredName("ward-7")
    entry.user = Pseudonym(code: [UInt8](repeating: 0xAB, count: 16))
    entry.client = ConfiguredName("10.0.0.7")
    entry.server = ConfiguredName("replica-1")
    entry.useCase = ConfiguredName("discharge-summary")
    entry.purpose = ConfiguredName("treatment")
    entry.vendor = ConfiguredName("loopback")
    entry.agreement = ConfiguredName("baa-2026")
    entry.agreementDigest = EntryTests.digest("07")
    entry.region = ConfiguredName("us-east")
    entry.route = ConfiguredName("R-7")
    entry.basis = ConfiguredName("treatment")
    entry.justification = Justification("Summaries for the ward (board, 2026-03-02): agreed.")
    entry.destination = ConfiguredName("https://llm.example:443")
    entry.retention = ConfiguredName("zero")
    entry.approval = ConfiguredName("APR-3")
    entry.model = ModelName("gpt-4o")
    entry.servedModel = ModelName("gpt-4o-2024-08-06")
    entry.profile = ConfiguredName("safe-harbor")
    entry.decision = .allow
    entry.policy = ConfiguredName("hospital-7")
    entry.policySet = EntryTests.digest("0b")
    entry.policyAdoption = ConfiguredName("unsigned")
    entry.policyFacts = ConfiguredName("clinician:notes:N:-:mfa")
    entry.policyWithheld = ConfiguredName("identifiers-without-approval")
    entry.rule = ConfiguredName("allowed")
    entry.outcome = .completed
    entry.object = ConfiguredName("proposal-3")
    entry.before = EntryTests.digest("08")
    entry.after = EntryTests.digest("09")
    entry.method = .overwrite
    entry.people = [
      Pseudonym(code: [UInt8](repeating: 1, count: 16)), Pseudonym(code: [UInt8](repeating: 2, count: 16)),
    ]
    .compactMap(\.self)
    entry.identifiers = [.date: 2, .name: 10]
    entry.restored = [.name: 9]
    entry.promptTokens = 0
    entry.completionTokens = 1_234_567
    entry.microseconds = [.total: 900, .detection: 100]
    entry.status = 200
    entry.sent = EntryTests.digest("0a")
    entry.received = EntryTests.digest("ff")
    entry.tags = [EntryTests.digest("04"), EntryTests.digest("05")]
    entry.blobs = [EntryTests.digest("06")]
    entry.bytesDropped = 1
    entry.bytesFree = 2
    entry.clockStep = -3
    entry.errorNumber = 28
    #expect(
      String(decoding: entry.json, as: UTF8.self) == """
        {"v":2,"event":"request.closed","time":"2026-11-21T03:10:04.123Z","request":"r-1",\
        "parts":[{"subject":"\(EntryTests.digest("01"))","digest":"\(EntryTests.digest("02"))",\
        "commitment":"\(EntryTests.digest("03"))","length":70}],"caller":"ward-7",\
        "user":"p_abababababababababababababababab","client":"10.0.0.7","server":"replica-1",\
        "use_case":"discharge-summary","purpose":"treatment","vendor":"loopback","agreement":"baa-2026",\
        "agreement_digest":"\(EntryTests.digest("07"))","region":"us-east",\
        "route":"R-7","basis":"treatment",\
        "justification":"Summaries for the ward (board, 2026-03-02): agreed.",\
        "destination":"https://llm.example:443","retention":"zero","approval":"APR-3",\
        "model":"gpt-4o","served_model":"gpt-4o-2024-08-06","profile":"safe-harbor","decision":"allow","policy":"hospital-7",\
        "policy_set":"\(EntryTests.digest("0b"))","policy_adoption":"unsigned",\
        "policy_facts":"clinician:notes:N:-:mfa","policy_withheld":"identifiers-without-approval","rule":"allowed",\
        "outcome":"completed","object":"proposal-3",\
        "before":"\(EntryTests.digest("08"))","after":"\(EntryTests.digest("09"))","method":"overwrite",\
        "people":["p_01010101010101010101010101010101","p_02020202020202020202020202020202"],\
        "identifiers":{"NAME":10,"DATE":2},"restored":{"NAME":9},"prompt_tokens":0,"completion_tokens":1234567,\
        "microseconds":{"detection":100,"total":900},"status":200,\
        "sent":"\(String(repeating: "0a", count: 32))","received":"\(String(repeating: "ff", count: 32))",\
        "tags":["\(EntryTests.digest("04"))","\(EntryTests.digest("05"))"],"blobs":["\(EntryTests.digest("06"))"],\
        "bytes_dropped":1,"bytes_free":2,"clock_step":-3,"error":28}
        """)
  }

  @Test(arguments: [
    "", "  ", "a \"b\"", "a\\b", "a\nb", "[a]", "{a}", "a<b", "a&b", "caf\u{E9}", String(repeating: "a", count: 201),
  ])
  func `takes no justification that would need escaping`(_ text: String) {
    #expect(Justification(text) == nil)
  }

  @Test func `leaves out what has no value`() {
    let entry = Entry(.serverStarted, at: Timestamp(milliseconds: 0))
    #expect(
      String(decoding: entry.json, as: UTF8.self)
        == #"{"v":2,"event":"server.started","time":"1970-01-01T00:00:00.000Z"}"#)
  }

  @Test(arguments: Event.allCases) func `reads the outline of what it wrote`(_ event: Event) {
    var entry = Entry(event, at: Timestamp(milliseconds: 1), request: RequestID("a:b"))
    for length in [0, 9, 70_000] {
      entry.parts.append(
        PartReference(
          subject: EntryTests.digest("01"), digest: EntryTests.digest("f2"), commitment: EntryTests.digest("a3"),
          length: length))
    }
    let json = entry.json
    let outline = EntryOutline(json.span)
    #expect(outline?.event == event)
    #expect(outline?.time == entry.time)
    #expect(outline?.request == entry.request)
    #expect(outline?.parts == entry.parts)
  }

  @Test func `reads the outline of an entry of the first format`() {
    let json = Array(#"{"v":1,"event":"server.started","time":"1970-01-01T00:00:00.000Z"}"#.utf8)
    let outline = EntryOutline(json.span)
    #expect(outline?.event == .serverStarted)
    #expect(outline?.parts == [])
  }

  @Test(arguments: [
    "", "{}", #"{"v":2,"event":"request.opened","time":"yesterday"}"#,
    #"{"v":2,"event":"x","time":"1970-01-01T00:00:00.000Z"}"#,
    #"{"v":2,"event":"server.started","time":"1970-01-01T00:00:00.000Z""#,
    #"{"v":3,"event":"server.started","time":"1970-01-01T00:00:00.000Z"}"#,
    #"{"v":2,"event":"server.started","time":"1970-01-01T00:00:00.000Z","parts":[]}"#,
    #"{"v":2,"event":"server.started","time":"1970-01-01T00:00:00.000Z","parts":[{"subject":"00"}]}"#,
  ])
  func `refuses the outline of what is no entry`(_ text: String) {
    let json = Array(text.utf8)
    let outline = EntryOutline(json.span)
    #expect(outline == nil)
  }

  @Test(arguments: ["", "Maria Gonzalez", "a\"b", "a\\b", "é", "a,b", "a\n", String(repeating: "a", count: 129)])
  func `takes no prose for a name`(_ text: String) {
    #expect(ConfiguredName(text) == nil)
    #expect(ModelName(text) == nil)
    #expect(RequestID(text) == nil)
  }

  @Test(arguments: [
    "", "p_", "Maria", "p_0123456789abcdef0123456789abcde", "p_0123456789abcdef0123456789abcdef0",
    "p_0123456789ABCDEF0123456789abcdef", "q_0123456789abcdef0123456789abcdef", "p_0123456789abcdef0123456789abcdeg",
  ])
  func `takes nothing but a code for a pseudonym`(_ text: String) {
    #expect(Pseudonym(text) == nil)
  }

  @Test func `writes a code as a pseudonym`() {
    let pseudonym = Pseudonym(code: [UInt8](0..<16))
    #expect(pseudonym?.description == "p_000102030405060708090a0b0c0d0e0f")
    #expect(pseudonym == Pseudonym("p_000102030405060708090a0b0c0d0e0f"))
    #expect(Pseudonym(code: [1]) == nil)
  }

  @Test(arguments: ["gpt-4o-2024-08-06", "meta-llama/Llama-3.1:free", "anthropic.claude-v2@1"])
  func `takes the names that models have`(_ text: String) {
    #expect(ModelName(text)?.description == text)
  }
}

struct TimestampTests {
  @Test(arguments: [
    (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
    (1_795_230_604_123, "2026-11-21T03:10:04.123Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
  ])
  func `is written and read as RFC 3339`(_ milliseconds: Int64, _ text: String) {
    #expect(Timestamp(milliseconds: milliseconds).description == text)
    #expect(Timestamp(text) == Timestamp(milliseconds: milliseconds))
  }

  @Test func `takes a date for its midnight`() {
    #expect(Timestamp("2026-11-21") == Timestamp("2026-11-21T00:00:00.000Z"))
  }

  @Test(arguments: [
    "", "2026-02-29", "2026-13-01", "2026-00-10", "2026-11-21T24:00:00.000Z", "2026-11-21 03:10:04.123Z",
    "2026-11-21T03:10:04Z",
  ])
  func `refuses what is no moment`(_ text: String) {
    #expect(Timestamp(text) == nil)
  }

  @Test func `comes back from every day of eight centuries`() {
    for day in Int64(-146_097)...146_097 {
      let moment = Timestamp(milliseconds: day * 86_400_000)
      guard Timestamp(moment.description) == moment else { return #expect(Bool(false), "day \(day)") }
    }
  }
}
