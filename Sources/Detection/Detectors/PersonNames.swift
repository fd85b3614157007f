import PHI

/// Finds people's names in running text.
///
/// ## What it finds
/// Capitalised names of any origin: after a title, a role or a label, before a credential, as first name and surname,
/// as first name and initial, with particles, hyphens, apostrophes, nicknames in quotes and suffixes.
///
/// ## What it leaves alone
/// Eponyms (`Parkinson disease`, `Foley catheter`), authors of cited papers, drugs, makers and payers, months, headings
/// and ordinary words that begin a sentence. Titles, credentials and the possessive stay outside the finding, so that
/// the text stays readable.
///
/// ## Why
/// 45 CFR 164.514(b)(2)(i)(A), names: of the patient, and here of relatives, bystanders and care staff too, because any
/// of them can lead back to the patient.
///
/// ## Examples
/// - `Dr. ⟦Ivy Rhodes⟧ placed a Foley catheter for Mr. ⟦Dlamini⟧`
/// - `Parkinson disease, Glasgow Coma Scale 14`
struct PersonNames {
  /// A name needs this much evidence, of its words and of what surrounds it.
  static let threshold = 5

  static func read(_ reading: inout Reading) {
    var index = 0
    while index < reading.count {
      guard reading.isCapital(index), !reading.taken[index], let found = best(from: index, in: reading) else {
        index += 1
        continue
      }
      let confidence: Confidence = found.score >= 12 ? .certain : found.score >= 8 ? .high : .medium
      let first = leftward(of: index, last: found.last, in: reading)
      var last = found.last
      // An alias with a number: `Jane Doe 14`.
      if reading.hash(last) == doe, reading.word(last + 1).kind == .digits, reading.isClose(last + 1) { last += 1 }
      reading.find(.name, first...last, confidence, by: "person-name")
      index = last + 1
    }
  }

  private static let doe = WordHash.of("doe")

  /// The first word of a name whose credential shows that the capitals before it belong to it: `Will Moody, MD`.
  private static func leftward(of index: Int, last: Int, in reading: Reading) -> Int {
    var first = index
    guard reading.personEvidence(after: last, from: index) >= 5 else { return index }
    while index - first < 2, first > 0, reading.isOnLine(first), reading.isClose(first), !reading.touches(first),
      reading.isCapital(first - 1), !reading.taken[first - 1]
    {
      let sense = reading.senses[first - 1]
      guard sense.role == .none || sense.first > 0, sense.role != .doctor, !sense.isFacilityHead, !sense.isAbbreviation
      else { break }
      first -= 1
    }
    guard first < index else { return index }
    // Only a whole line, sentence or field: a heading before a name would be taken with it otherwise.
    let begins =
      !reading.isOnLine(first) || first == 0 || !reading.isClose(first)
      || reading.word(first - 1).kind == .mark
    return begins || reading.senses[first].first > 0 ? first : index
  }

  /// The best name that begins at `index`, when the evidence is enough.
  private static func best(from index: Int, in reading: Reading) -> (last: Int, score: Int)? {
    let weight = reading.nameWeight(index)
    guard weight > -9 else { return nil }
    let before = reading.personEvidence(before: index)
    // A word that is nothing like a name starts one only after a title or a label.
    guard weight >= 0 || before >= 5 || weight > -4 && hasMiddleInitial(index, in: reading) else { return nil }
    let run = reading.personRun(from: index)
    var best: (last: Int, score: Int)?
    for end in run.ends {
      guard end.parts > 0 || before >= 3 else { continue }
      var score = end.weight + before + reading.personEvidence(after: end.last, from: index)
      score += form(of: end, from: index, in: reading)
      if score >= (best?.score ?? threshold) { best = (end.last, score) }
    }
    if before >= 5, let whole = field(from: index, in: reading), whole > (best?.last ?? 0) {
      return (whole, before + 2)
    }
    return best
  }

