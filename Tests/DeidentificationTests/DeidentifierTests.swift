import Deidentification
import Detection
import Formats
import PHI
import TestKit
import Testing

struct DeidentifierTests {
  private let deidentifier = Deidentifier(.safeHarbor(asOf: today))

  private func redacted(_ text: String) throws -> String {
    String(decoding: try deidentifier.redact(Array(text.utf8)).text, as: UTF8.self)
  }

  /// The text redacted as a stream of pieces, in small windows.
  private func streamed(_ text: [UInt8], piece: Int, windowSize: Int) throws -> (
    text: [UInt8], counts: IdentifierCounts
  ) {
    var stream = RedactionStream(deidentifier, windowSize: windowSize)
    var output: [UInt8] = []
    var start = 0
    while start < text.count {
      let end = min(text.count, start + piece)
      try stream.push(Array(text[start..<end]).span)
      while let part = try stream.next() { output += part.text }
      start = end
    }
    try stream.finish()
    while let part = try stream.next() { output += part.text }
    return (output, stream.counts)
  }

  @Test(
    .proves("DID-03"),
    arguments: [
      ("Seen 03/15/1987.", "Seen 1987."), ("A man aged 89.", "A man aged 89."), ("A man aged 90.", "A man aged 90+."),
      ("A 107-year-old man.", "A 90+-year-old man."), ("DOB: 04/11/1930", "DOB: 90+"), ("born in 1930", "born in 90+"),
      ("admitted last Tuesday 14 March", "admitted last Tuesday [DATE]"),
    ])
  func `keeps of dates the year and of ages what is not over 89`(text: String, expected: String) throws {
    #expect(try redacted(text) == expected)
  }

  @Test(.proves("DID-04")) func `keeps three digits of a ZIP code by the table that the report names`() throws {
    let codes = [
      "03601": "000", "20401": "000", "36901": "000", "77201": "000", "00501": "000", "06301": "063", "83001": "830",
    ]
    for (code, expected) in codes { #expect(try redacted("ZIP: \(code)") == "ZIP: \(expected)") }
    let report = RedactionReport(deidentifier.profile)
    #expect(report.zipPrefixes.year == 2020)
    #expect(report.zipPrefixes.sha256 == "423d12f5ea53fc29083c183df6cb845ed697b92a0eee2fc1f9c8e11a2356d6ff")
  }

  @Test func `changes no byte outside findings`() throws {
    var random = SeededGenerator(seed: 31)
    for round in 0..<200 {
      let text = Array(SyntheticNote(&random).text.utf8)
      let redaction = try deidentifier.redact(text)
      var start = 0
      var rest = redaction.text[...]
      for finding in redaction.findings {
        let stretch = text[start..<finding.range.lowerBound]
        let place = rest.indices.first { rest[$0...].starts(with: stretch) }
        #expect(start > 0 ? place != nil : place == rest.startIndex, "seed 31, round \(round)")
        rest = rest[min(rest.endIndex, (place ?? rest.endIndex) + stretch.count)...]
        start = finding.range.upperBound
      }
      #expect(rest.suffix(text.count - start) == text[start...], "seed 31, round \(round)")
    }
  }

  @Test(arguments: [UInt64(1), 2, 3, 4])
  func `leaves nothing for a second look`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let scanner = Scanner(carveOuts: .safeHarbor(asOf: today))
    for _ in 0..<200 {
      let note = SyntheticNote(&random)
      let safe = try deidentifier.redact(Array(note.text.utf8)).text
      let left = scanner.findings(in: safe).map { String(decoding: safe[$0.range], as: UTF8.self) }
      #expect(left == [], "seed \(seed): \(String(decoding: safe, as: UTF8.self))")
    }
  }

  @Test(arguments: [
    "MRN: [MRN]", "{\"line\":[\"[STREET]\"],\"city\":\"[CITY]\"}", "Dr. [NAME] at [FACILITY]", "PID|1||[MRN]||[NAME]",
    "ZIP: 021", "aged 90+",
  ])
  func `leaves alone what it wrote`(text: String) throws { #expect(try redacted(text) == text) }

  @Test(arguments: [UInt64(1), 2, 3, 4])
  func `removes what was planted`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<200 {
      let note = SyntheticNote(&random)
      let safe = try redacted(note.text)
      for value in note.planted { #expect(!safe.contains(value), "seed \(seed)") }
    }
  }

  @Test func `is the same in windows as whole`() throws {
    var random = SeededGenerator(seed: 5)
    for round in 0..<30 {
      let text = (0..<6).map { _ in SyntheticNote(&random).text }.joined(separator: "\n\n")
      let bytes = Array(text.utf8)
      let (output, counts) = try streamed(bytes, piece: Int.random(in: 1...999, using: &random), windowSize: 1 << 20)
      #expect(try output == deidentifier.redact(bytes).text, "seed 5, round \(round)")
      #expect(try counts.total == deidentifier.redact(bytes).findings.count)
    }
  }

  @Test func `finds in a later window the name of an earlier one`() throws {
    let first = "Patient: Thaddeus Quillfeather\nMRN: 00412-7\n\n"
    let filler = String(repeating: "The heart is fine and the lungs are clear.\n\n", count: 40)
    let (output, _) = try streamed(Array((first + filler + "Quillfeather agrees.\n").utf8), piece: 64, windowSize: 256)
    #expect(!String(decoding: output, as: UTF8.self).contains("Quillfeather"))
  }

  @Test func `keeps line ends and the byte order mark`() throws {
    let (output, _) = try streamed(Array("\u{FEFF}SSN: 219-09-9999\r\n\r\n".utf8), piece: 3, windowSize: 64)
    #expect(
      String(decoding: output, as: UTF8.self).unicodeScalars.elementsEqual("\u{FEFF}SSN: [SSN]\r\n\r\n".unicodeScalars))
  }

  @Test func `gives nothing of a text on which the second reader fails`() throws {
    let failure = SecondOpinionFailure("the model failed")
    let opinion = SecondOpinion(reach: .everything) { _, _ throws(SecondOpinionFailure) in throw failure }
    let failing = Deidentifier(.safeHarbor(asOf: today), scanner: Scanner().asking(opinion))
    let text = Array("SSN: 219-09-9999".utf8)
    #expect(throws: failure) { _ = try failing.redact(text) }
    var stream = RedactionStream(failing)
    try stream.push(text.span)
    try stream.finish()
    #expect(throws: failure) { _ = try stream.next() }
    #expect(stream.counts.total == 0)
  }

  @Test func `counts by kind`() throws {
    let (_, counts) = try streamed(
      Array("SSN: 219-09-9999, SSN: 219-09-9998, MRN: 00412-7".utf8), piece: 9, windowSize: 64)
    #expect(counts[.socialSecurityNumber] == 2 && counts[.medicalRecordNumber] == 1 && counts.total == 3)
  }
}
