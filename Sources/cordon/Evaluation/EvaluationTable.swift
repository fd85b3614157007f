import Detection

/// Scores as tables: one over all corpora, one over the labels.
struct EvaluationTable {
  /// What a table is drawn with.
  enum Style { case terminal, markdown }

  private let evaluations: [Evaluation]
  private let style: Style

  init(_ evaluations: [Evaluation], style: Style) {
    self.evaluations = evaluations
    self.style = style
  }

  /// Both tables.
  var text: String {
    let overview = draw(
      [
        "corpus", "documents", "recall %", "precision %", "clean documents %", "damaged documents %",
        "flags in 10,000",
      ],
      evaluations.map { evaluation in
        let score = evaluation.score
        return [
          evaluation.name, String(evaluation.documents),
          score.documentsWithIdentifiers == 0 ? "–" : percent(score.recall),
          score.documentsWithIdentifiers == 0 ? "–" : percent(score.precision),
          score.documentsWithIdentifiers == 0 ? "–" : percent(score.cleanShare),
          score.documentsWithout == 0 ? "–" : percent(score.damagedShare), tenths(score.flagsPerTenThousand),
        ]
      })
    return overview + "\n\n" + labels
  }

  private var labels: String {
    var rows: [[String]] = []
    for evaluation in evaluations {
      for (label, spans) in evaluation.score.labels.sorted(by: { $0.key < $1.key }) {
        rows.append([
          evaluation.name, label, String(spans.spans), percent(Double(spans.touched) / Double(spans.spans)),
          percent(Double(spans.covered) / Double(spans.spans)),
        ])
      }
    }
    return draw(["corpus", "label", "spans", "touched %", "covered %"], rows)
  }

  private func draw(_ header: [String], _ rows: [[String]]) -> String {
    let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
    func line(_ cells: [String]) -> String {
      let padded = zip(cells, widths).enumerated().map { column, cell in
        let space = String(repeating: " ", count: cell.1 - cell.0.count)
        return isText(column, header) ? cell.0 + space : space + cell.0
      }
      return style == .markdown
        ? "| \(padded.joined(separator: " | ")) |"
        : trimmed(padded.joined(separator: "  "))
    }
    var lines = [line(header)]
    if style == .markdown {
      let rules = zip(header.indices, widths).map { column, width in
        isText(column, header)
          ? String(repeating: "-", count: width) : String(repeating: "-", count: width - 1) + ":"
      }
      lines.append("| \(rules.joined(separator: " | ")) |")
    }
    return (lines + rows.map(line)).joined(separator: "\n")
  }

  private func isText(_ column: Int, _ header: [String]) -> Bool {
    header[column] == "corpus" || header[column] == "label"
  }

  private func trimmed(_ line: String) -> String {
    String(line.reversed().drop { $0 == " " }.reversed())
  }

  private func percent(_ share: Double) -> String { tenths(share * 100) }

  private func tenths(_ value: Double) -> String {
    let scaled = Int((value * 10).rounded())
    return "\(scaled / 10).\(scaled % 10)"
  }
}
