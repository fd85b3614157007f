import PHI

extension Page {
  /// Appends a finding for each value that a label announces as `field`.
  func appendLabelled(
    _ field: Field, as identifier: Identifier, by detector: DetectorName, into findings: inout [Finding]
  ) {
    for value in fields where value.field == field {
      let range = trimmedCode(range(from: value.first, through: value.last))
      guard !range.isEmpty else { continue }
      findings.append(Finding(identifier, at: range, confidence: .certain, by: detector))
    }
  }

  /// `range` without marks at its ends that belong to no code.
  private func trimmedCode(_ range: Range<Int>) -> Range<Int> {
    var upper = range.upperBound
    while upper > range.lowerBound, !CharacterClass.isWord(bytes[upper - 1]) { upper -= 1 }
    var lower = range.lowerBound
    while lower < upper, !CharacterClass.isWord(bytes[lower]), bytes[lower] != 0x2A, bytes[lower] != 0x23 { lower += 1 }
    return lower..<upper
  }
}
