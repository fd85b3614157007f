import Detection

/// The result of a spot check in words.
struct SpotCheckReport {
  private let result: SpotCheckResult
  private let confidence: Share

  init(_ result: SpotCheckResult, confidence: Share) {
    self.result = result
    self.confidence = confidence
  }

  /// One table over the classes of outputs, one over the kinds of identifiers.
  var text: String {
    table("class", result.strata).text(.terminal) + "\n\n"
      + table("kind", result.kinds + [result.otherKinds]).text(.terminal)
  }

  /// What speaks against the outputs, in a sentence.
  func sentence(_ finding: SpotCheckResult.Finding, _ allowed: Int, _ bound: Share?) -> String {
    switch finding {
    case .leaks(let row): "\(row.name) leaks in \(row.leaking) of \(row.reviewed) outputs, \(allowed) are let pass"
    case .bound(let row):
      "\(row.name) may leak in \(Figures.percent(row.bound)) % of outputs, "
        + "\(Figures.percent(bound?.value ?? 1)) % are let pass"
    case .unreviewed(let count): "\(count) drawn outputs are not reviewed"
    }
  }

  private func table(_ name: String, _ rows: [SpotCheckResult.Row]) -> TextTable {
    TextTable(
      [
        .words(name), .figures("reviewed"), .figures("leaking"), .figures("leak %"),
        .figures("upper bound % at \(Figures.percent(confidence.value)) %"),
      ],
      rows.map { row in
        [
          row.name, String(row.reviewed), String(row.leaking), row.reviewed == 0 ? "–" : Figures.percent(row.rate),
          Figures.fixed(row.bound * 100, decimals: 3),
        ]
      })
  }
}
