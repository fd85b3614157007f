import Deidentification
import Detection
import Names
import PHI
import TestKit
import Testing

struct SurrogateTests {
  private func profile(_ patient: String = "p1", in name: String = "asthma") throws -> Profile {
    let everything = Dictionary(
      uniqueKeysWithValues: Identifier.allCases.map { ($0, Deidentification.Method.surrogate) })
    return try expert(everything, keys: try keys(patient, in: name))
  }

  private func surrogate(_ value: String, _ label: String, _ patient: String = "p1") throws -> String {
    redacted("[[\(label)|\(value)]]", by: try profile(patient))
  }

  @Test(arguments: [
    "Maria Gonzalez", "GONZALEZ, MARIA", "gonzalez", "Siobhan O'Brien", "Wei Chen", "Kwame Okafor", "Juan de la Cruz",
    "María González", "Ivy Rhodes, MD", "John Smith Jr.", "GONZALEZ^MARIA^L", "Kim Do", "Son Heung-min",
    "Nguyen, Do", "VANG, PA", "Mr. Al Green", "Dr. Van Jones",
  ])
  func `writes another name in the same form`(name: String) throws {
    let new = try surrogate(name, "NAME")
    let kept: Set = ["de", "la", "md", "jr", "mr", "dr"]
    func words(_ text: String) -> [String] {
      text.split { !$0.isLetter && $0 != "'" }.map { $0.lowercased() }
    }
    for word in words(name) where word.count > 1 && !kept.contains(word) {
      #expect(!words(new).contains(word), "\(name): \(new)")
    }
    #expect(new.filter { $0 == "," || $0 == "^" } == name.filter { $0 == "," || $0 == "^" })
    #expect(
      (name == name.uppercased()) == (new == new.uppercased())
        && (name == name.lowercased()) == (new == new.lowercased()))
    #expect(try surrogate(name, "NAME") == new)
  }

  @Test func `gives all mentions of a person one name`() throws {
    let marked = Marked("[[NAME|Maria Gonzalez]]|Ms. [[NAME|Gonzalez]]|[[NAME|GONZALEZ, M.]]|[[NAME|Maria]]")
    let deidentifier = Deidentifier(try profile(), scanner: Scanner(detectors: [Planted(marked.findings)]))
    let safe = String(decoding: try deidentifier.redact(marked.text).text, as: UTF8.self).split(separator: "|").map(
      String.init)
    let words = safe[0].split(separator: " ").map(String.init)
    #expect(safe[1] == "Ms. \(words[1])")
    #expect(safe[2] == "\(words[1].uppercased()), \(words[0].prefix(1)).")
    #expect(safe[3] == words[0])
  }

  @Test func `keeps the sex and the origin that a reader would guess`() throws {
    let pool = NamePool.embedded
    for (name, sex) in [("Maria", NamePool.Sex.female), ("Dmitri", .male), ("Aiko", .female), ("Kwame", .male)] {
      guard pool.originAndSex(ofGiven: name)?.sex == sex else { continue }
      for patient in 0..<20 {
        let new = try surrogate("\(name) Smith", "NAME", "p\(patient)").split(separator: " ")[0]
        #expect(pool.originAndSex(ofGiven: String(new)) != nil)
        let origin = try #require(pool.originAndSex(ofGiven: name)).origin
        #expect(pool.givenNames(origin, sex).map(Accents.stripped).contains(Accents.stripped(String(new))))
      }
    }
  }

  @Test func `keeps numbers in shape, with other digits`() throws {
    for value in ["00412-7", "TV-0051", "ab 12/34", "1HGCM82633A004352"] {
      let new = try surrogate(value, "MRN")
      #expect(new != value && new.count == value.count)
      #expect(zip(new, value).allSatisfy { $0.isNumber == $1.isNumber && $0.isLetter == $1.isLetter })
      #expect((value.first == "0") == (new.first == "0"))
    }
  }

  @Test(arguments: ["(617) 266-3312", "617.266.3312", "+1 617 266 3312", "266-3312"])
  func `takes phone numbers from the range for fiction`(phone: String) throws {
    let digits = try surrogate(phone, "PHONE").filter(\.isNumber)
    #expect(digits.dropLast(2).hasSuffix("55501") && digits.count == phone.filter(\.isNumber).count)
  }

  @Test func `takes addresses on networks from those for examples`() throws {
    #expect(try surrogate("maria.gonzalez@gmail.com", "EMAIL").contains("@example."))
    #expect(try surrogate("https://portal.hospital.org/u/77", "URL").hasPrefix("https://example."))
    #expect(["192.0.2.", "198.51.1", "203.0.11"].contains(String(try surrogate("10.0.0.7", "IP").prefix(8))))
    #expect(try surrogate("fe80::1", "IP").hasPrefix("2001:db8::"))
  }

  @Test(arguments: [
    ("12 Elm Street", "STREET", " Street"), ("Mercy Medical Center", "FACILITY", " Medical Center"),
    ("Suffolk County", "COUNTY", " County"), ("12 Elm St, Apt 4", "STREET", ""),
    ("Acme Construction", "ORG", " Construction"),
  ])
  func `keeps the words for what a place is`(place: String, label: String, ending: String) throws {
    let new = try surrogate(place, label)
    #expect(new != place && new.hasSuffix(ending), "\(new)")
    #expect(!new.contains("Elm") || !place.contains("Elm"))
  }

  @Test func `keeps signs that cover digits, and hexadecimal digits`() throws {
    #expect(try surrogate("xxx-xx-3875", "SSN").hasPrefix("xxx-xx-"))
    #expect(try surrogate("00:1B:44:11:3A:B7", "DEVICE").allSatisfy { $0.isHexDigit || $0 == ":" })
  }

  @Test(arguments: [
    ("18", "99"), ("1st Ave & Pike", "Xx Ave"), ("3217 W. 53RD PL.", "9999 X PL."),
    ("P.O. Box 19204", "P.O. Box 99999"),
    ("2200 block of Eastlake", "9999 Xx"), ("2250 Research Pkwy, Ste 410", "9999 Xx Pkwy, Ste 999"),
  ])
  func `writes streets in their form`(street: String, form: String) throws {
    let words = try surrogate(street, "STREET").split(separator: " ").map(String.init)
    let shape = words.map { word in
      if word.contains(where: \.isNumber) { return String(word.map { $0.isNumber ? "9" : $0 }) }
      guard !form.contains(word) else { return word }
      return word == word.uppercased() ? "X" : "Xx"
    }
    #expect(shape.joined(separator: " ") == form)
  }

  @Test(arguments: Identifier.allCases)
  func `never writes what it replaces, and the same each time`(identifier: Identifier) throws {
    let values = [
      "Maria Gonzalez", "Boston", "Franklin", "02139", "208-555-0148", "A1", "93", "7", "219-09-9999", "x@y.org",
      "10.0.0.7",
      "Mercy Hospital", "12 Elm St", "03/14/2024", "MGH",
    ]
    for value in values {
      for patient in 0..<8 {
        let new = try surrogate(value, identifier.label, "p\(patient)")
        #expect(new.lowercased() != value.lowercased() && !new.isEmpty, "\(identifier) of a value for p\(patient)")
        #expect(try surrogate(value, identifier.label, "p\(patient)") == new)
      }
    }
  }

  @Test func `gives other patients and other projects other surrogates`() throws {
    let names = try (0..<50).map { try surrogate("Maria Gonzalez", "NAME", "p\($0)") }
    #expect(Set(names).count > 40)
    #expect(redacted("[[MRN|00412-7]]", by: try profile()) != redacted("[[MRN|00412-7]]", by: try profile(in: "copd")))
  }

  @Test func `does not mark a surrogate as one`() throws {
    let text = "Patient: Maria Gonzalez, MRN: 00412-7, phone (617) 266-3312, of 12 Elm Street, Boston, MA 02139."
    let safe = String(decoding: try Deidentifier(try profile()).redact(Array(text.utf8)).text, as: UTF8.self)
    #expect(!safe.contains("[") && !safe.contains("_"), "\(safe)")
    for word in ["Maria", "Gonzalez", "00412", "266-3312", "Elm", "Boston", "02139"] { #expect(!safe.contains(word)) }
  }
}

/// A detector that finds what it was told.
private struct Planted: Detector {
  let findings: [Finding]

  init(_ findings: [Finding]) { self.findings = findings }

  func scan(_ page: borrowing Page, into findings: inout [Finding]) { findings += self.findings }
}
