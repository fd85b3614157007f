internal import Bytes
internal import Names

/// Invented names in the place of real ones, word by word.
///
/// Each given name and each family name of a patient's documents has one surrogate, whoever bears it, so that relatives
/// keep a family name in common, and an initial is the initial of the surrogate of its word.
struct SurrogateName: Sendable {
  private let patient: PatientKey

  init(of patient: PatientKey) { self.patient = patient }

  /// Appends what stands for `mention` of `person`.
  func write(_ mention: Span<UInt8>, of person: NamedPerson, into output: inout [UInt8]) {
    let scalars = Array(String(decoding: mention).unicodeScalars)
    let words = MentionWord.words(of: scalars)
    let roles = NameRoles(of: words, in: scalars, mention: PersonName(parsing: mention), person: person)
    var copied = 0
    for (place, word) in words.enumerated() {
      write(scalars[copied..<word.range.lowerBound], into: &output)
      copied = word.range.upperBound
      write(word, as: roles[place], of: person, into: &output)
    }
    write(scalars[copied...], into: &output)
  }

  private func write(
    _ word: MentionWord, as role: NameRoles.Role, of person: NamedPerson, into output: inout [UInt8]
  ) {
    let capitals = Capitals(of: Array(word.text.utf8).span)
    switch role {
    case .kept: output.append(contentsOf: word.text.utf8)
    case .family: capitals.write(family(word.text), into: &output)
    case .given: capitals.write(given(word.text, person.person.name.sex), into: &output)
    case .initial(let full, let isFamily):
      let surrogate =
        full.flatMap(person.spelling).map { isFamily ? family($0) : given($0, person.person.name.sex) }
        ?? String(decoding: [initial(word)], as: UTF8.self)
      (word.text == word.text.lowercased() ? Capitals.none : .first).write(
        String(Accents.stripped(surrogate).prefix(1)), into: &output)
    }
  }

  /// What stands between words: marks as they are, digits as others.
  private func write(_ scalars: ArraySlice<Unicode.Scalar>, into output: inout [UInt8]) {
    for scalar in scalars {
      if scalar.properties.numericType == nil {
        output.append(contentsOf: Array(String(scalar).utf8))
      } else {
        var draw = patient.draw(for: Array(String(scalar).utf8), role: "digit of a name")
        var digit = scalar
        while digit == scalar { digit = draw.pick(Array("0123456789".unicodeScalars)) }
        output.append(contentsOf: Array(String(digit).utf8))
      }
    }
  }

  private func family(_ word: String) -> String {
    let pool = NamePool.embedded
    let origin = pool.origin(ofSurname: word) ?? .english
    return name(for: word, role: "family name") { draw in pool.surname(origin, using: &draw) }
  }

  private func given(_ word: String, _ sex: PersonName.Sex?) -> String {
    let pool = NamePool.embedded
    let known = pool.originAndSex(ofGiven: word)
    return name(for: word, role: "given name") { draw in
      let guess: NamePool.Sex = Bool.random(using: &draw) ? .female : .male
      let said: NamePool.Sex? = sex.map { $0 == .female ? .female : .male }
      return pool.given(known?.origin ?? .english, known?.sex ?? said ?? guess, using: &draw)
    }
  }

  /// A name that is another one than `word`, written without accents if that is.
  private func name(for word: String, role: String, _ choose: (inout KeyedDraw) -> String) -> String {
    let folded = Accents.folded(word)
    var draw = patient.draw(for: Array(folded.utf8), role: role)
    var name = choose(&draw)
    for _ in 0..<32 where Accents.folded(name) == folded { name = choose(&draw) }
    return word.utf8.allSatisfy { $0 < 0x80 } ? Accents.stripped(name) : name
  }

  /// A letter for an initial whose word is not known.
  private func initial(_ word: MentionWord) -> UInt8 {
    var draw = patient.draw(for: [word.name.initial], role: "initial")
    var letter = word.name.initial
    while letter == word.name.initial { letter = draw.pick(Array("abcdefghijklmnoprstw".utf8)) }
    return letter
  }
}
