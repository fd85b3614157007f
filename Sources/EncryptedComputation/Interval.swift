/// Between which numbers something is, whatever the values were.
struct Interval {
  private(set) var lower: Int64
  private(set) var upper: Int64

  init(_ range: ClosedRange<Int64>) {
    lower = range.lowerBound
    upper = range.upperBound
  }

  /// The interval of `factor` times a number of this one.
  func times(_ factor: Int64) throws(ComputationError) -> Interval {
    let ends = (lower.multipliedReportingOverflow(by: factor), upper.multipliedReportingOverflow(by: factor))
    guard !ends.0.overflow, !ends.1.overflow else { throw ComputationError(.tooLarge) }
    return Interval(min(ends.0.partialValue, ends.1.partialValue)...max(ends.0.partialValue, ends.1.partialValue))
  }

  /// Makes this the interval of the sum of a number of it and one of `other`.
  mutating func add(_ other: Interval) throws(ComputationError) {
    let ends = (lower.addingReportingOverflow(other.lower), upper.addingReportingOverflow(other.upper))
    guard !ends.0.overflow, !ends.1.overflow else { throw ComputationError(.tooLarge) }
    (lower, upper) = (ends.0.partialValue, ends.1.partialValue)
  }

  /// Makes this the smallest interval that holds it and `other`.
  mutating func extend(to other: Interval) {
    lower = min(lower, other.lower)
    upper = max(upper, other.upper)
  }

  /// It, when it stays within what the plaintext modulus tells apart.
  func range(within parameters: Parameters) throws(ComputationError) -> ClosedRange<Int64> {
    guard lower >= -parameters.largest, upper <= parameters.largest else { throw ComputationError(.tooLarge) }
    return lower...upper
  }
}
