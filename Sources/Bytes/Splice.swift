/// A text being rebuilt with some stretches replaced, in one forward pass.
///
/// Bytes outside the replaced stretches are copied as they are.
///
/// ```swift
/// var splice = Splice(reserving: text.count)
/// for edit in edits { splice.replace(edit.range, with: edit.replacement.span, in: text) }
/// let result = splice.finished(text)
/// ```
public struct Splice: Sendable {
  private var output: [UInt8]
  private var copied = 0

  /// A splice that has copied nothing yet, with room for `capacity` bytes of output.
  public init(reserving capacity: Int = 0) {
    output = []
    output.reserveCapacity(capacity)
  }

  /// Copies `source` up to `range` and writes `replacement` in its place.
  ///
  /// An empty range inserts.
  ///
  /// - Precondition: `range` begins where the last one ended or later, and lies within `source`.
  public mutating func replace(_ range: Range<Int>, with replacement: Span<UInt8>, in source: Span<UInt8>) {
    precondition(range.lowerBound >= copied, "edits are in order and do not overlap")
    precondition(range.upperBound <= source.count, "an edit lies within the text")
    output.append(copying: source, copied..<range.lowerBound)
    output.append(copying: replacement)
    copied = range.upperBound
  }

  /// Copies the rest of `source`, the same as before, and hands the whole over.
  public consuming func finished(_ source: Span<UInt8>) -> [UInt8] {
    output.append(copying: source, copied..<source.count)
    return output
  }
}

/// The text with stretches replaced, in one forward pass.
///
/// - Precondition: the ranges are in order, do not overlap and lie within `text`.
public func spliced(_ text: Span<UInt8>, replacing edits: [(range: Range<Int>, replacement: [UInt8])]) -> [UInt8] {
  let growth = edits.reduce(0) { $0 + $1.replacement.count - $1.range.count }
  var splice = Splice(reserving: max(0, text.count + growth))
  for edit in edits { splice.replace(edit.range, with: edit.replacement.span, in: text) }
  return splice.finished(text)
}
