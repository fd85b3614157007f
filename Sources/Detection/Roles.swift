/// What a word may mean to the detectors of structured identifiers; a word may have several roles.
package struct Roles: OptionSet, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The name of a month, whole or cut short; the word's value is its number.
  package static let month = Roles(rawValue: 1 << 0)
  /// A cardinal in words, to ninety; the word's value is the number.
  package static let cardinal = Roles(rawValue: 1 << 1)
  /// An ordinal in words, to thirtieth; the word's value is the number.
  package static let ordinal = Roles(rawValue: 1 << 2)
  /// The end of a street's name: `Street`, `Ave`, `Blvd`.
  package static let streetSuffix = Roles(rawValue: 1 << 3)
  /// A part of a building: `Apt`, `Suite`, `Floor`.
  package static let unit = Roles(rawValue: 1 << 4)
  /// A point of the compass before or after a street's name.
  package static let compass = Roles(rawValue: 1 << 5)
  /// The name or postal abbreviation of a state, district or territory of the United States, or part of one.
  package static let state = Roles(rawValue: 1 << 6)
  /// A word between the name of a field and its value: `no`, `number`, `is`.
  package static let connector = Roles(rawValue: 1 << 7)
  /// A unit of measure or of time: a number before it is a quantity.
  package static let measure = Roles(rawValue: 1 << 8)
  /// The name of a weekday, whole or cut short.
  package static let weekday = Roles(rawValue: 1 << 9)
  /// A word before a date or a time: `on`, `since`, `until`.
  package static let timePreposition = Roles(rawValue: 1 << 10)
  /// A word that makes a month's name also something else a month beside it: `may`, `march`, `mar`, `sun`.
  package static let ambiguous = Roles(rawValue: 1 << 11)
  /// A word of age: `aged`, `age`, `yo`, `years`.
  package static let age = Roles(rawValue: 1 << 12)
  /// A public vocabulary, a publication or a product whose numbers point at nobody: `ICD`, `PMID`, `version`.
  package static let publicCode = Roles(rawValue: 1 << 13)
}
