package import PHI

/// Finds telephone, mobile and pager numbers and extensions, and fax numbers.
///
/// ## What it finds
/// North American numbers with any separators, international ones after `+`, seven digits, extensions and pagers after
/// a label, numbers said digit by digit. A number announced as fax is a fax number.
///
/// ## What it leaves alone
/// Service codes of three digits (`911`), ten digits without separator and label, multiplications (`x3`).
///
/// ## Why
/// 45 CFR 164.514(b)(2)(i)(D) and (E), telephone and fax numbers.
///
/// ## Examples
/// - `call ⟦(212) 555-0187 ext. 44⟧ or 911`
/// - `fax: ⟦212-555-0143⟧, tabs x3`
package struct TelephoneNumber: Detector {
  package init() {}

  package func scan(_ page: borrowing Page, into findings: inout [Finding]) {
    for value in page.fields where (value.field == .phone || value.field == .fax) && value.bound == .layout {
      guard page.digits(from: value.first, through: value.last) >= 4, value.last <= value.first + 16 else { continue }
      append(value.first, value.last, value.field, .high, page, &findings)
    }
    let grammar = Telephone(page)
    var next = 0
    for number in page.numbers where Int(number) >= next {
      let index = Int(number)
      let label = self.label(before: index, page)
      if let number = grammar.number(at: index, isAnnounced: label != .none),
        label != .none || !page.isMeasure(number.last + 1)
      {
        append(number.first, number.last, label, number.isPlain || label != .none ? .high : .medium, page, &findings)
        next = number.last + 1
      } else if grammar.isShortExtension(index), page.isSpaced(index), page[index].length >= 5 || label == .phone {
        guard !page.isMeasure(index + 1) else { continue }
        append(index, index, .phone, .medium, page, &findings)
      }
    }
    var cue = 0
    while cue < page.cues.count {
      let index = Int(page.cues[cue])
      if page.words[index].roles.contains(.cardinal), let last = grammar.spokenEnd(at: index) {
        append(index, last, label(before: index, page), .high, page, &findings)
      }
      cue += 1
    }
  }

  private func append(
    _ first: Int, _ last: Int, _ label: Field, _ confidence: Confidence, _ page: borrowing Page,
    _ findings: inout [Finding]
  ) {
    findings.append(
      Finding(
        label == .fax ? .fax : .phone, at: page.range(from: first, through: last), confidence: confidence,
        by: "telephone-number"))
  }

  /// Whether a word shortly before the number announces a telephone or a fax; `none` when not.
  private func label(before index: Int, _ page: borrowing Page) -> Field {
    var before = index - 1
    var words = 0
    while before >= 0, before > index - 10, words < 3 {
      if page.startsLine(before + 1), !(words == 0 && page[before].isMark(0x3A)) { break }
      let word = page[before]
      if word.kind == .mark {
        if word.value == 0x3B || word.value == 0x2E && words > 0 && page.isSpaced(before + 1) { return .none }
      } else {
        if word.field == .fax || word.field == .phone {
          // `pH 7.32` is no telephone.
          return page.bytes[word.range].elementsEqual([0x70, 0x48]) ? .none : word.field
        }
        if word.hash == TelephoneNumber.f || word.hash == TelephoneNumber.t || word.hash == TelephoneNumber.p,
          words == 0,
          page.isMark(index - 1, 0x28) || page.isMark(index - 1, 0x3A) || page.isMark(index - 1, 0x2E)
            || before == index - 1, page.isSpaced(before)
        {
          return word.hash == TelephoneNumber.f ? .fax : .phone
        }
        if word.field != .none || word.hasDigit { return .none }
        if page.isMark(before + 1, 0x2C) { return .none }
        words += 1
      }
      before -= 1
    }
    return .none
  }

  private static let f = WordHash.of("f")
  private static let t = WordHash.of("t")
  private static let p = WordHash.of("p")
}
