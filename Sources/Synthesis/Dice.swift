import Bytes

/// Draws that are the same for the same seed on every machine.
struct Dice: RandomNumberGenerator {
  private var generator: SplitMix64

  /// Dice that start from `seed`.
  init(seed: UInt64) { generator = SplitMix64(seed: seed) }

  /// Dice for one of many documents: neighbouring numbers have nothing in common.
  init(seed: UInt64, number: Int) {
    var first = Dice(seed: seed)
    var second = Dice(seed: first.next() ^ (UInt64(number) &* 0xD1B5_4A32_D192_ED03))
    generator = SplitMix64(seed: second.next())
  }

  mutating func next() -> UInt64 { generator.next() }

  /// A number below `bound`.
  mutating func below(_ bound: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// A number in `range`.
  mutating func number(in range: ClosedRange<Int>) -> Int {
    range.lowerBound + below(range.upperBound - range.lowerBound + 1)
  }

  /// True `percent` times in a hundred.
  mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

  /// One of `values`, which are not empty.
  mutating func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }

  /// One of `values`, an early one more often.
  mutating func pickEarly<Value>(_ values: [Value]) -> Value {
    values[min(below(values.count), below(values.count))]
  }

  /// The index of one of `weights`, by its weight.
  mutating func weighted(_ weights: [Int]) -> Int {
    var left = below(weights.reduce(0, +))
    for (index, weight) in weights.enumerated() {
      if left < weight { return index }
      left -= weight
    }
    return weights.count - 1
  }
}
