package import Detection
package import PHI

extension CarveOuts {
  /// All that 45 CFR 164.514(b)(2)(i) allows to stay, ages reckoned as of the day `reference`.
  package static func safeHarbor(asOf reference: CalendarDate) -> CarveOuts {
    CarveOuts(keepsYears: true, keepsAgesUnder90: true, keepsStatesAndCountries: true, asOfYear: reference.year)
  }
}
