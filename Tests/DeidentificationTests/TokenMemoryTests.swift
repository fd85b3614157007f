import Bytes
import Deidentification
import Detection
import PHI
import TestKit
import Testing

struct TokenMemoryTests {
  private let key = TokenKey(1, 2)

  /// What a later request has after `tokens`, by way of bytes.
  private func next(_ tokens: SessionTokens) throws -> SessionTokens {
    let json = try JSONValue(parsing: tokens.memory.json.bytes)
    return SessionTokens(key: key, asOf: today, remembering: try #require(TokenMemory(json)))
  }

  @Test(
    arguments: [
      (["[[NAME|Maria Gonzalez]]", "[[NAME|Maria Gonzalez]]"], ["NAME_1", "NAME_1"]),
      (["[[NAME|Maria Gonzalez]]", "[[NAME|Gonzalez]] [[NAME|Ann Lee]]"], ["NAME_1", "NAME_1B NAME_2"]),
      (["[[MRN|TV-0051]]", "[[MRN|TV 0051]] [[MRN|TV-0052]] [[MRN|TV-0051]]"], ["MRN_1", "MRN_1B MRN_2 MRN_1"]),
      (["her son [[NAME|John]]", "her son [[NAME|John]]"], ["her son NAME_1", "her son NAME_1"]),
      (["Mr. [[NAME|Lee]]", "Mrs. [[NAME|Lee]] and Mr. [[NAME|Lee]]"], ["Mr. NAME_1", "Mrs. NAME_2 and Mr. NAME_1"]),
      (["NAME_1_BCD wrote", "[[NAME|Ann Lee]]"], ["NAME_1_BCD wrote", "NAME_2"]),
      (["[[PHONE|(208) 555-0148]]", "nothing", "[[PHONE|208.555.0148]]"], ["PHONE_1", "nothing", "PHONE_1B"]),
      (["[[DATE|03/15/1987]]", "[[DATE|March 15, 1987]]"], ["DATE_1", "DATE_1B"]),
    ] as [([String], [String])])
  func `goes on with the tokens of earlier turns`(_ sources: [String], _ expected: [String]) throws {
    var tokens = SessionTokens(key: key, asOf: today)
    var outputs: [String] = []
    for source in sources {
      outputs.append(withoutChecks(source, &tokens))
      tokens = try next(tokens)
    }
    #expect(outputs == expected)
  }

  @Test func `restores a token of an earlier turn, in a fork too`() throws {
    var first = SessionTokens(key: key, asOf: today)
    let token = first.token(for: Marked("[[NAME|Maria Gonzalez]]").findings[0], in: Array("Maria Gonzalez".utf8).span)
    for name in ["Ann Lee", "Wu Chen"] {
      var fork = try next(first)
      let other = fork.token(
        for: Finding(.name, at: 0..<name.utf8.count, confidence: .certain, by: "test"), in: Array(name.utf8).span)
      #expect(fork.map.value(of: token) == Array("Maria Gonzalez".utf8))
      #expect(fork.map.value(of: other) == Array(name.utf8))
      #expect(other != token)
    }
  }

  @Test func `does not lose a token because a later turn speaks of it`() throws {
    var first = SessionTokens(key: key, asOf: today)
    let token = first.token(for: Marked("[[NAME|Maria Gonzalez]]").findings[0], in: Array("Maria Gonzalez".utf8).span)
    var second = try next(first)
    second.reserve(lookAlikesIn: (Array("What of ".utf8) + token.text + Array("?".utf8)).span)
    #expect(second.map.value(of: token) == Array("Maria Gonzalez".utf8))
    #expect(withoutChecks("[[NAME|Maria Gonzalez]]", &second) == "NAME_1")
  }

  /// Each look-alike once went through all values, whether its token was withdrawn already or not: 10¹⁰ steps here.
  @Test(.timeLimit(.minutes(30)))
  func `takes a token out of the map in no more time where there are many values`() throws {
    let count = 100_000
    var text: [UInt8] = []
    var findings: [Finding] = []
    for number in 0..<count {
      let start = text.count
      text += Array(String(number).utf8)
      findings.append(Finding(.phone, at: start..<text.count, confidence: .certain, by: "test"))
      text.append(0x20)
    }
    var first = SessionTokens(key: key, asOf: today)
    _ = first.tokenise(text, findings)
    var second = try next(first)
    #expect(second.map.count == count)
    let lookAlikes = (1...count).map { "PHONE_\($0)_BBB PHONE_1_BBB PHONE_1-BBB" }.joined(separator: " ")
    second.reserve(lookAlikesIn: Array(lookAlikes.utf8).span)
    // Who happens to have these check letters was spoken of; all others stay tokens, and their values get new ones.
    let again = withoutChecks("[[PHONE|0]] [[PHONE|1]] [[PHONE|2]]", &second).split(separator: " ")
    let indices = again.compactMap { Int($0.dropFirst(6)) }
    #expect(indices.filter { $0 > count }.count >= 2 && Set(indices).count == 3)
  }

  @Test func `keeps what the text itself took a token from withdrawn`() throws {
    var tokens = SessionTokens(key: key, asOf: today)
    let token = tokens.token(for: Marked("[[MRN|TV-0051]]").findings[0], in: Array("TV-0051".utf8).span)
    tokens.reserve(lookAlikesIn: token.text.span)
    #expect(try next(tokens).map.value(of: token) == nil)
  }

  @Test func `finds who was named before, in whatever form`() throws {
    var tokens = SessionTokens(key: key, asOf: today)
    _ = withoutChecks("[[NAME|Ottoline Brackenridge]] [[MRN|48291773]] [[FACILITY|Tamarack Valley Clinic]]", &tokens)
    let known = try #require(tokens.memory.known)
    let text = Array("Did brackenridge come? Number 4829-1773, at Tamarack Valley".utf8)
    let found = Scanner().knowing(known).findings(in: text)
    #expect(found.map(\.identifier) == [.name, .medicalRecordNumber, .facility])
    let both = KnownIdentifiers(KnownValues()).joined(with: known)
    #expect(Scanner().knowing(both).findings(in: text) == found)
  }

  @Test(arguments: [
    "{}", #"{"tokens":[],"reserved":7}"#, #"{"tokens":[["NAME",0,0,"x",0]],"reserved":[]}"#,
    #"{"tokens":[["NAME",1,99999,"x",0]],"reserved":[]}"#, #"{"tokens":[["NOBODY",1,0,"x",0]],"reserved":[]}"#,
    #"{"tokens":[["NAME",1,0,"x",12]],"reserved":[]}"#, #"{"tokens":[["NAME",1,0,"x"]],"reserved":[]}"#,
    #"{"tokens":[],"reserved":["xyz"]}"#,
  ])
  func `takes nothing that is no memory`(_ json: String) throws {
    #expect(TokenMemory(try JSONValue(parsing: Array(json.utf8))) == nil)
  }

  @Test func `prints nothing of what it holds`() {
    var tokens = SessionTokens(key: key, asOf: today)
    _ = withoutChecks("[[NAME|Ottoline Brackenridge]]", &tokens)
    var dumped = ""
    dump(tokens.memory, to: &dumped)
    #expect(!dumped.contains("Ottoline") && "\(tokens.memory)" == "TokenMemory of 1 tokens")
  }

  @Test func `gives every spelling the token that it has, however many turns there were, for any seed`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = SeededGenerator(seed: seed)
    let people = ["Maria Gonzalez", "Gonzalez", "Ann Lee", "Lee, Ann", "M. Gonzalez", "Wu Chen"]
    for _ in 0..<50 {
      let pieces = (0..<6).map { _ in "[[NAME|\(people[Int.random(in: 0..<people.count, using: &generator)])]]\n" }
      var parts = SessionTokens(key: key, asOf: today)
      var cut: [String] = []
      for piece in pieces {
        cut.append(withoutChecks(piece, &parts))
        parts = try next(parts)
      }
      let again = pieces.map { withoutChecks($0, &parts) }
      #expect(again == cut, "seed \(seed)")
    }
  }
}
