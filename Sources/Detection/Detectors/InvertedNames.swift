import PHI

/// Finds names written surname first or cut by a message's delimiters.
///
/// ## What it finds
/// `LAST, FIRST M.` and HL7's `LAST^FIRST^M`.
///
/// ## What it leaves alone
/// Lists of places, a town and its state, coded fields such as `80048^BMP^C4`.
///
/// ## Why
/// 45 CFR 164.514(b)(2)(i)(A), names.
///
/// ## Examples
/// - `Patient: ⟦OKAFOR, ADAEZE M⟧`
struct InvertedNames {
  static func read(_ reading: inout Reading) {
    for index in 0..<reading.count {
      let word = reading.word(index)
      guard word.kind == .mark else { continue }
      if word.value == 0x2C { readComma(index, &reading) }
      if word.value == 0x5E, reading.touches(index) { readCaret(index, &reading) }
    }
  }

  /// Surname, comma, first names: `VANG, PA HOUA`.
  private static func readComma(_ comma: Int, _ reading: inout Reading) {
    guard comma > 0, comma + 1 < reading.count, reading.touches(comma), reading.isOnLine(comma + 1),
      !reading.taken[comma],
      reading.isCapital(comma + 1), !reading.taken[comma + 1], reading.isCapital(comma - 1), !reading.taken[comma - 1]
    else { return }
    // The surname: back over hyphens, apostrophes, particles and one more capital.
    var first = comma - 1
    while first > 0, reading.isOnLine(first), comma - first < 8 {
      let previous = first - 1
      if reading.word(previous).kind == .mark {
        let mark = reading.word(previous).value
        guard mark == 0x2D || mark == 0x27, reading.touches(first), reading.touches(previous), previous > 0,
          reading.word(previous - 1).kind == .letters
        else { break }
        first = previous - 1
      } else if reading.isClose(first), reading.word(previous).kind == .letters, !reading.taken[previous],
        reading.role(previous) == .particle
          || reading.isCapital(previous) && reading.nameWeight(previous) > 0
            && comma - first < 3
      {
        first = previous
      } else {
        break
      }
    }
    let given = reading.senses[comma + 1]
    // The label of the next field is no first name: `Ann Lee, SSN: …`.
    guard given.first > 0 || reading.word(comma + 1).field == .none else { return }
    let labelled = reading.personEvidence(before: first) >= 5 && reading.senses[comma - 1].isName
    let place = reading.senses[comma - 1]
    // A surname that is a town or that nobody knows, before a first name that is nothing else.
    let plain =
      place.role == .none && place.ordinary == 0 && !place.isState && !place.isCountry && !place.isAbbreviation
      && !place.isEponym && !place.isProduct && reading.word(comma - 1).length > 3 && given.first > 1
      && given.ordinary < 2
      && reading.hash(first - 1) != Cue.in && reading.hash(first - 1) != Cue.at && reading.hash(first - 1) != Cue.from
      && reading.isAllCapitals(comma - 1) == reading.isAllCapitals(comma + 1)
    let surname = max(reading.nameWeight(comma - 1), labelled || plain ? 2 : -20)
    let run = reading.personRun(from: comma + 1)
    guard var end = run.ends.max(by: { $0.weight < $1.weight }) else { return }
    let before = reading.personEvidence(before: first)
    let isCredential = reading.isCredential(comma + 1) && !(given.first > 1 && !reading.isAllCapitals(comma + 1))
    guard !isCredential || before >= 5 && reading.isCapital(comma + 2) && reading.isClose(comma + 2) else { return }
    if before >= 5,
      let last = PersonNames.field(from: comma + 1, in: reading), last > end.last
    {
      end = PersonRun.End(last: last, weight: max(end.weight, 2), parts: 2)
    }
    guard end.parts > 0 else { return }
    var score = surname + end.weight + before
    if given.first > 0, surname > 0 { score += 2 }
    if before < 5, given.city > 1 || given.isState || given.isPostal { score -= 4 }
    let starts = first == 0 || reading.word(first).shape.contains(.lineStart)
    let quoted = reading.isMark(first - 1, 0x22) && reading.isMark(end.last + 1, 0x22)
    if quoted || reading.touches(comma + 1) && starts {
      score += 4
    } else if reading.isMark(first - 1, 0x22) || reading.isMark(first - 1, 0x3A) {
      score += 2
    } else if starts {
      score += 1
    }
    if !starts, before == 0, reading.isLower(first - 1) { score -= 2 }
    if before < 5, (first...end.last).contains(where: { reading.senses[$0].isEponym }) { score -= 4 }
    let isListed = reading.isMark(end.last + 1, 0x2C) && reading.word(end.last + 2).field == .none
    if isListed, before < 3 { score -= 4 }
    guard score >= 8 else { return }
    reading.find(.name, first...end.last, .high, by: "person-name")
  }

  /// A name of HL7: `PENNER^ABRAM^K`.
  private static func readCaret(_ caret: Int, _ reading: inout Reading) {
    guard caret > 0, !reading.taken[caret - 1], isPlain(caret - 1, reading), isPlain(caret + 1, reading) else { return }
    guard caret < 2 || !reading.isMark(caret - 2, 0x5E) else { return }
    var last = caret + 1
    var first = caret - 1
    while first > 0, reading.isOnLine(first), isPlain(first - 1, reading), reading.isClose(first) { first -= 1 }
    while true {
      if isPlain(last + 1, reading), reading.isClose(last + 1) {
        last += 1
      } else if reading.isMark(last + 1, 0x5E), reading.touches(last + 1), isPlain(last + 2, reading),
        reading.touches(last + 2)
      {
        last += 2
      } else {
        break
      }
    }
    let names = (first...last).filter { reading.senses[$0].name > 1 && reading.senses[$0].city < 3 }.count
    let plain = (first...last).filter { reading.senses[$0].name == 0 && reading.senses[$0].ordinary > 0 }.count
    let afterNumber = reading.isMark(first - 1, 0x5E) && reading.word(first - 2).hasDigit
    guard names > plain || names == 0 && plain == 0 && last - first > 1 else { return }
    if afterNumber, names < 2 { return }
    guard !reading.isMark(last + 1, 0x5E) || !reading.word(last + 2).hasDigit || names > 1 else { return }
    reading.find(.name, first...last, .high, by: "person-name")
  }

  private static func isPlain(_ index: Int, _ reading: Reading) -> Bool {
    let word = reading.word(index)
    return word.kind == .letters && index < reading.count && !reading.taken[index]
  }
}
