import PHI

/// Finds names in text without capitals: dictation, chats, messages typed in a hurry, letters spelled aloud.
///
/// ## What it finds
/// After `dr`, `mister`, `my name is`, a relative or a role: words that are names or that nobody knows; a first name
/// and a surname side by side; `p e t t i g r e w`, `o apostrophe d o w d`.
///
/// ## What it leaves alone
/// Ordinary words, although they are names too: `will`, `may`, `rose` without a relative or a title before them.
///
/// ## Why
/// 45 CFR 164.514(b)(2)(i)(A), names.
///
/// ## Examples
/// - `seen by dr ⟦okafor⟧, she will return in spring`
/// - `my name is ⟦priya nakamura⟧ and it hurts`
struct SpokenNames {
  static func read(_ reading: inout Reading) {
    if reading.isLowerCase { readPlaces(&reading) }
    var index = 0
    while index < reading.count {
      guard !reading.taken[index], reading.isLower(index) || reading.isInitial(index) else {
        index += 1
        continue
      }
      if let last = spelled(from: index, in: reading)
        ?? (reading.isLower(index) ? name(from: index, in: reading) : nil)
      {
        reading.find(.name, index...last, .medium, by: "person-name")
        index = last
      }
      index += 1
    }
  }

  /// `at lakeshore imaging`, `mercy of the lakes hospital`, `out in yukon`.
  private static func readPlaces(_ reading: inout Reading) {
    for index in 1..<max(1, reading.count) where reading.isLower(index) && !reading.taken[index] {
      let before = reading.hash(index - 1)
      guard before == Cue.in || before == Cue.at || before == Cue.to || before == Cue.from else { continue }
      var last = index
      var own = 0
      while last - index < 4, reading.isLower(last), reading.isClose(last), !reading.taken[last] {
        let sense = reading.senses[last]
        if last > index, sense.isFacilityHead || reading.hash(last) == er, own > 0 {
          reading.find(.facility, index...last, .low, by: "facility-name")
          break
        }
        if sense.role == .none, sense.city > 0 || sense.name > 1 || sense == .unknown { own += 1 }
        if sense.role != .none, sense.role != .generic, sense.role != .particle, reading.hash(last) != Cue.of,
          reading.hash(last) != Cue.the
        {
          break
        }
        last += 1
      }
      guard !reading.taken[index], before != Cue.at, before != Cue.to else { continue }
      if let (kind, end) = reading.phrase(at: index), kind.contains(.city), end > index, !kind.contains(.kept) {
        reading.find(.city, index...end, .low, by: "town-name")
        continue
      }
      let sense = reading.senses[index]
      if sense.city > 0, sense.ordinary == 0, sense.first < 2, sense.role == .none, !sense.isState, !sense.isCountry,
        !sense.isEponym
      {
        reading.find(.city, index...index, .low, by: "town-name")
      }
    }
  }

  private static let er = WordHash.of("er")

  /// The last of four or more single letters, which may include the word `apostrophe` or `hyphen`.
  private static func spelled(from index: Int, in reading: Reading) -> Int? {
    guard reading.word(index).length == 1, !reading.touches(index) else { return nil }
    var letters = 1
    var last = index
    let capital = reading.isCapital(index)
    while reading.isClose(last + 1), reading.word(last + 1).kind == .letters || reading.isMark(last + 1, 0x2D) {
      let next = reading.isMark(last + 1, 0x2D) ? last + 2 : last + 1
      let length = reading.word(next).length
      guard length == 1 || reading.hash(next) == apostrophe || reading.hash(next) == hyphen,
        reading.isCapital(next) == capital
      else { break }
      if length == 1 { letters += 1 }
      last = next
    }
    return letters >= (capital ? 5 : 4) && reading.word(last).length == 1 ? last : nil
  }

  private static let apostrophe = WordHash.of("apostrophe")
  private static let hyphen = WordHash.of("hyphen")

