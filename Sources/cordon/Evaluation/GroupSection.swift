import ArgumentParser
import Bytes
import Detection

/// What `--by` can group marked places by.
enum GroupName: String, ExpressibleByArgument, CaseIterable {
  case origin, sex, letterCase = "case", genre, style, label

  var grouping: Grouping {
    switch self {
    case .origin: .origin()
    case .sex: .sex()
    case .letterCase: .letterCase
    case .genre: .genre
    case .style: .style
    case .label: .label
    }
  }
}

/// How groups of marked places fare beside each other, all corpora together; the worst group comes first.
struct GroupSection: EvaluationSection {
  /// How many places a group needs to be named the worst or the best: the interval of fewer is too wide.
  private static let enough = 20

  private let score: GroupedScore

  init(_ corpora: [ScannedCorpus], by grouping: Grouping) {
    var score = GroupedScore(by: grouping)
    for corpus in corpora { corpus.forEach { score.count($0, in: $1) } }
    self.score = score
  }

  var title: String? { "By \(score.grouping.name)" }

  func text(_ style: TextTable.Style) -> String {
    let table = TextTable(
      [
        .words(score.grouping.name), .figures("spans"), .figures("covered %"), .figures("95 % interval"),
        .figures("touched %"), .figures("characters %"),
      ],
      score.groups.map { group in
        [
          group.name, String(group.spans), Figures.percent(group.recall), interval(group),
          Figures.percent(group.spans == 0 ? 1 : Double(group.touched) / Double(group.spans)),
          Figures.percent(group.characterRecall),
        ]
      })
    let headline = headline + (score.ungrouped == 0 ? "" : "; spans without \(score.grouping.name): \(score.ungrouped)")
    return headline + "\n\n" + table.text(style)
  }

  var json: [JSONMember] {
    var members = [
      JSONMember("by", .string(score.grouping.name)), JSONMember("ungrouped", .integer(score.ungrouped)),
      JSONMember("groups", .array(score.groups.map(json))),
    ]
    if let (worst, best) = score.extremes(ofAtLeast: GroupSection.enough) {
      members.append(JSONMember("worst", .string(worst.name)))
      members.append(JSONMember("best", .string(best.name)))
      members.append(JSONMember("gap", .number(Figures.decimal(best.recall - worst.recall))))
    }
    return [JSONMember("groups_by_\(score.grouping.name)", .object(members))]
  }

  private var headline: String {
    guard let (worst, best) = score.extremes(ofAtLeast: GroupSection.enough) else {
      return "no worst by \(score.grouping.name): fewer than two groups have \(GroupSection.enough) spans"
    }
    return
      "worst by \(score.grouping.name): \(worst.name), \(Figures.percent(worst.recall)) % of \(worst.spans) spans covered "
      + "(95 % interval \(interval(worst))); best: \(best.name), \(Figures.percent(best.recall)) %; "
      + "gap \(Figures.percent(best.recall - worst.recall)) points"
  }

  private func interval(_ group: GroupedScore.Group) -> String {
    "\(Figures.percent(group.interval.lower))–\(Figures.percent(group.interval.upper))"
  }

  private func json(_ group: GroupedScore.Group) -> JSONValue {
    [
      "group": .string(group.name), "spans": .integer(group.spans), "touched": .integer(group.touched),
      "covered": .integer(group.covered), "recall": .number(Figures.decimal(group.recall)),
      "lower": .number(Figures.decimal(group.interval.lower)), "upper": .number(Figures.decimal(group.interval.upper)),
      "character_recall": .number(Figures.decimal(group.characterRecall)),
    ]
  }
}
