import PHI

extension PhraseTree {
  /// Adds the name of a facility or an organisation, whole, cut short and as an acronym.
  mutating func insert(place name: [UInt8], _ identifier: Identifier, cutShort: Bool) {
    let words = PlaceWords.words(of: name)
    guard !words.isEmpty else { return }
    let phrase = Phrase(identifier: identifier, form: .name)
    insert(words.map(PlaceWords.spellings), phrase)
    if name.contains(0x26) {
      let parts = name.split(separator: 0x26).map { PlaceWords.words(of: Array($0)).map(PlaceWords.spellings) }
      insert(Array(parts.joined(separator: [PlaceWords.and])), phrase)
    }
    let said = words.filter { !PlaceWords.and.contains(WordHash.of($0)) }
    if said.count > 1, said.count < words.count { insert(said.map(PlaceWords.spellings), phrase) }
    // `St. Mary's` without its apostrophe.
    if let owner = words.firstIndex(of: [0x73]), owner > 0 {
      var joined = words
      joined.replaceSubrange(owner - 1...owner, with: [words[owner - 1] + [0x73]])
      insert(joined.map(PlaceWords.spellings), phrase)
    }
    guard cutShort else { return }
    let core = words.prefix { !PlaceWords.isHead($0) }
    if core.count < words.count, core.count > 1 || core.first.map(PlaceWords.isRare) == true {
      insert(core.map(PlaceWords.spellings), phrase)
    }
    let acronym = words.filter { !PlaceWords.isSmall($0) }.compactMap(\.first)
    let sense = Lexicon.embedded.sense(WordHash.of(acronym))
    if acronym.count > 2, !sense.isAbbreviation, sense.ordinary == 0, sense.role == .none {
      insert([[WordHash.of(acronym)]], Phrase(identifier: identifier, form: .acronym))
    }
  }

  /// Adds an address: its house number and street, with the flat and without, its town and its postal code.
  mutating func insert(address text: [UInt8]) {
    var parts: [[[UInt8]]] = []
    for part in text.split(whereSeparator: { $0 == 0x2C || $0 == 0x0A || $0 == 0x3B }) {
      let words = PlaceWords.words(of: Array(part))
      guard let first = words.first else { continue }
      if PlaceWords.isUnit(first) || part.drop(while: { $0 == 0x20 }).first == 0x23, !parts.isEmpty {
        parts[parts.count - 1] += PlaceWords.isUnit(first) ? words : [Array("apt".utf8)] + words
      } else {
        parts.append(words)
      }
    }
    let line = parts.firstIndex { part in part.contains { $0.contains(where: CharacterClass.isDigit) } } ?? 0
    for (place, part) in parts.enumerated() {
      if place == line { insert(street: part) } else { insert(town: part, isFirst: place < line) }
    }
  }

  /// Adds the name of a street without a number: `Cedar Hollow Rd`.
  mutating func insert(streetName text: [UInt8]) {
    let words = PlaceWords.words(of: text)
    guard !words.isEmpty else { return }
    insert(words.map(PlaceWords.streetSpellings), Phrase(identifier: .street, form: .name))
  }

  private mutating func insert(street words: [[UInt8]]) {
    let phrase = Phrase(identifier: .street, form: .any)
    var core = words
    var flat: [UInt8]?
    if let unit = words.indices.dropFirst(2).first(where: { PlaceWords.isUnit(words[$0]) }) {
      core = Array(words[..<unit])
      flat = words[unit...].dropFirst().first { PlaceWords.isUnit($0) == false }
    }
    let spelled = core.map(PlaceWords.streetSpellings)
    var forms = [spelled]
    if core.count > 2, PlaceWords.isStreetSuffix(core[core.count - 1]) { forms.append(spelled.dropLast()) }
    for form in forms {
      insert(form, phrase)
      guard let flat else { continue }
      insert(form + [[WordHash.of(flat)]], phrase)
      insert(form + [PlaceWords.units, [WordHash.of(flat)]], phrase)
    }
    guard core.count > 2, core[0].contains(where: CharacterClass.isDigit) else { return }
    insert(Array(spelled.dropFirst()), Phrase(identifier: .street, form: .name))
  }

  private mutating func insert(town words: [[UInt8]], isFirst: Bool) {
    let letters = words.prefix { !$0.contains(where: CharacterClass.isDigit) }
    let isState =
      letters.count == 1 && (letters[0].count < 3 || Lexicon.embedded.sense(WordHash.of(letters[0])).isState)
    let town = letters.count > 1 && letters[letters.count - 1].count < 3 ? letters.dropLast() : letters
    if !isState, !town.isEmpty, !(town.count == 1 && town[0].count < 3) {
      let kind: Identifier = isFirst ? .facility : .city
      insert(town.map(PlaceWords.spellings), Phrase(identifier: kind, form: .name))
    }
    for code in words where code.count == 5 && code.allSatisfy(CharacterClass.isDigit) {
      insert([[WordHash.of(code)]], Phrase(identifier: .zipCode, form: .any))
    }
  }

