extension Reading {
  /// How much the word at `index`, which begins with a capital, looks like a part of a person's name by itself.
  ///
  /// Names that are no ordinary words weigh 3 to 5, unknown words 2, ordinary words less than nothing.
  func nameWeight(_ index: Int) -> Int {
    let sense = senses[index]
    let word = word(index)
    if isPlaceholder(index) { return -20 }
    if word.length == 1 {
      // `A` and `I` without a point are words.
      let isWord = page.bytes[Int(word.start)] == 0x41 || page.bytes[Int(word.start)] == 0x49
      // The numeral of `class I.` ends a sentence.
      if !isClose(index) || isLower(index - 1), isRoman(index), isMark(index + 1, 0x2E), isLower(index - 1) {
        return -4
      }
      return !word.shape.contains(.allCapitals) ? -6 : isWord && !isMark(index + 1, 0x2E) && !isClose(index) ? -4 : 1
    }
    switch sense.role {
    case .function, .number: return sense.first > 1 ? -1 : -6
    case .month: return sense.first > 1 ? 0 : -6
    case .weekday, .greeting, .speech, .companion: return sense.name == 3 ? -1 : -6
    case .doctor, .patient: return -8
    case .title, .kin, .clinician, .person, .generic: return sense.name == 3 ? -1 : -5
    case .credential: return shouting[index] || !isAllCapitals(index) ? max(sense.name - 1, 0) : -5
    case .suffix: return 0
    case .street: return sense.name > 1 ? 0 : -3
    case .none, .particle: break
    }
    if sense.isPostal, isAllCapitals(index), word.length == 2 { return shouting[index] ? 0 : -3 }
    return lexicalWeight(index, sense)
  }

  /// Whether the word stands for a name that was taken out: `X`, `XXXX`, `ABC`.
  func isPlaceholder(_ index: Int) -> Bool {
    let word = word(index)
    guard word.shape.contains(.allCapitals) else { return false }
    if word.length == 1 {
      let byte = page.bytes[Int(word.start)]
      return byte >= 0x58 && !isMark(index + 1, 0x2E) || byte == 0x58 && !isCapital(index + 2)
    }
    if Cue.placeholders.contains(word.hash) { return true }
    guard word.length > 1 else { return false }
    let bytes = page.bytes[word.range]
    return word.length > 2 && bytes.allSatisfy { $0 == bytes.first }
  }

  private func isRoman(_ index: Int) -> Bool {
    let byte = page.bytes[Int(word(index).start)]
    return byte == 0x49 || byte == 0x56 || byte == 0x58
  }

  private func lexicalWeight(_ index: Int, _ sense: Sense) -> Int {
    let shout = isAllCapitals(index)
    if sense.isAbbreviation { return -5 }
    if shout, !shouting[index], word(index).length < 5, !isAmongCapitals(index, sense) {
      return sense.name > 1 && sense.ordinary == 0 ? 0 : -3
    }
    if sense.isProduct { return sense.name == 3 ? 0 : -5 }
    if sense.isState || sense.isCountry { return sense.first == 3 ? 2 : sense.surname == 3 ? 1 : -5 }
    if sense.isName {
      var weight = sense.first > 0 ? sense.first + 2 : 0
      if sense.surname > 0 { weight = max(weight, sense.surname == 1 ? 3 : 4) }
      if sense.ordinary > 1 { weight = sense.name == 3 ? 1 : sense.name == 2 ? 0 : -3 }
      if sense.ordinary > 1, sense.first == 3 { weight += 1 }
      if sense.ordinary == 1 { weight = sense.first == 3 ? 4 : sense.name == 3 ? 2 : sense.name == 2 ? 0 : -3 }
      if sense.isEponym { weight = min(weight, 2) }
      if sense.isFacilityHead || sense.isOrganizationHead || sense.followsEponym { weight = min(weight, 0) }
      return weight
    }
    if sense.isEponym { return 0 }
    if sense.ordinary > 0 || sense.isFacilityHead || sense.isOrganizationHead || sense.followsEponym { return -4 }
    if sense.city > 0 { return shout ? -1 : 0 }
    // Short unknown words in capitals are abbreviations more often than names.
    if shout { return shouting[index] ? 1 : word(index).length > 4 ? 0 : -3 }
    return hasInnerCapital(index) ? -2 : 2
  }

  /// Whether a first name in capitals stands before another word in capitals that is no ordinary one: `MILA DUNHAVEN`.
  private func isAmongCapitals(_ index: Int, _ sense: Sense) -> Bool {
    let next = index + 1
    guard sense.first > 1, sense.ordinary < 2, isClose(next), isAllCapitals(next), word(next).length > 3 else {
      return false
    }
    let following = self.sense(next)
    return following.ordinary == 0 && following.role == .none && !following.isAbbreviation && !following.isProduct
  }

  /// Whether a capital stands inside the word, as in `QuantiFERON`, but not after `Mc`, `Mac` or `De`.
  private func hasInnerCapital(_ index: Int) -> Bool {
    let word = word(index)
    guard !word.shape.contains(.allCapitals) else { return false }
    var at = Int(word.start) + 1
    var inner = 0
    while at < word.end {
      if page.bytes[at] &- 0x41 < 26 {
        let before = at - Int(word.start)
        inner += before == 2 || before == 3 ? 1 : 2
      }
      at += 1
    }
    return inner > 1
  }
}
