import Bytes

/// The figures of several runs of one thing, in order of size.
struct Measurement {
  private let sorted: [Double]

  init(_ figures: [Double]) { sorted = figures.sorted() }

  /// The seconds of each of `rounds` runs of `body` by this clock, after one that is not counted.
  static func seconds(_ rounds: Int, by clock: Stopwatch.Clock, _ body: () throws -> Void) rethrows -> Measurement {
    try body()
    var figures: [Double] = []
    for _ in 0..<rounds {
      var watch = Stopwatch(clock)
      try body()
      figures.append(watch.lap())
    }
    return Measurement(figures)
  }

  var least: Double { sorted.first ?? 0 }
  var most: Double { sorted.last ?? 0 }
  var median: Double {
    guard !sorted.isEmpty else { return 0 }
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
  }

  /// What `change` makes of each run.
  func mapped(_ change: (Double) -> Double) -> Measurement { Measurement(sorted.map(change)) }

  /// Median, and the least and the most, of so many decimals.
  func text(_ decimals: Int) -> String {
    let (middle, low, high) = (
      Rounded.text(median, decimals: decimals), Rounded.text(least, decimals: decimals),
      Rounded.text(most, decimals: decimals)
    )
    return "\(middle) (\(low) to \(high))"
  }

  var json: JSONValue {
    [
      "median": .number(Rounded.text(median, decimals: 6)), "least": .number(Rounded.text(least, decimals: 6)),
      "most": .number(Rounded.text(most, decimals: 6)),
    ]
  }
}
