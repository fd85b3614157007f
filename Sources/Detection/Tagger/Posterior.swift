import CTagger

/// How likely each tag is for each word of a run, given the scores of all its words: the forward-backward algorithm.
///
/// Values are kept as probabilities scaled at every word, so that no run is too long. A run is entered from outside an
/// identifier and may end anywhere.
package struct Posterior: Sendable {
  private var emissions: [SIMD16<Float>] = []
  /// How often each step from tag to tag is to be expected in the run: `steps[from][to]`; counted only when asked for.
  package private(set) var steps: [SIMD16<Float>]

  /// Work space for reading runs, which counts steps when training needs them.
  package init(countsSteps: Bool = false) {
    steps = countsSteps ? Array(repeating: .zero, count: Tag.count) : []
  }

  /// The probability of each tag for each word, into `marginals`.
  ///
  /// - Parameters:
  ///   - scores: the score of each tag for each word, as logarithms.
  ///   - words: the words among them that are read as one run; nil for all.
  ///   - table: the scores of steps from tag to tag.
  ///   - marginals: receives the probabilities.
  /// - Returns: the logarithm of the sum over all taggings when steps are counted, else 0.
  @discardableResult
  package mutating func read(
    _ scores: [SIMD16<Float>], _ words: Range<Int>? = nil, by table: TransitionTable,
    into marginals: inout [SIMD16<Float>]
  ) -> Float {
    let words = words ?? scores.indices
    precondition(scores.indices.contains(words), "a run is made of words that have scores")
    marginals.removeAll(keepingCapacity: true)
    marginals.append(contentsOf: repeatElement(.zero, count: words.count))
    if emissions.count < words.count { emissions = marginals }
    guard steps.isEmpty else {
      return unsafe tagger_expectations(
        scores, words.lowerBound, words.count, table.leaving, table.reaching, &emissions, &marginals, &steps)
    }
    unsafe tagger_marginals(
      scores, words.lowerBound, words.count, table.leaving, table.reaching, &emissions, &marginals)
    return 0
  }
}

/// The scores of steps from tag to tag, as exponentials, in both orders.
package struct TransitionTable: Sendable {
  /// By the tag left, then the tag reached.
  let leaving: [SIMD16<Float>]
  /// By the tag reached, then the tag left.
  let reaching: [SIMD16<Float>]

  /// The table of these scores, logarithms by the tag left.
  package init(_ scores: [SIMD16<Float>]) {
    precondition(scores.count == Tag.count, "a step from every tag")
    let leaving = scores.map(exponential)
    var reaching = leaving
    for from in 0..<Tag.count {
      for to in 0..<Tag.count { reaching[to][from] = leaving[from][to] }
    }
    self.leaving = leaving
    self.reaching = reaching
  }
}

/// The exponential of each element, to about one part in a million.
private func exponential(_ values: SIMD16<Float>) -> SIMD16<Float> {
  var (values, powers) = (values, SIMD16<Float>.zero)
  unsafe tagger_exponential(&values, &powers)
  return powers
}
