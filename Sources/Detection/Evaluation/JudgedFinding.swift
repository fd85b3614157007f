package import PHI

/// A finding and what gold says of it.
package struct JudgedFinding: Sendable, Hashable {
  /// What was found.
  package let finding: Finding
  /// Whether more than half of its letters and digits are marked, of those that count.
  package let isCorrect: Bool
  /// Whether it touches nothing marked.
  package let isFalse: Bool

  /// The judgement of a finding with so many characters that count, so many of them marked.
  package init(_ finding: Finding, characters: Int, marked: Int, touchesSpan: Bool) {
    self.finding = finding
    isCorrect = 2 * marked > characters
    isFalse = !touchesSpan
  }

  /// A finding that was judged.
  package init(_ finding: Finding, isCorrect: Bool, isFalse: Bool = false) {
    self.finding = finding
    self.isCorrect = isCorrect
    self.isFalse = isFalse
  }
}
