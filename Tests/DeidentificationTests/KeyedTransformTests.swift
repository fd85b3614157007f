import Deidentification
import Detection
import PHI
import TestKit
import Testing

struct FormatPreservingTests {
  private let key: ProjectKey
  private let profile: Profile

  init() throws {
    key = try project()
    profile = try expert(
      Dictionary(
        uniqueKeysWithValues: Identifier.allCases.filter(Deidentification.Method.numbers.contains).map {
          ($0, .formatPreserving)
        }),
      keys: ProfileKeys(project: key))
  }

  @Test(arguments: ["219-09-9999", "(208) 555-0148", "00412-7", "TV-0051", "MRN 1234567", "A1B2C3"])
  func `keeps length and marks, and is undone by the key`(value: String) {
    let sealed = redacted("[[MRN|\(value)]]", by: profile)
    #expect(sealed != value)
    #expect(sealed.map { $0.isLetter || $0.isNumber } == value.map { $0.isLetter || $0.isNumber })
    let bytes = Array(sealed.utf8)
    var restored: [UInt8] = []
    FormatPreserving(key).restore(
      Finding(.medicalRecordNumber, at: 0..<bytes.count, confidence: .certain, by: "test"), in: bytes.span,
      into: &restored)
    #expect(String(decoding: restored, as: UTF8.self) == value)
  }

  @Test func `is undone by the key where many digits come out, and shows no letter behind a digit`() throws {
    for number in 0..<500 {
      let value = "A\(number % 10)B\(number / 10 % 10)C\(number / 100)D4"
      let sealed = Array(redacted("[[MRN|\(value)]]", by: profile).utf8)
      var restored: [UInt8] = []
      FormatPreserving(key).restore(
        Finding(.medicalRecordNumber, at: 0..<sealed.count, confidence: .certain, by: "test"), in: sealed.span,
        into: &restored)
      #expect(String(decoding: restored, as: UTF8.self) == value)
    }
    let vehicles = ["1HGCM82633A004352", "1HGCM82633A004353"].map { redacted("[[VEHICLE|\($0)]]", by: profile) }
    #expect(vehicles.allSatisfy { !$0.contains("HGCM") } && vehicles[0].prefix(8) != vehicles[1].prefix(8))
  }

  @Test(arguments: ["123", "12-7", "A-1"]) func `removes what could be tried one by one`(value: String) {
    #expect(redacted("[[MRN|\(value)]]", by: profile) == "[MRN]")
  }

  @Test func `gives different values different ones, and each kind its own`() {
    let sealed = (0..<500).map { redacted("[[MRN|\(100_000 + $0)]]", by: profile) }
    #expect(Set(sealed).count == 500)
    #expect(redacted("[[ACCOUNT|100000]]", by: profile) != sealed[0])
  }
}

struct LinkableTokenTests {
  private func profile(_ name: String = "asthma", secret: UInt8 = 7) throws -> Profile {
    let everything = Dictionary(
      uniqueKeysWithValues: Identifier.allCases.map { ($0, Deidentification.Method.linkableToken) })
    return try expert(everything, keys: ProfileKeys(project: try project(name, secret: secret)))
  }

  @Test(arguments: [
    ("[[NAME|Maria Gonzalez]]", "[[NAME|GONZALEZ, MARIA L.]]"), ("[[NAME|Maria Gonzalez]]", "[[NAME|María González]]"),
    ("[[MRN|TV-0051]]", "[[MRN|tv0051]]"), ("[[DATE|03/15/1987]]", "[[DATE|15 Mar 1987]]"),
    ("[[PHONE|(208) 555-0148]]", "[[PHONE|+1 208-555-0148]]"), ("[[SSN|219-09-9999]]", "[[SSN|219 09 9999]]"),
  ])
  func `gives spellings of one value one code`(left: String, right: String) throws {
    let profile = try profile()
    #expect(redacted(left, by: profile) == redacted(right, by: profile))
  }

  @Test func `writes the kind and sixteen consonants`() throws {
    let token = redacted("[[NAME|Maria Gonzalez]]", by: try profile())
    #expect(token.hasPrefix("NAME_") && token.dropFirst(5).count == 16)
    #expect(token.dropFirst(5).allSatisfy("BCDFGHJKLMNPQRSTVWXZ".contains))
  }

  @Test func `gives another kind, another value and another secret other codes`() throws {
    let profile = try profile()
    let codes = [
      "[[MRN|123456]]", "[[ACCOUNT|123456]]", "[[MRN|123457]]", "[[NAME|John Smith Jr.]]", "[[NAME|John Smith]]",
    ]
    .map { redacted($0, by: profile).split(separator: "_").last }
    #expect(Set(codes).count == codes.count)
    #expect(redacted("[[MRN|123456]]", by: profile) != redacted("[[MRN|123456]]", by: try self.profile(secret: 8)))
  }

