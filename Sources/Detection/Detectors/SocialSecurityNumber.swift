package import PHI

/// Finds social security numbers, whole or partial.
///
/// ## What it finds
/// Three, two and four digits joined by one kind of separator, with any of them masked; nine digits or fewer after a
/// label; the last four after `SSN ending`.
///
/// ## What it leaves alone
/// Nine digits without separator and label. Numbers that were never issued are found all the same: a wrong number was
/// still given for a person.
///
/// ## Why
/// 45 CFR 164.514(b)(2)(i)(G), social security numbers.
///
/// ## Examples
/// - `SSN ⟦219-09-9999⟧, spouse ⟦xxx-xx-3875⟧`
package struct SocialSecurityNumber: Detector {
  package init() {}

  package func scan(_ page: borrowing Page, into findings: inout [Finding]) {
    page.appendLabelled(.socialSecurity, as: .socialSecurityNumber, by: "social-security-number", into: &findings)
    for number in page.numbers {
      let index = Int(number)
      if isPart(index, page) {
        findings.append(
          Finding(.socialSecurityNumber, at: page[index].range, confidence: .high, by: "social-security-number"))
      }
      guard page[index].length == 4, page[index].isNumber, let first = start(endingAt: index, page) else { continue }
      findings.append(
        Finding(
          .socialSecurityNumber, at: first..<page[index].end, confidence: .high,
          by: "social-security-number"))
    }
  }

  /// Whether the word is the whole number or its last four digits after `social`, `last 4` or `ending in`.
  private func isPart(_ index: Int, _ page: borrowing Page) -> Bool {
    let word = page[index]
    guard word.kind == .digits, word.length == 4 || word.length == 9, !page.isMeasure(index + 1),
      page.isSpaced(index) || page[index - 1].kind == .mark, !page.startsLine(index)
    else { return false }
    var before = index - 1
    while before >= 0, before > index - 8, !page.startsLine(before + 1) {
      let cue = page[before]
      if cue.field == .socialSecurity { return true }
      if word.length == 4 {
        if SocialSecurityNumber.ends.contains(cue.hash) {
          return before < index - 1 && page[index - 1].hash == SocialSecurityNumber.inWord
            || page.isMark(index - 1, 0x3A)
        }
        if cue.hash == SocialSecurityNumber.last { return isFour(before + 1, page) && before + 1 < index }
      }
      guard
        cue.kind == .mark
          ? !cue.isMark(0x2C) && !cue.isMark(0x2E) && !cue.isMark(0x2F) && !cue.isMark(0x2D)
          : cue.roles.contains(.connector) || isFour(before, page) || cue.hash == SocialSecurityNumber.of
      else { return false }
      before -= 1
    }
    return false
  }

  private func isFour(_ index: Int, _ page: borrowing Page) -> Bool {
    page[index].hash == SocialSecurityNumber.four || page[index].length == 1 && page.number(index) == 4
  }

  private static let four = WordHash.of("four")
  private static let last = WordHash.of("last")
  private static let of = WordHash.of("of")
  private static let inWord = WordHash.of("in")
  private static let ends: WordSet = [WordHash.of("ending"), WordHash.of("ends")]

  /// The first byte of a number whose last four digits are the word at `last`.
  private func start(endingAt last: Int, _ page: borrowing Page) -> Int? {
    let bytes = page.bytes
    let end = page[last].end
    if end < bytes.count, CharacterClass.isWord(bytes[end]) { return nil }
    if end + 1 < bytes.count, bytes[end] == 0x2D, CharacterClass.isWord(bytes[end + 1]) { return nil }
    let at = Int(page[last].start)
    guard at >= 7 else { return nil }
    let separator = bytes[at - 1]
    guard separator == 0x2D || separator == 0x20 || separator == 0x2E, bytes[at - 4] == separator else { return nil }
    let start = at - 7
    var masked = 0
    for offset in [start, start + 1, start + 2, at - 3, at - 2] {
      switch bytes[offset] {
      case 0x30...0x39, 0x4F, 0x6C, 0x6F: break
      case 0x58, 0x78, 0x2A, 0x23: masked += 1
      default: return nil
      }
    }
    if start > 0 {
      let before = bytes[start - 1]
      if CharacterClass.isWord(before) || before == 0x2D || before == 0x2E || before == 0x2A { return nil }
    }
    guard masked == 0 || masked == 5 || masked == 3 else { return nil }
    return start
  }
}
