package import PHI

/// Finds other numbers, codes and handles that point at one person or one event.
///
/// ## What it finds
/// The value after `accession`, `claim`, `order`, `case`, `ticket`, `badge`, `passport`, `session` and their like;
/// unlabelled codes of letters and digits, or of digits with hyphens, that are long enough to be somebody's; and UUIDs.
///
/// ## What it leaves alone
/// What the world shares: codes of public vocabularies (ICD, CPT, LOINC, SNOMED CT, NDC, RxNorm, OID), publications,
/// doses, laboratory values, gene names, models, versions, ranges of years and pages.
///
/// ## Why
/// 45 CFR 164.514(b)(2)(i)(R), any other unique identifying number, characteristic, or code.
///
/// ## Examples
/// - `Accession ⟦S24-118830⟧, ICD-10 E11.9, LOINC 4548-4`
package struct OtherNumber: Detector {
  package init() {}

  package func scan(_ page: borrowing Page, into findings: inout [Finding]) {
    page.appendLabelled(.other, as: .otherNumber, by: "other-number", into: &findings)
    page.appendLabelled(.handle, as: .otherNumber, by: "other-number", into: &findings)
    page.appendLabelled(.initials, as: .otherNumber, by: "other-number", into: &findings)
    for cue in page.cues where OtherNumber.typed.contains(page.words[Int(cue)].hash) && page.isMark(Int(cue) + 1, 0x3A)
    {
      guard let last = dictation(after: Int(cue) + 1, page) else { continue }
      findings.append(
        Finding(.otherNumber, at: page.range(from: last - 2, through: last), confidence: .medium, by: "other-number"))
    }
    var next = 0
    for number in page.numbers where Int(number) >= next {
      let first = page.startOfChunk(Int(number), joinedBy: CodeShape.joins)
      let last = page.endOfChunk(Int(number), joinedBy: CodeShape.joins)
      next = last + 1
      guard page.range(from: first, through: last).count >= CodeShape.fewestDigits else { continue }
      let shape = CodeShape(page, first, last)
      guard let confidence = shape.confidence(on: page) else { continue }
      findings.append(
        Finding(
          .otherNumber, at: page.range(from: first, through: last), confidence: confidence, by: "other-number"))
    }
  }

  /// The last word of the initials of dictator and typist in the line after `T:`, as in `D: 3/4  T: 3/5  FD/mlb`.
  private func dictation(after mark: Int, _ page: borrowing Page) -> Int? {
    var index = mark + 1
    while index < mark + 16, !page.startsLine(index) {
      if page.isMark(index, 0x2F), page[index - 1].kind == .letters, page[index + 1].kind == .letters,
        page[index - 1].length <= 3,
        page[index + 1].length <= 3, !page.isSpaced(index), !page.isSpaced(index + 1)
      {
        return index + 1
      }
      index += 1
    }
    return nil
  }

  private static let typed = WordSet("t d dict dictated trans")
}
