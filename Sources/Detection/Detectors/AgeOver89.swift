package import PHI

/// Finds ages of 90 and more, and birth years that show one.
///
/// ## What it finds
/// The number, in digits or in words, before `year-old`, `yo`, `y/o`, `F`, `M`; after `age`, `aged`, `turned`, `died
/// at`; beside a relative or a name between commas; and a bare year of birth that makes a person 90.
///
/// ## What it leaves alone
/// Ages under 90, which Safe Harbor lets stay (a profile may take them too), the category `90+`, and numbers that are
/// no age: scores, weights, vital signs, percentages, durations.
///
/// ## Why
/// 45 CFR 164.514(b)(2)(i)(C): ages over 89 and all elements of dates that show such an age.
///
/// ## Examples
/// - `a ⟦93⟧-year-old woman and her 64-year-old son`
/// - `she turned ⟦ninety-six⟧ in spring`
/// - `SpO2 93 %, weight 94 kg`
package struct AgeOver89: Detector {
  private let carveOuts: CarveOuts

  package init(carveOuts: CarveOuts = .safeHarbor) { self.carveOuts = carveOuts }

  package func scan(_ page: borrowing Page, into findings: inout [Finding]) {
    let reading = AgeReading(page)
    for number in page.numbers {
      let index = Int(number)
      if let range = reading.birthYear(at: index, through: carveOuts.lastBirthYearOver89) {
        append(range, .high, &findings)
      }
      guard let digits = reading.leadingDigits(index), isFound(digits.value),
        !isOpenCategory(digits.value, digits.range, page)
      else { continue }
      if let confidence = reading.confidence(first: index, last: index, suffix: digits.suffix) {
        append(digits.range, confidence, &findings)
      }
    }
    for cue in page.cues where page.words[Int(cue)].roles.contains(.cardinal) {
      guard let age = reading.spoken(at: Int(cue)), isFound(age.value),
        let confidence = reading.confidence(first: Int(cue), last: age.last, suffix: [])
      else { continue }
      append(page.range(from: Int(cue), through: age.last), confidence, &findings)
    }
  }

  private func isFound(_ age: Int) -> Bool { age <= 125 && (age >= 90 || !carveOuts.keepsAgesUnder90) }

  /// `90+` is the category that Safe Harbor puts such ages in, and gives no age away.
  private func isOpenCategory(_ age: Int, _ range: Range<Int>, _ page: borrowing Page) -> Bool {
    age == 90 && page.byte(at: range.upperBound) == 0x2B
  }

  private func append(_ range: Range<Int>, _ confidence: Confidence, _ findings: inout [Finding]) {
    findings.append(Finding(.ageOver89, at: range, confidence: confidence, by: "age-over-89"))
  }
}
