import PHI

/// What a reviewed sheet says about leaks.
package struct SpotCheckResult: Sendable, Hashable {
  /// The outputs of one class: how many were reviewed, and in how many something leaked.
  package struct Row: Sendable, Hashable {
    /// The class: a stratum, or a kind of identifier.
    package let name: String
    /// How many outputs were reviewed.
    package let reviewed: Int
    /// How many of them hold a leak.
    package let leaking: Int
    /// The share that may leak at most, at the confidence asked for.
    package let bound: Double

    /// The share of reviewed outputs that hold a leak.
    package var rate: Double { reviewed == 0 ? 0 : Double(leaking) / Double(reviewed) }

    init(_ name: String, reviewed: Int, leaking: Int, confidence: Double) {
      self.name = name
      self.reviewed = reviewed
      self.leaking = leaking
      bound = BinomialBound(leaking, of: reviewed, confidence: confidence).upper
    }
  }

  /// A reason not to release the outputs that were sampled.
  package enum Finding: Sendable, Hashable {
    /// More outputs of a class leak than are let pass.
    case leaks(Row)
    /// So few of a class were reviewed, or so many leak, that more may leak than is let pass.
    case bound(Row)
    /// Outputs that were drawn and not reviewed.
    case unreviewed(Int)
  }

  /// How many outputs were drawn and not reviewed, lines taken out of the sheet included.
  package let unreviewed: Int
  /// Each stratum.
  package let strata: [Row]
  /// Each kind that leaked, counted over all reviewed outputs.
  package let kinds: [Row]
  /// What holds for every kind that did not leak.
  package let otherKinds: Row

  /// The result of a sheet, with bounds at `confidence`, such as 0.95.
  package init(_ sheet: SpotCheckSheet, confidence: Double = 0.95) {
    let reviewed = sheet.entries.filter(\.isReviewed)
    unreviewed = sheet.drawn.values.reduce(0, +) - reviewed.count
    strata = sheet.population.keys.sorted().map { name in
      let outputs = reviewed.filter { $0.output.stratum == name }
      return Row(
        name, reviewed: outputs.count, leaking: outputs.count { !$0.leaks.isEmpty }, confidence: confidence)
    }
    kinds = Identifier.allCases.compactMap { kind in
      let leaking = reviewed.count { $0.leaks.contains { $0.kind == kind } }
      return leaking == 0
        ? nil : Row(kind.label, reviewed: reviewed.count, leaking: leaking, confidence: confidence)
    }
    otherKinds = Row("every other kind", reviewed: reviewed.count, leaking: 0, confidence: confidence)
  }

  /// Why the outputs should not be released; empty when nothing speaks against it.
  ///
  /// More than `allowed` outputs of a class that leak are one reason, a stratum of which more than `bound` may leak
  /// another; nil asks for no bound.
  package func findings(allowing allowed: Int, bound: Double?) -> [Finding] {
    var findings = (strata + kinds).filter { $0.leaking > allowed }.map(Finding.leaks)
    if let bound { findings += strata.filter { $0.bound > bound }.map(Finding.bound) }
    if unreviewed > 0 { findings.append(.unreviewed(unreviewed)) }
    return findings
  }
}
