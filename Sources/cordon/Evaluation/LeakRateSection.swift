import Bytes
import Detection

/// The threshold of confidence that a leak rate allows on each corpus, and what it damages.
struct LeakRateSection: EvaluationSection {
  private let wanted: Double
  private let curves: [(name: String, curve: LeakCurve)]

  init(_ wanted: Share, _ curves: [(name: String, curve: LeakCurve)]) {
    self.wanted = wanted.value
    self.curves = curves.filter { $0.curve.hasIdentifiers }
  }

  var title: String? { "Thresholds for a leak rate" }

  func text(_ style: TextTable.Style) -> String {
    TextTable(
      [
        .words("corpus"), .figures("leak % wanted"), .figures("threshold %"), .figures("leak %"),
        .figures("precision %"), .figures("flags in 10,000"), .figures("damaged documents %"),
      ],
      curves.map { name, curve in
        let met = curve.point(forLeakRate: wanted)
        let point = met ?? curve.point(at: 0)
        return [
          name, Figures.percent(wanted), met.map { String($0.threshold) } ?? "none", Figures.percent(point.leakRate),
          Figures.percent(point.precision), Figures.tenths(point.flagsPerTenThousand),
          Figures.percent(point.damagedShare),
        ]
      }
    ).text(style)
  }

  var json: [JSONMember] {
    [
      JSONMember(
        "thresholds",
        .array(
          curves.map { name, curve in
            let met = curve.point(forLeakRate: wanted)
            let point = met ?? curve.point(at: 0)
            return [
              "corpus": .string(name), "leak_rate_wanted": .number(Figures.decimal(wanted)),
              "threshold": met.map { .integer(Int($0.threshold)) } ?? .null,
              "leak_rate": .number(Figures.decimal(point.leakRate)),
              "character_precision": .number(Figures.decimal(point.precision)),
              "flags_per_10000_characters": .number(Figures.decimal(point.flagsPerTenThousand)),
              "damaged_documents": .number(Figures.decimal(point.damagedShare)),
            ]
          }))
    ]
  }
}
