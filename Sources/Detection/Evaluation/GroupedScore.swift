package import PHI

/// How well the marked places of each group are covered, and how far the groups lie apart.
package struct GroupedScore: Sendable {
  /// One group of marked places.
  package struct Group: Sendable, Hashable {
    /// What the group is called.
    package let name: String
    /// How many places it has, how many are touched, and how many covered whole.
    package fileprivate(set) var spans = 0
    package fileprivate(set) var touched = 0
    package fileprivate(set) var covered = 0
    /// Its letters and digits, and those that were found.
    package fileprivate(set) var marked = 0
    package fileprivate(set) var hit = 0

    /// The share of places covered whole.
    package var recall: Double { spans == 0 ? 1 : Double(covered) / Double(spans) }
    /// The share of letters and digits found.
    package var characterRecall: Double { marked == 0 ? 1 : Double(hit) / Double(marked) }
    /// Where the true share of places covered whole lies, at 95 %.
    package var interval: WilsonInterval { WilsonInterval(covered, of: spans) }
  }

  /// What the groups are groups of.
  package let grouping: Grouping
  /// Places that belong to no group.
  package private(set) var ungrouped = 0
  private var byName: [String: Group] = [:]

  /// The score of no documents.
  package init(by grouping: Grouping) { self.grouping = grouping }

  /// Counts a document and what was found in it, as ranges of the UTF-8 bytes of its text.
  package mutating func count(_ findings: [Finding], in document: GoldDocument) {
    let sheet = ScoreSheet(document, findings)
    for span in document.spans where !span.isSoft {
      guard let name = grouping.group(span, document) else {
        ungrouped += 1
        continue
      }
      let places = sheet.counting(span.range)
      var group = byName[name] ?? Group(name: name)
      group.spans += 1
      group.touched += places.contains(where: \.isFound) ? 1 : 0
      group.covered += places.allSatisfy(\.isFound) ? 1 : 0
      group.marked += places.count
      group.hit += places.count(where: \.isFound)
      byName[name] = group
    }
  }

  /// All groups, the worst first.
  package var groups: [Group] {
    byName.values.sorted { ($0.recall, $0.name) < ($1.recall, $1.name) }
  }

  /// The worst and the best of the groups with at least `spans` places; nil when fewer than two are that large.
  package func extremes(ofAtLeast spans: Int) -> (worst: Group, best: Group)? {
    let large = groups.filter { $0.spans >= spans }
    guard large.count > 1, let worst = large.first, let best = large.last else { return nil }
    return (worst, best)
  }
}
