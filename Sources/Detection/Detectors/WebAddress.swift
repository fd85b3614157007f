package import PHI

/// Finds web and file-transfer addresses.
///
/// ## What it finds
/// `scheme://…` and `www.…` with path and query, as one finding, whatever they hold.
///
/// ## What it leaves alone
/// Names of XML namespaces and of FHIR and HL7 systems, which point at a standard, and bare domain names.
///
/// ## Why
/// 45 CFR 164.514(b)(2)(i)(N), web universal resource locators.
///
/// ## Examples
/// - `portal ⟦https://portal.example.org/p/4417?tab=labs⟧`
/// - `http://hl7.org/fhir/StructureDefinition/Patient`
package struct WebAddress: Detector {
  package init() {}

  package func scan(_ page: borrowing Page, into findings: inout [Finding]) {
    var covered = 0
    for mark in page.addressMarks where page.words[Int(mark)].isMark(0x3A) {
      let index = Int(mark)
      guard index > 0, page.words[index - 1].kind == .letters, !page.isSpaced(index) else { continue }
      append(from: Int(page.words[index - 1].start), notBefore: &covered, in: page, to: &findings)
    }
    covered = 0
    for (index, word) in page.words.enumerated() where word.hash == WebAddress.www {
      guard page.isMark(index + 1, 0x2E), !page.isMark(index - 1, 0x2F) else { continue }
      append(from: Int(word.start), notBefore: &covered, in: page, to: &findings)
    }
  }

  /// Reads the address at `start`, unless it is inside the one before; no byte is read twice.
  private func append(
    from start: Int, notBefore covered: inout Int, in page: borrowing Page, to findings: inout [Finding]
  ) {
    guard start >= covered else { return }
    let bytes = page.bytes
    var end = start
    var depth = 0
    while end < bytes.count, isAddress(bytes[end]) {
      if bytes[end] == 0x28 { depth += 1 }
      if bytes[end] == 0x29 {
        if depth == 0 { break }
        depth -= 1
      }
      end += 1
    }
    covered = end
    while end > start, !CharacterClass.isWord(bytes[end - 1]), bytes[end - 1] != 0x2F { end -= 1 }
    guard end - start > 8, !isStandard(bytes, start..<end) else { return }
    findings.append(Finding(.url, at: start..<end, confidence: .certain, by: "web-address"))
  }

  private func isAddress(_ byte: UInt8) -> Bool {
    switch byte {
    case 0...0x20, 0x22, 0x27, 0x3C, 0x3E, 0x5B, 0x5D, 0x5C, 0x5E, 0x60, 0x7B, 0x7C, 0x7D: false
    default: true
    }
  }

  /// Whether the address names a standard: its host is one of the bodies that publish vocabularies.
  private func isStandard(_ bytes: [UInt8], _ range: Range<Int>) -> Bool {
    guard let slash = bytes[range].firstIndex(of: 0x2F), slash + 2 < range.upperBound else { return false }
    var host = bytes[(slash + 2)..<range.upperBound].prefix { $0 != 0x2F && $0 != 0x3A && $0 != 0x3F }
    if host.starts(with: "www.".utf8) { host = host.dropFirst(4) }
    let hash = WordHash.of(host)
    return WebAddress.standards.contains(hash)
  }

  private static let www = WordHash.of("www")
  private static let standards = WordSet(
    """
    hl7.org terminology.hl7.org loinc.org snomed.info unitsofmeasure.org w3.org schemas.xmlsoap.org doi.org \
    dx.doi.org nlm.nih.gov pubmed.ncbi.nlm.nih.gov ncbi.nlm.nih.gov clinicaltrials.gov cdc.gov who.int hl7.de \
    id.who.int json-schema.org schema.org ihe.net dicom.nema.org fda.gov accessgudid.nlm.nih.gov nejm.org \
    uptodate.com
    """)
}
