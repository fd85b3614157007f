extension Reading {
  /// How much the words after `index` speak for a person's name that ends there; far below 0 they rule it out.
  func personEvidence(after index: Int, from first: Int) -> Int {
    let next = index + 1
    guard next < count else { return 0 }
    guard isOnLine(next) else { return evidence(fromLineAfter: next) }
    let word = word(next)
    guard word.kind == .mark else { return word.kind == .letters ? evidence(ofWordAfter: next, from: first) : -1 }
    switch word.value {
    case 0x27, 0x60:
      guard touches(next), touches(next + 1), hash(next + 1) == Cue.s else { return 0 }
      return evidence(ofPossession: next + 2)
    case 0x2C: return evidence(afterComma: next + 1, from: first)
    case 0x2E: return 0
    case 0x28: return evidence(inBrackets: next + 1)
    case 0x3A: return self.word(first).shape.contains(.lineStart) && senses[first].first > 0 ? 3 : 0
    case 0x2D where touches(next) && touches(next + 1): return -3
    case 0x2F where touches(next): return -2
    case 0x5F where touches(next): return -1
    default: return 0
    }
  }

  /// Whether the word at `index` is a credential as it stands there: `MD`, `PharmD`, `R.N.`.
  func isCredential(_ index: Int) -> Bool {
    if role(index) == .credential { return isCapital(index) }
    // Letters with points: `M.D.`
    guard isInitial(index), isMark(index + 1, 0x2E), isInitial(index + 2), touches(index + 2) else { return false }
    let joined = WordHash.adding(
      CharacterClass.lowercased(page.bytes[Int(word(index + 2).start)]),
      to: WordHash.adding(CharacterClass.lowercased(page.bytes[Int(word(index).start)]), to: WordHash.seed))
    return Lexicon.embedded.sense(joined).role == .credential
  }

  private func evidence(fromLineAfter index: Int) -> Int { 0 }

  private func evidence(ofWordAfter index: Int, from first: Int) -> Int {
    if isCredential(index) {
      return isAllCapitals(index) || word(index).length > 2 ? 5 : 2
    }
    let sense = sense(index)
    if sense.followsEponym, !(sense.role == .none && senses[first].first > 1 && index - first > 1 && isLower(index)) {
      return -12
    }
    if isLower(index), sense.ordinary > 0, sense.role == .none, self.sense(index + 1).followsEponym, isLower(index + 1)
    {
      return -8
    }
    if hash(index) == Cue.et, hash(index + 1) == Cue.al { return -20 }
    if hash(index) == Cue.county || hash(index) == Cue.parish { return isCapital(index) ? -12 : -3 }
    if isCapital(index), sense.isFacilityHead || sense.isOrganizationHead || sense.role == .street { return -6 }
    if sense.role == .speech, isLower(index) { return 1 }
    if sense.role == .kin || sense.role == .clinician, isLower(index) { return -1 }
    return 0
  }

  private func evidence(ofPossession index: Int) -> Int {
    let sense = sense(index)
    if sense.followsEponym { return -12 }
    if sense.role == .kin { return 3 }
    return 0
  }

  private func evidence(afterComma index: Int, from first: Int) -> Int {
    if isCredential(index) {
      // `Boston, MA` and `Gary, IN`: a state after a town.
      if sense(index).isPostal, senses[first].city > 0, word(index + 1 < count ? index + 1 : index).hasDigit {
        return -4
      }
      return isAllCapitals(index) || word(index).length > 2 ? 5 : 3
    }
    if sense(index).isPostal, isAllCapitals(index), word(index).length == 2 { return -5 }
    if sense(index).isState { return -5 }
    if role(index) == .kin || role(index) == .clinician || role(index) == .person { return isLower(index) ? 2 : 1 }
    if page.words.indices.contains(index), word(index).kind == .digits, word(index).length <= 2 { return 1 }
    return 0
  }

  private func evidence(inBrackets index: Int) -> Int {
    switch role(index) {
    case .kin, .clinician, .patient, .person: 3
    case .credential: 3
    default: 0
    }
  }
}
