package import PHI

/// Finds e-mail addresses.
///
/// ## What it finds
/// A local part, `@` and a domain with a dot, even when the address spells nobody's name.
///
/// ## What it leaves alone
/// An `@` between spaces, handles such as `@clinic`, and references to databases or packages without a domain.
///
/// ## Why
/// 45 CFR 164.514(b)(2)(i)(F), electronic mail addresses.
///
/// ## Examples
/// - `write to ⟦m.okafor@example.org⟧, HR 88 @ rest`
package struct EmailAddress: Detector {
  package init() {}

  package func scan(_ page: borrowing Page, into findings: inout [Finding]) {
    for mark in page.addressMarks where page.words[Int(mark)].isMark(0x40) {
      guard let range = address(around: Int(page.words[Int(mark)].start), in: page.bytes) else { continue }
      findings.append(Finding(.email, at: range, confidence: .certain, by: "email-address"))
    }
  }

  private func address(around at: Int, in bytes: [UInt8]) -> Range<Int>? {
    var lower = at
    while lower > 0, isLocal(bytes[lower - 1]) { lower -= 1 }
    while lower < at, !CharacterClass.isWord(bytes[lower]), bytes[lower] != 0x5F { lower += 1 }
    var upper = at + 1
    var lastDot: Int?
    while upper < bytes.count, CharacterClass.isWord(bytes[upper]) || bytes[upper] == 0x2D || bytes[upper] == 0x2E {
      if bytes[upper] == 0x2E {
        guard upper + 1 < bytes.count, CharacterClass.isWord(bytes[upper + 1]) else { break }
        lastDot = upper
      }
      upper += 1
    }
    guard lower < at, let lastDot, upper - lastDot > 2 else { return nil }
    return lower..<upper
  }

  private func isLocal(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x2E, 0x2D, 0x5F, 0x2B, 0x25, 0x27, 0x23, 0x26: true
    default: CharacterClass.isWord(byte)
    }
  }
}
