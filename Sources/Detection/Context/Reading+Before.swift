extension Reading {
  /// How much the words before `index` speak for a person's name there; nothing speaks for it at 0.
  func personEvidence(before index: Int) -> Int {
    var previous = index - 1
    guard previous >= 0 else { return 0 }
    while previous > 0, isOpening(previous) { previous -= 1 }
    guard previous >= 0 else { return 0 }
    if !isSameLine(from: previous, to: index) { return evidence(fromLineBefore: previous) }
    let word = word(previous)
    guard word.kind == .mark else { return word.kind == .letters ? evidence(of: previous) : 0 }
    switch word.value {
    case 0x2E where touches(previous): return evidence(ofShortened: previous - 1)
    case 0x2D where touches(previous) && touches(index): return -6
    case 0x3A, 0x3D: return evidence(ofLabelBefore: previous)
    case 0x5B where isMark(previous - 1, 0x3A): return evidence(ofLabelBefore: previous - 1)
    case 0x2C:
      if touches(previous), touches(index) { return 3 }  // A column.
      if previous > 0, taken[previous - 1], isPerson(previous - 1) { return 2 }
      return role(previous - 1) == .kin ? 5 : role(previous - 1) == .greeting ? 4 : 0
    default: return 0
    }
  }

  /// Whether a title or a label right before `index` leaves hardly another reading.
  func isTitled(_ index: Int) -> Bool { personEvidence(before: index) >= 6 }

  private func isOpening(_ index: Int) -> Bool {
    let word = word(index)
    return word.kind == .mark
      && (word.value == 0x22 || word.value == 0x27 || word.value == 0x28 || word.value == 0x2A || word.value == 0x5B
        || word.value == 0x7E || word.value == 0x5C || word.value == 0x3E)
  }

  private func isSameLine(from first: Int, to last: Int) -> Bool {
    for index in first + 1...last where word(index).shape.contains(.lineStart) { return false }
    return true
  }

  /// A greeting or a farewell on the line before: `Thanks,`.
  private func evidence(fromLineBefore previous: Int) -> Int {
    var index = previous
    if isMark(index, 0x2C) { index -= 1 }
    return role(index) == .greeting && !isMark(previous, 0x2E) ? 4 : 0
  }

  private func evidence(of index: Int) -> Int {
    if hash(index) == Cue.law, isMark(index - 1, 0x2D), hash(index - 2) == Cue.in { return 6 }
    switch role(index) {
    case .doctor: return 8
    case .title: return word(index).length <= 3 ? (isCapital(index) ? 8 : 4) : 5
    case .kin: return isLower(index) || !isAllCapitals(index) ? 6 : 4
    case .patient: return hash(index) == Cue.worker ? 5 : 3
    case .clinician, .person: return isLower(index) ? 5 : 3
    case .credential: return isAllCapitals(index) && !shouting[index] ? 3 : 0
    case .companion: return hash(index) == Cue.named || hash(index) == Cue.name ? 5 : 3
    case .suffix: return hash(index) == Cue.sr && !isCapital(index - 1) ? 8 : 0
    case .greeting: return isLower(index) ? 0 : 4
    case .function: return evidence(ofFunction: index)
    default: return 0
    }
  }

  private func evidence(ofFunction index: Int) -> Int {
    switch hash(index) {
    case Cue.by, Cue.with, Cue.to, Cue.per, Cue.from:
      switch role(index - 1) {
      case .companion, .speech: return 3
      default: return hash(index) == Cue.by || hash(index) == Cue.per ? 2 : 1
      }
    case Cue.is, Cue.was:
      return hash(index - 1) == Cue.name || hash(index - 1) == Cue.this ? 6 : role(index - 1) == .kin ? 2 : 0
    case Cue.am: return 3
    case Cue.m: return hash(index - 2) == Cue.i ? 4 : 0
    case Cue.s: return hash(index - 2) == Cue.it ? 2 : 0
    case Cue.the, Cue.a, Cue.an: return -4
    case Cue.and: return index > 0 && taken[index - 1] && isPerson(index - 1) ? 4 : 0
    case Cue.for, Cue.about, Cue.re: return 1
    default: return 0
    }
  }

  /// `Dr.`, `Pt.`, `J.`: a word cut short with a point.
  private func evidence(ofShortened index: Int) -> Int {
    guard index >= 0, word(index).length <= 5 else { return 0 }
    switch role(index) {
    case .doctor: return 8
    case .title: return isCapital(index) ? 8 : 5
    case .patient: return 3
    case .suffix: return hash(index) == Cue.sr && !isCapital(index - 1) ? 8 : 0
    default: return 0
    }
  }

  /// The label that ends with the colon at `colon`.
  private func evidence(ofLabelBefore colon: Int) -> Int {
    var index = colon - 1
    // A key in quotes.
    if isMark(index, 0x22) || isMark(index, 0x27) || isMark(index, 0x2A) || isMark(index, 0x29) { index -= 1 }
    guard index >= 0, word(index).kind == .letters, isOnLine(colon) else { return 0 }
    // What a speaker says begins with a capital too.
    if word(index).shape.contains(.lineStart), speakers.contains(hash(index)) { return 0 }
    var first = index
    for _ in 0..<3 {
      guard first > 0, isOnLine(first),
        word(first - 1).kind == .letters || isMark(first - 1, 0x5F) || isMark(first - 1, 0x2F)
      else { break }
      first -= 1
    }
    if word(index).field == .personName || word(index).field == .clinicianName { return 6 }
    if Cue.nameLabels.contains(hash(index)) {
      return index > first && Cue.notPersons.contains(hash(isMark(index - 1, 0x5F) ? index - 2 : index - 1)) ? -6 : 6
    }
    var best = 0
    for at in first...index {
      switch role(at) {
      case .patient, .clinician, .kin, .person: best = max(best, 5)
      case .doctor, .title, .companion, .greeting: best = max(best, 5)
      default: break
      }
      if hash(at) == Cue.by { best = max(best, 5) }
      if Cue.notPersons.contains(hash(at)) { return 0 }
    }
    return best
  }
}

