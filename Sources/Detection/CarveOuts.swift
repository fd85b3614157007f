/// What Safe Harbor lets stay although it looks like an identifier; each is a switch.
///
/// A switch decides whether something is found at all. A found date may still keep its year and a found postal code
/// its first three digits: that is a transform's choice.
public struct CarveOuts: Hashable, Sendable {
  /// A year without day and month stays, unless it shows an age over 89.
  public var keepsYears: Bool
  /// An age of 89 or less stays.
  public var keepsAgesUnder90: Bool
  /// States, provinces and countries stay.
  public var keepsStatesAndCountries: Bool

  /// The last year of birth that shows an age over 89, alone or in a date.
  public var lastBirthYearOver89: Int

  /// The carve-outs that are on, for texts read in the year `asOfYear`.
  public init(keepsYears: Bool, keepsAgesUnder90: Bool, keepsStatesAndCountries: Bool, asOfYear: Int = 2026) {
    self.keepsYears = keepsYears
    lastBirthYearOver89 = asOfYear - 90
    self.keepsAgesUnder90 = keepsAgesUnder90
    self.keepsStatesAndCountries = keepsStatesAndCountries
  }

  /// Whether all of Safe Harbor's are on.
  var keepsAll: Bool { keepsYears && keepsAgesUnder90 && keepsStatesAndCountries }

  /// All that 45 CFR 164.514(b)(2)(i) allows to stay.
  public static let safeHarbor = CarveOuts(keepsYears: true, keepsAgesUnder90: true, keepsStatesAndCountries: true)
  /// Nothing stays.
  public static let none = CarveOuts(keepsYears: false, keepsAgesUnder90: false, keepsStatesAndCountries: false)
}
