import PHI

/// Finds the names of places that give care, and of employers, schools, churches, courts and other organisations.
///
/// ## What it finds
/// Capitalised words before a head word (`Hospital`, `Clinic`, `Pharmacy`, `Elementary School`, `Police Department`)
/// and those joined to them by `of`, `at`, `and`; known hospitals; `St. Odo's` after `at`; `our Dallas clinic`.
///
/// ## What it leaves alone
/// Departments and wards without a name of their own, which every hospital has, and payers and makers, which say
/// nothing about one patient.
///
/// ## Why
/// 45 CFR 164.514(b)(2)(i)(A), (B) and (R): employers are identifiers, and a place of care narrows down the patient.
///
/// ## Examples
/// - `moved from ⟦Willow Bend Nursing Home⟧ to the Emergency Department`
struct FacilityNames {
  static func read(_ reading: inout Reading) {
    readPhrases(&reading)
    for index in 0..<reading.count
    where reading.senses[index].isFacilityHead || reading.senses[index].isOrganizationHead
      || reading.role(index) == .generic
    {
      readHead(index, &reading)
    }
    for index in 0..<reading.count where reading.word(index).kind == .letters {
      readSaint(index, &reading)
      readPlaced(index, &reading)
      readTownClinic(index, &reading)
    }
  }

  /// Known facilities, and phrases that stay.
  private static func readPhrases(_ reading: inout Reading) {
    var index = 0
    while index < reading.count {
      guard reading.senses[index].opensPhrase, !reading.taken[index], let (kind, last) = reading.phrase(at: index)
      else {
        index += 1
        continue
      }
      let capital = reading.isCapital(index) && reading.isCapital(last)
      if kind.contains(.kept) || kind.contains(.eponym) {
        let continues =
          reading.isCapital(last + 1) && reading.isClose(last + 1)
          && (reading.sense(last + 1).isFacilityHead || reading.role(last + 1) == .generic)
        if capital && !continues || kind.contains(.eponym) { reading.keep(index...last) }
      } else if kind.contains(.facility), capital, isFacility(index...last, reading) {
        let (lower, upper) = extended(index, last, reading)
        reading.find(.facility, lower...upper, .high, by: "facility-name")
        index = upper
      }
      index += 1
    }
  }

  /// Whether a known name says by a head word, or by what stands before it, that it is the place and nothing else.
  private static func isFacility(_ words: ClosedRange<Int>, _ reading: Reading) -> Bool {
    let head = words.contains { reading.senses[$0].isFacilityHead || places.contains(reading.hash($0)) }
    let own = words.contains { isSpecific($0, reading) }
    if head && own && !weak.contains(reading.hash(words.upperBound)) { return true }
    guard !reading.sense(words.upperBound + 1).followsEponym, !reading.sense(words.upperBound + 2).followsEponym else {
      return false
    }
    return isPlaced(words.lowerBound, reading)
  }

  /// Whether a preposition of place stands before the word.
  static func isPlaced(_ index: Int, _ reading: Reading) -> Bool {
    let hash = reading.hash(index - 1)
    if hash == Cue.the {
      let before = reading.hash(index - 2)
      return before == Cue.at || before == Cue.from || before == Cue.to
    }
    return hash == Cue.at || hash == Cue.from || hash == Cue.to || hash == Cue.of || hash == Cue.by || hash == Cue.in
  }

  /// A known name's continuation: `Mayo Clinic Health System`.
  private static func extended(_ first: Int, _ last: Int, _ reading: Reading) -> (Int, Int) {
    var (first, last) = (first, last)
    let known = first
    while let previous = modifier(before: first, head: last, reading) { first = previous }
    while first < known, !canBegin(first, reading) { first += 1 }
    while true {
      let point = reading.isMark(last + 1, 0x2E) && shortened.contains(reading.hash(last))
      let next = point ? last + 2 : last + 1
      guard reading.isCapital(next), reading.isClose(next), !reading.taken[next],
        reading.sense(next).isFacilityHead || reading.role(next) == .generic
      else { break }
      last = next
    }
    return (first, last)
  }

