import PHI

/// How far confidence and truth lie apart.
package struct Reliability: Sendable, Hashable {
  /// The findings of one stretch of ten percent.
  package struct Bin: Sendable, Hashable {
    /// The confidences that the bin holds, in percent.
    package let percents: ClosedRange<UInt8>
    /// How many findings it holds, and how many of them are right.
    package fileprivate(set) var findings = 0
    package fileprivate(set) var right = 0
    fileprivate var percentSum = 0

    /// The mean confidence of its findings, as a share.
    package var confidence: Double { findings == 0 ? 0 : Double(percentSum) / Double(findings) / 100 }
    /// The share of its findings that are right.
    package var accuracy: Double { findings == 0 ? 0 : Double(right) / Double(findings) }
  }

  /// The bins that hold findings, in ascending order.
  package let bins: [Bin]
  /// The mean square of what lies between confidence and truth (Brier, 1950).
  package let brier: Double
  /// The mean distance of confidence and accuracy over the bins, weighted by their findings.
  package let expectedError: Double
  /// How many findings were judged.
  package let findings: Int

  /// The reliability of judged findings.
  package init(_ judged: [JudgedFinding]) {
    var bins = (UInt8(0)..<10).map { Bin(percents: $0 * 10...($0 == 9 ? 100 : $0 * 10 + 9)) }
    var squares = 0.0
    for each in judged {
      let percent = each.finding.confidence.percent
      let index = Int(min(percent / 10, 9))
      bins[index].findings += 1
      bins[index].right += each.isCorrect ? 1 : 0
      bins[index].percentSum += Int(percent)
      let distance = Double(percent) / 100 - (each.isCorrect ? 1 : 0)
      squares += distance * distance
    }
    let count = Double(max(1, judged.count))
    self.bins = bins.filter { $0.findings > 0 }
    findings = judged.count
    brier = squares / count
    expectedError = self.bins.reduce(0) { $0 + abs($1.confidence - $1.accuracy) * Double($1.findings) } / count
  }
}
