import Deidentification
import PHI
import TestKit
import Testing

/// The twenty-first of November, 2026.
let today = CalendarDate(secondsSinceEpoch: 1795219200)

/// Tokens without their check letters, which depend on the key: `NAME_1B`.
func tokenised(_ source: String) -> String {
  var tokens = SessionTokens(key: TokenKey(1, 2), asOf: today)
  return withoutChecks(source, &tokens)
}

func withoutChecks(_ source: String, _ tokens: inout SessionTokens) -> String {
  let marked = Marked(source)
  tokens.reserve(lookAlikesIn: marked.text.span)
  var output = ""
  var copied = 0
  for finding in marked.findings {
    output += String(decoding: marked.text[copied..<finding.range.lowerBound], as: UTF8.self)
    output += String(decoding: tokens.token(for: finding, in: marked.text.span).text.dropLast(4), as: UTF8.self)
    copied = finding.range.upperBound
  }
  return output + String(decoding: marked.text[copied...], as: UTF8.self)
}

struct SessionTokensTests {
  @Test func `writes kind, index and three consonants`() throws {
    var tokens = SessionTokens(key: TokenKey(1, 2), asOf: today)
    let marked = Marked("[[NAME|Maria Gonzalez]]")
    let text = tokens.tokenise(marked.text, marked.findings)
    #expect(text.starts(with: Array("NAME_1_".utf8)))
    #expect(text.count == 10)
    #expect(text.suffix(3).allSatisfy { "BCDFGHJKLMNPQRSTVWXZ".utf8.contains($0) })
  }

  /// Computed by an independent SipHash-2-4 that agrees with the vector of its paper (appendix A).
  @Test func `takes its check letters from SipHash-2-4`() {
    var tokens = SessionTokens(key: TokenKey(0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908), asOf: today)
    let marked = Marked("[[NAME|Maria Gonzalez]] [[NAME|Gonzalez]]")
    let text = String(decoding: tokens.tokenise(marked.text, marked.findings), as: UTF8.self)
    #expect(text == "NAME_1_KBX NAME_1B_GHC")
  }

  @Test func `gives the same value the same token`() {
    #expect(
      tokenised("[[MRN|TV-0051]], [[MRN|TV-0052]], [[MRN|TV-0051]]") == "MRN_1, MRN_2, MRN_1")
  }

  @Test(arguments: [
    ("[[PHONE|(208) 555-0148]] [[PHONE|208.555.0148]] [[PHONE|+1 208 555 0148]]", "PHONE_1 PHONE_1B PHONE_1C"),
    (
      "[[DATE|03/15/1987]] [[DATE|March 15, 1987]] [[DATE|1987-03-15]] [[DATE|15 Mar 87]]",
      "DATE_1 DATE_1B DATE_1C DATE_1D"
    ),
    ("[[DATE|1/12]] [[DATE|11/2]]", "DATE_1 DATE_2"),
    ("[[SSN|219-09-9999]] [[SSN|219099999]] [[SSN|219 09 9999]]", "SSN_1 SSN_1B SSN_1C"),
    ("[[EMAIL|A@b.org]] [[EMAIL|a@b.org]] [[EMAIL|ab.org]]", "EMAIL_1 EMAIL_1B EMAIL_2"),
    ("[[URL|https://a.b/C]] [[URL|https://a.b/c]]", "URL_1 URL_2"),
    ("[[FACILITY|St. Brannoc's]] [[FACILITY|ST BRANNOC'S]]", "FACILITY_1 FACILITY_1B"),
    ("[[MRN|123]] [[ACCOUNT|123]]", "MRN_1 ACCOUNT_1"),
  ])
  func `gives spellings of one value one index`(source: String, expected: String) {
    #expect(tokenised(source) == expected)
  }

  @Test func `counts forms past Z`() {
    let spellings = (0..<30).map { "[[MRN|A\(String(repeating: "-", count: $0))1]]" }
    #expect(tokenised(spellings.joined(separator: " ")).hasSuffix("MRN_1Z MRN_1AA MRN_1AB MRN_1AC MRN_1AD"))
  }

  @Test func `gives the same conversation the same tokens, and another key others`() {
    let marked = Marked("[[NAME|Maria Gonzalez]], [[DATE|3/5/2024]], [[MRN|12345]], [[PHONE|208-555-0148]]")
    func text(_ key: TokenKey) -> [UInt8] {
      var tokens = SessionTokens(key: key, asOf: today)
      return tokens.tokenise(marked.text, marked.findings)
    }
    #expect(text(TokenKey(1, 2)) == text(TokenKey(1, 2)))
    #expect(text(TokenKey(1, 2)) != text(TokenKey(1, 3)))
  }

  @Test func `keeps clear of tokens that are in the text already`() {
    #expect(
      tokenised("NAME_1_KTQ wrote name_2 and NAME\\_3B to [[NAME|Maria]], not to [[DATE|3/5]]")
        == "NAME_1_KTQ wrote name_2 and NAME\\_3B to NAME_4, not to DATE_1")
  }

  @Test func `never resolves a look-alike seen after its token was given`() {
    var tokens = SessionTokens(key: TokenKey(1, 2), asOf: today)
    let first = Marked("[[NAME|Maria]]")
    let token = tokens.tokenise(first.text, first.findings)
    tokens.reserve(lookAlikesIn: token.span)
    var restorer = Restorer(tokens.map)
    #expect(restorer.push(token) + restorer.finish() == token)
    #expect(withoutChecks("[[NAME|Maria]]", &tokens) == "NAME_2")
  }

  @Test func `makes edits of the same tokens`() {
    let marked = Marked("[[NAME|Maria]] on [[DATE|3/5]]")
    var tokens = SessionTokens(key: TokenKey(1, 2), asOf: today)
    var same = tokens
    let edits = tokens.edits(for: marked.findings, in: marked.text.span)
    #expect(edits.map { $0.range } == marked.findings.map { $0.range })
    #expect(
      edits[0].replacement + Array(" on ".utf8) + edits[1].replacement == same.tokenise(marked.text, marked.findings))
  }

  @Test func `prints nothing of what it holds`() {
    var tokens = SessionTokens(key: TokenKey(11, 22), asOf: today)
    let marked = Marked("[[NAME|Xanthippe]]")
    _ = tokens.tokenise(marked.text, marked.findings)
    var dumped = ""
    dump(tokens.map, to: &dumped)
    dump(TokenKey(4_242_424_242, 1), to: &dumped)
    dumped += "\(tokens.map) \(TokenKey(4_242_424_242, 1))"
    #expect(!dumped.contains("Xanthippe") && !dumped.contains("88") && !dumped.contains("4242424242"))
  }
}
