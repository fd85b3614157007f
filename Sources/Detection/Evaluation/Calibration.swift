import PHI

/// A confidence scale fitted to a corpus, and what it is worth on documents that it was not fitted to.
///
/// For the second, the documents are split into folds and each fold is judged by a scale fitted to the others.
package struct Calibration: Sendable {
  /// The reliability of the confidences that detectors give.
  package let raw: Reliability
  /// The reliability of calibrated confidences, each by a scale fitted without its document.
  package let heldOut: Reliability
  /// The scale fitted to all documents.
  package let scale: ConfidenceScale
  /// How many judged findings each scope of the scale has.
  package let findings: [ConfidenceScale.Scope: Int]

  /// Fits a scale to the judged findings of documents.
  ///
  /// - Parameters:
  ///   - documents: the judged findings of each document.
  ///   - folds: how many parts the documents are split into; the n-th document is in part n modulo `folds`.
  ///   - enough: how many findings a kind needs for steps of its own.
  package init(_ documents: [[JudgedFinding]], folds: Int = 5, enough: Int = 200) {
    precondition(folds > 1, "a scale is judged on a part that it was not fitted to")
    let all = documents.flatMap(\.self)
    raw = Reliability(all)
    let scale = ConfidenceScale(fitting: all, enough: enough)
    self.scale = scale
    findings = Dictionary(
      uniqueKeysWithValues: scale.scopes.map { scope in
        (
          scope,
          all.count {
            $0.finding.identifier == scope.identifier && $0.finding.detector == scope.detector ?? $0.finding.detector
          }
        )
      })
    heldOut = Reliability(
      (0..<folds).flatMap { fold in
        let others = documents.enumerated().filter { $0.offset % folds != fold }.flatMap(\.element)
        let scale = ConfidenceScale(fitting: others, enough: enough)
        let part = documents.enumerated().filter { $0.offset % folds == fold }.flatMap(\.element)
        return part.map { JudgedFinding(scale.calibrated($0.finding), isCorrect: $0.isCorrect, isFalse: $0.isFalse) }
      })
  }
}