  private static func readHead(_ head: Int, _ reading: inout Reading) {
    guard reading.isCapital(head), !reading.taken[head] else { return }
    let sense = reading.senses[head]
    // The last head word of a row of them: `Medical Center`, `Health and Rehabilitation Center`.
    if continues(head, reading) { return }
    let heads = first(ofHeads: head, reading)
    let isPlace = places.contains(reading.hash(head))
    let isFacility =
      (heads...head).contains { reading.senses[$0].isFacilityHead } || isPlace && heads < head
      || systems.contains(reading.hash(head)) && isProper(head - 1, reading)
    let isOrganization =
      sense.isOrganizationHead
      || isPlace && head > 0 && reading.isClose(head) && reading.sense(head - 1).isOrganizationHead
        && reading.isCapital(head - 1)
    guard isFacility || isOrganization else { return }
    // A test named after an institution, a journal and its year.
    if reading.sense(head + 1).followsEponym, reading.isLower(head + 1), reading.isClose(head + 1) { return }
    if reading.word(head + 1).kind == .digits, reading.isClose(head + 1), weak.contains(reading.hash(head)) { return }
    if isTitle(head, reading) || isLearned(heads, head, reading) { return }
    var first = head
    var specific = 0
    while let previous = modifier(before: first, head: head, reading) {
      first = previous
    }
    // Words that cannot begin a name.
    while first < head, !canBegin(first, reading) { first += 1 }
    let placed = isPlaced(first, reading)
    for index in first..<max(first, heads) where reading.word(index).kind == .letters && reading.isCapital(index) {
      if isSpecific(index, reading) || placed && isOwn(index, reading) { specific += 1 }
    }
    if specific == 0, first < head, isPlaced(first, reading), reading.hash(head) == hospital,
      !(first..<head).contains(where: { departments.contains(reading.hash($0)) })
    {
      specific = 1
    }
    if specific == 0, first == 0, !reading.isOnLine(head + 1), isLetterhead(first..<head, reading) { specific = 2 }
    if let (kind, last) = reading.phrase(at: first), kind.contains(.city), last < head { specific += 1 }
    guard first < head, specific > 0 else { return }
    // `Surgery` and the like end a name only when a word before them is no ordinary one.
    if weak.contains(reading.hash(head)), heads == head, specific < 2,
      !(placed && systems.contains(reading.hash(head))),
      !(first..<head).contains(where: { reading.word($0).kind == .letters && reading.senses[$0].ordinary == 0 })
    {
      return
    }
    guard !reading.isTaken(first...head) else { return }
    var last = head
    // `Hospital Los Angeles`, `Hospital of the Lakes`, `Clinic at Elm Park`.
    if let (kind, end) = reading.phrase(at: last + 1), kind.contains(.city), reading.isClose(last + 1),
      reading.isCapital(end), !reading.isTaken(last + 1...end)
    {
      last = end
    }
    if let (kind, end) = reading.phrase(at: last + 1), kind.contains(.city), reading.isClose(last + 1),
      reading.isCapital(end), !reading.isTaken(last + 1...end)
    {
      last = end
    }
    if reading.isLower(last + 1) || reading.isAllCapitals(last),
      reading.hash(last + 1) == Cue.of || reading.hash(last + 1) == Cue.at
    {
      var next = last + 2
      if reading.hash(next) == Cue.the { next += 1 }
      if reading.isCapital(next), reading.isClose(next), reading.nameWeight(next) > -4 || reading.sense(next).city > 0 {
        last = next
        while reading.isCapital(last + 1), reading.isClose(last + 1),
          reading.sense(last + 1).city > 0 || reading.nameWeight(last + 1) > 0
        { last += 1 }
      }
    }
    if isFacility {
      reading.find(.facility, first...last, specific > 1 || last > head ? .high : .medium, by: "facility-name")
    } else {
      reading.find(.organization, first...last, .medium, by: "organization-name")
    }
  }

  /// Whether the word is not one of the clinic's general ones: enough after `at`.
  static func isOwn(_ index: Int, _ reading: Reading) -> Bool {
    let sense = reading.senses[index]
    return sense.role == .none && !reading.isPlaceholder(index) && !sense.isAbbreviation && !sense.isProduct
      && !sense.isFacilityHead
      && !sense.followsEponym
      && reading.word(index).length > 1
  }

