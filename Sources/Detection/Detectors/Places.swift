import PHI

/// Finds towns, villages and counties.
///
/// ## What it finds
/// A known town after a preposition of place, before a state or a postal code, in the field of a town; any capitalised
/// word before a state and a postal code; `McCracken County`, `St. Odo Parish`.
///
/// ## What it leaves alone
/// States, provinces, countries, peoples and languages, which Safe Harbor lets stay; towns that scores, studies and
/// strains are named after.
///
/// ## Why
/// 45 CFR 164.514(b)(2)(i)(B), geographic subdivisions smaller than a state.
///
/// ## Examples
/// - `lives in ⟦Port Angeles⟧, Washington; Framingham score 12 %`
struct Places {
  static func read(_ reading: inout Reading) {
    readCounties(&reading)
    readCountyFields(&reading)
    readTowns(&reading)
  }

  private static func readCounties(_ reading: inout Reading) {
    for index in 1..<max(1, reading.count) {
      guard reading.isCapital(index), reading.hash(index) == Cue.county || reading.hash(index) == Cue.parish,
        reading.isClose(index), reading.isCapital(index - 1), !reading.taken[index - 1]
      else { continue }
      var first = index - 1
      while first > 0, reading.isOnLine(first) {
        if reading.isClose(first), reading.isCapital(first - 1), !reading.taken[first - 1], index - first < 3,
          reading.senses[first - 1].role == .none || reading.senses[first - 1].role == .particle,
          !reading.senses[first - 1].isFacilityHead,
          reading.senses[first - 1].ordinary < 2 || reading.isMark(first - 2, 0x2C) || reading.isLower(first - 2)
        {
          first -= 1
        } else if reading.isMark(first - 1, 0x2E), reading.touches(first - 1), reading.role(first - 2) == .particle {
          first -= 2
        } else {
          break
        }
      }
      let sense = reading.senses[index - 1]
      let known =
        sense.isCounty || sense.isName || sense.city > 0 || sense.ordinary == 0 || sense.isCountry || sense.isState
      guard known, sense.role != .function, sense.role != .generic else { continue }
      reading.find(.county, first...index, .high, by: "county-name")
    }
  }

  /// Counties without the word, in the field of a county: `county='Muskingum'`, `"district": "Maricopa"`.
  private static func readCountyFields(_ reading: inout Reading) {
    for index in 0..<reading.count where Places.countyKeys.contains(reading.hash(index)) {
      var next = index + 1
      var assigned = false
      while next < index + 5, reading.word(next).kind == .mark, reading.isOnLine(next) {
        assigned = assigned || reading.isMark(next, 0x3A) || reading.isMark(next, 0x3D)
        next += 1
      }
      guard assigned, reading.isCapital(next), reading.isOnLine(next), reading.senses[next].isCounty,
        !reading.taken[next]
      else { continue }
      reading.find(.county, next...next, .high, by: "county-name")
    }
  }

  private static let countyKeys = WordSet("county parish district borough")

  private static func readTowns(_ reading: inout Reading) {
    var index = 0
    while index < reading.count {
      guard reading.isCapital(index), !reading.taken[index], let last = town(from: index, in: reading) else {
        index += 1
        continue
      }
      reading.find(.city, index...last, .medium, by: "town-name")
      index = last + 1
    }
  }

  /// The last word of the town that begins at `index`.
  private static func town(from index: Int, in reading: Reading) -> Int? {
    var last = index
    var strength = reading.senses[index].city
    if let (kind, end) = reading.phrase(at: index), kind.contains(.city), reading.isCapital(end),
      !reading.isTaken(index...end), !kind.contains(.kept)
    {
      last = end
      strength = max(strength, 2) + 1
    }
    // An unknown town: capitals up to a comma and a state.
    if strength == 0 || last == index {
      var end = index
      while reading.isCapital(end + 1), reading.isClose(end + 1), !reading.touches(end + 1), end - index < 3,
        !reading.taken[end + 1], !isState(end + 1, reading), reading.role(end + 1) != .function
      { end += 1 }
      if isStateAfter(end, reading), isTownLike(index, reading) { return end }
    }
    let sense = reading.senses[index]
    if let end = unknownTown(from: index, in: reading) { return end }
    guard strength > 0 else { return nil }
    if isStateAfter(last, reading) || isCodeAfter(last, reading) { return last }
    if sense.role == .function || sense.role == .month || sense.role == .weekday || sense.role == .patient {
      return nil
    }
    let before = evidence(before: index, reading)
    guard before > 0 else { return nil }
    if reading.sense(last + 1).followsEponym
      || reading.isCapital(last + 1) && reading.isClose(last + 1) && !reading.touches(last + 1)
    {
      return nil
    }
    if sense.isState && last == index || sense.isCountry && last == index { return nil }
    if sense.isProduct, strength < 3 { return nil }
    let plain = sense.ordinary > 1 && last == index
    if before >= 3 { return plain && strength < 2 ? nil : last }
    if strength >= 2, !plain, sense.name < 3 || strength == 3 { return last }
    if before >= 2, sense.ordinary == 0, sense.first < 2 { return last }
    return sense.ordinary == 0 && sense.name < 2 ? last : nil
  }

