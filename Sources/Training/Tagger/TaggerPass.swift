import Bytes
import Detection

/// The work space in which examples are read against weights.
struct TaggerPass {
  private var free = Posterior(countsSteps: true)
  private var bound = Posterior(countsSteps: true)
  private var scores: [SIMD16<Float>] = []
  private var freely: [SIMD16<Float>] = []
  private var wanted: [SIMD16<Float>] = []
  private var kept: [[UInt32]] = []

  /// Takes one step for each run of `example`, downhill; returns the loss in nats.
  ///
  /// Of every word a share of the features is left out, others each time: so no feature learns to rely on one that is
  /// peculiar to the text it was trained on (Sutton, Sindelar and McCallum 2006).
  mutating func learn(
    _ example: TaggerExample, _ weights: inout Weights, rate: Float, leavingOut share: Double,
    using generator: inout SplitMix64
  ) -> Double {
    var loss = 0.0
    for run in example.runs {
      let steps = TransitionTable(weights.steps)
      keep(run, of: example, leavingOut: share, using: &generator)
      scores.removeAll(keepingCapacity: true)
      for features in kept { scores.append(weights.score(features)) }
      let all = free.read(scores, by: steps, into: &freely)
      for (place, word) in run.enumerated() {
        scores[place] += (example.allowed[word].mask - SIMD16(repeating: 1)) * SIMD16(repeating: 1e4)
      }
      let labelled = bound.read(scores, by: steps, into: &wanted)
      loss += Double(all - labelled)
      weights.moveSteps(against: zip(free.steps, bound.steps).map { $0 - $1 }, rate: rate)
      for place in kept.indices {
        let slope = freely[place] - wanted[place]
        // A word that is told already teaches nothing.
        if (slope * slope).sum() < 1e-6 { continue }
        weights.move(kept[place], against: slope, rate: rate)
      }
    }
    return loss
  }

  private mutating func keep(
    _ run: Range<Int>, of example: TaggerExample, leavingOut share: Double, using generator: inout SplitMix64
  ) {
    let limit = UInt64(share * 256)
    kept.removeAll(keepingCapacity: true)
    for word in run {
      var features: [UInt32] = []
      features.reserveCapacity(TaggerFeatures.count)
      var bits = generator.next()
      for (place, feature) in example.features(of: word).enumerated() {
        if place % 8 == 0 { bits = generator.next() }
        if bits & 255 >= limit { features.append(feature) }
        bits >>= 8
      }
      kept.append(features)
    }
  }

  /// Counts how the words of `example` are tagged as against their labels.
  mutating func score(_ example: TaggerExample, _ weights: Weights, into score: inout TaggerScore) {
    let steps = TransitionTable(weights.steps)
    score.marked += example.missed
    for run in example.runs {
      weights.score(run, of: example, into: &scores)
      free.read(scores, by: steps, into: &freely)
      for (place, word) in run.enumerated() where example.allowed[word] != .all {
        let isMarked = !example.allowed[word].contains(TagSet(.outside))
        let isFound = freely[place][Tag.outside.index] < 0.5
        score.marked += isMarked ? 1 : 0
        score.found += isFound ? 1 : 0
        score.hit += isMarked && isFound ? 1 : 0
      }
    }
  }
}

/// How many words are marked, found, and both.
struct TaggerScore: Sendable {
  var marked = 0, found = 0, hit = 0

  /// The share of marked words that were found.
  var recall: Double { marked == 0 ? 1 : Double(hit) / Double(marked) }
  /// The share of found words that are marked.
  var precision: Double { found == 0 ? 1 : Double(hit) / Double(found) }
}