  /// Whether the head word goes on as the title of a model or a class: `Seattle Heart Failure Model`, `Clinic B`.
  private static func isTitle(_ head: Int, _ reading: Reading) -> Bool {
    let next = head + 1
    guard weak.contains(reading.hash(head)) || reading.hash(head) == clinic, reading.isCapital(next),
      reading.isClose(next)
    else { return false }
    if reading.word(next).length == 1 { return !reading.isMark(next + 1, 0x2E) }
    return weak.contains(reading.hash(head)) && titles.contains(reading.hash(next))
  }

  /// Whether the heads are a learned body's: `Heart Association`, `Society of Radiology`.
  private static func isLearned(_ heads: Int, _ head: Int, _ reading: Reading) -> Bool {
    guard learned.contains(reading.hash(head)) else { return false }
    if heads < head { return true }
    let before = reading.sense(head - 1)
    if reading.isCapital(head - 1), before.followsEponym || before.isFacilityHead { return true }
    return reading.hash(head + 1) == Cue.of && reading.isCapital(head + 2)
      && (reading.sense(head + 2).isCountry || reading.sense(head + 2).isFacilityHead)
  }

  private static let learned = WordSet("association society federation")
  private static let titles = WordSet("failure model score scale study trial criteria questionnaire registry rule")
  private static let clinic = WordHash.of("clinic")

  /// Whether the word is a name of its own, as in `Fernvale Health`.
  private static func isProper(_ index: Int, _ reading: Reading) -> Bool {
    guard reading.isCapital(index), reading.isClose(index + 1), !reading.touches(index + 1) else { return false }
    let sense = reading.sense(index)
    return sense.ordinary == 0 && sense.role == .none && !sense.isProduct && !sense.isEponym && !sense.isAbbreviation
      && !sense.isCountry && (!reading.isAllCapitals(index) || reading.shouting[index])
  }

  /// Whether a name stands among the words of a document's first line.
  private static func isLetterhead(_ words: Range<Int>, _ reading: Reading) -> Bool {
    words.contains {
      let sense = reading.senses[$0]
      return sense.role == .none && reading.word($0).kind == .letters && !reading.isPlaceholder($0)
        && !sense.isFacilityHead && !sense.isAbbreviation && (sense.city > 0 || sense.name > 1 || sense == .unknown)
    }
  }

  private static let systems = WordSet("health care medical med flight transport")
  private static let hospital = WordHash.of("hospital")
  private static let departments = WordSet("psychiatric behavioral mental day new old state our outside local rural")

  /// Whether the head word goes on: another head or general word right after.
  private static func continues(_ head: Int, _ reading: Reading) -> Bool {
    var next = head + 1
    if reading.isMark(next, 0x2E), reading.touches(next), shortened.contains(reading.hash(head)) { next += 1 }
    if reading.isMark(next, 0x26) || reading.hash(next) == Cue.and { next += 1 }
    guard reading.isCapital(next), reading.isClose(next), !reading.taken[next] else { return false }
    guard reading.word(next).shape.contains(.allCapitals) == reading.isAllCapitals(head) else { return false }
    return reading.sense(next).isFacilityHead || reading.sense(next).isOrganizationHead
      || reading.role(next) == .generic
  }

  private static func first(ofHeads head: Int, _ reading: Reading) -> Int {
    var first = head
    while first > 0, reading.isClose(first), reading.isCapital(first - 1),
      reading.sense(first - 1).isFacilityHead || reading.role(first - 1) == .generic
    {
      first -= 1
    }
    // `Women's Health`, `Children's Hospital`.
    if reading.isClose(first), reading.hash(first - 1) == Cue.s, reading.touches(first - 1),
      reading.isMark(first - 2, 0x27),
      persons.contains(reading.hash(first - 3)), reading.isCapital(first - 3)
    {
      first -= 3
    }
    return first
  }

  private static let persons = WordSet("women men children woman child veteran veterans")

