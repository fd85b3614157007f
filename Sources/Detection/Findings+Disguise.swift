import PHI

extension [Finding] {
  /// These findings and those of a text without disguises, carried back to the text that it came from.
  ///
  /// Where both have found something it is one finding, of the kind of the longer one, and reaches as far as both.
  func adding(_ others: [Finding], from origin: TextOrigin) -> [Finding] {
    var found: [Finding] = []
    let carried = others.compactMap { other -> Finding? in
      var other = other
      other.range = origin.range(of: other.range)
      return other.range.isEmpty ? nil : other
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
