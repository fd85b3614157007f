/// A random sample of outputs in which every stratum has its share.
///
/// Which outputs are drawn follows from the seed and their ids alone, whatever order they come in.
package struct SpotCheckDraw: Sendable {
  /// How many outputs each stratum has.
  package let population: [String: Int]
  /// The outputs drawn, by stratum and id.
  package let sample: [SpotCheckOutput]

  /// Draws `size` outputs, or all when there are fewer; from each stratum at least one while `size` lasts.
  package init(of size: Int, from outputs: [SpotCheckOutput], seed: UInt64) {
    let strata = Dictionary(grouping: outputs, by: \.stratum)
    population = strata.mapValues(\.count)
    let shares = SpotCheckDraw.shares(of: size, among: population)
    sample = strata.sorted { $0.key < $1.key }.flatMap { name, outputs in
      outputs.map { (SpotCheckDraw.rank($0.id, seed), $0) }
        .sorted { ($0.0, $0.1.id) < ($1.0, $1.1.id) }
        .prefix(shares[name] ?? 0).map(\.1).sorted { $0.id < $1.id }
    }
  }

  /// How many of `size` fall to each stratum: one each, the rest in proportion by largest remainders.
  static func shares(of size: Int, among population: [String: Int]) -> [String: Int] {
    let total = population.values.reduce(0, +)
    guard size < total else { return population }
    let names = population.keys.sorted { (population[$1] ?? 0, $0) < (population[$0] ?? 0, $1) }
    guard size > names.count else { return Dictionary(uniqueKeysWithValues: names.prefix(size).map { ($0, 1) }) }
    // One each is set aside; what is left of stratum and sample is shared out.
    let (left, rest) = (size - names.count, total - names.count)
    var shares: [String: Int] = [:]
    var remainders: [(name: String, remainder: Int)] = []
    for name in names {
      let part = left.multipliedFullWidth(by: (population[name] ?? 0) - 1)
      let (quotient, remainder) = rest.dividingFullWidth(part)
      shares[name] = 1 + quotient
      remainders.append((name, remainder))
    }
    let missing = size - shares.values.reduce(0, +)
    for (name, _) in remainders.sorted(by: { ($1.remainder, $0.name) < ($0.remainder, $1.name) }).prefix(missing) {
      shares[name, default: 0] += 1
    }
    return shares
  }

  /// A number that looks random, from the seed and the id (FNV-1a, finished as in SplitMix64).
  private static func rank(_ id: String, _ seed: UInt64) -> UInt64 {
    var mixed: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in id.utf8 { mixed = (mixed ^ UInt64(byte)) &* 0x100_0000_01B3 }
    for word in [seed, 0] {
      mixed = (mixed ^ word) &+ 0x9E37_79B9_7F4A_7C15
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      mixed ^= mixed >> 31
    }
    return mixed
  }
}
