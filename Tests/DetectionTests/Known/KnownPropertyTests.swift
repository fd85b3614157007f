import Bytes
import Detection
import PHI
import TestKit
import Testing

/// Properties of what is known, over people, days and numbers made up from a printed seed.
struct KnownPropertyTests {
  private static let given = ["Ngozi", "Siobhán", "Thandiwe", "Yevgeny", "Xiomara", "Katarzyna", "Ludmila", "Rasheed"]
  private static let surnames = [
    "Okonkwo", "Villanueva", "Wojciechowski", "Abernathy", "Kowalczyk", "Nakamura", "Delacroix",
  ]

  private static func known(_ generator: inout SeededGenerator) -> (json: String, variants: [String]) {
    let first = given.randomElement(using: &generator) ?? "Ngozi"
    let last = surnames.randomElement(using: &generator) ?? "Okonkwo"
    let day = CalendarDate(
      year: .random(in: 1_925...2_025, using: &generator), month: .random(in: 1...12, using: &generator),
      day: .random(in: 1...28, using: &generator))
    let date = day?.description ?? "1961-03-14"
    let parts = date.split(separator: "-").map(String.init)
    let digits = (0..<8).map { _ in String(Int.random(in: 1...9, using: &generator)) }.joined()
    let phone = "208555" + String(Int.random(in: 1_000...9_999, using: &generator))
    let plain = first.replacing("á", with: "a")
    let initial = String(plain.prefix(1))
    var slip = Array(last)
    slip.swapAt(2, 3)
    let json = """
      {"people":[{"names":["\(first) \(last)"]}],"dates":["\(date)"],
      "numbers":[{"kind":"MRN","value":"AB-\(digits)"}],"phones":["\(phone)"]}
      """
    let months = [
      "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
      "December",
    ]
    let month = months[(Int(parts[1]) ?? 1) - 1]
    let variants = [
      "\(first) \(last)", "\(last), \(plain)", "\(initial). \(last)", "\(last) \(initial).", last, plain,
      last.uppercased(),
      plain.lowercased() + last.lowercased(), initial.lowercased() + last.lowercased(), "\(last)^\(plain)",
      "\(last.lowercased())_\(plain.lowercased())", last.map(String.init).joined(separator: " "), String(slip),
      date, "\(parts[1])/\(parts[2])/\(parts[0])", "\(parts[2]).\(parts[1]).\(parts[0])", parts.joined(),
      "\(month) \(Int(parts[2]) ?? 1), \(parts[0])", "\(parts[2]) \(month) \(parts[0])", "\(month) \(parts[0])",
      "AB\(digits)", "ab \(digits.prefix(4)) \(digits.suffix(4))", "000\(digits)", phone, "+1 \(phone)",
      "(\(phone.prefix(3))) \(phone.dropFirst(3).prefix(3))-\(phone.suffix(4))", String(phone.suffix(7)),
    ]
    return (json, variants)
  }

  @Test(arguments: [20_261_121, 7, 1_987] as [UInt64])
  func `finds every variant of what it knows`(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<60 {
      let (json, variants) = Self.known(&generator)
      let scanner = Scanner(detectors: []).knowing(try KnownIdentifiers(parsing: Array(json.utf8)))
      for variant in variants {
        let text = Array("we saw \(variant) again".utf8)
        let covered = scanner.findings(in: text).reduce(into: IndexSet()) { $0.insert($1.range) }
        let letters = Array(variant.utf8).indices.filter { place in
          ASCII.isLetter(text[place + 7]) || ASCII.isDigit(text[place + 7])
        }
        #expect(letters.allSatisfy { covered.contains($0 + 7) }, "seed \(seed): \(variant) of \(json)")
      }
    }
  }

