/// The words that people's names are made of, with all that may be made of them, by hash.
struct NameIndex: Sendable {
  /// How much of a name must be there to be taken for one.
  enum Strictness: Sendable {
    /// The people of the text: any part of a name, a slip in it, the name under which somebody uses a system.
    case known
    /// People who may occur, such as a site's staff: two parts of a name, or a part with a title or an initial.
    case listed
  }

  /// What a word is to a name.
  struct Part: Sendable {
    var form: Form
    /// The people in whose name it is: one bit each, shared by every sixty-fourth.
    var people: UInt64
  }

  /// What a word is to a name; of two the greater counts.
  enum Form: UInt8, Comparable, Sendable {
    /// A word between the parts, such as `de`.
    case particle
    /// A part with a typing slip.
    case slip
    /// Several parts or an initial and a part in one word: `mgonzalez`.
    case glued
    /// A part that is an ordinary word too, or too short to stand alone.
    case ordinary
    /// A part that is nothing but a name.
    case sure

    static func < (left: Form, right: Form) -> Bool { left.rawValue < right.rawValue }
  }

  let strictness: Strictness
  private(set) var parts = HashTable<Part>()
  /// Initials in one, by the hash of their letters.
  private(set) var initials = HashTable<UInt64>()
  /// Two parts of one listed person's name, by `pair`: thousands of people share the bits of `people`.
  private(set) var pairs = HashTable<Bool>()
  /// For each letter from `a` the people who have it as an initial.
  private(set) var letters = Array(repeating: UInt64(0), count: 26)

  /// The index of `people`, each with all their names.
  init(of people: [[PersonalName]] = [], strictness: Strictness = .known) {
    self.strictness = strictness
    for (number, names) in people.enumerated() { learn(names, of: 1 << UInt64(number & 63)) }
  }

  /// Whether nobody is in it.
  var isEmpty: Bool { parts.count == 0 && initials.count == 0 }

  private mutating func learn(_ names: [PersonalName], of person: UInt64) {
    for name in names {
      learnParts(of: name, person)
      learnInitials(of: name, person)
      if strictness == .known { learnGlued(name, person) } else { learnPairs(of: name) }
    }
    guard strictness == .known else { return }
    let given = names.compactMap {
      $0.units.count > 1 ? $0.given : $0.units.first.map { PersonalName.Letters($0.joined()) }
    }
    for surname in names.flatMap(\.surnames) {
      for given in given {
        learnHandles(given, nil, surname, person)
        for name in names where name.initials.count > 2 { learnHandles(given, name.initials[1], surname, person) }
      }
    }
  }

  private mutating func learnParts(of name: PersonalName, _ person: UInt64) {
    for (place, unit) in name.units.enumerated() {
      for word in unit where word.count > 1 || word[0] >= 0x80 {
        learn(word, PersonalName.isParticle(word) ? .particle : NameIndex.form(of: word), person)
        if strictness == .known, word.count >= TypingSlips.shortest { learnSlips(in: word, person) }
        guard strictness == .known, place < max(1, name.units.count - 1) else { continue }
        for nickname in Nicknames.related(to: word) { learn(nickname, NameIndex.form(of: nickname), person) }
      }
      guard unit.count > 1 else { continue }
      learn(glued: Array(unit.joined()), person)
      for pair in unit.indices.dropLast() { learn(glued: unit[pair] + unit[pair + 1], person) }
    }
  }

  private mutating func learnPairs(of name: PersonalName) {
    let words = name.units.joined().filter { $0.count > 1 }.map { WordHash.of($0) }
    for first in words.indices {
      for second in words.indices where second != first { pairs[NameIndex.pair(words[first], words[second])] = true }
    }
  }

  /// The hash of two words, in this order.
  static func pair(_ first: UInt64, _ second: UInt64) -> UInt64 {
    (first &* 0x9E37_79B9_7F4A_7C15) ^ (second << 7 | second >> 57)
  }

  private mutating func learnSlips(in word: [UInt8], _ person: UInt64) {
    for hash in TypingSlips.hashes(of: word) { learn(hash, .slip, person) }
  }

  private mutating func learnInitials(of name: PersonalName, _ person: UInt64) {
    let initials = name.initials
    for letter in name.units.joined().compactMap(\.first) + initials where letter &- 0x61 < 26 {
      letters[Int(letter - 0x61)] |= person
    }
    guard initials.count > 1, strictness == .known else { return }
    for second in 1..<min(initials.count, 5) {
      for third in [second] + Array(second + 1..<max(second + 1, min(initials.count, 5))) {
        let sequence = [initials[0], initials[second]] + (third > second ? [initials[third]] : [])
        let hash = WordHash.of(sequence)
        self.initials[hash] = (self.initials[hash] ?? 0) | person
      }
    }
    let all = WordHash.of(initials)
    self.initials[all] = (self.initials[all] ?? 0) | person
  }

  private mutating func learnGlued(_ name: PersonalName, _ person: UInt64) {
    let units = name.units.map { PersonalName.Letters($0.joined()) }
    guard units.count > 1 else { return }
    learn(glued: Array(units.joined()), person)
    for first in units.indices {
      for second in units.indices where second != first { learn(glued: units[first] + units[second], person) }
    }
    for surname in name.surnames { learn(glued: surname, person) }
  }

  private mutating func learnHandles(
    _ given: [UInt8], _ middle: UInt8?, _ surname: [UInt8], _ person: UInt64
  ) {
    let initials = [given.first, middle].compactMap { $0 }
    learn(glued: initials + surname, person)
    learn(glued: surname + initials, person)
    guard middle == nil else { return }
    learn(glued: given + surname, person)
    learn(glued: surname + given, person)
    learn(glued: given + surname.prefix(1), person)
  }

  private mutating func learn(glued word: [UInt8], _ person: UInt64) {
    let sense = Lexicon.embedded.sense(WordHash.of(word))
    guard word.count >= 5, sense.ordinary == 0, sense.role == .none, !sense.isProduct else { return }
    learn(word, .glued, person)
  }

  private mutating func learn(_ word: [UInt8], _ form: Form, _ person: UInt64) {
    learn(WordHash.of(word), form, person)
  }

  private mutating func learn(_ hash: UInt64, _ form: Form, _ person: UInt64) {
    var part = parts[hash] ?? Part(form: form, people: 0)
    if form > part.form { part.form = form }
    part.people |= person
    parts[hash] = part
  }

  private static func form(of word: [UInt8]) -> Form {
    let hash = WordHash.of(word)
    let sense = Lexicon.embedded.sense(hash)
    let isPlain =
      (sense.ordinary < 2 || names.contains(hash)) && !sense.isAbbreviation && !sense.isState && !sense.isCountry
    return isPlain && word.count > 2 && sense.role == .none ? .sure : .ordinary
  }

  /// Words that the lexicon has for ordinary ones too, but that hardly ever are.
  private static let names = Set(
    """
    aline carol dolly heather holly jay jill kitty lee lily maria marina molly patty rosemary sally sandy \
    sherry sierra sue viola archer arias brooks browning cooper dixon duff duke gore harry hicks keeling \
    lopes lynch madden maples martin mason miller newton parsons peters pierce reis roe sears smith swisher tang \
    tanner turner valentine watts wright francis garland garrison gentry gill goldsmith haggard hardy helms \
    palmer partridge pence robins snider stokes wade warren wilder wren \
    meeker franks hal hale heath paige patel \
    drew eddy barron grimes
    """.split(whereSeparator: { $0 == " " || $0 == "\n" }).map { WordHash.of(Array($0.utf8)) })
}
