package import PHI

/// What a detector's confidence is worth: from the percent it says to the percent of such findings that are right.
///
/// Findings of one detector and one kind have steps of their own when enough of them were judged; otherwise the steps
/// of the kind hold, and for a kind with too few those of all findings.
package struct ConfidenceScale: Sendable, Hashable {
  /// From `percent` up to the next step, findings are right as often as `calibrated` percent say.
  package struct Step: Sendable, Hashable {
    /// The least confidence that the step holds for.
    package let percent: UInt8
    /// The share of such findings that are right, in percent.
    package let calibrated: UInt8

    /// A step.
    package init(_ percent: UInt8, _ calibrated: UInt8) {
      (self.percent, self.calibrated) = (percent, calibrated)
    }
  }

  /// The findings that steps hold for: of one kind, by one detector or by any.
  package struct Scope: Sendable, Hashable {
    /// The kind.
    package let identifier: Identifier
    /// The detector; nil for any.
    package let detector: DetectorName?

    /// The findings of one kind, by `detector` or by any.
    package init(_ identifier: Identifier, by detector: DetectorName? = nil) {
      self.identifier = identifier
      self.detector = detector
    }
  }

  /// The steps of all findings, in ascending order; none leaves confidences as they are.
  package let shared: [Step]
  /// The steps of single kinds and of single detectors' findings of a kind.
  package let own: [Scope: [Step]]

  /// A scale with these steps.
  package init(shared: [Step], own: [Scope: [Step]] = [:]) {
    self.shared = shared
    self.own = own
  }

  /// The scale that leaves every confidence as it is.
  package static let identity = ConfidenceScale(shared: [])

  /// The scale that isotonic regression fits to judged findings; a scope with `enough` of them gets steps of its own.
  package init(fitting judged: [JudgedFinding], enough: Int = 200) {
    shared = IsotonicFit(judged).steps
    let kinds = Dictionary(grouping: judged) { Scope($0.finding.identifier) }
    let detectors = Dictionary(grouping: judged) { Scope($0.finding.identifier, by: $0.finding.detector) }
      // A kind that one detector alone finds needs its steps once.
      .filter { scope, judged in judged.count < kinds[Scope(scope.identifier)]?.count ?? 0 }
    own = kinds.merging(detectors) { kind, _ in kind }.filter { $0.value.count >= enough }
      .mapValues { IsotonicFit($0).steps }
  }

  /// The same finding with the confidence that such findings deserve.
  package func calibrated(_ finding: Finding) -> Finding {
    var finding = finding
    let steps =
      own[Scope(finding.identifier, by: finding.detector)] ?? own[Scope(finding.identifier)] ?? shared
    let percent = finding.confidence.percent
    if let step = steps.last(where: { $0.percent <= percent }) ?? steps.first {
      finding.confidence = Confidence(percent: step.calibrated)
    }
    return finding
  }

  /// The scopes with steps of their own, by kind and detector.
  package var scopes: [Scope] {
    own.keys.sorted {
      ($0.identifier.rawValue, $0.detector?.description ?? "") < (
        $1.identifier.rawValue, $1.detector?.description ?? ""
      )
    }
  }
}
