package import PHI

/// What a detector's confidence is worth: from the percent it says to the percent of such findings that are right.
///
/// A kind of identifier with enough judged findings has steps of its own; the rest share the steps of all kinds.
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

  /// The steps of all kinds together, in ascending order; none leaves confidences as they are.
  package let shared: [Step]
  /// The steps of single kinds.
  package let own: [Identifier: [Step]]

  /// A scale with these steps.
  package init(shared: [Step], own: [Identifier: [Step]] = [:]) {
    self.shared = shared
    self.own = own
  }

  /// A scale with these steps, those of single kinds by the kind's label.
  ///
  /// - Precondition: every label is that of a kind.
  package init(shared: [Step], labelled: [String: [Step]]) {
    self.shared = shared
    own = Dictionary(
      uniqueKeysWithValues: labelled.map { label, steps in
        guard let identifier = Identifier(label: label) else { preconditionFailure("no kind is labelled \(label)") }
        return (identifier, steps)
      })
  }

  /// The scale that leaves every confidence as it is.
  package static let identity = ConfidenceScale(shared: [])

  /// The scale that isotonic regression fits to judged findings; a kind with `enough` of them gets steps of its own.
  package init(fitting judged: [JudgedFinding], enough: Int = 200) {
    shared = IsotonicFit(judged).steps
    own = Dictionary(grouping: judged, by: \.finding.identifier).filter { $0.value.count >= enough }
      .mapValues { IsotonicFit($0).steps }
  }

  /// How often a finding of this kind with this confidence is right.
  package func calibrated(_ confidence: Confidence, for identifier: Identifier) -> Confidence {
    let steps = own[identifier] ?? shared
    guard let step = steps.last(where: { $0.percent <= confidence.percent }) ?? steps.first else { return confidence }
    return Confidence(percent: step.calibrated)
  }

  /// The same finding with calibrated confidence.
  package func calibrated(_ finding: Finding) -> Finding {
    var finding = finding
    finding.confidence = calibrated(finding.confidence, for: finding.identifier)
    return finding
  }
}

extension ConfidenceScale {
  /// A Swift source file that declares this scale as `ConfidenceScale.standard`, fitted on what `origin` says.
  package func source(fittedOn origin: String) -> String {
    func literal(_ steps: [Step]) -> String {
      "[" + steps.map { ".init(\($0.percent), \($0.calibrated))" }.joined(separator: ", ") + "]"
    }
    let kinds = own.sorted { $0.key.rawValue < $1.key.rawValue }
      .map { "      \"\($0.key.label)\": \(literal($0.value)),\n" }
    return """
      import PHI

      extension ConfidenceScale {
        /// Fitted by `cordon evaluate --calibration` on \(origin).
        package static let standard = ConfidenceScale(
          shared: \(literal(shared)),
          labelled: [\(kinds.isEmpty ? ":" : "\n" + kinds.joined() + "    ")])
      }

      """
  }
}
