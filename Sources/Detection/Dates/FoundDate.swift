import PHI

/// The words of a date and how sure it is.
struct FoundDate {
  var first: Int
  var last: Int
  var confidence: Confidence

  init(_ first: Int, _ last: Int, _ confidence: Confidence = .high) {
    self.first = first
    self.last = last
    self.confidence = confidence
  }
}
