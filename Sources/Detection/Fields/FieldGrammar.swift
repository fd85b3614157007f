/// Reads label and value: `MRN: 12-345`, `acct no. 99`, `"memberId": "X1"`, `ssn='…'`, `<id extension="…"/>`.
///
/// One mechanism serves every detector of numbers. A cue is a word of the vocabulary that names a field; after it may
/// stand more cues, connectors (`number`, `is`, `no.`) and marks; then comes the value. A strong cue (`MRN`, `NPI`)
/// takes any value with digits, a weak one (`case`, `order`) only one that looks like an identifier.
struct FieldGrammar {
  let page: Page
  private(set) var values: [FieldValue] = []

  init(_ page: Page) { self.page = page }

  mutating func read() {
    var next = 0
    for cue in page.cues {
      let cue = Int(cue)
      guard cue >= next, page.words[cue].field != .none else { continue }
      next = read(from: cue)
    }
  }

  /// Reads the label that starts at `cue`; gives the first word that another label may start at.
  private mutating func read(from cue: Int) -> Int {
    var label = Label(field: page.words[cue].field, isStrong: !page.words[cue].roles.contains(.weakCue))
    label.needsMark = page.words[cue].roles.contains(.needsMark)
    // A sure label on a line of its own has its value below.
    label.endsOpen = label.isStrong && page.startsLine(cue) && page.startsLine(cue + 1)
    if page.words[cue].roles.contains(.numberWord) { label.number() }
    if page.words[cue].hash == FieldGrammar.ref, isCatalogue(cue) { return cue + 1 }
    if !label.isStrong, page[cue - 1].roles.contains(.publicCode), !page.startsLine(cue) { return cue + 1 }
    // The whole of a key in quotes: the term of a coding.
    if page.words[cue].hash == FieldGrammar.code, page.isMark(cue - 1, 0x22), page.isMark(cue + 1, 0x22) {
      return cue + 1
    }
    var index = cue + 1
    var passed = 0
    while index < page.words.count, passed < 12 {
      let word = page.words[index]
      if word.shape.contains(.lineStart), !label.endsOpen { break }
      if word.kind == .mark {
        guard pass(mark: word.value, at: index, &label) else { break }
      } else if word.hasDigit, !word.roles.contains(.connector) {
        return take(from: index, label) ?? cue + 1
      } else if label.isMarked, word.kind == .letters, isCode(index) {
        return take(from: index, label) ?? cue + 1
      } else if word.field != .none, word.field.isNumber {
        label.join(word)
        if word.roles.contains(.numberWord) { label.number() }
        label.endsOpen = false
      } else if word.roles.contains(.connector) {
        if word.roles.contains(.numberWord) { label.number() }
        label.endsOpen = false
      } else if let last = handleEnd(at: index, label) {
        values.append(FieldValue(label.field, from: index, through: last, bound: .form))
        return last + 1
      } else if let first = startOfCode(at: index, label) {
        return take(from: first, label) ?? cue + 1
      } else if label.isStrong, !label.isMarked, passed < 4, word.kind == .letters,
        !word.shape.contains(.initialCapital), skipsTo(index + 1)
      {
        label.isLoose = true
      } else {
        break
      }
      index += 1
      passed += 1
    }
    return cue + 1
  }

  /// Whether `REF` at `cue` announces a catalogue number: nothing between them, or a lot or serial after it.
  private func isCatalogue(_ cue: Int) -> Bool {
    guard page[cue + 1].kind == .mark else { return true }
    for index in cue + 2..<cue + 12 where page[index].field == .device && !page.startsLine(index) { return true }
    return false
  }

  /// Whether the label may go on over this mark.
  private func pass(mark: UInt8, at index: Int, _ label: inout Label) -> Bool {
    switch mark {
    case 0x3A, 0x3D, 0x23:  // : = #
      label.isMarked = true
      if mark != 0x3A { label.isNumbered = true }
      label.endsOpen = mark == 0x3A
    case 0x22, 0x27, 0x28, 0x5B, 0x5F, 0x7B, 0x3C, 0x60, 0x2A:  // quotes ( [ _ { < ` *
      break
    case 0x2E, 0x2D, 0x2F, 0x5C:  // . - / \
      // The end of a sentence is not passed; the point of an abbreviation is.
      if mark == 0x2E, page[index + 1].shape.contains(.initialCapital), page[index + 1].kind == .letters,
        !page[index + 1].shape.contains(.allCapitals)
      {
        return false
      }
    case 0x3E:  // >
      label.isMarked = true
    case 0x29, 0x5D, 0x7D, 0x2C:  // ) ] } ,
      return leadsToValue(index)
    default: return false
    }
    return true
  }