  /// Adds an e-mail address, written and said.
  mutating func insert(email text: [UInt8]) {
    let words = PlaceWords.words(of: text)
    guard words.count > 1 else { return }
    let phrase = Phrase(identifier: .email, form: .any)
    insert(words.map { [WordHash.of($0)] }, phrase)
    var said: [[UInt64]] = []
    var start = 0
    let bytes = TextOrigin.fold(text).0
    for word in words {
      while start < bytes.count, !CharacterClass.isWord(bytes[start]) {
        said.append(PlaceWords.said(bytes[start]))
        start += 1
      }
      said.append([WordHash.of(word)])
      start += word.count
    }
    insert(said, phrase)
  }
}

/// The words of the names of places, and how else they are spelled.
enum PlaceWords {
  /// The words of a name, folded and in lower case.
  static func words(of text: [UInt8]) -> [[UInt8]] {
    TextOrigin.fold(text).0.split { !CharacterClass.isWord($0) }.map { $0.map(CharacterClass.lowercased) }
  }

  /// The hashes of a word and its abbreviations.
  static func spellings(_ word: [UInt8]) -> [UInt64] { others[WordHash.of(word)] ?? [WordHash.of(word)] }

  /// The hashes of a word of a street's name and its abbreviations.
  static func streetSpellings(_ word: [UInt8]) -> [UInt64] {
    streetOthers[WordHash.of(word)] ?? [WordHash.of(word)]
  }

  static func isUnit(_ word: [UInt8]) -> Bool { units.contains(WordHash.of(word)) }
  static func isStreetSuffix(_ word: [UInt8]) -> Bool { streetOthers[WordHash.of(word)] != nil }
  static func isHead(_ word: [UInt8]) -> Bool {
    let sense = Lexicon.embedded.sense(WordHash.of(word))
    return sense.isFacilityHead || sense.isOrganizationHead
  }
  static func isRare(_ word: [UInt8]) -> Bool {
    let sense = Lexicon.embedded.sense(WordHash.of(word))
    return word.count > 4 && sense.ordinary == 0 && sense.city < 2 && sense.first < 2 && sense.role == .none
      && !sense.isState && !sense.isCountry
  }
  static func isSmall(_ word: [UInt8]) -> Bool { word == [0x73] || small.contains(WordHash.of(word)) }

  /// How a mark of an e-mail address is said.
  static func said(_ mark: UInt8) -> [UInt64] {
    switch mark {
    case 0x40: WordHash.all(in: "at")
    case 0x2E: WordHash.all(in: "dot period point")
    case 0x5F: WordHash.all(in: "underscore")
    case 0x2B: WordHash.all(in: "plus")
    default: WordHash.all(in: "dash hyphen minus")
    }
  }

  static let and = WordHash.all(in: "and y")
  static let units = WordHash.all(
    in:
      "apt apartment suite ste unit floor fl flr room rm no number bldg building trailer trlr lot spc")

  private static func groups(_ table: String) -> [UInt64: [UInt64]] {
    var groups: [UInt64: [UInt64]] = [:]
    for line in table.split(separator: "\n") {
      let group = WordHash.all(in: line)
      for word in group { groups[word] = group }
    }
    return groups
  }
  private static let small = WordSet("of the and at for in de la")
  private static let others = groups(
    """
    saint st
    saints sts
    mount mt
    fort ft
    center centre ctr cntr
    hospital hosp
    university univ
    medical med
    associates assoc
    department dept
    institute inst
    and y
    regional rgnl reg
    rehabilitation rehab
    children childrens
    elementary elem
    company co
    incorporated inc
    corporation corp
    brothers bros
    """)
  private static let streetOthers = groups(
    """
    street st str
    avenue ave av
    road rd
    drive dr drv
    lane ln
    court ct
    boulevard blvd
    place pl
    terrace ter terr
    circle cir
    highway hwy
    parkway pkwy pky
    trail trl
    square sq
    way wy
    crescent cres
    plaza plz
    turnpike tpke pike
    crossing xing
    heights hts
    route rte rt
    mount mt
    point pt
    north n
    south s
    east e
    west w
    northeast ne
    northwest nw
    southeast se
    southwest sw
    first 1st
    second 2nd
    third 3rd
    fourth 4th
    fifth 5th
    sixth 6th
    seventh 7th
    eighth 8th
    ninth 9th
    tenth 10th
    eleventh 11th
    twelfth 12th
    """)
}
