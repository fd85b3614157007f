import PHI

extension [Finding] {
  /// These findings but for object identifiers and the unlabelled numbers in lists of codes of a public vocabulary.
  ///
  /// `SNOMED 73211009 diabetes, 38341003 hypertension` names the vocabulary once for all the codes of its line.
  func droppingPublicCodes(on page: borrowing Page) -> [Finding] {
    let codes = page.publicCodes()
    var next = 0
    return filter { finding in
      switch finding.identifier {
      case .otherNumber where page.isObjectIdentifier(finding.range): return false
      case .otherNumber, .phone: guard finding.confidence < .certain else { return true }
      case .ipAddress: break
      default: return true
      }
      while next < codes.count, codes[next].upperBound <= finding.range.lowerBound { next += 1 }
      return next == codes.count || !(codes[next].lowerBound <= finding.range.lowerBound)
    }
  }
}

extension Page {
  /// Whether `range` holds an object identifier such as `2.16.840.1.113883.6.1`, which names a register, not an entry.
  fileprivate func isObjectIdentifier(_ range: Range<Int>) -> Bool {
    guard range.count > 8, bytes[range.lowerBound] == 0x31 || bytes[range.lowerBound] == 0x32,
      bytes[range.lowerBound + 1] == 0x2E
    else { return false }
    var dots = 0
    for byte in bytes[range] {
      if byte == 0x2E { dots += 1 } else if !CharacterClass.isDigit(byte) { return false }
    }
    return dots > 4
  }

  /// The ranges of bytes, in order, over which a public vocabulary's name holds for the numbers after it.
  fileprivate func publicCodes() -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var next = 0
    for cue in cues where Int(cue) >= next && Page.vocabularies.contains(words[Int(cue)].hash) {
      let last = endOfCodes(after: Int(cue))
      next = last + 1
      if last > Int(cue) { ranges.append(range(from: Int(cue), through: last)) }
    }
    return ranges
  }

  private static let vocabularies = WordSet("cpt icd icd9 icd10 loinc snomed ndc rxnorm hcpcs drg")

  private func endOfCodes(after cue: Int) -> Int {
    var last = cue
    while last + 1 < words.count, last < cue + 80 {
      let index = last + 1
      let word = words[index]
      if startsLine(index) {
        // A list goes on in the lines below a heading.
        let isItem =
          word.isMark(0x2D) && isSpaced(index + 1) || word.isMark(0x2A) || word.kind == .digits && word.length > 4
        guard isItem, isMark(last, 0x3A) || last > cue + 2 && isList(cue, index) else { break }
      }
      if word.field != .none, word.field != .ordinary, !word.roles.contains(.publicCode),
        !word.roles.contains(.connector),
        word.field.isNumber || word.field == .phone || word.field == .fax || word.field == .birthDate
      {
        break
      }
      if word.isMark(0x7D) { break }
      if word.isMark(0x2E), isSpaced(index + 1), self[index + 1].shape.contains(.initialCapital) { break }
      last = index
    }
    return last
  }

  /// Whether a colon ends the line of the cue, or the line before `index` is an item.
  private func isList(_ cue: Int, _ index: Int) -> Bool {
    for word in cue..<index where startsLine(word + 1) { return isMark(word, 0x3A) }
    return false
  }
}
