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
  /// A cue that has other meanings too (`case`, `order`): its value must look like an identifier.
  package static let weakCue = Roles(rawValue: 1 << 14)
  /// A connector that announces a number: `number`, `no`, `ID`.
  package static let numberWord = Roles(rawValue: 1 << 15)
  /// A word after which a fraction is a score, a strength or a pressure, not a day: `BP`, `pain`, `motor`.
  package static let fraction = Roles(rawValue: 1 << 16)
  /// A month's name in a language other than English.
  package static let foreign = Roles(rawValue: 1 << 17)
  /// A relative: `mother`, `uncle`.
  package static let kin = Roles(rawValue: 1 << 18)
  /// A word after a house number and a name that ends a street's name, but has other meanings: `Run`, `Bend`.
  package static let rareSuffix = Roles(rawValue: 1 << 19)
  /// A weak cue that counts only with `:`, `=`, `#` or a word such as `number` after it: `ID`, `patient`.
  package static let needsMark = Roles(rawValue: 1 << 20)
  /// Something that happens on a day: `admitted`, `visit`, `last`, `placed`.
  package static let event = Roles(rawValue: 1 << 21)
  /// A word before a month that stands for a time: `early`, `mid`, `last`, `of`.
  package static let monthPreposition = Roles(rawValue: 1 << 22)
  /// A word before a month in another language: `en`, `im`, `desde`.
  package static let foreignPreposition = Roles(rawValue: 1 << 23)
  /// A month's name that is a first name too: `April`, `May`, `June`, `August`.
  package static let alsoName = Roles(rawValue: 1 << 24)
  /// A word that may follow a day of the month but not an ordinal that counts: `and`, `she`, `is`.
  package static let afterDay = Roles(rawValue: 1 << 25)
  /// A word of an address that is not a suffix: `Box`, `Route`, `block`, `milepost`.
  package static let streetPart = Roles(rawValue: 1 << 26)
  /// A word of keys and heads of columns that names no field by itself: `name`, `provider`, `line`.
  package static let keyWord = Roles(rawValue: 1 << 27)
  /// A kind of street that stands before its name: `Rue`, `Calle`, `Via`.
  package static let streetPrefix = Roles(rawValue: 1 << 28)
}
