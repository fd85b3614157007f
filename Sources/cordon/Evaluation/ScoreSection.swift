import Bytes
import Detection

/// The scores of all corpora: one table over the corpora, one over their labels.
struct ScoreSection: EvaluationSection {
  let evaluations: [Evaluation]

  var title: String? { nil }

  func text(_ style: TextTable.Style) -> String {
    overview.text(style) + "\n\n" + labels.text(style)
  }

  var json: [JSONMember] { [JSONMember("corpora", .array(evaluations.map(\.json)))] }

  private var overview: TextTable {
    TextTable(
      [
        .words("corpus"), .figures("documents"), .figures("recall %"), .figures("precision %"),
        .figures("clean documents %"), .figures("damaged documents %"), .figures("flags in 10,000"),
      ],
      evaluations.map { evaluation in
        let score = evaluation.score
        func percent(_ share: Double, of documents: Int) -> String { documents == 0 ? "–" : Figures.percent(share) }
        return [
          evaluation.name, String(evaluation.documents),
          percent(score.recall, of: score.documentsWithIdentifiers),
          percent(score.precision, of: score.documentsWithIdentifiers),
          percent(score.cleanShare, of: score.documentsWithIdentifiers),
          percent(score.damagedShare, of: score.documentsWithout), Figures.tenths(score.flagsPerTenThousand),
        ]
      })
  }

  private var labels: TextTable {
    TextTable(
      [.words("corpus"), .words("label"), .figures("spans"), .figures("touched %"), .figures("covered %")],
      evaluations.flatMap { evaluation in
        evaluation.score.labels.sorted { $0.key < $1.key }.map { label, spans in
          [
            evaluation.name, label, String(spans.spans), Figures.percent(Double(spans.touched) / Double(spans.spans)),
            Figures.percent(Double(spans.covered) / Double(spans.spans)),
          ]
        }
      })
  }
}
