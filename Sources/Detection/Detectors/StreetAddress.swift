package import PHI

/// Finds street addresses.
///
/// ## What it finds
/// House number, street and unit as one finding; post boxes and rural routes; highways with their number, exits and
/// mile posts; crossings and blocks; a street's name on its own after a preposition of place.
///
/// ## What it leaves alone
/// `Dr.` and `St.` before a name, quantities before common words (`2 drive`), institutions named after a street.
///
/// ## Why
/// 45 CFR 164.514(b)(2)(i)(B), street addresses.
///
/// ## Examples
/// - `lives at ⟦4417 Juniper Road, Apt 3⟧`
/// - `mail to ⟦PO Box 411⟧`
package struct StreetAddress: Detector {
  package init() {}

  package func scan(_ page: borrowing Page, into findings: inout [Finding]) {
    let grammar = Street(page)
    for value in page.fields where value.field == .street && value.bound == .layout {
      // A whole address in one value is left to the grammar.
      if (value.first...value.last).contains(where: { page.isMark($0, 0x2C) && grammar.street(at: $0 - 1) != nil }) {
        continue
      }
      guard page.digits(from: value.first, through: value.last) > 0 || value.last > value.first else { continue }
      let range = page.range(from: value.first, through: value.last)
      findings.append(Finding(.street, at: range, confidence: .medium, by: "street-address"))
    }
    let prefix = StreetPrefix(page)
    for number in page.numbers {
      guard let first = prefix.compound(before: Int(number)) else { continue }
      findings.append(
        Finding(.street, at: page.range(from: first, through: Int(number)), confidence: .medium, by: "street-address"))
    }
    var next = 0
    for cue in page.cues where Int(cue) >= next {
      guard let street = grammar.street(at: Int(cue)) else { continue }
      var (first, last) = street
      // A second street makes a crossing: `State St & 7th Ave`.
      if let crossing = grammar.crossing(after: last) { last = crossing }
      first = max(first, next)
      findings.append(
        Finding(.street, at: page.range(from: first, through: last), confidence: .high, by: "street-address"))
      next = last + 1
    }
  }
}
