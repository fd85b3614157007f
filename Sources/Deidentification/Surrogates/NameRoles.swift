internal import Bytes
internal import Names

/// Which part of a name each word of a mention is.
struct NameRoles: Sendable {
  enum Role: Sendable {
    /// A title, a generation or another word that names nobody.
    case kept
    case given
    case family
    /// One letter, and the word that it stands for if that is known.
    case initial(NameWord?, isFamily: Bool)
  }

  private var roles: [Role] = []

  subscript(place: Int) -> Role { roles[place] }

  init(of words: [MentionWord], in scalars: [Unicode.Scalar], mention: PersonName, person: NamedPerson) {
    let isShouting = words.allSatisfy { Capitals(of: Array($0.text.utf8).span) == .all || $0.name.isInitial }
    var middle = 0
    for (place, word) in words.enumerated() {
      if NameRoles.isKept(word, at: place, of: words, in: scalars, mention, isShouting: isShouting) {
        roles.append(.kept)
      } else if word.name.isInitial {
        roles.append(NameRoles.initial(word.name, mention, person.person, &middle))
      } else {
        roles.append(NameRoles.isFamily(word, mention, person.person) ? .family : .given)
      }
    }
  }

  /// Whether a word is none of the name's own; where that is in doubt it counts as a name.
  private static func isKept(
    _ word: MentionWord, at place: Int, of words: [MentionWord], in scalars: [Unicode.Scalar], _ mention: PersonName,
    isShouting: Bool
  ) -> Bool {
    let isFirst = place == 0
    switch NameWords.meaning(of: word.name.hash) {
    case .title, .titleOf: return isFirst && words.count > 1
    case .newborn: return words[..<place].allSatisfy { isNewborn($0.name.hash) } && words.count > place + 1
    case .generation: return !isFirst && word.text != word.text.lowercased()
    case .credential:
      let before = scalars[..<word.range.lowerBound].last { !$0.properties.isWhitespace }
      let capitals = Capitals(of: Array(word.text.utf8).span)
      // `Nguyen, Do` and `VANG, PA` are names.
      let mayBeName = word.text.count == 2 && (place == 1 || capitals == .first)
      return !isFirst && ((before == "," && !mayBeName) || (capitals == .all && !isShouting))
    case .particle:
      guard !isFirst, words.count > place + 1 else { return false }
      // `Mr. Al Green` has a given name, `Mr. De La Cruz` has none.
      return mention.given?.hash != word.name.hash || isParticle(words[place + 1].name.hash)
    case .kin: return word.text == word.text.lowercased()
    case nil: return false
    }
  }

  private static func isParticle(_ hash: UInt64) -> Bool {
    if case .particle = NameWords.meaning(of: hash) { true } else { false }
  }

  private static func isNewborn(_ hash: UInt64) -> Bool {
    if case .newborn = NameWords.meaning(of: hash) { true } else { false }
  }

  private static func initial(
    _ word: NameWord, _ mention: PersonName, _ person: Person, _ middle: inout Int
  ) -> Role {
    if let given = mention.given, given.isInitial, given.initial == word.initial, middle == 0 {
      middle = 1
      return .initial(agreeing(word, with: person.name.given), isFamily: false)
    }
    if mention.family.contains(where: { $0.isInitial && $0.initial == word.initial }) {
      return .initial(agreeing(word, with: person.name.family.last), isFamily: true)
    }
    return .initial(agreeing(word, with: person.name.middle.first), isFamily: false)
  }

  private static func agreeing(_ initial: NameWord, with word: NameWord?) -> NameWord? {
    guard let word, !word.isInitial, word.initial == initial.initial else { return nil }
    return word
  }

  private static func isFamily(_ word: MentionWord, _ mention: PersonName, _ person: Person) -> Bool {
    let hash = word.name.hash
    if mention.family.contains(where: { $0.hash == hash }) { return true }
    guard mention.single?.hash == hash else { return false }
    if person.name.family.contains(where: { $0.hash == hash }) { return true }
    if person.name.given?.hash == hash || person.name.middle.contains(where: { $0.hash == hash }) { return false }
    let pool = NamePool.embedded
    return mention.sex != nil || pool.origin(ofSurname: word.text) != nil
      || pool.originAndSex(ofGiven: word.text) == nil
  }
}