  /// The last word of a value that holds nothing but capitals: after a label, up to a comma, a wide gap or the line's end.
  static func field(from index: Int, in reading: Reading) -> Int? {
    var last = index
    while last - index < 6 {
      let next = last + 1
      let ends =
        !reading.isOnLine(next) || reading.isMark(next, 0x2C) || reading.isMark(next, 0x22)
        || !reading.isClose(next) && !reading.isMark(next, 0x27) || reading.isMark(next, 0x28) && !reading.touches(next)
      if ends { break }
      guard
        reading.isCapital(next) && !reading.taken[next] || reading.isMark(next, 0x2D) || reading.isMark(next, 0x27)
          || reading.isMark(next, 0x2E) && reading.isInitial(last)
      else { return nil }
      last = next
    }
    if reading.isMark(last, 0x2E) { last -= 1 }
    if last == index, reading.word(index).length < 2 { return nil }
    for word in index...last where reading.word(word).kind != .mark {
      if reading.isPlaceholder(word) { return nil }
      let sense = reading.senses[word]
      switch sense.role {
      case .none, .particle, .suffix, .title, .street, .month, .credential: break
      case .generic where sense.isName && last > index: break
      default: if sense.name < 3 { return nil }
      }
      if sense.isAbbreviation || sense.isProduct || sense.followsEponym || sense.isFacilityHead
        || sense.isOrganizationHead,
        sense.name < 3
      {
        return nil
      }
      // Ordinary words alone are a heading or a finding: one of two must be more.
      if word == index, sense.ordinary > 0, !sense.isName, last == index { return nil }
    }
    if reading.isInitial(index), reading.isMark(index + 1, 0x2E), last > index + 1 { return last }
    let strange = (index...last).contains {
      reading.senses[$0].isName || reading.senses[$0].ordinary == 0 && reading.word($0).kind != .mark
    }
    return strange && last - index < 7 ? last : nil
  }

  /// `Wren B. Sableton`: a capital, an initial with its point, a capital.
  private static func hasMiddleInitial(_ index: Int, in reading: Reading) -> Bool {
    reading.senses[index].role == .none && !reading.shouting[index] && reading.isInitial(index + 1)
      && reading.isClose(index + 1)
      && (reading.isMark(index + 2, 0x2E) && reading.isCapital(index + 3) && reading.isClose(index + 3)
        && !reading.touches(index + 3)
        || reading.senses[index].ordinary == 0 && reading.isCapital(index + 2) && reading.isClose(index + 2)
          && reading.sense(index + 2).ordinary == 0 && !reading.isAllCapitals(index)
          && !reading.isAllCapitals(index + 2))
  }

  private static func starts(_ index: Int, in reading: Reading) -> Bool {
    index == 0 || reading.word(index).shape.contains(.lineStart) || reading.isMark(index - 1, 0x2E)
  }

  /// Whether two or three words that nobody knows, or that are names, are all of a line.
  private static func isLine(_ first: Int, _ end: PersonRun.End, in reading: Reading) -> Bool {
    (2...3).contains(end.parts) && !reading.shouting[first] && !reading.isOnLine(first)
      && !reading.isOnLine(end.last + 1)
      && end.weight >= 2 * end.parts
  }

  /// Whether nobody knows any of two or more words, which are not capitals throughout.
  private static func isStrange(_ first: Int, _ end: PersonRun.End, in reading: Reading) -> Bool {
    end.parts > 1
      && (first...end.last).allSatisfy {
        reading.word($0).kind != .mark && reading.senses[$0] == .unknown && !reading.isAllCapitals($0)
      }
  }

  /// Whether hyphens join all parts, as in `Kellgren-Lawrence`.
  private static func isHyphenated(_ words: ClosedRange<Int>, in reading: Reading) -> Bool {
    words.count > 2 && words.dropFirst().allSatisfy { reading.touches($0) }
      && words.contains { reading.isMark($0, 0x2D) }
  }

