import Detection

/// The work space in which examples are read against weights.
struct TaggerPass {
  private var free = Posterior(countsSteps: true)
  private var bound = Posterior(countsSteps: true)
  private var scores: [SIMD16<Float>] = []
  private var freely: [SIMD16<Float>] = []
  private var wanted: [SIMD16<Float>] = []

  /// Takes one step for each run of `example`, downhill; returns the loss in nats.
  mutating func learn(_ example: TaggerExample, _ weights: inout Weights, rate: Float) -> Double {
    var loss = 0.0
    for run in example.runs {
      let steps = TransitionTable(weights.steps)
      weights.score(run, of: example, into: &scores)
      let all = free.read(scores, by: steps, into: &freely)
      for (place, word) in run.enumerated() {
        scores[place] += (example.allowed[word].mask - SIMD16(repeating: 1)) * SIMD16(repeating: 1e4)
      }
      let labelled = bound.read(scores, by: steps, into: &wanted)
      loss += Double(all - labelled)
      weights.moveSteps(against: zip(free.steps, bound.steps).map { $0 - $1 }, rate: rate)
      for (place, word) in run.enumerated() {
        let slope = freely[place] - wanted[place]
        // A word that is told already teaches nothing.
        if (slope * slope).sum() < 1e-6 { continue }
        weights.move(example.features(of: word), against: slope, rate: rate)
      }
    }
    return loss
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
