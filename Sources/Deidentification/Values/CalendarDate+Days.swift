package import PHI

extension CalendarDate {
  /// How many days after the first of January 1970 it is.
  ///
  /// days_from_civil (Hinnant, "chrono-Compatible Low-Level Date Algorithms").
  package var dayNumber: Int {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// The day `count` days later; nil outside the years 1 to 9999.
  package func adding(days count: Int) -> CalendarDate? {
    let number = dayNumber + count
    guard (-719_162...2_932_896).contains(number) else { return nil }
    return CalendarDate(secondsSinceEpoch: Int64(number) * 86_400)
  }
}
