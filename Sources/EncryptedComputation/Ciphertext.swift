/// One ciphertext: as many values as the ring's degree, under one key, with a bound of its noise.
///
/// Both parts are kept as values of their transforms, where sums and products are taken place by place.
package struct Ciphertext: Hashable, Sendable {
  var first: [UInt64]
  var second: [UInt64]
  /// What `second` was drawn from, while it is as it was drawn.
  var seed: Seed?
  var noise: Double

  init(_ first: [UInt64], _ second: [UInt64], seed: Seed? = nil, noise: Double) {
    self.first = first
    self.second = second
    self.seed = seed
    self.noise = noise
  }

  /// No value but zeros, and no noise: what sums begin with.
  init(zeroOf ring: Ring) {
    let zeros = [UInt64](repeating: 0, count: ring.count * ring.degree)
    self.init(zeros, zeros, noise: 0)
  }

  mutating func add(_ other: Ciphertext, _ ring: Ring) {
    ring.add(other.first, to: &first)
    ring.add(other.second, to: &second)
    seed = nil
    noise = Noise.up(noise + other.noise)
  }

  mutating func subtract(_ other: Ciphertext, _ ring: Ring) {
    ring.subtract(other.first, from: &first)
    ring.subtract(other.second, from: &second)
    seed = nil
    noise = Noise.up(noise + other.noise)
  }

  /// Adds a scaled plaintext, the values of what `Slots.scaled` gives.
  mutating func add(scaled plaintext: [UInt64], _ ring: Ring) {
    ring.add(plaintext, to: &first)
    noise = Noise.up(noise + Noise.rounding)
  }

  /// Multiplies every value by the same number.
  mutating func multiply(by factor: Int64, _ ring: Ring) {
    for i in 0..<ring.count {
      let multiplier = Multiplier(ring.moduli[i].residue(factor), ring.moduli[i])
      let places = i * ring.degree..<(i + 1) * ring.degree
      multiplier.multiply(&first, at: places, ring.moduli[i])
      multiplier.multiply(&second, at: places, ring.moduli[i])
    }
    seed = nil
    noise = Noise.up(noise * Double(factor.magnitude))
  }

  /// Multiplies each value by the one of `plaintext` at its place, as `Slots.lifted` gives it.
  mutating func multiply(lifted plaintext: [UInt64], _ ring: Ring) {
    ring.multiply(&first, by: plaintext)
    ring.multiply(&second, by: plaintext)
    seed = nil
    noise = Noise.up(noise * Double(ring.degree) * Double(ring.parameters.plaintextModulus / 2))
  }
}
