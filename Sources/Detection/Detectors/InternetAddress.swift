package import PHI

/// Finds addresses of the Internet protocol, versions 4 and 6.
///
/// ## What it finds
/// Four numbers to 255 joined by dots, alone or with a port or a prefix length; eight groups of hexadecimal digits
/// joined by colons, or fewer with `::`.
///
/// ## What it leaves alone
/// Object identifiers, version numbers of other lengths, clock times, hardware addresses (which are found as devices).
///
/// ## Why
/// 45 CFR 164.514(b)(2)(i)(O), Internet Protocol addresses.
///
/// ## Examples
/// - `logged in from ⟦198.51.100.23⟧ with version 2.14.1`
package struct InternetAddress: Detector {
  package init() {}

  package func scan(_ page: borrowing Page, into findings: inout [Finding]) {
    var next = 0
    for number in page.numbers where Int(number) >= next {
      let index = Int(number)
      if let last = version4(index, page) ?? version6(index, page, &next) {
        let first = next > index ? index : startOfVersion6(index, page)
        findings.append(
          Finding(.ipAddress, at: page.range(from: first, through: last), confidence: .certain, by: "internet-address"))
        next = last + 1
      }
    }
  }

  private func version4(_ first: Int, _ page: borrowing Page) -> Int? {
    guard page[first].kind == .digits,
      !(page.isMark(first - 1, 0x2E) && page[first - 2].hasDigit && !page.isSpaced(first))
    else { return nil }
    for part in 0..<4 {
      let index = first + 2 * part
      let word = page[index]
      guard word.kind == .digits, word.length <= 3, (page.number(index) ?? 256) <= 255 else { return nil }
      if part > 0 {
        guard page.isMark(index - 1, 0x2E), !page.isSpaced(index), !page.isSpaced(index - 1) else { return nil }
      }
    }
    let last = first + 6
    // A fifth part makes it an object identifier; the end of a sentence does not.
    if page.isMark(last + 1, 0x2E), !page.isSpaced(last + 1), page[last + 2].hasDigit, !page.isSpaced(last + 2) {
      return nil
    }
    if page[first - 1].roles.contains(.publicCode)
      || page[first - 2].roles.contains(.publicCode) && page[first - 1].kind == .mark
    {
      return nil
    }
    for before in first - 4..<first where InternetAddress.versions.contains(page[before].hash) { return nil }
    let isShort = (0..<4).allSatisfy { page[first + 2 * $0].length == 1 && page[first + 2 * $0].value == 0 }
    if isShort, page[first].hash != page[first + 2].hash { return nil }
    return last
  }

  private func startOfVersion6(_ index: Int, _ page: borrowing Page) -> Int {
    var first = index
    while first > 0, index - first < 16, !page.isSpaced(first), isPart(page[first - 1]) { first -= 1 }
    return first
  }

  private func isPart(_ word: Word) -> Bool { word.isMark(0x3A) || word.kind != .mark && word.length <= 4 }

  private func version6(_ index: Int, _ page: borrowing Page, _ next: inout Int) -> Int? {
    guard page.isMark(index + 1, 0x3A) || page.isMark(index - 1, 0x3A) else { return nil }
    let first = startOfVersion6(index, page)
    var last = index
    while last + 1 < page.words.count, last - first < 18, !page.isSpaced(last + 1), isPart(page[last + 1]) { last += 1 }
    while last > index, page[last].kind == .mark { last -= 1 }
    var groups = 0
    var isShortened = false
    for part in first...last {
      if page[part].kind == .mark {
        if part > first, page[part - 1].kind == .mark { isShortened = true }
      } else {
        for byte in page.bytes[page[part].range] where !isHexadecimal(byte) { return nil }
        groups += 1
      }
    }
    guard groups == 8 || isShortened && groups >= 2 && groups < 8 else { return nil }
    return last
  }

  private func isHexadecimal(_ byte: UInt8) -> Bool {
    CharacterClass.isDigit(byte) || CharacterClass.lowercased(byte) &- 0x61 < 6
  }

  private static let versions = WordSet(
    """
    version v ver rev revision release build firmware software section chapter clause oid
    """)
}
