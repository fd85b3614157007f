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
/// 45 CFR 164.514(b)(2)(i)(B).
package struct StreetAddress: Detector {
  package init() {}

  package func scan(_ page: borrowing Page, into findings: inout [Finding]) {
    for value in page.fields where value.field == .street && value.bound == .layout {
      let range = page.range(from: value.first, through: value.last)
      findings.append(Finding(.street, at: range, confidence: .medium, by: "street-address"))
    }
    let grammar = Street(page)
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
