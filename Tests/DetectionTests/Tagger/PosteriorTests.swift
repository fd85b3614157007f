import Detection
import Glibc
import TestKit
import Testing

/// The forward-backward algorithm against the sum over every tagging, written out.
struct PosteriorTests {
  @Test(arguments: 1...3 as ClosedRange<Int>)
  func `probabilities are those of the sum over all taggings`(length: Int) {
    for seed in 0..<5 as Range<UInt64> {
      var generator = SeededGenerator(seed: seed)
      let scores = (0..<length).map { _ in Self.random(&generator) }
      let steps = (0..<Tag.count).map { _ in Self.random(&generator) }
      var posterior = Posterior(countsSteps: true)
      var marginals: [SIMD16<Float>] = []
      let logarithm = posterior.read(scores, by: TransitionTable(steps), into: &marginals)
      let whole = Enumeration(scores, steps)
      #expect(abs(Double(logarithm) - log(whole.sum)) < 1e-4, "seed \(seed)")
      for (word, tags) in marginals.enumerated() {
        for tag in 0..<Tag.count {
          #expect(abs(Double(tags[tag]) - whole.words[word][tag] / whole.sum) < 1e-5, "seed \(seed)")
        }
      }
      for from in 0..<Tag.count {
        for to in 0..<Tag.count {
          #expect(abs(Double(posterior.steps[from][to]) - whole.steps[from][to] / whole.sum) < 1e-4, "seed \(seed)")
        }
      }
    }
  }

  @Test func `a long run with large scores neither overflows nor vanishes`() {
    var generator = SeededGenerator(seed: 7)
    let scores = (0..<5_000).map { _ in Self.random(&generator) * SIMD16(repeating: 40) }
    var posterior = Posterior(countsSteps: true)
    var marginals: [SIMD16<Float>] = []
    let steps = TransitionTable(Array(repeating: .zero, count: Tag.count))
    #expect(posterior.read(scores, by: steps, into: &marginals).isFinite)
    #expect(marginals.allSatisfy { abs($0.sum() - 1) < 1e-3 })
  }

  @Test func `words read without counting steps, as a part of more, have the same tags`() {
    var generator = SeededGenerator(seed: 11)
    let scores = (0..<40).map { _ in Self.random(&generator) }
    let steps = TransitionTable((0..<Tag.count).map { _ in Self.random(&generator) })
    var (counting, plain) = (Posterior(countsSteps: true), Posterior())
    var (expected, marginals): ([SIMD16<Float>], [SIMD16<Float>]) = ([], [])
    counting.read(Array(scores[7..<31]), by: steps, into: &expected)
    plain.read(scores, by: steps, into: &marginals)
    #expect(marginals.count == 40)
    plain.read(scores, 7..<31, by: steps, into: &marginals)
    #expect(marginals == expected)
  }

  @Test func `no words have no tags`() {
    var posterior = Posterior()
    var marginals: [SIMD16<Float>] = [.zero]
    let steps = TransitionTable(Array(repeating: .zero, count: Tag.count))
    #expect(posterior.read([], by: steps, into: &marginals) == 0)
    #expect(marginals.isEmpty)
  }

  private static func random(_ generator: inout SeededGenerator) -> SIMD16<Float> {
    var vector = SIMD16<Float>.zero
    for index in 0..<Tag.count { vector[index] = Float.random(in: -2...2, using: &generator) }
    return vector
  }

  /// Every tagging of a few words, weighed one by one.
  private struct Enumeration {
    var sum = 0.0
    var words: [[Double]]
    var steps = [[Double]](repeating: Array(repeating: 0, count: Tag.count), count: Tag.count)

    init(_ scores: [SIMD16<Float>], _ table: [SIMD16<Float>]) {
      words = Array(repeating: Array(repeating: 0, count: Tag.count), count: scores.count)
      visit([], 0, scores, table)
    }

    private mutating func visit(_ tags: [Int], _ score: Double, _ scores: [SIMD16<Float>], _ table: [SIMD16<Float>]) {
      guard tags.count < scores.count else {
        let weight = exp(score)
        sum += weight
        var last = Tag.outside.index
        for (word, tag) in tags.enumerated() {
          words[word][tag] += weight
          steps[last][tag] += weight
          last = tag
        }
        return
      }
      let last = tags.last ?? Tag.outside.index
      for tag in 0..<Tag.count {
        visit(tags + [tag], score + Double(table[last][tag]) + Double(scores[tags.count][tag]), scores, table)
      }
    }
  }
}