  /// Whether only marks stand between `index` and the word `value`, as in `"phone"}, "value": …`.
  private func leadsToValue(_ index: Int) -> Bool {
    var next = index
    while next < index + 6, page[next].kind == .mark { next += 1 }
    return page[next].hash == FieldGrammar.value
  }

  /// Whether a long number follows within two words: `NPI of agency 1234567890`.
  private func skipsTo(_ index: Int) -> Bool {
    for next in index..<index + 2 where !page.startsLine(next) {
      if page[next].kind == .mark { return false }
      if page[next].hasDigit {
        return page.digits(from: next, through: page.endOfChunk(next)) >= 5
      }
    }
    return false
  }

  /// The end of a user's name or of initials without digits at `index`.
  private func handleEnd(at index: Int, _ label: Label) -> Int? {
    let word = page[index]
    guard word.kind == .letters, word.roles.isEmpty || label.field == .handle else { return nil }
    switch label.field {
    case .initials: return word.length <= 3 && page.endOfChunk(index) == index ? index : nil
    case .handle:
      let isQuoted = page.isMark(index - 1, 0x27) || page.isMark(index - 1, 0x22)
      guard isQuoted ? label.isMarked : label.isNumbered || label.isStrong && label.isMarked else { return nil }
      let end = page.endOfChunk(index)
      return isQuoted && !page.isMark(end + 1, page[index - 1].value) || word.shape.contains(.initialCapital)
        ? nil : end
    default: return nil
    }
  }

  /// Whether a code joined by hyphens or underscores starts at `index`, as `req_011CQ` does.
  private func isCode(_ index: Int) -> Bool {
    let end = page.endOfChunk(index, joinedBy: { $0 == 0x2D || $0 == 0x5F })
    return end > index && page[end].hasDigit
  }

  /// The start of a code whose first word has no digit: `ZEC 913 004`, `AK-P-8889`, `***-**-6910`.
  private func startOfCode(at index: Int, _ label: Label) -> Int? {
    let word = page[index]
    if word.roles.contains(.cardinal) { return index }
    guard word.kind == .letters, word.length <= 6 else { return nil }
    let end = page.endOfChunk(index)
    if end > index { return page.digits(from: index, through: end) > 1 ? index : nil }
    guard word.shape.contains(.allCapitals), word.length <= 4, page.isSingleSpaced(index + 1),
      page[index + 1].hasDigit, word.length == 1 || word.roles.isDisjoint(with: [.measure, .month])
    else { return nil }
    return index
  }

  /// Takes the value at `first` if it suits the label; gives the word after it.
  private mutating func take(from first: Int, _ label: Label) -> Int? {
    guard let last = FieldForm(page).end(of: first, label) else { return nil }
    values.append(FieldValue(label.field, from: first, through: last, bound: .form))
    var next = last + 1
    // Further values of a list: `IN ('A1','A2')`, `["x", "y"]`.
    while page.isMark(next, 0x27) || page.isMark(next, 0x22), page.isMark(next + 1, 0x2C) {
      var start = next + 2
      while page.isMark(start, 0x27) || page.isMark(start, 0x22) { start += 1 }
      guard page[start].hasDigit, start == next + 3, page[start].kind == page[first].kind,
        let end = FieldForm(page).end(of: start, label)
      else { break }
      values.append(FieldValue(label.field, from: start, through: end, bound: .form))
      next = end + 1
    }
    return next
  }

  private static let ref = WordHash.of("ref")
  private static let code = WordHash.of("code")
  private static let value = WordHash.of("value")
}

/// What has been read of a label.
struct Label {
  var field: Field
  /// Whether a cue names this field and nothing else.
  var isStrong: Bool
  /// Whether `:`, `=`, `#` or a word such as `number` stands after the cue.
  var isMarked = false
  /// Whether `=`, `#` or a word such as `number` stands after the cue.
  var isNumbered = false
  /// Whether the label ends with a colon, so that its value may stand on the next line.
  var endsOpen = false
  /// Whether the label counts only when it is marked.
  var needsMark = false
  /// Whether words that are neither cues nor connectors were passed.
  var isLoose = false

  /// Takes in a word such as `number`.
  mutating func number() {
    isMarked = true
    isNumbered = true
  }

  /// Takes in one more cue: the surer names the field, of equals the later.
  mutating func join(_ cue: Word) {
    let strong = !cue.roles.contains(.weakCue)
    guard strong || !isStrong, !(cue.field == .other && field != .other) || strong else { return }
    field = cue.field
    isStrong = strong
    isMarked = false
    isNumbered = false
    needsMark = needsMark && cue.roles.contains(.needsMark)
  }

  init(field: Field, isStrong: Bool) {
    self.field = field
    self.isStrong = isStrong
  }
}
