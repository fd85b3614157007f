/// How likely each tag is for each word of a run, given the scores of all its words: the forward-backward algorithm.
///
/// Values are kept as probabilities scaled at every word, so that no run is too long. A run is entered from outside an
/// identifier and may end anywhere.
package struct Posterior: Sendable {
  private var forward: [SIMD16<Float>] = []
  private var emissions: [SIMD16<Float>] = []
  /// How often each step from tag to tag is to be expected in the run: `steps[from][to]`; counted only when asked for.
  package private(set) var steps: [SIMD16<Float>] = []
  private let countsSteps: Bool

  /// Work space for reading runs, which counts steps when training needs them.
  package init(countsSteps: Bool = false) { self.countsSteps = countsSteps }

  /// The probability of each tag for each word, into `marginals`.
  ///
  /// - Parameters:
  ///   - scores: the score of each tag for each word, as logarithms.
  ///   - table: the scores of steps from tag to tag.
  ///   - marginals: receives the probabilities.
  /// - Returns: the logarithm of the sum over all taggings.
  @discardableResult
  package mutating func read(
    _ scores: [SIMD16<Float>], by table: TransitionTable, into marginals: inout [SIMD16<Float>]
  ) -> Float {
    forward.removeAll(keepingCapacity: true)
    emissions.removeAll(keepingCapacity: true)
    marginals.removeAll(keepingCapacity: true)
    if countsSteps { steps = Array(repeating: .zero, count: Tag.count) }
    var logarithm: Float = 0
    var current = SIMD16<Float>.zero
    current[Tag.outside.index] = 1
    for score in scores {
      let highest = score.max()
      let emission = exponential(score - SIMD16(repeating: highest))
      current = product(current, table.leaving) * emission
      let sum = current.sum()
      current *= SIMD16(repeating: 1 / sum)
      logarithm += highest + logarithmOf(sum)
      emissions.append(emission)
      forward.append(current)
    }
    marginals.append(contentsOf: forward)
    var backward = SIMD16<Float>(repeating: 1)
    for index in stride(from: scores.count - 1, through: 0, by: -1) {
      let weighted = emissions[index] * backward
      backward = product(weighted, table.reaching)
      var before = SIMD16<Float>.zero
      if index == 0 { before[Tag.outside.index] = 1 } else { before = forward[index - 1] }
      let joint = before * backward
      let scale = SIMD16<Float>(repeating: 1 / Swift.max(joint.sum(), .leastNormalMagnitude))
      if countsSteps {
        let share = before * scale
        for tag in 0..<Tag.count { steps[tag] += SIMD16(repeating: share[tag]) * table.leaving[tag] * weighted }
      }
      backward *= scale
      if index > 0 { marginals[index - 1] = before * backward }
    }
    return logarithm
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

/// The vector times the matrix of these rows.
@inline(__always)
private func product(_ vector: SIMD16<Float>, _ rows: [SIMD16<Float>]) -> SIMD16<Float> {
  var (even, odd) = (SIMD16<Float>.zero, SIMD16<Float>.zero)
  for index in stride(from: 0, to: Tag.count, by: 2) {
    even += SIMD16(repeating: vector[index]) * rows[index]
    odd += SIMD16(repeating: vector[index + 1]) * rows[index + 1]
  }
  return even + odd
}

/// The exponential of each element, to about one part in a million; far below zero it is nothing.
///
/// Two to the whole part is put together from bits; two to the rest, between -1/2 and 1/2, is a polynomial. One call for
/// sixteen values costs less than two of the library's.
@inline(__always)
private func exponential(_ values: SIMD16<Float>) -> SIMD16<Float> {
  let bounded = pointwiseMax(
    pointwiseMin(values * SIMD16(repeating: 1.442_695_04), SIMD16(repeating: 126)), SIMD16(repeating: -126))
  // Adding 1.5 * 2^23 rounds to a whole number.
  let magic = SIMD16<Float>(repeating: 12_582_912)
  let whole = (bounded + magic) - magic
  let rest = bounded - whole
  var power = SIMD16<Float>(repeating: 0.001_333_36)
  power = power * rest + SIMD16(repeating: 0.009_618_13)
  power = power * rest + SIMD16(repeating: 0.055_504_11)
  power = power * rest + SIMD16(repeating: 0.240_226_51)
  power = power * rest + SIMD16(repeating: 0.693_147_18)
  power = power * rest + SIMD16(repeating: 1)
  var scale = SIMD16<Float>.zero
  for index in 0..<Tag.count { scale[index] = Float(bitPattern: UInt32(bitPattern: Int32(whole[index]) &+ 127) << 23) }
  return power * scale
}

/// The natural logarithm of a positive number, to about one part in a million.
private func logarithmOf(_ value: Float) -> Float {
  // Of the significand by the series of the inverse hyperbolic tangent.
  let part = (value.significand - 1) / (value.significand + 1)
  let square = part * part
  let series = 1 + square * (1 / 3 + square * (1 / 5 + square * (1 / 7 + square * (1 / 9 + square / 11))))
  return Float(value.exponent) * 0.693_147_18 + 2 * part * series
}
