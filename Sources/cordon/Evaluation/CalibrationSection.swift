import Bytes
import Detection
import PHI

/// What confidences are worth on all corpora together, and the scale that makes them probabilities.
struct CalibrationSection: EvaluationSection {
  private let calibration: Calibration

  init(_ corpora: [ScannedCorpus]) {
    var judged: [[JudgedFinding]] = []
    for corpus in corpora { corpus.forEach { judged.append(ScoreSheet($1, $0).judged()) } }
    calibration = Calibration(judged)
  }

  /// The scale, as a Swift source file.
  func source(fittedOn corpora: [ScannedCorpus]) -> String {
    calibration.scale.source(fittedOn: corpora.map(\.name).joined(separator: ", "))
  }

  var title: String? { "What confidence is worth" }

  func text(_ style: TextTable.Style) -> String {
    [
      summary.text(style), bins("as given", calibration.raw).text(style),
      bins("calibrated", calibration.heldOut).text(style), steps.text(style),
    ]
    .joined(separator: "\n\n")
  }

  var json: [JSONMember] {
    func json(_ reliability: Reliability) -> JSONValue {
      [
        "brier_score": .number(Figures.decimal(reliability.brier)),
        "expected_calibration_error": .number(Figures.decimal(reliability.expectedError)),
        "bins": .array(
          reliability.bins.map { bin in
            [
              "from": .integer(Int(bin.percents.lowerBound)), "to": .integer(Int(bin.percents.upperBound)),
              "findings": .integer(bin.findings), "right": .integer(bin.right),
              "confidence": .number(Figures.decimal(bin.confidence)),
              "accuracy": .number(Figures.decimal(bin.accuracy)),
            ]
          }),
      ]
    }
    func json(_ steps: [ConfidenceScale.Step]) -> JSONValue {
      .array(steps.map { [.integer(Int($0.percent)), .integer(Int($0.calibrated))] })
    }
    let own = calibration.scale.scopes.map { scope -> JSONValue in
      [
        "kind": .string(scope.identifier.label), "detector": scope.detector.map { .string($0.description) } ?? .null,
        "findings": .integer(calibration.findings[scope] ?? 0), "scale": json(calibration.scale.own[scope] ?? []),
      ]
    }
    return [
      JSONMember(
        "calibration",
        [
          "findings": .integer(calibration.raw.findings), "as_given": json(calibration.raw),
          "calibrated": json(calibration.heldOut), "scale": json(calibration.scale.shared), "scales": .array(own),
        ])
    ]
  }

  private var summary: TextTable {
    TextTable(
      [.words("confidence"), .figures("findings"), .figures("Brier score"), .figures("expected error %")],
      [("as given", calibration.raw), ("calibrated, on documents left out", calibration.heldOut)].map {
        name, reliability in
        [
          name, String(reliability.findings), Figures.fixed(reliability.brier, decimals: 4),
          Figures.percent(reliability.expectedError),
        ]
      })
  }

  private func bins(_ name: String, _ reliability: Reliability) -> TextTable {
    TextTable(
      [.words(name), .figures("findings"), .figures("mean confidence %"), .figures("right %")],
      reliability.bins.map { bin in
        [
          "\(bin.percents.lowerBound)–\(bin.percents.upperBound) %", String(bin.findings),
          Figures.percent(bin.confidence), Figures.percent(bin.accuracy),
        ]
      })
  }

  private var steps: TextTable {
    func row(_ kind: String, _ detector: String, _ findings: Int, _ steps: [ConfidenceScale.Step]) -> [String] {
      [
        kind, detector, String(findings),
        steps.map { "\($0.percent) → \($0.calibrated)" }.joined(separator: ", "),
      ]
    }
    let scale = calibration.scale
    return TextTable(
      [.words("kind"), .words("detector"), .figures("findings"), .words("confidence → calibrated, %")],
      [row("all", "all", calibration.raw.findings, scale.shared)]
        + scale.scopes.map { scope in
          row(
            scope.identifier.label, scope.detector?.description ?? "all", calibration.findings[scope] ?? 0,
            scale.own[scope] ?? [])
        })
  }
}
