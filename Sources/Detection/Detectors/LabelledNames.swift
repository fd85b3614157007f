import PHI

/// Finds names and places whose key, column, position or label says what they are.
///
/// ## What it finds
/// Values of `"family"`, `patient_name`, HL7's PID-5, X12's NM1 and N4, columns of a table; the rest of the line after
/// `Clinic:`, `Employer:`, `County:`.
///
/// ## What it leaves alone
/// Names of tools, tests and drugs, template variables such as `{{ patient.first }}`, and values that are ordinary
/// words throughout.
///
/// ## Why
/// 45 CFR 164.514(b)(2)(i)(A) and (B), names and places.
///
/// ## Examples
/// - `{"family": "⟦Lindqvist⟧", "status": "final"}`
struct LabelledNames {
  static func read(_ reading: inout Reading) {
    for value in reading.page.fields {
      guard value.first <= value.last, value.last < reading.count, let identifier = identifier(of: value.field) else {
        continue
      }
      guard let words = trimmed(value.first...value.last, identifier, in: reading), !reading.isTaken(words) else {
        continue
      }
      guard identifier == .name ? isName(words, in: reading) : isPlace(words, in: reading) else { continue }
      reading.find(identifier, words, .high, by: "labelled-name")
    }
    for index in 1..<max(1, reading.count) where reading.isMark(index, 0x3A) { readLine(index, &reading) }
  }

  private static func identifier(of field: Field) -> Identifier? {
    switch field {
    case .personName, .clinicianName: .name
    case .facility: .facility
    case .organization: .organization
    case .city: .city
    case .county: .county
    default: nil
    }
  }

  /// The words without a title before and a credential behind.
  private static func trimmed(_ words: ClosedRange<Int>, _ identifier: Identifier, in reading: Reading) -> ClosedRange<
    Int
  >? {
    var (first, last) = (words.lowerBound, words.upperBound)
    if identifier == .name {
      while first < last,
        reading.role(first) == .doctor || reading.role(first) == .title && reading.word(first).length < 5
          || reading.word(first).kind == .mark
      {
        first += 1
      }
      // What stands behind a comma may be a credential, or the label of the next field: `Ann Lee, SSN: …`.
      if last > first, reading.isMark(last - 1, 0x2C), reading.isCredential(last) || reading.word(last).field != .none {
        last -= 2
      }
    }
    while first <= last, reading.word(first).kind == .mark { first += 1 }
    while last >= first, reading.word(last).kind == .mark { last -= 1 }
    return first <= last ? first...last : nil
  }

  private static func isName(_ words: ClosedRange<Int>, in reading: Reading) -> Bool {
    guard words.count <= 14 else { return false }
    var strange = false
    for index in words {
      let word = reading.word(index)
      if word.isMark(0x5F) || word.isMark(0x7B) || word.isMark(0x3D) || word.isMark(0x3C) || word.kind == .digits {
        return false
      }
      guard word.kind != .mark else { continue }
      let sense = reading.senses[index]
      if sense.isAbbreviation || sense.followsEponym && !sense.isName || sense.isProduct && sense.name < 3 {
        return false
      }
      if sense.isName || sense.ordinary == 0 || word.shape.contains(.nonASCII) { strange = true }
      if sense.role == .function, sense.first == 0, word.shape.isDisjoint(with: .allCapitals) { return false }
    }
    let initial = words.count == 1 && reading.word(words.lowerBound).length == 1
    guard strange, !initial || reading.isMark(words.upperBound + 1, 0x2E) else { return false }
    let first = reading.word(words.lowerBound)
    return first.shape.contains(.initialCapital) || first.shape.contains(.nonASCII)
      || words.count == 1 && reading.senses[words.lowerBound].ordinary == 0 && first.length > 2
      || reading.senses[words.lowerBound].role == .particle
      || reading.senses[words.lowerBound].first > 0 && reading.senses[words.lowerBound].ordinary < 2
  }

  private static func isPlace(_ words: ClosedRange<Int>, in reading: Reading) -> Bool {
    guard words.count <= 14 else { return false }
    var strange = false
    for index in words {
      let word = reading.word(index)
      if word.isMark(0x5F) || word.isMark(0x7B) || word.isMark(0x3C) { return false }
      guard word.kind != .mark else { continue }
      let sense = reading.senses[index]
      switch sense.role {
      case .generic, .function, .clinician, .patient: continue
      default: if !sense.isAbbreviation { strange = true }
      }
    }
    return strange && reading.word(words.lowerBound).shape.contains(.initialCapital)
  }

  /// The rest of a line: `Clinic: Ironbound WorkCare, 88 Ferry St`.
  private static func readLine(_ colon: Int, _ reading: inout Reading) {
    guard let identifier = labels[reading.hash(colon - 1)], reading.isOnLine(colon + 1), reading.isCapital(colon + 1),
      !reading.taken[colon + 1]
    else { return }
    var last = colon + 1
    while last - colon < 12 {
      let next = last + 1
      guard next < reading.count, reading.isOnLine(next),
        reading.isClose(next) || reading.isMark(next, 0x26) || reading.isMark(next - 1, 0x26),
        !reading.taken[next]
      else { break }
      if reading.word(next).kind == .mark {
        let mark = reading.word(next).value
        guard
          mark == 0x26 || (mark == 0x27 || mark == 0x2D) && reading.touches(next) && reading.touches(next + 1)
            || mark == 0x2E && reading.word(last).length < 4
        else { break }
      } else if !reading.isCapital(next), reading.hash(next) != Cue.of, reading.hash(next) != Cue.the,
        reading.hash(next) != Cue.s
      {
        break
      }
      last = next
    }
    while last > colon, reading.word(last).kind == .mark || reading.isLower(last) && reading.hash(last) != Cue.s {
      last -= 1
    }
    guard last > colon, isPlace(colon + 1...last, in: reading) else { return }
    let sense = reading.senses[colon + 1]
    if last == colon + 1 {
      if sense.role != .none || sense.isState && identifier != .county || sense.isCountry { return }
      if identifier != .city, identifier != .county, sense.ordinary > 0, !sense.isName, sense.city == 0 { return }
    }
    // A job, not its giver: all words are ordinary, none ends a company's name.
    reading.find(identifier, colon + 1...last, .medium, by: "labelled-name")
  }

  private static let labels: [UInt64: Identifier] = {
    var labels: [UInt64: Identifier] = [:]
    for hash in WordHash.all(in: "clinic hospital facility pharmacy where agency laboratory lab practice receiving") {
      labels[hash] = .facility
    }
    for hash in WordHash.all(in: "employer org organization school company church court workplace shelter") {
      labels[hash] = .organization
    }
    for hash in WordHash.all(in: "city town hometown residence") { labels[hash] = .city }
    for hash in WordHash.all(in: "county parish") { labels[hash] = .county }
    return labels
  }()
}
