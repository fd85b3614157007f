internal import Bytes

/// A stretch of an answer after its tokens have been looked at, and which parts of it are not the model's own words.
struct Passage: Sendable {
  /// The text, as it is to be released.
  var bytes: [UInt8] = []
  /// What was put back, in order.
  var values: [Range<Int>] = []
  /// The tokens that were left, in order.
  var tokens: [Range<Int>] = []

  /// Forgets everything.
  mutating func clear() {
    bytes.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
    tokens.removeAll(keepingCapacity: true)
  }

  /// Takes away the first `count` bytes.
  mutating func removeFirst(_ count: Int) {
    bytes.removeFirst(count)
    Passage.shift(&values, by: count)
    Passage.shift(&tokens, by: count)
  }

  /// Adds what comes after.
  mutating func append(_ other: Passage) {
    let start = bytes.count
    bytes.append(contentsOf: other.bytes)
    for range in other.values { values.append(range.lowerBound + start..<range.upperBound + start) }
    for range in other.tokens { tokens.append(range.lowerBound + start..<range.upperBound + start) }
  }

  /// Whether all of `range` but marks at its ends was put back.
  func isValue(_ range: Range<Int>) -> Bool {
    for value in values where value.lowerBound < range.upperBound && value.upperBound > range.lowerBound {
      return bytes[range.lowerBound..<max(value.lowerBound, range.lowerBound)].allSatisfy(ASCII.isPunctuation)
        && bytes[min(value.upperBound, range.upperBound)..<range.upperBound].allSatisfy(ASCII.isPunctuation)
    }
    return false
  }

  private static func shift(_ ranges: inout [Range<Int>], by count: Int) {
    guard !ranges.isEmpty else { return }
    ranges = ranges.compactMap { range in
      let lower = max(0, range.lowerBound - count)
      let upper = range.upperBound - count
      return upper > lower ? lower..<upper : nil
    }
  }
}
