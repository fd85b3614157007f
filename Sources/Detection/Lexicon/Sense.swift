/// What the lexicon knows of a word: how often it is a name, a place or an ordinary word, and what class it is of.
///
/// The bits stand where `Scripts/build-lexicon` puts them.
struct Sense: Hashable, Sendable {
  /// The bits, 24 of them.
  var bits: UInt32

  /// The lexicon does not know the word.
  static let unknown = Sense(bits: 0)

  /// How common it is as a first name, 0 to 3.
  var first: Int { Int(bits & 3) }
  /// How common it is as a surname, 0 to 3.
  var surname: Int { Int(bits >> 2 & 3) }
  /// How ordinary it is as a word: 0 unknown, 1 in clinical text only, 2 in general text only, 3 in both.
  var ordinary: Int { Int(bits >> 4 & 3) }
  /// How large a place of this name is, 0 to 3.
  var city: Int { Int(bits >> 6 & 3) }
  /// Whether a county has this name.
  var isCounty: Bool { bits >> 8 & 1 == 1 }
  /// Whether it is the name of a state or province.
  var isState: Bool { bits >> 9 & 1 == 1 }
  /// Whether it is a country, a people or a language.
  var isCountry: Bool { bits >> 10 & 1 == 1 }
  /// Whether a disease, a sign, a score or an instrument has the name.
  var isEponym: Bool { bits >> 11 & 1 == 1 }
  /// Whether it is a drug, a brand, a maker or a payer.
  var isProduct: Bool { bits >> 12 & 1 == 1 }
  /// Whether places of care are called that: `Hospital`, `Pharmacy`.
  var isFacilityHead: Bool { bits >> 13 & 1 == 1 }
  /// Whether organisations are called that: `School`, `Police`.
  var isOrganizationHead: Bool { bits >> 14 & 1 == 1 }
  /// Whether a known phrase begins with it.
  var opensPhrase: Bool { bits >> 15 & 1 == 1 }
  /// The closed class that it belongs to.
  var role: Role { Role(rawValue: UInt8(bits >> 16 & 31)) ?? .none }
  /// Whether it follows an eponym: `disease`, `sign`, `forceps`.
  var followsEponym: Bool { bits >> 21 & 1 == 1 }
  /// Whether it is the postal abbreviation of a state.
  var isPostal: Bool { bits >> 22 & 1 == 1 }
  /// Whether it is an abbreviation of the clinic.
  var isAbbreviation: Bool { bits >> 23 & 1 == 1 }

  /// Whether any list of names has it.
  var isName: Bool { bits & 15 != 0 }
  /// The stronger of its two strengths as a name.
  var name: Int { max(first, surname) }
}

/// The closed class of a word, in the order that `Scripts/build-lexicon` numbers them.
enum Role: UInt8, Sendable {
  case none, function, doctor, title, credential, kin, patient, clinician, person, particle, suffix, month, weekday
  case greeting, street, number, speech, companion, generic
}

/// What a known phrase is.
struct PhraseKind: OptionSet, Sendable {
  let rawValue: UInt8

  /// A town.
  static let city = PhraseKind(rawValue: 1)
  /// A place of care.
  static let facility = PhraseKind(rawValue: 2)
  /// An employer, a school, a church, a court.
  static let organization = PhraseKind(rawValue: 4)
  /// A state, a country, a payer, a maker: it stays.
  static let kept = PhraseKind(rawValue: 8)
  /// A disease, a sign, a scale, an instrument: it stays.
  static let eponym = PhraseKind(rawValue: 16)
}
