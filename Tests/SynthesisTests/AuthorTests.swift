import Synthesis
import TestKit
import Testing

struct AuthorTests {
  private func render(_ text: String, seed: UInt64 = 1, spoiling: Bool = false) throws -> Document {
    let template = try #require(try Template.parse("=== sample\n\(text)\n").first)
    return try SampleLists.author().document(from: template, seed: seed, spoiling: spoiling)
  }

  private func marked(_ document: Document) -> [String] {
    let scalars = Array(document.text.unicodeScalars)
    return document.spans.map { span in
      var view = String.UnicodeScalarView()
      view.append(contentsOf: scalars[span.range])
      return "\(span.label.rawValue) \(String(view))"
    }
  }

  @Test(arguments: [
    "full", "fullm", "first", "last", "middle", "nick", "initials", "finitial", "firstl", "any", "inverted", "caps",
    "upperlast", "upperinv", "hl7", "x12", "snake", "spelled", "lower",
  ])
  func `marks every form of a name by who it is`(_ form: String) throws {
    for (who, label) in [
      ("patient", "NAME_PATIENT"), ("doc1", "NAME_CLINICIAN"), ("nurse2", "NAME_CLINICIAN"),
      ("staff", "NAME_CLINICIAN"), ("kin1", "NAME_OTHER"), ("lawyer", "NAME_OTHER"),
    ] {
      let document = try render("Dr. {\(form):\(who)}'s note")
      #expect(document.spans.map(\.label.rawValue) == [label])
      #expect(document.spans.allSatisfy { $0.origin != nil && $0.sex != nil })
      #expect(document.text.hasPrefix("Dr. ") && document.text.hasSuffix("'s note"))
      #expect(document.spans.first?.range.lowerBound == 4)
      #expect(document.spans.first?.range.upperBound == document.text.unicodeScalars.count - 7)
    }
  }

  @Test func `handles and addresses made of a name are marked as such`() throws {
    let document = try render("{user:doc1} {email:doc1} {email}")
    #expect(document.spans.map(\.label) == [.other, .email, .email])
  }

  @Test(arguments: ["he", "him", "his", "He", "His", "man", "male", "sex", "mr", "son", "boy"])
  func `words about a person are not marked`(_ form: String) throws {
    let document = try render("{\(form):patient}")
    #expect(document.spans.isEmpty)
    #expect(!document.text.contains("{"))
  }

  @Test(arguments: [
    (
      "date",
      [
        "", "mdy", "md", "iso", "long", "monthday", "month", "monthyear", "day", "dayword", "dmy", "dots", "hl7",
        "stamp", "spoken", "foreign", "range", "dob", "holiday",
      ], "DATE"
    ),
    ("age90", ["", "word"], "AGE_OVER_89"), ("street", ["", "us", "name", "crossing", "box", "foreign"], "STREET"),
    ("city", ["", "us", "foreign"], "CITY"), ("county", [""], "COUNTY"), ("zip", ["", "plus4", "foreign"], "ZIP"),
    (
      "facility", ["", "hospital", "clinic", "nursing", "pharmacy", "lab", "short", "acronym", "caps"],
      "FACILITY"
    ), ("org", ["", "employer", "school", "church", "court", "police", "shelter", "agency"], "ORG"),
    ("phone", ["", "ext", "pager", "spoken", "foreign"], "PHONE"), ("fax", [""], "FAX"), ("email", [""], "EMAIL"),
    ("ssn", ["", "last4"], "SSN"), ("mrn", [""], "MRN"), ("plan", ["", "medicare", "nhs", "group"], "HEALTH_PLAN"),
    ("account", ["", "last4", "card", "iban"], "ACCOUNT"), ("license", ["", "npi", "dea", "driver"], "LICENSE"),
    ("vehicle", ["", "plate", "vin"], "VEHICLE"), ("device", ["", "lot", "udi", "mac"], "DEVICE"),
    ("url", [""], "URL"), ("ip", ["", "v6"], "IP"), ("biometric", [""], "BIOMETRIC"), ("photo", [""], "PHOTO"),
    ("id", [""] + SampleLists.identifiers, "ID_OTHER"),
  ])
  func `marks every slot that identifies`(_ slot: String, _ forms: [String], _ label: String) throws {
    for form in forms {
      let document = try render("<\(form.isEmpty ? "{\(slot)}" : "{\(slot):\(form)}")>")
      #expect(document.spans.map(\.label.rawValue) == [label], "\(slot):\(form)")
      #expect(document.text.unicodeScalars.count > 2)
      #expect(document.spans.first?.range == 1..<document.text.unicodeScalars.count - 1, "\(slot):\(form)")
    }
  }