  /// The word before `first` that belongs to the name, over hyphens, apostrophes, `&` and `of`.
  private static func modifier(before first: Int, head: Int, _ reading: Reading) -> Int? {
    let previous = first - 1
    guard previous >= 0, head - first < 12, reading.isOnLine(first), !reading.taken[previous] else { return nil }
    let word = reading.word(previous)
    if word.kind == .mark {
      switch word.value {
      case 0x2D, 0x27:
        guard reading.touches(first), reading.touches(previous), previous > 0,
          reading.word(previous - 1).kind == .letters
        else { return nil }
        return previous - 1
      case 0x26:
        return previous > 0 && reading.isCapital(previous - 1) ? previous - 1 : nil
      case 0x2E:
        // `St.`, `Mt.`, an initial.
        guard reading.touches(previous), previous > 0, reading.isCapital(previous - 1),
          !reading.taken[previous - 1],
          reading.role(previous - 1) == .particle || shortened.contains(reading.hash(previous - 1))
        else { return nil }
        return previous - 1
      default: return nil
      }
    }
    guard reading.isClose(first) else { return nil }
    // `Women's`
    if reading.hash(previous) == Cue.s, reading.touches(previous), reading.isMark(previous - 1, 0x27),
      reading.touches(previous - 1),
      reading.isCapital(previous - 2)
    {
      return previous - 2
    }
    if reading.shouting[previous], reading.role(previous) == .function, reading.hash(previous) != Cue.of { return nil }
    if reading.isCapital(previous) {
      switch reading.role(previous) {
      case .doctor, .companion, .patient, .kin: return nil
      default: return previous
      }
    }
    // `University of Ardmoor Hospital`
    if reading.hash(previous) == Cue.of || reading.hash(previous) == Cue.and, previous > 0, reading.isClose(previous),
      reading.isCapital(previous - 1), !reading.taken[previous - 1],
      reading.hash(previous) == Cue.and || reading.senses[previous - 1].isOrganizationHead
        || reading.senses[previous - 1].isFacilityHead || reading.senses[previous - 1].ordinary > 0
    {
      return previous - 1
    }
    return nil
  }

  private static let shortened = WordSet("mt ft med hosp univ mem reg ctr gen")

  /// Heads that are also plain words of the clinic.
  private static let weak = WordSet(
    """
    surgery surgical medical family practice drug drugs eye vision hearing sleep lung heart cancer wound pain spine
    memorial med nursing rehab radiology pathology cardiology oncology neurology urology dental women birthing
    service services program system systems health care group team office home house
    """)

  /// What a place of care may be called after a word of the clinic: `Breast Center`, `Partial Hospital Program`.
  private static let places = WordSet(
    """
    center centre centers program programme institute associates group services service care health home house network
    system systems partners specialists physicians doctors office offices practice team crew flight transport rescue
    """)

  private static func canBegin(_ index: Int, _ reading: Reading) -> Bool {
    guard reading.isCapital(index) else { return false }
    let sense = reading.senses[index]
    switch sense.role {
    case .kin where reading.isMark(index + 1, 0x27) && reading.touches(index + 1): return true
    case .function, .patient, .companion, .speech, .greeting, .month, .weekday, .doctor, .kin, .clinician, .person:
      return false
    default: return !sense.isAbbreviation
    }
  }

  /// Whether the word makes a name of a head word.
  private static func isSpecific(_ index: Int, _ reading: Reading) -> Bool {
    let sense = reading.senses[index]
    if sense.isAbbreviation || sense.isProduct && sense.name < 3 || reading.isPlaceholder(index) { return false }
    switch sense.role {
    case .generic, .function, .credential, .clinician, .patient, .kin, .companion, .month, .weekday, .number, .street:
      return false
    default: break
    }
    if sense.isFacilityHead || sense.isOrganizationHead { return sense.name == 3 && sense.ordinary == 0 }
    if reading.isAllCapitals(index), !reading.shouting[index], reading.word(index).length < 3 { return false }
    if sense.isState { return true }
    // A word of the clinic and nothing else: `Wound`, `Endoscopy`.
    if reading.isAllCapitals(index), sense.ordinary > 0, sense.name < 2 || sense.ordinary == 3, sense.city < 2 {
      return false
    }
    if sense.ordinary == 1 || sense.followsEponym { return sense.name > 1 || sense.city > 1 }
    return true
  }
}