  @Test(arguments: [20_261_121, 7] as [UInt64])
  func `gives sound findings whatever is known and read`(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let pieces = [
      "Ngozi", "okonkwo", "N.", "O.", ",", " ", "\n", "^", "_", "-", "'", "’s", "the", "14th", "may", "first", "3/14",
      "1961",
      "/", "AB", "1234", "5678", "x", "***", "é", "O'", "(", ")", "+", "1", "208", "555", "0148", "oh", "twenty", "two",
      "@",
      "st", "Mary", ".", "12", "Elm", "St", "Apt", "#", "3B", "王", "\u{301}", "5678T12", "20240314", "TV-0051-4672",
      "[NAME]",
    ]
    let site = try SiteLists([
      SiteLists.File(name: "staff.txt", bytes: Array("Mary Elm\nOkonkwo, N".utf8)),
      SiteLists.File(name: "numbers.txt", bytes: Array("MRN TV-####-####\nID @@####".utf8)),
      SiteLists.File(name: "keep.txt", bytes: Array("Mary\nElm St".utf8)),
      SiteLists.File(name: "streets.txt", bytes: Array("Elm St".utf8)),
    ])
    for _ in 0..<1_500 {
      func text(_ count: Int) -> String {
        (0..<Int.random(in: 1...count, using: &generator)).map { _ in
          (pieces.randomElement(using: &generator) ?? "") + (Bool.random(using: &generator) ? " " : "")
        }
        .joined()
      }
      let names: JSONValue = .array([.object([JSONMember("names", [.string("Ngo" + text(5))])])])
      let json: JSONValue = .object([
        JSONMember("people", names), JSONMember("addresses", [.string("123" + text(6))]),
        JSONMember("emails", [.string("abc" + text(3))]), JSONMember("places", [.string("Mar" + text(4))]),
        JSONMember("numbers", [.object([JSONMember("value", .string("123" + text(3)))])]),
        JSONMember("phones", [.string("555" + text(3))]), JSONMember("dates", ["1961-03-14"]),
      ])
      let scanner = Scanner(detectors: []).knowing(try KnownIdentifiers(json)).listing(site)
      let bytes = Array(text(40).utf8)
      var end = 0
      for finding in scanner.findings(in: bytes) {
        #expect(finding.range.lowerBound >= end && finding.range.upperBound <= bytes.count, "seed \(seed)")
        #expect(String(validating: bytes[finding.range], as: UTF8.self) != nil, "seed \(seed)")
        end = finding.range.upperBound
      }
    }
  }

  @Test(
    .timeLimit(.minutes(30)),
    arguments: [
      "will ", "Will, ", "hope clinic ", "W. ", "one ", "1 ", "712-", "de ", "a b ", "maria\n", "x ", "3/14/",
      "the 14th ", "12 elm st ",
    ])
  func `takes time in proportion to the text`(_ piece: String) throws {
    let json = """
      {"people":[{"names":["Will de la Hope"]},{"names":["Maria Abe"]}],"dates":["1961-03-14"],"numbers":[{"value":"712-71"}],
      "addresses":["12 Elm St"],"places":["Hope Clinic"],"phones":["111 111 1111"]}
      """
    let scanner = Scanner(detectors: []).knowing(try KnownIdentifiers(parsing: Array(json.utf8)))
    let text = Array(String(repeating: piece, count: 100_000).utf8 + Array(" Maria came".utf8))
    #expect(scanner.findings(in: text).last?.range.upperBound == text.count - 5)
  }

  @Test func `remembers across windows what is known`() throws {
    let scanner = Scanner(detectors: []).knowing(
      try KnownIdentifiers(parsing: Array(#"{"people":[{"names":["Ngozi Okonkwo"]}],"dates":["1961-03-14"]}"#.utf8)))
    var memory = DocumentMemory()
    let windows = ["Ngozi Okonkwo, born 3/14/1961.", "Then OKONKWO came on March 14.", "Nothing here."]
    let found = windows.map { scanner.findings(in: Array($0.utf8), remembering: &memory).count }
    #expect(found == [2, 2, 0])
  }
}

/// The bytes that findings cover.
private struct IndexSet {
  private var places: Set<Int> = []
  mutating func insert(_ range: Range<Int>) { places.formUnion(range) }
  func contains(_ place: Int) -> Bool { places.contains(place) }
}