  /// `R.T.`: two or three capitals with points.
  private static func isInitials(_ first: Int, _ last: Int, in reading: Reading) -> Bool {
    last >= first + 2 && reading.isMark(first + 1, 0x2E) && reading.isMark(last + 1, 0x2E)
      && (first...last).allSatisfy { $0 == first || reading.touches($0) }
  }

  /// What the form of the run itself says.
  private static func form(of end: PersonRun.End, from first: Int, in reading: Reading) -> Int {
    var score = 0
    let single = end.last == first
    let before = reading.personEvidence(before: first)
    if isLine(first, end, in: reading) { score += 2 }
    if isStrange(first, end, in: reading) { score += 1 }
    if before < 5 {
      // `Fitzpatrick I`, `Weber B`, a model's name and number.
      if !single, reading.isInitial(end.last), !reading.isMark(end.last + 1, 0x2E), !reading.shouting[first] {
        score -= 4
      }
      let next = reading.word(end.last + 1)
      if next.hasDigit, reading.isClose(end.last + 1), next.kind == .mixed { score -= 4 }
    }
    if before < 3, isHyphenated(first...end.last, in: reading) {
      score -= end.parts > 2 ? 10 : 4
      // `Harvey-Bradshaw 4`: two eponyms and a grade.
      let next = end.last + 1
      if first + 2 == end.last, reading.word(next).kind == .digits, reading.word(next).length < 3, reading.isClose(next)
      {
        score -= 4
      }
    }
    if reading.isInitial(first), end.parts == 0, !isInitials(first, end.last, in: reading) { return -20 }
    if single, before >= 5 {
      // `MOM: Hives`: what somebody says begins with a capital too.
      let spoken =
        reading.isMark(first - 1, 0x3A) && reading.senses[first].ordinary > 1 && reading.senses[first].first < 2
      return spoken && reading.role(first - 2) == .kin ? -6 : 0
    }
    if single {
      if starts(first, in: reading), reading.isMark(first + 1, 0x2C), reading.senses[first].first > 1 { score += 1 }
      // One word without an initial: a sentence's start, a heading and an eponym look the same.
      if starts(first, in: reading) { score -= 1 }
      let sense = reading.senses[first]
      let rare = sense.first == 1 && sense.ordinary == 0 && !sense.isEponym && sense.city == 0
      if rare, !reading.isAllCapitals(first), reading.isLower(first - 1) || reading.isMark(first - 1, 0x28),
        reading.isLower(first + 1)
          || reading.page.words.indices.contains(first + 1) && reading.word(first + 1).kind == .mark
      {
        score += 2
      } else if sense.first < 2 || sense.ordinary > 1 || sense.isEponym || sense.city > 2 {
        score -= 1
      } else {
        score += 1
      }
      if reading.shouting[first] { score -= 2 }
      if reading.isMark(first - 1, 0x28), reading.isMark(first + 1, 0x29) { score += 1 }
    } else if hasMiddleInitial(first, in: reading), end.parts > 1 {
      score += 4 + max(0, 1 - reading.nameWeight(first))
    } else if end.parts > 1, reading.senses[first].first > 1 {
      score += reading.senses[end.last].ordinary == 0 ? 2 : 1
    } else if end.parts > 1, reading.senses[first].first > 0, reading.senses[first].ordinary == 0 {
      score += 1
    } else if reading.isInitial(first), reading.isMark(first + 1, 0x2E), !reading.shouting[first], end.parts == 1,
      reading.senses[end.last].isName || reading.senses[end.last].ordinary == 0, reading.senses[end.last].role == .none
    {
      score += 2
    } else if end.parts == 1, reading.senses[first].first == 1, reading.senses[first].ordinary == 0,
      !reading.shouting[first], reading.isMark(end.last + 1, 0x2E)
    {
      score += 2
    } else if end.parts == 1, reading.senses[first].first > 1, !reading.shouting[first],
      reading.isMark(end.last + 1, 0x2E)
    {
      // A first name and an initial: `Jack B.`
      score += 3
    }
    return score
  }
}