  @Test(arguments: [
    "year", "time", "weekday", "season", "age", "age:child", "state", "state:abbr", "country", "language", "drug",
    "dose", "bp", "lab", "vitals", "eponym", "score", "icd", "cpt", "loinc", "ndc", "snomed", "model", "citation",
    "doi", "pmid", "version", "payer", "vendor", "department", "num", "num:3-9", "strength", "size", "interval",
    "section",
  ])
  func `marks no trap`(_ slot: String) throws {
    let document = try render("{\(slot)}")
    #expect(document.spans.isEmpty)
    #expect(!document.text.isEmpty && !document.text.contains("{"))
  }

  @Test func `an address is marked part by part, without its state`() throws {
    for form in ["", ":lines", ":caps"] {
      let document = try render("{address\(form)}")
      #expect(document.spans.map(\.label) == [.street, .city, .zip])
    }
  }

  @Test func `a numbered value comes again, in its other forms too`() throws {
    for seed in UInt64(1)...20 {
      let same = marked(try render("{mrn#1} {mrn#1} {date:iso#2} {date:hl7#2} {ssn#1} {ssn:last4#1}", seed: seed))
      try #require(same.count == 6)
      #expect(same[0] == same[1])
      #expect(same[2].filter(\.isNumber) == same[3].filter(\.isNumber))
      #expect(same[4].hasSuffix(same[5].dropFirst(4)))
    }
  }

  @Test func `marks a hand mark and one option of a choice`() throws {
    for seed in UInt64(1)...20 {
      let document = try render("A <<[[UNIQUE|last miller]]|<<{city}|[[UNIQUE|only diver]]>>>> came", seed: seed)
      #expect(document.spans.count == 1)
      #expect(document.text.hasPrefix("A ") && document.text.hasSuffix(" came"))
    }
  }

  @Test func `a word beside a name settles the sex`() throws {
    for seed in UInt64(1)...20 {
      let document = try render(
        "his wife {first:kin1}, {full:kin2} (son) of {full:patient} and <<aunt|Mrs.>> {last:other1}", seed: seed)
      #expect(document.spans.enumerated().filter { $0.offset != 2 }.map(\.element.sex) == ["female", "male", "female"])
    }
  }

  @Test(arguments: 0..<200)
  func `spans stay exact under every style`(_ seed: Int) throws {
    let text =
      "Seen: {full:patient}, “{nick:patient}”\nMRN {mrn}.  Wife {fullm:kin1} called {phone:spoken} on {date:long}; José."
    let document = try render(text, seed: UInt64(seed), spoiling: true)
    let labels: [Label] = [.patient, .patient, .medicalRecord, .otherPerson, .phone, .date]
    #expect(document.spans.map(\.label) == labels, "seed \(seed), \(document.style)")
    for span in marked(document) {
      #expect(!span.contains("{") && !span.contains("<<") && !span.hasSuffix(" "), "seed \(seed): \(span)")
    }
    #expect(document.spans.last.map { $0.range.upperBound <= document.text.unicodeScalars.count } == true)
  }

  @Test func `structured text keeps its case and its lines`() throws {
    let template = try #require(try Template.parse("=== a keep\nPID|1|{mrn}|{hl7:patient}\nOBX|2|NM\n").first)
    let author = try SampleLists.author()
    for seed in UInt64(1)...200 {
      let document = author.document(from: template, seed: seed)
      #expect(document.text.hasPrefix("PID|1|MRN-") || document.text.hasPrefix("PID|1|"))
      #expect(document.text.hasSuffix("\nOBX|2|NM"))
    }
  }
}