  private static func name(from index: Int, in reading: Reading) -> Int? {
    let weight = weight(index, in: reading)
    guard weight > -3 else { return nil }
    let before = evidence(before: index, in: reading)
    guard weight + before >= 6 else { return pair(from: index, in: reading) }
    var last = index
    while last - index < 4 {
      if reading.isMark(last + 1, 0x27), reading.touches(last + 1), reading.word(last + 2).length > 1,
        reading.touches(last + 2),
        reading.word(last).length == 1 || reading.hash(last) == WordHash.of("al")
      {
        last += 2
        continue
      }
      guard reading.isClose(last + 1), reading.isLower(last + 1), !reading.taken[last + 1] else { break }
      let next = self.weight(last + 1, in: reading)
      let surname = before >= 8 && last == index && reading.senses[last + 1].surname == 3 && next >= -1
      guard next >= 3 || next >= 2 && before >= 6 || surname else { break }
      last += 1
    }
    return last
  }

  /// A first name and a surname that are nothing else.
  private static func pair(from index: Int, in reading: Reading) -> Int? {
    let next = index + 1
    let least = reading.isLowerCase ? 1 : 3
    guard reading.senses[index].first >= least, reading.senses[index].ordinary < (least == 1 ? 1 : 2),
      reading.isClose(next),
      reading.isLower(next),
      !reading.taken[next]
    else { return nil }
    if reading.isMark(next + 1, 0x27), reading.word(next).length == 1, reading.touches(next + 1),
      reading.touches(next + 2)
    {
      return weight(next + 2, in: reading) >= 2 ? next + 2 : nil
    }
    let sense = reading.senses[next]
    guard
      sense.surname > 1 && sense.ordinary == 0 && !sense.isEponym || sense == .unknown && reading.word(next).length > 4
    else { return nil }
    guard !reading.sense(next + 1).followsEponym else { return nil }
    return next
  }

  /// How much a word in lower case looks like a name by itself.
  private static func weight(_ index: Int, in reading: Reading) -> Int {
    let sense = reading.senses[index]
    if sense.role != .none, sense.role != .particle, sense.role != .title || sense.first < 2 {
      return sense.role == .month || sense.role == .function ? -6 : -4
    }
    if sense.isAbbreviation || sense.isProduct || sense.followsEponym || sense.isState || sense.isCountry { return -4 }
    if reading.word(index).length == 1 { return reading.isMark(index + 1, 0x27) && reading.touches(index + 1) ? 1 : -4 }
    if sense.isName {
      let strength = max(sense.first + 1, sense.surname)
      switch sense.ordinary {
      case 0: return strength
      case 1: return sense.first == 3 ? 3 : 0
      default: return sense.name == 3 ? -1 : -4
      }
    }
    if sense == .unknown { return reading.word(index).length > 2 ? 2 : -2 }
    return sense.ordinary == 0 ? 1 : -4
  }

  private static func evidence(before index: Int, in reading: Reading) -> Int {
    var previous = index - 1
    guard previous >= 0, reading.isOnLine(index) else { return 0 }
    if reading.isMark(previous, 0x2E), reading.touches(previous) { previous -= 1 }
    guard previous >= 0 else { return 0 }
    switch reading.role(previous) {
    case .doctor: return 8
    case .title:
      return reading.word(previous).length <= 4 && reading.hash(previous) != sir || reading.hash(previous) == mister
        ? 6 : 3
    case .kin: return 5
    case .person, .clinician: return 4
    case .patient: return 3
    case .companion: return reading.hash(previous) == Cue.named ? 5 : 1
    case .greeting: return 3
    default: break
    }
    switch reading.hash(previous) {
    case Cue.is: return reading.hash(previous - 1) == Cue.name ? 6 : reading.hash(previous - 1) == Cue.this ? 4 : 0
    case its, Cue.am, um: return 3
    case Cue.s: return reading.hash(previous - 2) == Cue.it ? 3 : 0
    default: return 0
    }
  }

  private static let sir = WordHash.of("sir")
  private static let mister = WordHash.of("mister")
  private static let its = WordHash.of("its")
  private static let um = WordHash.of("um")
}