  @Test(.proves("DID-12")) func `joins all people inside a project and none across projects`() throws {
    let given = ["Maria", "Thaddeus", "Siobhan", "Kwame", "Hildegard", "Anneliese", "Dmitri", "Pilar", "Aiko", "Lars"]
    let family = ["Gonzalez", "Quillfeather", "Vandermeer", "Abernathy", "Petrov", "Haddad", "Okafor", "Lindqvist"]
    let people = given.flatMap { first in family.map { (first, $0) } }
    let asthma = try profile()
    let copd = try profile("copd")
    func codes(_ profile: Profile, _ write: (String, String) -> String) -> [String] {
      people.map { redacted("[[NAME|\(write($0.0, $0.1))]]", by: profile) }
    }
    let first = codes(asthma) { "\($0) \($1)" }
    #expect(codes(asthma) { "\($1.uppercased()), \($0.uppercased())" } == first)
    #expect(Set(first).count == people.count)
    #expect(Set(codes(copd) { "\($0) \($1)" }).isDisjoint(with: first))
  }

  @Test func `links a short mention to the person that its document names in full`() throws {
    let text = Array("Patient: Maria Gonzalez\nMs. Gonzalez agrees.\n\nMaria Gonzalez signed.\n".utf8)
    let safe = String(decoding: try Deidentifier(try profile()).redact(text).text, as: UTF8.self)
    let codes = safe.split { !$0.isLetter && $0 != "_" }.filter { $0.hasPrefix("NAME_") }
    #expect(codes.count == 3 && Set(codes).count == 1, "\(safe)")
  }

  @Test func `links across the windows of a long document, from its end to its beginning`() throws {
    let filler = String(repeating: "The heart is fine and the lungs are clear.\n\n", count: 400)
    let text = Array(("Ms. Gonzalez agrees.\n\n" + filler + "Patient: Maria Gonzalez\n").utf8)
    var stream = RedactionStream(Deidentifier(try profile()), windowSize: 256)
    try stream.push(text.span)
    #expect(try stream.next() == nil, "nothing comes before the end")
    try stream.finish()
    var safe = ""
    while let part = try stream.next() { safe += String(decoding: part.text, as: UTF8.self) }
    let codes = safe.split { !$0.isLetter && $0 != "_" }.filter { $0.hasPrefix("NAME_") }
    #expect(codes.count == 2 && Set(codes).count == 1)
    #expect(try Array(safe.utf8) == Deidentifier(try profile()).redact(text).text)
    #expect(stream.counts[.name] == 2)
  }
}

struct RandomTokenTests {
  private func profile(seed: UInt64) throws -> Profile {
    let keys = ProfileKeys(codebook: Codebook(using: SeededGenerator(seed: seed)))
    return try accepted(
      Profile.safeHarbor(asOf: today).applying(
        .randomToken, to: IdentifierSet([.name, .medicalRecordNumber, .socialSecurityNumber]), keys: keys))
  }

  @Test func `is the same for one value throughout, and allowed by Safe Harbor`() throws {
    let profile = try profile(seed: 1)
    let first = redacted("[[MRN|TV-0051]]", by: profile)
    #expect(first.hasPrefix("MRN_") && first.count == 20)
    #expect(redacted("[[MRN|tv0051]]", by: profile) == first)
    #expect(redacted("[[MRN|TV-0052]]", by: profile) != first)
    #expect(redacted("[[SSN|TV-0051]]", by: profile).dropFirst(4) != first.dropFirst(4))
    #expect(RedactionReport(profile).risks == [.missed, .linkable])
  }

  @Test func `tells nothing: two books give unrelated codes for one value, in whatever order they meet it`() throws {
    let (one, other) = (try profile(seed: 1), try profile(seed: 2))
    let values = (0..<200).map { "[[MRN|\(100_000 + $0)]]" }
    let codes = values.map { redacted($0, by: one) }
    #expect(Set(codes).count == values.count)
    #expect(Set(codes).isDisjoint(with: values.map { redacted($0, by: other) }))
    let again = try profile(seed: 1)
    #expect(values.reversed().map { redacted($0, by: again) }.reversed() != codes)
  }

  @Test func `is refused without a book`() {
    let amendment = Profile.safeHarbor(asOf: today).applying(.randomToken, to: IdentifierSet([.name]))
    #expect(refusal(amendment)?.rule == "a random code needs a codebook")
  }
}
