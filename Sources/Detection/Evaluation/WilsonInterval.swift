/// The interval of Wilson (1927) for a share: where the true one lies, as far as so many cases can tell.
package struct WilsonInterval: Sendable, Hashable {
  /// The lower end.
  package let lower: Double
  /// The upper end.
  package let upper: Double

  /// The interval for `successes` of `trials` cases; all of 0 to 1 when there are none.
  ///
  /// `quantile` is one of the standard normal distribution; 1.96 gives 95 %.
  package init(_ successes: Int, of trials: Int, quantile: Double = 1.959_963_984_540_054) {
    precondition(0 <= successes && successes <= trials, "successes are among the trials")
    guard trials > 0 else {
      (lower, upper) = (0, 1)
      return
    }
    let count = Double(trials)
    let share = Double(successes) / count
    let square = quantile * quantile
    let centre = share + square / (2 * count)
    let reach = quantile * (share * (1 - share) / count + square / (4 * count * count)).squareRoot()
    let scale = 1 + square / count
    lower = successes == 0 ? 0 : max(0, (centre - reach) / scale)
    upper = successes == trials ? 1 : min(1, (centre + reach) / scale)
  }
}
