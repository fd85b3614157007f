package import PHI

/// Finds other numbers, codes and handles that point at one person or one event.
///
/// ## What it finds
/// The value after `accession`, `claim`, `order`, `case`, `ticket`, `badge`, `passport`, `session` and their like;
/// unlabelled codes of letters and digits or of digits with hyphens that are long enough to be somebody's, and UUIDs.
///
/// ## What it leaves alone
/// Codes of public vocabularies (ICD, CPT, LOINC, SNOMED CT, NDC, RxNorm, OID), publications, doses, laboratory
/// values, gene names, models, versions, ranges of years and pages.
///
/// ## Why
/// 45 CFR 164.514(b)(2)(i)(R).
package struct OtherNumber: Detector {
  package init() {}

  package func scan(_ page: borrowing Page, into findings: inout [Finding]) {
    page.appendLabelled(.other, as: .otherNumber, by: "other-number", into: &findings)
    var next = 0
    for number in page.numbers where Int(number) >= next {
      let first = page.startOfChunk(Int(number), joinedBy: CodeShape.joins)
      let last = page.endOfChunk(Int(number), joinedBy: CodeShape.joins)
      next = last + 1
      let shape = CodeShape(page, first, last)
      guard let confidence = shape.confidence(on: page) else { continue }
      findings.append(
        Finding(
          .otherNumber, at: page.range(from: first, through: last), confidence: confidence, by: "other-number"))
    }
  }
}
