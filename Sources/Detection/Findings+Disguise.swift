import PHI

extension [Finding] {
  /// These findings and those of another reading of the text, which stand at those places of the text itself.
  ///
  /// Where both have found something it is one finding, of the kind of the longer one, and reaches as far as both.
  func adding(_ others: [Finding], at places: [Range<Int>]) -> [Finding] {
    var found: [Finding] = []
    let carried = zip(others, places).compactMap { other, place -> Finding? in
      var other = other
      other.range = place
      return place.isEmpty ? nil : other
    }
    for next in (self + carried).sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
      guard let last = found.last, next.range.lowerBound < last.range.upperBound else {
        found.append(next)
        continue
      }
      var both = next.range.count > last.range.count ? next : last
      both.range = last.range.lowerBound..<Swift.max(last.range.upperBound, next.range.upperBound)
      found[found.count - 1] = both
    }
    return found
  }
}
