import Bytes
import Detection

/// Fits a tagger's model to examples: maximum likelihood by AdaGrad, on several cores.
///
/// The examples are dealt to shards; in every epoch each shard goes on from the same weights by itself, and their means
/// are the weights that the next epoch starts from (iterative parameter mixing, McDonald, Hall and Mann 2010). The
/// result depends on the seed and the number of shards, not on how many cores there are. Where labels leave the tag of
/// a word open, the likelihood is that of all tags they allow.
package struct TaggerTraining: Sendable {
  /// How a training goes.
  package struct Settings: Sendable {
    package var epochs = 8
    package var shards = 4
    package var rate: Float = 0.15
    /// What share of a word's features is left out each time it is read in training.
    package var leftOut = 0.3
    package var seed: UInt64 = 1

    package init() {}
  }

  /// One line of the learning curve.
  package struct Epoch: Sendable {
    /// The number of the epoch, from 1.
    package let number: Int
    /// The mean loss of a word in training, in nats.
    package let loss: Double
    /// Of words held out: the share of marked ones that were tagged as such, and of tagged ones that were marked.
    package let recall: Double, precision: Double
  }

  private let settings: Settings
  private var weights = Weights()

  package init(_ settings: Settings) { self.settings = settings }

  /// Fits to `examples`, and reports each epoch with how it does on `heldOut`.
  package mutating func fit(
    _ examples: [TaggerExample], heldOut: [TaggerExample], report: (Epoch) -> Void
  ) async {
    var generator = SplitMix64(seed: settings.seed)
    var order = Array(examples.indices)
    for number in 1...max(settings.epochs, 1) {
      order.shuffle(using: &generator)
      let loss = await runEpoch(examples, order, number)
      var score = TaggerScore()
      var pass = TaggerPass()
      for example in heldOut { pass.score(example, weights, into: &score) }
      report(Epoch(number: number, loss: loss, recall: score.recall, precision: score.precision))
    }
  }

  private mutating func runEpoch(_ examples: [TaggerExample], _ order: [Int], _ number: Int) async -> Double {
    let (weights, settings) = (weights, settings)
    let shards = await withTaskGroup(of: (Int, Weights, Double, Int).self) { group in
      for shard in 0..<settings.shards {
        group.addTask {
          var mine = weights
          var (loss, words) = (0.0, 0)
          var pass = TaggerPass()
          var generator = SplitMix64(seed: settings.seed &+ UInt64(number * 1_000 + shard))
          for place in stride(from: shard, to: order.count, by: settings.shards) {
            let example = examples[order[place]]
            loss += pass.learn(
              example, &mine, rate: settings.rate, leavingOut: settings.leftOut, using: &generator)
            words += example.allowed.count
          }
          return (shard, mine, loss, words)
        }
      }
      var results: [(Int, Weights, Double, Int)] = []
      for await result in group { results.append(result) }
      return results.sorted { $0.0 < $1.0 }
    }
    self.weights.move(by: shards.map(\.1))
    return shards.reduce(0) { $0 + $1.2 } / Double(max(shards.reduce(0) { $0 + $1.3 }, 1))
  }

  /// The bytes of the model so far, its weights rounded to the steps that a signed byte can count.
  package func model() -> [UInt8] {
    var sizes: [Float] = []
    for row in weights.rows {
      for index in 0..<Tag.count where abs(row[index]) > 0.05 { sizes.append(abs(row[index])) }
    }
    sizes.sort()
    let largest = sizes.isEmpty ? 1 : sizes[Int(Double(sizes.count - 1) * 0.9995)]
    // A word read whole has more features than it was trained with: each is worth that much less.
    let scale = largest / 127
    let share = Float(1 - settings.leftOut)
    let rows = weights.rows.map { row in
      var bytes = SIMD16<Int8>()
      for index in 0..<Tag.count { bytes[index] = Int8(max(-127, min(127, (row[index] / scale).rounded()))) }
      return bytes
    }
    return TaggerModel.bytes(rows: rows, scale: scale * share, transitions: weights.steps)
  }
}
