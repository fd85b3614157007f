package import PHI

extension [Finding] {
  /// The same places covered by findings in order that do not overlap.
  ///
  /// A finding inside another is dropped: the outer one covers it. Of two for one place the surer stays, at equal
  /// confidence the first. Of two that cross, the surer keeps its place and the other what lies outside. So every
  /// letter and digit that a detector flagged stays covered.
  package func resolvingOverlaps(on page: borrowing Page) -> [Finding] {
    var ordered = self
    // A stable sort: at equal places the detector that ran first comes first.
    ordered.sort { left, right in
      (left.range.lowerBound, right.range.upperBound) < (right.range.lowerBound, left.range.upperBound)
    }
    var kept: [Finding] = []
    kept.reserveCapacity(ordered.count)
    for var finding in ordered {
      guard let last = kept.last, finding.range.lowerBound < last.range.upperBound else {
        kept.append(finding)
        continue
      }
      if finding.range.upperBound <= last.range.upperBound {
        if finding.range == last.range, last.confidence < finding.confidence { kept[kept.count - 1] = finding }
        continue
      }
      let lower = Swift.max(finding.range.lowerBound, last.range.lowerBound)
      if last.confidence < finding.confidence {
        kept[kept.count - 1].range = page.trimmed(last.range.lowerBound..<lower)
        if kept[kept.count - 1].range.isEmpty { kept.removeLast() }
        finding.range = lower..<finding.range.upperBound
      } else {
        finding.range = page.trimmed(last.range.upperBound..<finding.range.upperBound)
      }
      if !finding.range.isEmpty { kept.append(finding) }
    }
    return kept
  }
}

extension Page {
  /// `range` without the spaces and marks at its ends.
  package func trimmed(_ range: Range<Int>) -> Range<Int> {
    var (lower, upper) = (range.lowerBound, range.upperBound)
    while lower < upper, !CharacterClass.isWord(bytes[lower]) { lower += 1 }
    while lower < upper, !CharacterClass.isWord(bytes[upper - 1]) { upper -= 1 }
    return lower..<upper
  }
}
