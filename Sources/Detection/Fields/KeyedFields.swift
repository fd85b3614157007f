/// Reads keys and tags whose value is bounded by quotes or by the closing tag: JSON, XML, attributes.
struct KeyedFields {
  let page: Page
  private(set) var values: [FieldValue] = []

  private static let code = WordHash.of("code")

  init(_ page: Page) { self.page = page }

  mutating func read() {
    let key = FieldKey(page)
    var next = 0
    for cue in page.cues {
      let cue = Int(cue)
      guard cue >= next, page.words[cue].field != .none || page.words[cue].roles.contains(.keyWord) else { continue }
      guard let (first, last, isTag) = bounds(of: cue) else { continue }
      next = last + 1
      // `code` alone holds what a terminology says, in FHIR and in CDA.
      if first == last, page[first].hash == KeyedFields.code { continue }
      let field = key.field(from: first, through: last)
      guard field != .none, field != .ordinary else { continue }
      if isTag { readTag(last + 2, field) } else { readQuoted(last + 1, field) }
    }
  }

  /// The words of the key or tag round `cue`.
  private func bounds(of cue: Int) -> (Int, Int, Bool)? {
    var first = cue
    while first > 0, first > cue - 8, isKeyPart(page[first - 1]), !page.startsLine(first) { first -= 1 }
    var last = cue
    while last < cue + 8, isKeyPart(page[last + 1]), !page.startsLine(last + 1) { last += 1 }
    if page.isMark(first - 1, 0x3C), page.isMark(last + 1, 0x3E) { return (first, last, true) }
    guard page.isMark(last + 1, 0x22) || page.isMark(last + 1, 0x3D) || page.isMark(last + 1, 0x27) else { return nil }
    if page.isMark(last + 1, 0x3D) {
      return page.isMark(last + 2, 0x22) && !page.isSpaced(last + 1) ? (startOfWord(cue), last, false) : nil
    }
    guard page.isMark(first - 1, page[last + 1].value), page.isMark(last + 2, 0x3A) else { return nil }
    return (first, last, false)
  }

  private func startOfWord(_ cue: Int) -> Int {
    var first = cue
    while first > 0, cue - first < 8, !page.isSpaced(first), isKeyPart(page[first - 1]) { first -= 1 }
    return first
  }

  private func isKeyPart(_ word: Word) -> Bool {
    word.kind != .mark || word.value == 0x5F || word.value == 0x2D || word.value == 0x2E
  }

  /// Reads one quoted value, or each of a list, after the key that ends before `index`.
  private mutating func readQuoted(_ index: Int, _ field: Field) {
    var next = index
    var isList = false
    while page[next].kind == .mark, next < index + 6 {
      if page.isMark(next, 0x5B) { isList = true }
      if page.isMark(next, 0x22) || page.isMark(next, 0x27), next > index || page.isMark(index - 1, 0x3D) == false,
        page.isMark(next - 1, 0x3A) || page.isMark(next - 1, 0x3D) || page.isMark(next - 1, 0x5B)
      {
        break
      }
      if page.isMark(next, 0x2C) || page.isMark(next, 0x7B) || page.isMark(next, 0x7D) { return }
      next += 1
    }
    while page.isMark(next, 0x22) || page.isMark(next, 0x27) {
      let quote = page[next].value
      var end = next + 1
      while end < page.words.count, end < next + 60, !page.isMark(end, quote) || page.isMark(end - 1, 0x5C) { end += 1 }
      guard page.isMark(end, quote) else { return }
      append(next + 1, end - 1, field)
      guard isList, page.isMark(end + 1, 0x2C) else { return }
      next = end + 2
    }
    // An unquoted number of JSON.
    if !isList, page[next].kind == .digits, field.isNumber { append(next, next, field) }
  }

  private mutating func readTag(_ index: Int, _ field: Field) {
    var end = index
    while end < page.words.count, end < index + 60, !page.isMark(end, 0x3C) { end += 1 }
    if page.isMark(end, 0x3C) { append(index, end - 1, field) }
  }

  private mutating func append(_ first: Int, _ last: Int, _ field: Field) {
    guard first <= last else { return }
    guard !field.isNumber || isIdentifier(first, last) else { return }
    if field == .personName, page[first].hasDigit { return }
    // The resource of a reference stays: `Practitioner/27…`.
    let start = field.isNumber && page.isMark(first + 1, 0x2F) && page[first].kind == .letters ? first + 2 : first
    values.append(FieldValue(field, from: start, through: last, bound: .layout))
  }

  /// Whether the words are a number or a code rather than text.
  private func isIdentifier(_ first: Int, _ last: Int) -> Bool {
    guard page.digits(from: first, through: last) > 1, last - first < 14 else { return false }
    var spaces = 0
    for index in first...last where index > first && page.isSpaced(index) { spaces += 1 }
    if page.isMark(first + 1, 0x2E), last == first + 2, page[first].length <= 2 { return false }
    return spaces <= 4
  }
}
