package import PHI

/// Finds postal codes.
///
/// ## What it finds
/// Five digits, or nine, after a state or in the line of an address; British and Canadian codes by their form; the
/// value after `ZIP`, `postal code`, a key, a column or a field of a message.
///
/// ## What it leaves alone
/// Five digits elsewhere: counts, procedure codes, years; and three digits, to which Safe Harbor lets a ZIP code be
/// cut.
///
/// ## Why
/// 45 CFR 164.514(b)(2)(i)(B), zip codes.
///
/// ## Examples
/// - `⟦Duluth⟧, MN ⟦55802⟧, CPT 99213`
package struct PostalCode: Detector {
  package init() {}

  package func scan(_ page: borrowing Page, into findings: inout [Finding]) {
    for value in page.fields where value.field == .zipCode && !isPrefix(value.first, value.last, page) {
      append(page.range(from: value.first, through: value.last), .certain, &findings)
    }
    for number in page.numbers {
      let index = Int(number)
      if let last = american(index, page) {
        append(page.range(from: index, through: last), .high, &findings)
      } else if page[index].kind == .mixed, let first = lettered(index, page) {
        append(page.range(from: first, through: first + 1), .medium, &findings)
      }
    }
  }

  private func append(_ range: Range<Int>, _ confidence: Confidence, _ findings: inout [Finding]) {
    findings.append(Finding(.zipCode, at: range, confidence: confidence, by: "postal-code"))
  }

  /// The first three digits alone, which Safe Harbor lets stay.
  private func isPrefix(_ first: Int, _ last: Int, _ page: borrowing Page) -> Bool {
    first == last && page[first].kind == .digits && page[first].length == 3
  }

  private func american(_ index: Int, _ page: borrowing Page) -> Int? {
    let word = page[index]
    guard word.isNumber, word.length == 5 || word.length == 9, page.isSpaced(index) || !isCode(page[index - 1]) else {
      return nil
    }
    var last = index
    if word.length == 5, page.isMark(index + 1, 0x2D), !page.isSpaced(index + 1), page[index + 2].isNumber,
      page[index + 2].length == 4,
      !page.isSpaced(index + 2)
    {
      last = index + 2
    }
    if !page.isSpaced(last + 1), page.isMark(last + 1, 0x2E), page[last + 2].kind == .digits, !page.isSpaced(last + 2) {
      return nil
    }
    if !page.isSpaced(last + 1), page.isMark(last + 1, 0x2C), page[last + 2].kind == .digits,
      page[last + 2].length == 3, !page.isSpaced(last + 2)
    {
      return nil
    }
    return followsState(index, page) || followsStreet(index, page) ? last : nil
  }

  private func isCode(_ word: Word) -> Bool {
    word.kind != .mark || [0x2D, 0x2E, 0x2F, 0x24, 0x5F, 0x3A].contains(word.value)
  }

  private func followsState(_ index: Int, _ page: borrowing Page) -> Bool {
    var before = index - 1
    while before > index - 4, page[before].isMark(0x2C) || page[before].isMark(0x2E) || page[before].isMark(0x22) {
      before -= 1
    }
    let word = page[before]
    guard before >= 0, word.roles.contains(.state) else { return false }
    if word.length == 2 {
      guard word.shape.contains(.allCapitals) else { return false }
      // Abbreviations that are words of forms as well need a town before them.
      if word.field != .none || word.roles.contains(.connector) || word.roles.contains(.measure)
        || word.hash == PostalCode.doctor
      {
        let town = page[before - 1]
        return town.isMark(0x2C)
          || town.kind == .letters && town.shape.contains(.initialCapital) && !town.shape.contains(.allCapitals)
            && town.field == .none
      }
      return true
    }
    return word.shape.contains(.initialCapital) || page[before - 1].isMark(0x2C)
  }

  /// Whether a street stands before the number in its line or the line above.
  private func followsStreet(_ index: Int, _ page: borrowing Page) -> Bool {
    guard page[index - 1].kind == .letters || page.isMark(index - 1, 0x2C) else { return false }
    var before = index - 1
    var lines = 0
    while before > index - 10, before >= 0 {
      if page[before].roles.contains(.streetSuffix), page[before].length >= 2, page[before - 1].kind != .mark {
        return page[index - 1].shape.contains(.initialCapital)
      }
      if page.startsLine(before) { lines += 1 }
      if lines > 1 { return false }
      before -= 1
    }
    return false
  }

  /// The first word of a British or Canadian code whose second word is at `index`: `SW1A 1AA`, `K1A 0B1`.
  private func lettered(_ index: Int, _ page: borrowing Page) -> Int? {
    guard page[index].length == 3, page.isSingleSpaced(index), page[index - 1].kind == .mixed,
      page[index].shape.contains(.allCapitals),
      page[index - 1].shape.contains(.allCapitals)
    else { return nil }
    let inward = form(page.bytes[page[index].range])
    let outward = form(page.bytes[page[index - 1].range])
    if inward == [1, 0, 0],
      [[0, 1], [0, 1, 1], [0, 0, 1], [0, 0, 1, 1], [0, 1, 0], [0, 0, 1, 0]].contains(outward)
    {
      return index - 1
    }
    return inward == [1, 0, 1] && outward == [0, 1, 0] ? index - 1 : nil
  }

  private func form(_ bytes: ArraySlice<UInt8>) -> [Int] { bytes.map { CharacterClass.isDigit($0) ? 1 : 0 } }

  private static let doctor = WordHash.of("md")
}
