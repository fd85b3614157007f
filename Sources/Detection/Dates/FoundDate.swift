import PHI

/// The words of a date and how sure it is.
struct FoundDate {
  var first: Int
  var last: Int
  var confidence: Confidence
  /// How many bytes at the end of the last word do not belong to the date, as in `03T08`.
  var excess = 0

  init(_ first: Int, _ last: Int, _ confidence: Confidence = .high) {
    self.first = first
    self.last = last
    self.confidence = confidence
  }
}
