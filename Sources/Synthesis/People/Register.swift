import Names

/// Where people come from: the pools of names, and names like them that nobody has.
struct Register: Sendable {
  private let given: [[NamePool.Sex: [String]]]
  private let surnames: [[String]]
  private let newGiven: [[NamePool.Sex: Speller]]
  private let newSurnames: [Speller]
  private let givenWords: [String]
  private let surnameWords: [String]
  private let nicknames: [String: [String]]
  private let origins = NamePool.Origin.allCases
  private let weights: [Int]

  init(_ lists: Lists) {
    let pool = NamePool.embedded
    given = origins.map { origin in
      [.female: pool.givenNames(origin, .female), .male: pool.givenNames(origin, .male)]
    }
    surnames = origins.map { pool.surnames($0) }
    newGiven = given.map { $0.mapValues { Speller($0) } }
    newSurnames = surnames.map { Speller($0) }
    givenWords = lists.plain("given-word")
    surnameWords = lists.plain("surname-word")
    var nicknames: [String: [String]] = [:]
    for line in lists.plain("nickname") {
      let names = line.split(separator: " ").map(String.init)
      if let first = names.first { nicknames[first, default: []] += names.dropFirst() }
    }
    self.nicknames = nicknames
    weights = origins.map { origin in
      switch origin {
      case .english: 22
      case .hispanic: 10
      case .africanAmerican, .southAsian, .arabic: 5
      case .chinese, .vietnamese, .slavic, .african, .korean, .filipino: 4
      default: 2
      }
    }
  }

  /// Somebody in a role; a relative usually shares the surname.
  func person(
    _ role: Person.Role, sex known: NamePool.Sex? = nil, kinOf patient: Person? = nil, using dice: inout Dice
  ) -> Person {
    let origin = patient.flatMap { dice.chance(85) ? $0.origin : nil } ?? origins[dice.weighted(weights)]
    let tossed: NamePool.Sex = dice.chance(50) ? .female : .male
    let sex = known ?? tossed
    let accents = dice.chance(45)
    let family = surname(origin, using: &dice)
    let isKin = dice.chance(75)
    return named(
      role, origin, sex, surname: patient.flatMap { isKin ? $0.surname : nil } ?? spelling(family, accents: accents),
      accents: accents, using: &dice)
  }

  /// The same person with another sex and so another given name.
  func renamed(_ person: Person, sex: NamePool.Sex, using dice: inout Dice) -> Person {
    named(person.role, person.origin, sex, surname: person.surname, accents: dice.chance(45), using: &dice)
  }

  /// A surname of any origin.
  func anySurname(using dice: inout Dice) -> String {
    surname(origins[dice.weighted(weights)], using: &dice)
  }

  /// A given name of any origin.
  func anyGiven(using dice: inout Dice) -> String {
    givenName(origins[dice.weighted(weights)], dice.chance(50) ? .female : .male, using: &dice)
  }

  private func named(
    _ role: Person.Role, _ origin: NamePool.Origin, _ sex: NamePool.Sex, surname: String, accents: Bool,
    using dice: inout Dice
  ) -> Person {
    let given = spelling(givenName(origin, sex, using: &dice), accents: accents)
    let middle =
      origin == .vietnamese && dice.chance(60)
      ? sex == .female ? "Thị" : "Văn" : givenName(origin, sex, using: &dice)
    let surnameFirst = [.vietnamese, .chinese, .korean, .southeastAsian].contains(origin) && dice.chance(18)
    return Person(
      role: role, origin: origin, sex: sex, given: given, middle: spelling(middle, accents: accents),
      surname: surname, nickname: nickname(of: given, using: &dice),
      suffix: sex == .male && dice.chance(6) ? dice.pickEarly(["Jr.", "Jr", "III", "Sr.", "II", "IV"]) : "",
      surnameFirst: surnameFirst, title: sex == .male ? "Mr." : dice.chance(50) ? "Ms." : "Mrs.")
  }

  private func spelling(_ name: String, accents: Bool) -> String { accents ? name : Accents.stripped(name) }

  private func givenName(_ origin: NamePool.Origin, _ sex: NamePool.Sex, using dice: inout Dice) -> String {
    let index = self.index(of: origin)
    switch dice.below(100) {
    case 0..<33: if let name = newGiven[index][sex]?.word(using: &dice) { return name }
    case 33..<38 where origin == .english || origin == .africanAmerican: return dice.pick(givenWords)
    default: break
    }
    return dice.pick(given[index][sex] ?? givenWords)
  }

  private func surname(_ origin: NamePool.Origin, using dice: inout Dice) -> String {
    let index = self.index(of: origin)
    switch dice.below(100) {
    case 0..<33: if let name = newSurnames[index].word(using: &dice) { return name }
    case 33..<42 where origin == .english || origin == .africanAmerican: return dice.pick(surnameWords)
    case 42..<49:
      let other = dice.chance(60) ? index : dice.weighted(weights)
      let mark = origin == .hispanic && dice.chance(60) ? " " : "-"
      return dice.pick(surnames[index]) + mark + dice.pick(surnames[other])
    default: break
    }
    return dice.pick(surnames[index])
  }

  private func nickname(of given: String, using dice: inout Dice) -> String {
    if let known = nicknames[given], !known.isEmpty, dice.chance(80) { return dice.pick(known) }
    guard given.count > 5, dice.chance(50) else { return given }
    // The first syllable: up to the consonant after the first vowel.
    var short = ""
    var sawVowel = false
    for letter in given {
      let isVowel = "aeiouyAEIOUY".contains(letter)
      short.append(letter)
      if sawVowel, !isVowel { break }
      sawVowel = sawVowel || isVowel
    }
    guard (2...5).contains(short.count), short.allSatisfy(\.isLetter) else { return given }
    return dice.chance(40) ? short + dice.pick(["y", "ie", "i"]) : short
  }

  private func index(of origin: NamePool.Origin) -> Int { origins.firstIndex(of: origin) ?? 0 }
}
