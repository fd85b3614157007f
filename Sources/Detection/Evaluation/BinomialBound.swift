/// The exact upper bound of a share, after Clopper and Pearson ("The use of confidence or fiducial limits illustrated
/// in the case of the binomial", Biometrika 26, 1934).
///
/// With `hits` among `trials`, it is the share at which so few hits or fewer would come with probability 1 − confidence:
/// the quantile of the beta distribution with parameters `hits` + 1 and `trials` − `hits`.
package struct BinomialBound: Sendable, Hashable {
  /// The bound, from 0 to 1.
  package let upper: Double

  /// The bound on one side, at `confidence` such as 0.95.
  package init(_ hits: Int, of trials: Int, confidence: Double) {
    precondition(0 <= hits && hits <= trials, "hits are among the trials")
    precondition(0 < confidence && confidence < 1, "confidence is a share between 0 and 1")
    guard hits < trials else {
      upper = 1
      return
    }
    let beta = IncompleteBeta(hits + 1, trials - hits)
    var (low, high) = (0.0, 1.0)
    while true {
      let middle = (low + high) / 2
      guard low < middle, middle < high else { break }
      if beta.regularized(at: middle) < confidence { low = middle } else { high = middle }
    }
    upper = high
  }
}
