package import PHI

/// Finds serial numbers and lots of implants and equipment, unique device identifiers and hardware addresses.
///
/// ## What it finds
/// The value after `serial`, `S/N`, `lot`, `UDI`; a unique device identifier with its parentheses; six pairs of
/// hexadecimal digits (a MAC address).
///
/// ## What it leaves alone
/// Catalogue, model and firmware numbers: they are the same for every device of a make.
///
/// ## Why
/// 45 CFR 164.514(b)(2)(i)(M), device identifiers and serial numbers.
///
/// ## Examples
/// - `pacemaker model L331, serial ⟦PJN7402218⟧`
/// - `pump at ⟦00:1B:44:11:3A:B7⟧`
package struct DeviceNumber: Detector {
  package init() {}

  package func scan(_ page: borrowing Page, into findings: inout [Finding]) {
    page.appendLabelled(.device, as: .device, by: "device-number", into: &findings)
    var next = 0
    for number in page.numbers where Int(number) >= next {
      let index = Int(number)
      if let last = uniqueIdentifier(index, page) {
        let range = Int(page[index].start) - 1..<page[last].end
        findings.append(Finding(.device, at: range, confidence: .certain, by: "device-number"))
        next = last + 1
      } else if let (first, last) = hardwareAddress(index, page) {
        findings.append(
          Finding(.device, at: page.range(from: first, through: last), confidence: .high, by: "device-number"))
        next = last + 1
      } else if isSerial(index, page) {
        let last = page.endOfChunk(index)
        findings.append(
          Finding(.device, at: page.range(from: index, through: last), confidence: .high, by: "device-number"))
        next = last + 1
      }
    }
  }

  /// The last word of `(01)…(17)…(21)…` whose first application identifier is at `index`.
  private func uniqueIdentifier(_ index: Int, _ page: borrowing Page) -> Int? {
    guard page[index].length == 2, page.number(index) == 1, page.isMark(index - 1, 0x28), page.isMark(index + 1, 0x29),
      page[index + 2].kind == .digits, page[index + 2].length >= 12
    else { return nil }
    var last = index + 2
    while last + 1 < page.words.count, !page.isSpaced(last + 1),
      page[last + 1].kind != .mark || [0x28, 0x29, 0x2D, 0x2E, 0x5F].contains(page[last + 1].value)
    {
      last += 1
    }
    while page[last].kind == .mark { last -= 1 }
    return last
  }

  /// Six pairs of hexadecimal digits joined by colons or hyphens round `index`.
  private func hardwareAddress(_ index: Int, _ page: borrowing Page) -> (Int, Int)? {
    var first = index
    while first >= 2, index - first < 10, !page.isSpaced(first), page[first - 1].kind == .mark,
      page[first - 2].length == 2,
      !page.isSpaced(first - 1),
      page[first - 2].kind != .mark
    { first -= 2 }
    let separator = page[first + 1].value
    guard separator == 0x3A || separator == 0x2D else { return nil }
    for part in 0..<6 {
      let word = page[first + 2 * part]
      guard word.kind != .mark, word.length == 2,
        page.bytes[word.range].allSatisfy({ CharacterClass.isDigit($0) || CharacterClass.lowercased($0) &- 0x61 < 6 })
      else { return nil }
      if part > 0 {
        guard page.isMark(first + 2 * part - 1, separator), !page.isSpaced(first + 2 * part) else { return nil }
      }
    }
    return page.isMark(first + 11, separator) && !page.isSpaced(first + 11) ? nil : (first, first + 10)
  }

  /// Whether `S/N` stands before the word.
  private func isSerial(_ index: Int, _ page: borrowing Page) -> Bool {
    var before = index - 1
    while before > index - 4, page[before].isMark(0x3A) || page[before].isMark(0x23) || page[before].isMark(0x2E) {
      before -= 1
    }
    return page[before].hash == DeviceNumber.n && page.isMark(before - 1, 0x2F)
      && page[before - 2].hash == DeviceNumber.s
      && page[index].length > 1
  }

  private static let n = WordHash.of("n")
  private static let s = WordHash.of("s")
}
