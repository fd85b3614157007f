package import PHI

/// Finds people, places of care, organisations, towns and counties, reading the page once for all of them.
///
/// What one kind has claimed the next does not read again: `Price Memorial Hospital` holds no person.
package struct NamesAndPlaces: Detector {
  private let keepsStatesAndCountries: Bool

  package init(keepsStatesAndCountries: Bool = true) {
    self.keepsStatesAndCountries = keepsStatesAndCountries
  }

  package func scan(_ page: borrowing Page, into findings: inout [Finding]) {
    var reading = Reading(copy page)
    for finding in findings where NamesAndPlaces.excludes(finding.identifier) {
      let words = page.indices(of: finding.range)
      if words.isEmpty { continue }
      let covered = words.lowerBound...words.upperBound - 1
      if finding.identifier == .street { reading.keep(street: covered) } else { reading.keep(covered) }
    }
    LabelledNames.read(&reading)
    FacilityNames.read(&reading)
    InvertedNames.read(&reading)
    ListedNames.read(&reading)
    PersonNames.read(&reading)
    SpokenNames.read(&reading)
    UniqueDescriptions.read(&reading)
    Places.read(&reading)
    if !keepsStatesAndCountries { StatesAndCountries.read(&reading) }
    findings.append(contentsOf: reading.findings)
  }

  /// Whether words inside such a finding are not to be read again.
  private static func excludes(_ identifier: Identifier) -> Bool {
    switch identifier {
    case .url, .email, .street, .photograph, .ipAddress: true
    default: false
    }
  }
}
