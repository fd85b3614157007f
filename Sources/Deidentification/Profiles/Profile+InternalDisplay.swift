package import PHI

extension Profile {
  /// As Safe Harbor to begin with, but open to masks that show a part of an identifier; its output stays PHI.
  package static func internalDisplay(asOf reference: CalendarDate) -> Profile {
    Profile(.internalDisplay, asOf: reference, safeHarborMethod)
  }
}
