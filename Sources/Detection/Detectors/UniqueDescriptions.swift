import PHI

/// Finds phrases that single one person out without a name.
///
/// ## What it finds
/// `the only …`, `the last surviving …`, `the first … to …`, `mayor of …`, `winner of …`, up to the end of the phrase,
/// where the words before say that it is somebody.
///
/// ## What it leaves alone
/// `the only symptom`, `the first dose`: the phrase must hold a word for a person or an honour.
///
/// ## Why
/// 45 CFR 164.514(b)(2)(i)(R) and (b)(2)(ii): a characteristic that identifies, and what is known to identify.
///
/// ## Examples
/// - `the only symptom was fever after the first dose`
struct UniqueDescriptions {
  static func read(_ reading: inout Reading) {
    for index in 0..<reading.count where reading.word(index).kind == .letters && !reading.taken[index] {
      let hash = reading.hash(index)
      if singular.contains(hash) {
        readSingular(index, &reading)
      } else if offices.contains(hash), reading.hash(index + 1) == Cue.of || offices.contains(reading.hash(index + 1)) {
        readOffice(index, &reading)
      }
    }
  }

  private static func readSingular(_ index: Int, _ reading: inout Reading) {
    guard reading.hash(index - 1) == Cue.the || reading.hash(index - 1) == Cue.a || reading.hash(index - 1) == asWord
    else { return }
    var last = index
    var person = false
    var length = 1
    while length < 16, reading.isOnLine(last + 1), continues(last + 1, reading) {
      last += 1
      length += reading.word(last).kind == .letters ? 1 : 0
      if persons.contains(reading.hash(last)) { person = true }
    }
    guard person, length > 2 else { return }
    while last > index, reading.role(last) == .function || reading.word(last).kind == .mark { last -= 1 }
    guard !reading.isTaken(index...last) else { return }
    reading.find(.uniqueDescription, index...last, .low, by: "unique-description")
  }

  private static func readOffice(_ index: Int, _ reading: inout Reading) {
    var last = index
    var length = 1
    var capital = false
    while length < 12, reading.isOnLine(last + 1), continues(last + 1, reading) {
      last += 1
      length += reading.word(last).kind == .letters ? 1 : 0
      if reading.isCapital(last) || reading.word(last).kind == .digits { capital = true }
    }
    while last > index, reading.role(last) == .function || reading.word(last).kind == .mark { last -= 1 }
    guard capital, length > 2, !reading.isTaken(index...last) else { return }
    reading.find(.uniqueDescription, index...last, .low, by: "unique-description")
  }

  /// Whether the phrase goes on over the word: to a mark of punctuation, a conjunction or a verb.
  private static func continues(_ index: Int, _ reading: Reading) -> Bool {
    let word = reading.word(index)
    if word.kind == .mark {
      return (word.value == 0x27 || word.value == 0x2D) && reading.touches(index) && reading.touches(index + 1)
    }
    return !stops.contains(word.hash)
  }

  private static let asWord = WordHash.of("as")
  static let singular = WordSet("only sole last first youngest oldest longest reigning current former lone")
  static let offices = WordSet(
    "mayor governor senator congresswoman congressman marshal champion winner founder inventor ambassador captain chief commissioner sheriff"
  )
  private static let persons = WordSet(
    """
    survivor surviving survivors winner champion champions mayor governor senator president captain pilot astronaut
    umpire nun priest rabbi woman man person member veteran medalist laureate founder inventor resident player coach
    teacher doctor physician firefighter officer judge driver conductor organist singer actor actress author climber
    striker striking witness heir owner weaver speaker keeper lighthouse referee skater swimmer runner holder recipient
    librarian blacksmith farmer midwife trustee bishop imam quarterback goalkeeper pitcher
    """)
  private static let stops = WordSet(
    """
    and but so who which that because when while where is was are were has had have will would she he they we i asks
    asked said says tells told reporters people went goes lives lived came comes understands wants
    """)
}
