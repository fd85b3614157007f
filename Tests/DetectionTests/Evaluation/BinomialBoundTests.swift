import Detection
import Testing

struct BinomialBoundTests {
  // Reference: the root of mpmath.betainc(x + 1, n - x, 0, p, regularized=True) = confidence, at 40 digits.
  @Test(arguments: [
    (0, 10, 0.95, 0.2588655508930523), (0, 10, 0.99, 0.3690426555198068), (1, 10, 0.95, 0.3941633024365048),
    (1, 10, 0.99, 0.5043526629308013), (0, 59, 0.95, 0.04950760988822695), (0, 300, 0.95, 0.009936081944457712),
    (0, 300, 0.99, 0.01523334788984182), (3, 300, 0.95, 0.02564139308260962), (3, 300, 0.99, 0.03309274220691033),
    (17, 1_000, 0.95, 0.02539074877618088), (17, 1_000, 0.99, 0.02912922472764841),
    (150, 20_000, 0.95, 0.00858355266857836), (150, 20_000, 0.99, 0.009045367286928),
    (99, 100, 0.95, 0.9994871985837377), (99, 100, 0.99, 0.9998995016917583),
  ])
  func `is the quantile of the beta distribution`(_ hits: Int, _ trials: Int, _ confidence: Double, _ upper: Double) {
    #expect(abs(BinomialBound(hits, of: trials, confidence: confidence).upper - upper) < 1e-9)
  }

  @Test func `is all when everything leaks or nothing was reviewed`() {
    #expect(BinomialBound(5, of: 5, confidence: 0.95).upper == 1)
    #expect(BinomialBound(0, of: 0, confidence: 0.95).upper == 1)
  }

  @Test(arguments: [1, 5, 40, 250])
  func `of no hits is the root of what chance allows`(_ trials: Int) {
    // (1 - p)^n = 1 - confidence, so (1 - bound)^n is 0.05.
    let bound = BinomialBound(0, of: trials, confidence: 0.95).upper
    #expect(abs((0..<trials).reduce(1.0) { product, _ in product * (1 - bound) } - 0.05) < 1e-12)
  }

  @Test func `rises with the hits and falls with the trials`() {
    let byHits = (0...30).map { BinomialBound($0, of: 30, confidence: 0.95).upper }
    let byTrials = (3...60).map { BinomialBound(3, of: $0, confidence: 0.95).upper }
    #expect(zip(byHits, byHits.dropFirst()).allSatisfy { $0 < $1 })
    #expect(zip(byTrials, byTrials.dropFirst()).allSatisfy { $0 > $1 })
  }
}
