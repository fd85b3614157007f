/// Random numbers that are the same for the same seed on every machine (SplitMix64, Steele et al., OOPSLA 2014).
struct Dice: RandomNumberGenerator {
  private var state: UInt64

  /// Dice that start from `seed`.
  init(seed: UInt64) { state = seed }

  /// Dice for one of many documents: neighbouring numbers have nothing in common.
  init(seed: UInt64, number: Int) {
    var first = Dice(seed: seed)
    var second = Dice(seed: first.next() ^ (UInt64(number) &* 0xD1B5_4A32_D192_ED03))
    state = second.next()
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

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