  /// The last word of a town that no list has: after a street and a comma, after `outside` or `near`, before a county.
  private static func unknownTown(from index: Int, in reading: Reading) -> Int? {
    guard isTownLike(index, reading), !reading.isAllCapitals(index) || reading.word(index).length > 3 else {
      return nil
    }
    var last = index
    while last - index < 2, reading.isCapital(last + 1), reading.isClose(last + 1), !reading.touches(last + 1),
      !reading.taken[last + 1],
      isTownLike(last + 1, reading)
    { last += 1 }
    let comma = reading.isMark(index - 1, 0x2C)
    let next = reading.word(last + 1)
    let ends =
      !reading.isOnLine(last + 1) || next.kind == .mark && next.value != 0x3A && next.value != 0x27
      || next.kind == .digits || isState(last + 1, reading)
    if ends, comma && reading.isStreet(index - 2) || reading.isStreet(index - 1) && !reading.isClose(index) {
      return last
    }
    if reading.hash(index - 1) == outside || reading.hash(index - 1) == near, reading.isLower(index - 1) {
      return reading.senses[index].isState || reading.senses[index].isProduct ? nil : last
    }
    // A county stands after the comma: `New Square, Rockland County`.
    if reading.isMark(last + 1, 0x2C), reading.isTaken(last + 2...last + 2), reading.isCapital(last + 2),
      isCounty(last + 2, reading)
    {
      return last
    }
    guard last == index, reading.senses[index] == .unknown, reading.word(index).length > 3 else { return nil }
    guard reading.hash(index - 1) == Cue.in || reading.hash(index - 1) == Cue.from, reading.isLower(index - 1) else {
      return nil
    }
    let closes =
      !reading.isOnLine(last + 1)
      || next.kind == .mark && (next.value == 0x2C || next.value == 0x2E || next.value == 0x3F)
    return closes && !reading.isMark(last + 1, 0x2D) ? last : nil
  }

  private static func isCounty(_ index: Int, _ reading: Reading) -> Bool {
    for next in index...index + 3 where reading.hash(next) == Cue.county || reading.hash(next) == Cue.parish {
      return true
    }
    return false
  }

  /// Whether a postal code of five digits stands after the word at `index`.
  private static func isCodeAfter(_ index: Int, _ reading: Reading) -> Bool {
    let word = reading.word(index + 1)
    return word.kind == .digits && word.length == 5 && reading.isOnLine(index + 1)
  }

  /// What stands before a town: 3 after `lives in`, 2 after `in`, 0 without.
  private static func evidence(before index: Int, _ reading: Reading) -> Int {
    let previous = index - 1
    guard previous >= 0, reading.isOnLine(index) || reading.word(previous).kind == .letters else { return 0 }
    if reading.isMark(previous, 0x2C), reading.isFacility(previous - 1) { return 2 }
    switch reading.hash(previous) {
    case Cue.in:
      switch reading.hash(previous - 1) {
      case lives, lived, living, resides, residing, home, born, house, raised, out: return 3
      default: return 2
      }
    case Cue.from, Cue.of, near, outside: return 2
    case Cue.to, Cue.at, Cue.for: return 1
    default: break
    }
    if reading.word(previous).field == .city { return 3 }
    if reading.isMark(previous, 0x3A) || reading.isMark(previous, 0x22) || reading.isMark(previous, 0x27) {
      var label = previous - 1
      while label > 0, reading.word(label).kind == .mark, previous - label < 4 { label -= 1 }
      return reading.word(label).field == .city || reading.hash(label) == city || reading.hash(label) == town ? 3 : 0
    }
    return 0
  }

  /// Whether a state, and perhaps a postal code, stands after the word at `index`.
  private static func isStateAfter(_ index: Int, _ reading: Reading) -> Bool {
    var next = index + 1
    let comma = reading.isMark(next, 0x2C)
    if comma { next += 1 }
    guard next < reading.count, reading.isOnLine(next) || comma, isState(next, reading) else { return false }
    var after = next + 1
    if reading.isMark(after, 0x2C) || reading.isMark(after, 0x2E) { after += 1 }
    let zip = reading.word(after).kind == .digits && reading.word(after).length == 5
    if reading.senses[next].isPostal, reading.word(next).length == 2 {
      return zip || comma && !reading.isCredential(next) || comma && reading.senses[index].city > 1
    }
    return zip || comma
  }

  private static func isState(_ index: Int, _ reading: Reading) -> Bool {
    let sense = reading.sense(index)
    if sense.isPostal, reading.isAllCapitals(index), reading.word(index).length == 2 { return true }
    if sense.isState, reading.isCapital(index) { return true }
    if let (kind, _) = reading.phrase(at: index), kind.contains(.kept), reading.isCapital(index) {
      return reading.sense(index + 1).isState || reading.senses[index].ordinary > 1
    }
    return false
  }

  private static func isTownLike(_ index: Int, _ reading: Reading) -> Bool {
    let sense = reading.senses[index]
    switch sense.role {
    case .function, .patient, .companion, .speech, .greeting, .doctor, .kin, .clinician, .person, .credential, .title:
      return false
    default: break
    }
    return !sense.isAbbreviation && !sense.isCountry && !sense.isFacilityHead && reading.word(index).length > 2
  }

  private static let lives = WordHash.of("lives")
  private static let lived = WordHash.of("lived")
  private static let living = WordHash.of("living")
  private static let resides = WordHash.of("resides")
  private static let residing = WordHash.of("residing")
  private static let home = WordHash.of("home")
  private static let born = WordHash.of("born")
  private static let house = WordHash.of("house")
  private static let raised = WordHash.of("raised")
  private static let out = WordHash.of("out")
  private static let near = WordHash.of("near")
  private static let outside = WordHash.of("outside")
  private static let city = WordHash.of("city")
  private static let town = WordHash.of("town")
}
