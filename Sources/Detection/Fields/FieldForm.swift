/// Where a labelled value ends, and whether it is one.
struct FieldForm {
  let page: Page

  init(_ page: Page) { self.page = page }

  /// The last word of the value that starts at `first`, or nil when no value of this label stands there.
  func end(of first: Int, _ label: Label) -> Int? {
    if page[first].roles.contains(.cardinal) { return spokenEnd(of: first) }
    var last = page.endOfChunk(first, joinedBy: joins)
    if page.isClockTime(first, last) || looksLikeDate(first, last) && label.field.isNumber || isAge(first, last) {
      return nil
    }
    var groups = 1
    while let next = nextGroup(after: last, groups, first, label) {
      last = next
      groups += 1
    }
    return suits(first, last, label) ? last : nil
  }

  private func joins(_ mark: UInt8) -> Bool {
    mark == 0x2D || mark == 0x2E || mark == 0x5F || mark == 0x2F || mark == 0x3A
  }

  /// The end of the next group of a value in groups, such as `913` in `ZEC 913 004`.
  private func nextGroup(after last: Int, _ groups: Int, _ first: Int, _ label: Label) -> Int? {
    let next = last + 1
    guard groups < (label.field == .account ? 9 : 5), page.isSingleSpaced(next) else { return nil }
    let word = page[next]
    guard word.hasDigit, word.isNumber || word.shape.contains(.allCapitals),
      word.length <= (groups == 1 && page[last].kind == .letters ? 12 : 6)
    else { return nil }
    let end = page.endOfChunk(next, joinedBy: joins)
    let isPrefix = groups == 1 && page[last].kind == .letters && first == last
    if !isPrefix {
      guard page[last].length <= 6,
        word.length >= 3 || groups >= 2 || page[last].kind == .mixed && page[last].length <= 3
      else { return nil }
      if end > next, page[next].kind == .digits, !page.isMark(next + 1, 0x2D) { return nil }
    }
    if looksLikeDate(next, end) || page.isClockTime(next, end) { return nil }
    if !page.isSpaced(end + 1) || page.isSingleSpaced(end + 1) {
      if page.isMeasure(end + 1) || page[end + 1].roles.contains(.age) { return nil }
    }
    return end
  }

  /// Whether the words are an age in one chunk: `94-year-old`.
  private func isAge(_ first: Int, _ last: Int) -> Bool {
    last >= first + 2 && page[first].kind == .digits && page[first].length <= 3 && page.isMark(first + 1, 0x2D)
      && page[first + 2].roles.contains(.age)
  }

  private func looksLikeDate(_ first: Int, _ last: Int) -> Bool {
    guard last >= first + 2 else { return false }
    if page.isMark(first + 1, 0x2F) {
      return (page.number(first) ?? 99) <= 31 && (page.number(first + 2) ?? 99) <= 31 && last <= first + 4
    }
    guard last == first + 4, let one = page.number(first), let two = page.number(first + 2),
      let three = page.number(first + 4)
    else { return false }
    return (1900...2099).contains(one) && two <= 12 && three <= 31 && page[first + 2].length == 2
      || one <= 12 && two <= 31 && (1900...2099).contains(three)
  }

  private func suits(_ first: Int, _ last: Int, _ label: Label) -> Bool {
    let digits = page.digits(from: first, through: last)
    let length = page.words[first...last].reduce(0) { $0 + ($1.kind == .mark ? 0 : Int($1.length)) }
    if label.field == .handle {
      return first == last && page[first].kind == .mixed && length >= 4 || label.isMarked && digits < length
    }
    if label.isLoose { return digits >= 5 }
    if label.isStrong { return digits >= 1 && length >= 3 }
    if page.isMeasure(last + 1) || page[last + 1].roles.contains(.age) && !label.isMarked { return false }
    if label.needsMark, !label.isNumbered, !(digits >= 6 || digits == 5 && page.bytes[Int(page[first].start)] == 0x30) {
      return false
    }
    let isYear = first == last && length == 4 && (1900...2099).contains(page.number(first) ?? 0)
    if isDecimal(first, last) { return false }
    if label.isMarked { return digits >= 2 && length >= 3 && !(isYear && label.field == .other) }
    if label.field == .vehicle || label.field == .device {
      return digits >= 1 && length >= 4 && isInCapitals(first, last)
    }
    let isCode = last > first || page[first].kind == .mixed
    if first == last, isCode, digits >= 2, length >= 5, isInCapitals(first, last) { return true }
    return !isYear && length >= 4 && (isCode ? digits >= 3 : digits >= 5)
  }

  private func isInCapitals(_ first: Int, _ last: Int) -> Bool {
    page.words[first...last].allSatisfy { $0.kind == .mark || $0.kind == .digits || $0.shape.contains(.allCapitals) }
  }

  private func isDecimal(_ first: Int, _ last: Int) -> Bool {
    last == first + 2 && page.isMark(first + 1, 0x2E) && page[first].kind == .digits && page[last].kind == .digits
  }

  /// The end of a number said digit by digit.
  private func spokenEnd(of first: Int) -> Int? {
    var last = first
    while page[last + 1].roles.contains(.cardinal), !page.startsLine(last + 1) { last += 1 }
    return last >= first + 3 ? last : nil
  }
}
