import Detection
import PHI
import TestKit
import Testing

struct ScannerTests {
  private static let pieces = [
    "MRN: ", "12-34", "3/5/24", " on ", "\n", ",", "\"", "{", "}", "|", "^", "~", "*", "PID|", "ISA*", "é", "王",
    "\u{301}",
    "\u{00A0}", "５", "–", "'", "(555) ", "555-0199", "the 14th", "May", "@", "a.b@c.de", "https://x.y/z", "St.",
    "PO Box 7",
    "INSERT INTO t(mrn) VALUES ('", "name,mrn,zip\n", "ninety", " one", " four", "year-old", "<mrn>", "</mrn>", "S/N ",
    "(01)",
    "::1", "10.0.0.1", " ", "\t", "IL 62704", "x", "-", ".", "/", ":", "#", "Dr", "Suite", "99",
  ]

  @Test func `gives findings in order, apart and inside the text, for any text`() {
    let seed: UInt64 = 20_260_311
    var generator = SeededGenerator(seed: seed)
    let scanner = Scanner()
    for _ in 0..<3_000 {
      let count = Int.random(in: 0..<24, using: &generator)
      let text = (0..<count).map { _ in Self.pieces.randomElement(using: &generator) ?? "" }.joined()
      let bytes = Array(text.utf8)
      var end = 0
      for finding in scanner.findings(in: bytes) {
        #expect(
          finding.range.lowerBound >= end && !finding.range.isEmpty && finding.range.upperBound <= bytes.count,
          "seed \(seed)")
        #expect(String(validating: bytes[finding.range], as: UTF8.self) != nil, "seed \(seed)")
        end = finding.range.upperBound
      }
    }
  }

  @Test(arguments: ["", "\n", " ", ":", "\"", "|", "MSH|", "NM1*", "~", "MRN", "MRN:", "#", "(", "@", "://", "\u{301}"])
  func `finds nothing in nothing`(_ text: String) {
    #expect(Scanner().findings(in: Array(text.utf8)).isEmpty)
  }

  @Test(arguments: [
    "Motor 3/5 strength, 4/5 right. Started 1/2 NS at 75 mL/hr; Entresto 24/26 mg bid; POD#3; BP 120/80, HR 72.",
    "GCS 15 (E4V5M6), ECOG 1, KPS 90, NIHSS 4, APGAR 8/9, MMSE 27/30. Pain 8/10. Percocet 5/325 1-2 tabs q4-6h prn.",
    "N Engl J Med 2009;361:1139-51. doi:10.1056/NEJMoa0904327 PMID: 19717846.",
    "ICD-10 E11.9, I10, Z79.4; CPT 99213, 80048; LOINC 2345-7; SNOMED 73211009; NDC 00093-7424-56.",
    "Hgb 12.3, WBC 11.2, Plt 250,000, Na 138, CA-125 35, HbA1c 7.2%. SpO2 94% on 2 L, weight 95 kg, BMI 32.1.",
    "In 2019 she had a stent; last seen in spring 2021 on Monday at 14:30. 89-year-old man, 12 yo.",
    "Stage T2N1M0, ER 8/8, Gleason 3+4=7, 2/15 nodes. HLA-B27, CYP2C19, H1N1, BRCA1 c.68_69delAG, EGFR L858R.",
    "model DDBB1D4, firmware 4.2.1, REF 5515-F-502. dose 1200-1500 mg, FiO2 0.4, pH 7.32/45/80/22, port 8443.",
    "The 2nd dose, 3rd trimester, 1st degree AV block, 5th metatarsal, L4/5 and L5/S1, the tenth rib.",
  ])
  func `leaves clinical figures alone`(_ text: String) {
    #expect(remarked(text, by: structuredDetectors) == text)
  }
}
