package import PHI

/// What a profile does with one kind of identifier, as it is configured and reported.
package enum Method: Hashable, Sendable {
  /// It stays.
  case keep
  /// Its kind stands in its place.
  case placeholder
  /// It is covered with signs.
  case mask(Mask.Style)
  /// Of a date the year stays.
  case year
  /// Of a date the year and the month stay.
  case month
  /// Ages over 89 are one category, others stay.
  case ageOver89
  /// Ages become bands of so many years, those over 89 one category.
  case ageBand(Int)
  /// Three digits of a ZIP code stay where enough people share them.
  case zipPrefix
  /// Dates move by a number of days that is the patient's own.
  case shift(keepsWeekdays: Bool)
  /// It is encrypted into another value of the same form.
  case formatPreserving
  /// A code drawn at random stands in its place.
  case randomToken
  /// A code of the project stands in its place.
  case linkableToken
  /// An invented value of the same kind and shape stands in its place.
  case surrogate

  /// Whether it can be used for a kind of identifier.
  package func fits(_ identifier: Identifier) -> Bool {
    switch self {
    case .keep, .placeholder, .mask, .randomToken, .linkableToken, .surrogate: true
    case .year, .month, .shift: identifier == .date
    case .ageOver89, .ageBand: identifier == .ageOver89
    case .zipPrefix: identifier == .zipCode
    case .formatPreserving: Method.numbers.contains(identifier)
    }
  }

  /// Whether its result is computed from the value under a key.
  package var isKeyed: Bool {
    switch self {
    case .shift, .formatPreserving, .linkableToken, .surrogate: true
    case .keep, .placeholder, .mask, .year, .month, .ageOver89, .ageBand, .zipPrefix, .randomToken: false
    }
  }

  /// Whether its result depends on whose document it is.
  package var isPerPatient: Bool {
    switch self {
    case .shift, .surrogate: true
    case .keep, .placeholder, .mask, .year, .month, .ageOver89, .ageBand, .zipPrefix, .randomToken, .formatPreserving,
      .linkableToken:
      false
    }
  }

  /// Whether mentions of one person have to be linked before it.
  var linksPeople: Bool { self == .randomToken || self == .linkableToken || self == .surrogate }

  /// The kinds of identifiers that are numbers.
  package static let numbers = IdentifierSet([
    .phone, .fax, .socialSecurityNumber, .medicalRecordNumber, .healthPlanNumber, .accountNumber, .licenseNumber,
    .vehicle, .device, .otherNumber, .zipCode,
  ])
}