/// Words that the reading of names asks for one by one.
enum Cue {
  static let by = WordHash.of("by")
  static let with = WordHash.of("with")
  static let to = WordHash.of("to")
  static let per = WordHash.of("per")
  static let from = WordHash.of("from")
  static let `is` = WordHash.of("is")
  static let was = WordHash.of("was")
  static let name = WordHash.of("name")
  static let this = WordHash.of("this")
  static let am = WordHash.of("am")
  static let m = WordHash.of("m")
  static let s = WordHash.of("s")
  static let it = WordHash.of("it")
  static let the = WordHash.of("the")
  static let a = WordHash.of("a")
  static let an = WordHash.of("an")
  static let and = WordHash.of("and")
  static let `for` = WordHash.of("for")
  static let about = WordHash.of("about")
  static let re = WordHash.of("re")
  static let worker = WordHash.of("worker")
  static let law = WordHash.of("law")
  static let i = WordHash.of("i")
  static let sr = WordHash.of("sr")
  static let named = WordHash.of("named")
  static let et = WordHash.of("et")
  static let al = WordHash.of("al")
  static let county = WordHash.of("county")
  static let parish = WordHash.of("parish")
  static let of = WordHash.of("of")
  static let at = WordHash.of("at")
  static let `in` = WordHash.of("in")

  /// Labels and keys whose value is a name.
  static let nameLabels = WordSet(
    """
    name names fullname patientname firstname lastname middlename family given surname givenname familyname lname fname
    display
    fn ln mname forename forenames provider physician pcp att ref alias aliases nickname maiden preferred attn patient
    pt surgeon author dictator legalname displayname contactname membername subscribername providername username_
    nombre naam nom apellido apellidos paciente
    """)

  /// Letters that stand for a name that was taken out.
  static let placeholders = WordSet("xyz abc abcd abcde def ghi xx xxx xyzz yy zz aaa bbb")

  /// Words before `name` that make it the name of a thing.
  static let notPersons = WordSet(
    """
    user file facility hospital drug brand generic test plan product street city county school company employer
    insurance group clinic pharmacy host domain event tool function model study trade medication database table column
    field payer site location department code procedure device site brandname class type project app server bank
    """)

}
