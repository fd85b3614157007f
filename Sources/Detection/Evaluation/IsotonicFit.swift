import PHI

/// The best non-decreasing share of right findings by confidence, in least squares.
///
/// Pool adjacent violators (Ayer et al., "An empirical distribution function for sampling with incomplete information",
/// Ann. Math. Statist. 26, 1955): neighbours that fall are merged into their mean until none falls.
struct IsotonicFit {
  /// The fitted steps, in ascending order, each from 1 to 99 percent: no sample shows that a finding is never wrong.
  let steps: [ConfidenceScale.Step]

  init(_ judged: [JudgedFinding]) {
    var tallies = [Tally](repeating: Tally(), count: 101)
    for each in judged { tallies[Int(each.finding.confidence.percent)].count(each.isCorrect) }
    var pools: [(percent: UInt8, tally: Tally)] = []
    for (percent, tally) in tallies.enumerated() where tally.cases > 0 {
      pools.append((UInt8(percent), tally))
      while pools.count > 1, pools[pools.count - 2].tally.share >= pools[pools.count - 1].tally.share {
        let last = pools.removeLast()
        pools[pools.count - 1].tally.add(last.tally)
      }
    }
    var steps: [ConfidenceScale.Step] = []
    for pool in pools {
      let calibrated = UInt8(min(99, max(1, (pool.tally.share * 100).rounded())))
      if steps.last?.calibrated != calibrated { steps.append(ConfidenceScale.Step(pool.percent, calibrated)) }
    }
    self.steps = steps
  }

  private struct Tally {
    var right = 0
    var cases = 0

    var share: Double { Double(right) / Double(cases) }

    mutating func count(_ isRight: Bool) {
      cases += 1
      right += isRight ? 1 : 0
    }

    mutating func add(_ other: Tally) {
      cases += other.cases
      right += other.right
    }
  }
}
