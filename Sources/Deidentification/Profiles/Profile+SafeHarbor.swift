package import PHI

extension Profile {
  /// Removes the eighteen identifiers of 45 CFR 164.514(b)(2)(i), and keeps what the paragraph lets stay.
  package static func safeHarbor(asOf reference: CalendarDate) -> Profile {
    Profile(.safeHarbor, rule: .current, zipPrefixes: .census2020, asOf: reference)
  }
}
