import PHI

/// Places of care that only their surroundings show.
extension FacilityNames {
  /// `our Chicago clinic`, `the San Francisco downtown office`, `Chicago General`.
  static func readTownClinic(_ index: Int, _ reading: inout Reading) {
    guard reading.isCapital(index), !reading.taken[index] || reading.senses[index].opensPhrase else { return }
    var last = index
    let sense = reading.senses[index]
    var known = sense.city > 1 && sense.role == .none || sense.isState
    if let (kind, end) = reading.phrase(at: index), kind.contains(.city) || kind.contains(.kept),
      reading.isCapital(end), end > index
    {
      last = end
      known = true
    }
    guard known else { return }
    var head = last + 1
    if reading.isLower(head), reading.role(head) == .generic || reading.hash(head) == downtown,
      !clinics.contains(reading.hash(head))
    {
      head += 1
    }
    guard reading.isOnLine(head), reading.isClose(head) else { return }
    let lower = reading.isLower(head) && clinics.contains(reading.hash(head))
    let capital = reading.isCapital(head) && generals.contains(reading.hash(head)) && head == last + 1
    guard lower || capital && isPlaced(index, reading), !reading.isTaken(last...head) || reading.taken[last] else {
      return
    }
    reading.find(.facility, index...head, .medium, by: "facility-name")
  }

  /// A saint's name with a possessive: `St. Odo's`.
  static func readSaint(_ index: Int, _ reading: inout Reading) {
    guard reading.isCapital(index), reading.hash(index) == st || reading.hash(index) == saint, !reading.taken[index]
    else { return }
    var next = index + 1
    if reading.isMark(next, 0x2E), reading.touches(next) { next += 1 }
    guard reading.isCapital(next), reading.isOnLine(next), !reading.taken[next], reading.nameWeight(next) > -3 else {
      return
    }
    var last = next
    let possessive = reading.isMark(next + 1, 0x27) && reading.touches(next + 1) && reading.hash(next + 2) == Cue.s
    if possessive { last = next + 2 }
    guard possessive, !reading.sense(last + 1).followsEponym else { return }
    reading.find(.facility, index...last, .medium, by: "facility-name")
  }

  private static let st = WordHash.of("st")
  private static let saint = WordHash.of("saint")

  /// Capitals after a preposition of place, whatever they are: `treated at Tiny Steps`, `taken to Hale Pohaku`; one
  /// alone when it is no word of the language: `seen at Emory`.
  static func readPlaced(_ index: Int, _ reading: inout Reading) {
    guard reading.isCapital(index), reading.isClose(index), !reading.isAllCapitals(index), !reading.taken[index],
      reading.isLower(index - 1),
      reading.hash(index - 1) == Cue.at || isMoved(index, reading)
    else { return }
    var last = index
    var words = 0
    while isOwn(last, reading), reading.isCapital(last), !reading.isAllCapitals(last), !reading.taken[last], words < 4 {
      words += 1
      var end = last
      if reading.isMark(last + 1, 0x27), reading.touches(last + 1), reading.hash(last + 2) == Cue.s { end = last + 2 }
      guard reading.isCapital(end + 1), reading.isClose(end + 1), isOwn(end + 1, reading), !reading.taken[end + 1],
        !reading.isAllCapitals(end + 1)
      else { break }
      last = end + 1
    }
    guard words > 1 || words == 1 && isStrange(index, reading) else { return }
    guard !reading.sense(last + 1).followsEponym, reading.role(last + 1) != .street else { return }
    reading.find(.facility, index...last, .low, by: "facility-name")
  }

  /// Whether somebody is moved to or from what begins at `index`: `transferred to`, `referred from`.
  private static func isMoved(_ index: Int, _ reading: Reading) -> Bool {
    let hash = reading.hash(index - 1)
    guard hash == Cue.to || hash == Cue.from else { return false }
    return moves.contains(reading.hash(index - 2))
  }

  /// Whether the word alone can be the name of a place of care: none of the language, none of the clinic.
  private static func isStrange(_ index: Int, _ reading: Reading) -> Bool {
    let sense = reading.senses[index]
    guard sense.ordinary == 0, !sense.isEponym, !sense.isState, !sense.isCountry, reading.word(index).length > 3 else {
      return false
    }
    // An adjective of what follows: `at Gerdy tubercle`; a figure of a scale: `at Hounsfield 40`.
    let next = index + 1
    if !reading.isOnLine(next) || reading.word(next).kind == .mark {
      return !(reading.touches(next) && (reading.isMark(next, 0x2D) || reading.isMark(next, 0x27)))
    }
    return reading.role(next) == .function
  }

  private static let moves = WordSet(
    "transferred taken admitted referred sent transported discharged airlifted flown brought transfer discharge")
  private static let downtown = WordHash.of("downtown")
  private static let clinics = WordSet(
    "clinic clinics office offices hospital facility campus location practice branch center centre er ed")
  private static let generals = WordSet(
    "va general memorial regional med health methodist presbyterian university childrens mercy baptist")
}
