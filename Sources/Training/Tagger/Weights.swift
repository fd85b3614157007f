import Detection

/// The weights of a training, and how much they were moved.
struct Weights: Sendable {
  /// A row for each hash of a feature.
  private(set) var rows = [SIMD16<Float>](repeating: .zero, count: TaggerModel.rowCount)
  /// A row for each tag stepped from.
  private(set) var steps = [SIMD16<Float>](repeating: .zero, count: Tag.count)
  // The sums of squared slopes, by which AdaGrad shortens each weight's next move (Duchi, Hazan and Singer 2011).
  private var rowMoves = [SIMD16<Float>](repeating: SIMD16(repeating: Weights.first), count: TaggerModel.rowCount)
  private var stepMoves = [SIMD16<Float>](repeating: SIMD16(repeating: Weights.first), count: Tag.count)

  private static let first: Float = 0.1

  /// The scores of the words of a run.
  func score(_ run: Range<Int>, of example: TaggerExample, into scores: inout [SIMD16<Float>]) {
    scores.removeAll(keepingCapacity: true)
    for word in run { scores.append(score(example.features(of: word))) }
  }

  /// The scores of a word with these features.
  func score(_ features: some Sequence<UInt32>) -> SIMD16<Float> {
    var sum = SIMD16<Float>.zero
    for feature in features { sum += rows[Int(feature)] }
    return sum
  }

  /// Moves the rows of a word's features against `slope`.
  mutating func move(_ features: [UInt32], against slope: SIMD16<Float>, rate: Float) {
    let square = slope * slope
    for feature in features {
      let row = Int(feature)
      rowMoves[row] += square
      rows[row] -= SIMD16(repeating: rate) * slope / rowMoves[row].squareRoot()
    }
  }

  /// Moves the steps from tag to tag against `slopes`.
  mutating func moveSteps(against slopes: [SIMD16<Float>], rate: Float) {
    for tag in 0..<Tag.count {
      stepMoves[tag] += slopes[tag] * slopes[tag]
      steps[tag] -= SIMD16(repeating: rate) * slopes[tag] / stepMoves[tag].squareRoot()
    }
  }

  /// Moves by what `shards`, which all began from here, learnt.
  ///
  /// A shard that never met a feature says nothing of its row: each shard counts by how much it moved there.
  mutating func move(by shards: [Weights]) {
    for row in rows.indices {
      (rows[row], rowMoves[row]) = Weights.mean(
        rows[row], rowMoves[row], shards.map { ($0.rows[row], $0.rowMoves[row]) })
    }
    for tag in steps.indices {
      (steps[tag], stepMoves[tag]) = Weights.mean(
        steps[tag], stepMoves[tag], shards.map { ($0.steps[tag], $0.stepMoves[tag]) })
    }
  }

  private static func mean(
    _ value: SIMD16<Float>, _ moves: SIMD16<Float>, _ shards: [(value: SIMD16<Float>, moves: SIMD16<Float>)]
  ) -> (SIMD16<Float>, SIMD16<Float>) {
    var (sum, weight) = (SIMD16<Float>.zero, SIMD16<Float>(repeating: 1e-12))
    for shard in shards {
      let moved = shard.moves - moves
      sum += (shard.value - value) * moved
      weight += moved
    }
    return (value + sum / weight, moves + weight)
  }
}
